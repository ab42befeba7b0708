"""The exchange's pages: a right is given with purpose and law, taken back after a second question."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.apps import apps

from divan.foundation.actors import SYSTEM
from divan.trust.exchange import actions, queries
from divan.trust.exchange.values import DataService, ExchangePlan, Member, NewPermit, PermitState, Subsystem

ASKER = "LR/GOV/registry/persons"
WANTED = {
    "consumer": ASKER,
    "data_service": "registry/person",
    "method": "GET",
    "path": "/persons/*",
    "purpose_fa": "proof of identity",
    "legal_basis_fa": "article 37",
}


@pytest.fixture
def exchange(world, tmp_path, monkeypatch):
    """Found the smallest exchange, with one right in force."""
    app = apps.get_app_config("exchange")
    told = replace(app.options, rehearsal=True, control=tmp_path / "control", gateway=tmp_path / "gateway")
    monkeypatch.setattr(app, "options", told)
    permit = NewPermit(
        consumer=ASKER,
        data_service="registry/person",
        method="GET",
        path_glob="/persons/1*",
        purpose_fa="first right",
        legal_basis_fa="article 1",
        starts_at=world.now - timedelta(days=1),
    )
    plan = ExchangePlan(
        members=(Member(address="LR/GOV/registry", name_fa="registry"),),
        subsystems=(Subsystem(address=ASKER, name_fa="persons"),),
        data_services=(
            DataService(
                code="registry/person",
                address=f"{ASKER}/person",
                name_fa="person",
                base_urls=("http://127.0.0.1:9",),
            ),
        ),
        permits=(permit,),
    )
    actions.found_exchange(plan=plan, actor=SYSTEM, now=world.now)


def test_a_permit_is_given_with_purpose_law_and_period_and_published_at_once(browser, exchange, world):
    before = queries.find_newest_snapshot()

    answer = browser("integrator").post(
        "/office/exchange/permits/new/",
        {**WANTED, "ends_on-day": "۲۹", "ends_on-month": "12", "ends_on-year": "۱۴۰۵"},
        follow=True,
    )

    assert answer.redirect_chain == [("/office/exchange/permits/", 302)]
    given = queries.list_permits()[0]
    assert (given.purpose_fa, given.legal_basis_fa, given.legal_basis_confirmed) == (
        "proof of identity",
        "article 37",
        False,
    )
    assert given.state_at(world.now) is PermitState.IN_FORCE
    assert given.state_at(world.now + timedelta(days=365)) is PermitState.ENDED
    assert queries.find_newest_snapshot().number == before.number + 1


FAULTY = (
    ({"consumer": ""}, {"consumer"}),
    ({"purpose_fa": " "}, {"purpose_fa"}),
    ({"legal_basis_fa": "", "purpose_fa": ""}, {"purpose_fa", "legal_basis_fa"}),
    ({"path": "persons"}, {"path"}),
    ({"method": "LOOK"}, {"method"}),
    ({"ends_on-day": "31", "ends_on-month": "12", "ends_on-year": "1405"}, {"ends_on"}),
    ({"ends_on-day": "1", "ends_on-month": "1", "ends_on-year": "1400"}, {"ends_on"}),
)


@pytest.mark.parametrize(("changes", "wrong"), FAULTY)
def test_a_permit_that_says_too_little_is_not_given_and_what_was_typed_stays(browser, exchange, changes, wrong):
    before = queries.list_permits()

    answer = browser("integrator").post("/office/exchange/permits/new/", {**WANTED, **changes})

    assert answer.status_code == 422
    assert {field.name for field in answer.context["fields"] if field.errors} == wrong
    typed = {field.name: field.value for field in answer.context["fields"]}
    kept = {name: value for name, value in {**WANTED, **changes}.items() if name in typed}
    assert {name: typed[name] for name in kept} == kept
    assert queries.list_permits() == before


def test_a_permit_is_revoked_only_after_a_second_question_and_only_once(browser, exchange, world):
    [permit] = queries.list_permits()
    integrator = browser("integrator")
    address = f"/office/exchange/permits/{permit.uuid}/revoke/"

    asked = integrator.get(address)
    still = queries.get_permit(permit.uuid).state_at(world.now)
    integrator.post(address, {"reason": "misused"})
    again = integrator.post(address, {"reason": "misused"})

    assert asked.context["may_revoke"]
    assert still is PermitState.IN_FORCE
    assert queries.get_permit(permit.uuid).state_at(world.now) is PermitState.REVOKED
    assert again.status_code == 409


def test_nobody_but_an_integrator_gives_or_takes_rights(browser, exchange):
    [permit] = queries.list_permits()

    for key in ("", "villager", "ict-expert", "governor-officer"):
        visitor = browser(key)
        visitor.post("/office/exchange/permits/new/", WANTED)
        visitor.post(f"/office/exchange/permits/{permit.uuid}/revoke/")

    assert queries.list_permits() == [permit]


def test_a_message_nobody_sent_has_no_evidence(browser, exchange):
    assert browser("integrator").get("/office/exchange/evidence/none/of-it/").status_code == 404
