"""The door of monitoring records opens to the gateway alone, and to each member for its own messages."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import RequestFactory

from divan.foundation.actors import SYSTEM
from divan.front.api.monitoring import monitoring_door, operational_data
from divan.trust.exchange import actions
from divan.trust.exchange.tests import conftest as exchange
from divan.trust.exchange.tests.world import NOW, OURS

told, founded, writer = exchange.told, exchange.founded, exchange.writer
THEIRS = "LR/GOV/tax-office/returns"
LATER = NOW + timedelta(hours=1)


def take_over(writer) -> None:
    writer.log.seal()
    actions.import_evidence(actor=SYSTEM, now=LATER)


def ask(asker: str | None, *, key: str = "", **query: object) -> tuple[int, dict[str, object]]:
    headers = {"X-Road-Client": asker, "X-Road-Id": "m-1"} if asker else {}
    request = RequestFactory().get("/exchange/monitoring/key/operational-data", query, headers=headers)
    answer = operational_data(request, key or monitoring_door().rpartition("/")[2])
    return answer.status_code, json.loads(answer.content)


@pytest.mark.parametrize(
    ("asker", "seen"),
    [
        (OURS, ["a", "b", "theirs"]),
        ("LR/GOV/tax-office/another", ["theirs"]),
        ("LR/GOV/civil-registry/population", ["a", "b", "theirs"]),
        ("LR/GOV/tax-office-2/x", []),
        ("LR/GOV/%25/x", []),
    ],
    ids=["the centre", "who asked", "who was asked", "a namesake", "a wildcard"],
)
def test_a_member_is_told_of_its_own_messages_alone(writer, asker, seen, monkeypatch):
    monkeypatch.setattr("divan.foundation.clock.now", lambda: LATER)
    writer.message("a")
    writer.message("b")
    writer.message("theirs", client=THEIRS)
    take_over(writer)

    status, told = ask(asker, recordsFrom=int(NOW.timestamp()))

    assert status == 200
    assert [one["xRequestId"] for one in told["records"]] == seen


def test_monitoring_goes_on_page_by_page_and_refuses_what_it_cannot_tell(writer, monkeypatch):
    monkeypatch.setattr("divan.foundation.clock.now", lambda: LATER)
    for name in "abcde":
        writer.message(name)
    take_over(writer)
    since = int(NOW.timestamp())

    seen, after = [], ""
    while True:
        _, page = ask(OURS, recordsFrom=since, limit=2, after=after)
        seen += [one["xRequestId"] for one in page["records"]]
        after = page.get("nextRecordsAfter", "")
        if not after:
            break

    assert seen == list("abcde")
    refused = [
        ask(None),
        ask("nobody"),
        ask(OURS, key="0" * 40),
        ask(OURS, recordsFrom="x"),
        ask(OURS, recordsFrom="9" * 30),
        ask(OURS, recordsFrom=since - 90 * 86400),
    ]
    assert [(status, told["code"]) for status, told in refused] == [
        (403, "only-through-the-exchange"),
        (403, "client-unknown"),
        (403, "only-through-the-exchange"),
        (422, "not-a-number"),
        (422, "not-a-number"),
        (422, "time-too-long"),
    ]
    _, early = ask(OURS, recordsFrom=since, recordsTo=since + 3)
    assert [one["xRequestId"] for one in early["records"]] == ["a"]
