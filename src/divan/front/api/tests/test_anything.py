"""Whatever a program of somebody signed in sends is answered as described, and never breaks anything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance

from divan.dealings.cases import actions, queries
from divan.foundation.actors import SYSTEM
from divan.front.questions.given import read_given
from divan.registers.catalogue import actions as catalogue
from divan.registers.people import queries as people
from divan.trust.exchange import queries as exchange
from divan_libs.servicepack.answers import parse_answer, raw_of, to_json
from divan_libs.servicepack.lint import Surroundings
from divan_libs.servicepack.loading import load_package

from .doors import citizen
from .test_description import kept_connection, schema

__all__ = ["kept_connection"]
SHOWCASE = Path(__file__).resolve().parents[5] / "tests" / "showcase" / "every-question"
PACKAGE = load_package(SHOWCASE)
TOKEN = "t" * 32
CHANGING = schema.include(func=lambda context: bool(context.operation.definition.raw.get("security")))

texts = st.text(max_size=12) | st.sampled_from(["yes", "1405/07/12", "2026-10-04", "\x00", "۱۲", "0499370899", "12:30"])
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
names = st.sampled_from(
    ["national_code", "born_on", "name", "declared", "who", "relation", "income", "wheat", "tons", "0", "x.y"]
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names | texts, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.usefixtures("kept_connection")
@CHANGING.parametrize()
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_what_somebody_signed_in_sends_is_answered_as_described(world, case):
    session = citizen(world).cookies["divan_session"].value
    case.call_and_validate(
        excluded_checks=[positive_data_acceptance],
        headers={"Cookie": f"divan_session={session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN},
    )


@settings(max_examples=300, deadline=None)
@given(code=st.sampled_from([one.code for one in PACKAGE.form.questions()]), value=anything)
def test_any_value_is_an_answer_or_a_fault_of_its_question(code, value):
    typed, faults = read_given(PACKAGE, {code: value})

    assert {fault.question for fault in faults} <= {code}
    assert (code in typed) != bool(faults)
    flat = typed.get(code) or {}
    assert all(name.split(".")[0] == code and all(isinstance(one, str) for one in said) for name, said in flat.items())


@pytest.fixture
def everything(world, monkeypatch):
    """A draft of the service that asks every type of question, and the program of its applicant."""
    codes = frozenset(PACKAGE.card.inquiries)
    monkeypatch.setattr(exchange, "data_service_codes", lambda: codes)
    around = Surroundings(
        roles=people.list_roles() | {holder.role for holder in PACKAGE.flow.holders()},
        bodies=people.list_body_codes() | {PACKAGE.card.provider.body},
        data_services=codes,
    )
    catalogue.publish_package(package=PACKAGE, surroundings=around, actor=SYSTEM, now=world.now)
    case = actions.start_draft(service_code=PACKAGE.code, language="fa", actor=world.citizen(), now=world.now).uuid
    return citizen(world), case


def patch(client: Client, case, body: object):
    return client.generic(
        "PATCH",
        f"/api/v1/me/applications/{case}/answers",
        body if isinstance(body, bytes) else json.dumps(body).encode(),
        content_type="application/json",
        headers={"if-match": "*"},
    )


def test_any_answer_to_any_question_is_saved_or_refused(everything):
    client, case = everything

    @settings(max_examples=120, deadline=None, database=None)
    @given(st.dictionaries(st.sampled_from([one.code for one in PACKAGE.form.questions()]), anything, min_size=1))
    def sent(answers):
        answer = patch(client, case, {"answers": answers})
        assert answer.status_code in {200, 422, 429}, (answers, answer.content)

    sent()


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"answers": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"answers": {"price": ' + b"9" * 5000 + b"}}",
        b'{"answers": {"price": 1e999}}',
        b'{"answers": {"price": NaN}}',
        b'{"answers": {"\\ud800": "\\ud800\\u0000"}}',
        b'{"answers": null}',
        b"null",
        b"",
    ],
)
def test_strange_bodies_are_refused_and_break_nothing(everything, body):
    client, case = everything

    answer = patch(client, case, body)

    assert answer.status_code in {400, 422}, answer.content
    assert queries.get_case(case).answers == {}


def test_what_is_read_of_every_type_may_be_given_back(everything):
    _client, case = everything
    given_before = {
        "friend": {"national_code": "0499370899", "born_on": "1986-10-04"},
        "members": [
            {"who": {"national_code": "0499370899", "born_on": "1365/07/12"}, "relation": "child", "studies": True}
        ],
    }
    known = {one.code for one in PACKAGE.form.questions()}
    assert set(given_before) <= known

    for code, value in given_before.items():
        typed, faults = read_given(PACKAGE, {code: value})
        question = PACKAGE.form.question(code)
        read = parse_answer(question, raw_of(question, typed[code]), today=queries.get_case(case).started_at.date())
        back, _faults = read_given(PACKAGE, {code: to_json(read)})
        again = parse_answer(question, raw_of(question, back[code]), today=queries.get_case(case).started_at.date())
        assert (faults, to_json(again)) == ([], to_json(read))
