"""Asking through a real gateway over mutual TLS."""

from __future__ import annotations

import pytest
from tests.waiting import PATIENCE, wait_for

from divan.foundation import clock
from divan.foundation.actors import SYSTEM
from divan.trust.exchange import actions, jobs, queries
from divan.trust.exchange.adapters import gateway as client
from divan.trust.exchange.values import ExchangeAnswer, ExchangeSilent, LookResult

from .world import OURS, STRANGER, VILLAGER


def ask(national_code: str = VILLAGER, **changes) -> ExchangeAnswer:
    known = {
        "data_service": "civil-registry/person",
        "path": f"/persons/{national_code}",
        "query": None,
        "subject": national_code,
        "purpose": "درخواست اینترنت",
        "message_id": "message-1",
        "timeout": 5.0,
    }
    return queries.ask(**(known | changes))


def test_a_question_is_answered_and_leaves_evidence_that_the_person_can_see(gateway, provider):
    answer = ask()

    assert (answer.status, answer.body, answer.error) == (200, b'{"national_code": "%s"}' % VILLAGER.encode(), "")
    assert (answer.message_id, len(answer.request_hash) > 40) == ("message-1", True)
    assert ask(STRANGER, message_id="message-2").status == 404
    assert [path for path, _ in provider.asked] == [f"/persons/{VILLAGER}", f"/persons/{STRANGER}"]

    assert wait_for(lambda: jobs.import_evidence(clock.now()) or len(queries.list_evidence()) == 2)
    wait_for(lambda: jobs.import_evidence(clock.now()) or len(queries.list_evidence()) == 2)
    [look] = queries.list_looks_at(VILLAGER)
    assert (look.purpose, look.stated, look.result) == ("احراز هویت", "درخواست اینترنت", LookResult.GIVEN)
    evidence = queries.get_evidence("message-1")
    assert (evidence.problem, evidence.line.client, evidence.line.path) == ("", OURS, "/persons/{subject}")
    assert (evidence.line.request_id, evidence.request_hash) == (answer.request_id, answer.request_hash)
    assert evidence.permit == queries.list_permits()[0].uuid


def test_a_revoked_permit_is_refused_and_the_provider_is_not_asked(gateway, provider):
    assert ask().status == 200
    [permit] = queries.list_permits()

    actions.revoke_permit(permit=permit.uuid, reason="پایان", actor=SYSTEM, now=clock.now())
    refused = wait_for(lambda: (answer := ask()).error and answer)

    assert (refused.status, refused.error) == (403, "server.serverproxy.access_denied")
    count = len(provider.asked)
    ask()
    assert len(provider.asked) == count


def test_a_silent_provider_or_gateway_is_silence(gateway, provider, told):
    provider.stop()
    with pytest.raises(ExchangeSilent) as trouble:
        ask()
    assert trouble.value.facts["reason"] == "server.serverproxy.network_error"

    gateway.process.terminate()
    gateway.process.wait(PATIENCE)
    with pytest.raises(ExchangeSilent):
        ask()


def test_a_data_service_that_is_not_registered_is_silent(founded):
    with pytest.raises(ExchangeSilent):
        ask(data_service="mobile-register/owner")


@pytest.mark.parametrize(
    "changes", [{"subject": STRANGER}, {"path": "/persons"}, {"path": f"/persons/x/../{STRANGER}"}]
)
def test_a_question_about_one_person_cannot_name_another(founded, changes):
    with pytest.raises(ValueError, match="another person"):
        ask(**changes)


def test_without_a_certificate_of_our_own_nothing_is_asked(founded):
    (founded.control / "client.pem").unlink()
    client.hang_up()

    with pytest.raises(ExchangeSilent) as trouble:
        ask()
    assert trouble.value.facts["reason"] == "not-prepared"
