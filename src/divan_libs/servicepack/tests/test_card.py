"""The identity card alone: what it may leave open, and what it may not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from divan_libs.servicepack.lint import lint
from divan_libs.servicepack.lint.card import card_bodies
from divan_libs.servicepack.models import Delivery, Fees, Flow, Form, Needs, Outputs, Package
from divan_libs.servicepack.models.card import Audience, Card, Frequency, Relation
from divan_libs.servicepack.texts import required_texts

OPEN = ("statistics", "average_time", "promised_time", "frequency", "in_person")


@pytest.fixture
def alone(good) -> Package:
    """The good package as an information-only service: its card and the texts of its card."""
    card = good.card.model_copy(update={"delivery": Delivery.INFORMATION_ONLY, "documents": (), "inquiries": ()})
    bare = good.model_copy(
        update={
            "card": card,
            "needs": Needs(),
            "form": Form(),
            "flow": Flow(),
            "fees": Fees(),
            "outputs": Outputs(),
            "examples": (),
        }
    )
    texts = {
        language: {key: text for key, text in good.texts[language].items() if key.startswith("card.")}
        for language in good.texts
    }
    return bare.model_copy(update={"texts": texts})


def changed(package: Package, **fields: object) -> Package:
    return package.model_copy(update={"card": package.card.model_copy(update=fields)})


def codes(package: Package, surroundings) -> list[str]:
    around = replace(surroundings, bodies=surroundings.bodies | card_bodies(package.card))
    return [fault.code for fault in lint(package, around)]


def test_a_card_alone_may_leave_every_figure_open(alone, surroundings):
    assert codes(changed(alone, **dict.fromkeys(OPEN)), surroundings) == []


@pytest.mark.parametrize("field", OPEN)
def test_a_service_that_is_carried_out_here_states_every_figure(good, surroundings, field):
    assert codes(changed(good, **{field: None}), surroundings) == ["card.not-stated"]


def test_every_card_names_a_law_and_who_prepared_it(alone, surroundings):
    assert codes(changed(alone, laws=()), surroundings) == ["card.no-law"]
    assert codes(changed(alone, prepared_by=None), surroundings) == ["card.not-stated"]


def test_a_frequency_is_one_thing_only(alone, surroundings):
    assert codes(changed(alone, frequency=Frequency(as_needed=True)), surroundings) == []
    assert codes(changed(alone, frequency=Frequency(as_needed=True, once=True)), surroundings) == ["card.frequency"]
    assert codes(changed(alone, frequency=Frequency()), surroundings) == ["card.frequency"]


def test_a_service_to_employees_is_for_employees_and_nothing_else_is(alone, surroundings):
    inward = changed(alone, relations=(Relation.EMPLOYEE,), audience=Audience.EMPLOYEES)
    mixed = changed(alone, relations=(Relation.EMPLOYEE, Relation.CITIZEN), audience=Audience.PUBLIC)

    assert codes(inward, surroundings) == []
    assert codes(mixed, surroundings) == []
    assert codes(changed(inward, audience=Audience.PUBLIC), surroundings) == ["card.audience-differs"]


def test_everything_a_card_names_by_a_code_is_worded(alone):
    card = alone.card.model_dump(exclude_none=True)
    named = Card.model_validate(
        card
        | {
            "documents": ["REQ-MAP"],
            "instances": ["first"],
            "shared_processes": ["land"],
            "steps": ["look"],
            "forms": {"request": {"electronic": False}},
            "fees": [{"amount": 5, "electronic_payment": False, "title": "stamp"}],
            "permit": {
                "authority": "ict-directorate",
                "validity": {"amount": 2, "unit": "years"},
                "prerequisites": ["health"],
                "amendment": {"documents": ["REQ-DEED"], "prerequisites": ["fire"]},
            },
        }
    )

    wanted = set(required_texts(alone.model_copy(update={"card": named}))) - set(required_texts(alone))

    assert wanted == {
        "needs.REQ-MAP.title",
        "needs.REQ-DEED.title",
        "card.instances.first",
        "card.shared.land",
        "card.steps.look",
        "card.forms.request",
        "card.fees.stamp",
        "card.permit.authority",
        "card.permit.prerequisites.health",
        "card.permit.prerequisites.fire",
    }
