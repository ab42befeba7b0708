"""What the console tells of the exchange, and settling what is in doubt."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from divan.foundation import facts
from divan.foundation.actors import SYSTEM, Actor, ActorKind
from divan.trust.exchange import actions, queries
from divan.trust.exchange.adapters.keys import EVIDENCE
from divan.trust.exchange.models import SettledDoubt
from divan.trust.exchange.values import Outcome
from divan.trust.exchange.values.console import (
    DoubtSettled,
    DoubtUnknown,
    Finding,
    GatewayHealth,
    SettlementFaulty,
)

from .world import NOW, OURS, SERVICE

THEIRS = "LR/GOV/tax-office/returns"
LATER = NOW + timedelta(hours=1)
OFFICER = Actor(kind=ActorKind.STAFF, uuid=None)


def take_over(writer) -> None:
    writer.log.seal()
    actions.import_evidence(actor=SYSTEM, now=LATER)


def report(told, name: str, **changes: object) -> None:
    """Write what a gateway's process would write beside its evidence."""
    folder = told.gateway / EVIDENCE
    folder.mkdir(parents=True, exist_ok=True)
    known = {"at": int(LATER.timestamp() * 1e6), "state": "ok", "snapshot": 7, "providers": [], "refusals": []}
    (folder / f"state-{name}.json").write_text(json.dumps(known | changes))


def ill(failures: int, *, is_open: bool = True) -> dict[str, object]:
    return {
        "service": SERVICE,
        "address": "10.0.0.1:443",
        "failures": failures,
        "is_open": is_open,
        "asked_again_in": 8,
    }


def refused(code: str, count: int, minutes_ago: int = 1, client: str = OURS) -> dict[str, object]:
    minute = int((LATER - timedelta(minutes=minutes_ago)).timestamp()) // 60 * 60
    return {"minute": minute, "code": code, "client": client, "service": "", "count": count}


def test_traffic_is_counted_by_consumer_and_service(writer):
    for number in range(5):
        writer.message(f"a{number}")
    writer.message("broken", Outcome.UNANSWERED)
    writer.message("theirs", client=THEIRS)
    take_over(writer)

    told = queries.list_traffic(since=NOW, until=LATER, language="en")
    nothing = queries.list_traffic(since=LATER, until=LATER + timedelta(hours=1))

    assert (told.calls, told.failed, told.is_cut) == (7, 1, False)
    ours, theirs = told.lines
    assert (ours.client_name, ours.service_name, ours.calls, ours.failed) == (
        "Governor's office",
        "Identity of a person",
        6,
        1,
    )
    assert ours.median_ms == ours.p95_ms == 1000
    assert (theirs.client_name, theirs.calls) == (THEIRS, 1)
    assert (nothing.lines, nothing.calls) == ((), 0)


def test_causes_come_from_evidence_and_from_refusals_of_the_gateway(writer, told):
    writer.message("fine")
    writer.message("broken", Outcome.UNANSWERED)
    writer.message("doubt", Outcome.IN_DOUBT)
    take_over(writer)
    report(told, "0", refusals=[refused("server.serverproxy.access_denied", 3), refused("", 1, client="")])
    report(told, "1", refusals=[refused("server.serverproxy.access_denied", 4), refused("old", 9, minutes_ago=50)])

    causes = queries.list_causes(since=LATER - timedelta(minutes=10), until=LATER + timedelta(minutes=1))
    before = queries.list_causes(since=NOW, until=LATER - timedelta(minutes=20))

    assert [(one.code, one.calls, one.was_stated) for one in causes] == [
        ("server.serverproxy.access_denied", 7, True),
        ("other", 1, True),
    ]
    assert causes[0].client_name == "استانداری"
    assert {(one.code, one.calls, one.was_stated) for one in before} == {
        ("old", 9, True),
        ("in-doubt", 1, False),
        ("http-4xx", 1, False),
    }


@pytest.mark.parametrize(
    ("reports", "health", "processes", "snapshot"),
    [
        ([], GatewayHealth.SILENT, 0, 0),
        ([{}, {"snapshot": 5}], GatewayHealth.OK, 2, 5),
        ([{}, {"state": "disk-full"}], GatewayHealth.DISK_FULL, 2, 7),
        ([{"state": "no-snapshot"}, {"state": "stalled"}], GatewayHealth.STALLED, 2, 7),
        ([{"state": "of another age"}], GatewayHealth.FAILED, 1, 7),
        ([{"at": int(NOW.timestamp() * 1e6)}], GatewayHealth.SILENT, 0, 0),
        ([{"at": "x"}, {"refusals": 3}], GatewayHealth.SILENT, 0, 0),
    ],
)
def test_the_worst_of_the_gateways_processes_is_told(founded, reports, health, processes, snapshot):
    for number, changes in enumerate(reports):
        report(founded, str(number), **changes)
    report(founded, "9", at=0)
    (founded.gateway / EVIDENCE / "state-broken.json").write_text("{")

    state = queries.gateway_state(now=LATER)

    assert (state.health, state.processes, state.snapshot) == (health, processes, snapshot)


def test_an_ill_address_is_told_once_as_who_is_worst_off_sees_it(founded):
    report(founded, "0", providers=[ill(2, is_open=False)])
    report(founded, "1", providers=[ill(9)])

    [provider] = queries.gateway_state(now=LATER, language="en").providers

    assert (provider.service_name, provider.failures, provider.is_left_alone) == ("Identity of a person", 9, True)
    assert provider.asked_again_at == LATER + timedelta(seconds=8)


def test_a_doubt_is_settled_once_with_its_ground_and_a_fact(writer):
    writer.message("fine")
    writer.message("doubt", Outcome.IN_DOUBT)
    take_over(writer)
    [doubt] = queries.list_doubts()
    assert (doubt.line.request_id, doubt.settlement, queries.count_doubts()) == ("doubt", None, 1)

    for finding, reason, fault in (("guessed", "x", SettlementFaulty), ("acted", " \n ", SettlementFaulty)):
        with pytest.raises(fault):
            actions.settle_doubt(request_id="doubt", finding=finding, reason=reason, actor=OFFICER, now=LATER)
    for unknown in ("fine", "nothing", ""):
        with pytest.raises(DoubtUnknown):
            actions.settle_doubt(request_id=unknown, finding="acted", reason="x", actor=OFFICER, now=LATER)
    actions.settle_doubt(
        request_id="doubt", finding="not-acted", reason="Their log has no such number.", actor=OFFICER, now=LATER
    )
    with pytest.raises(DoubtSettled):
        actions.settle_doubt(request_id="doubt", finding="acted", reason="Changed my mind", actor=OFFICER, now=LATER)

    assert (queries.list_doubts(), queries.count_doubts()) == ([], 0)
    [settled] = queries.list_doubts(settled=True)
    assert (settled.settlement.finding, settled.settlement.reason) == (
        Finding.NOT_ACTED,
        "Their log has no such number.",
    )
    assert queries.find_settlement("doubt") == settled.settlement
    row = SettledDoubt.objects.get()
    assert facts.recorded_for(row.uuid) == ["exchange.doubt-settled"]
    with pytest.raises(DatabaseError), transaction.atomic():
        SettledDoubt.objects.update(finding="acted")
