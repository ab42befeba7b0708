"""Every register and its twin keep one contract: three answers that are never taken for one another."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from divan.trust.exchange.values import ExchangeAnswer, ExchangeNotPrepared, ExchangeSilent
from divan.trust.identity.adapters.civil_registry import RegistryByExchange
from divan.trust.identity.adapters.mobile_owners import OwnersByExchange
from divan.trust.identity.adapters.registers import LONGEST_ANSWER, TIMEOUT, Question
from divan.trust.identity.adapters.rehearsal import RehearsalOwners, RehearsalRegistry
from divan.trust.identity.values import InquiryState, Matched, NotMatched, Unknown

from .factories import CAST, KARIM, NOON, ZAHRA

QUESTION = Question(
    national_code=ZAHRA.national_code,
    parameters={"mobile": ZAHRA.mobile},
    purpose="sign-in",
    message_id="7e9d",
    on=NOON.date(),
)
ASKED = {"mobile": ZAHRA.mobile, "national_code": ZAHRA.national_code}
STRANGER = replace(QUESTION, national_code="9992999996")


class Exchange:
    """An exchange behind which the world answers as the registers do over HTTP."""

    def __init__(self, mood: str = "") -> None:
        self.mood = mood
        self.sent: list[dict[str, Any]] = []

    def ask(self, **message) -> ExchangeAnswer:
        self.sent.append(message)
        if self.mood == "down":
            raise ExchangeSilent
        if self.mood == "lie":
            return answered(200, "<html>")
        person = CAST.get(message["subject"])
        if message["data_service"] == "mobile-register/owner":
            query = message["query"]
            owner = CAST.get(query["national_code"])
            return answered(200, dict(query, matched=owner is not None and owner.mobile == query["mobile"]))
        if person is None:
            return answered(404, {"code": "no-record"})
        return answered(200, record_of(person))


def record_of(person, **other):
    return {
        "national_code": person.national_code,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "father_name": person.father_name,
        "birth_date": person.birth_date.isoformat(),
        "alive": person.alive,
        **other,
    }


def answered(status, body) -> ExchangeAnswer:
    return ExchangeAnswer(
        status=status, body=body.encode() if isinstance(body, str) else json.dumps(body).encode(), message_id="m"
    )


def fixed(answer):
    return lambda **_message: answer


@pytest.fixture(params=["by the exchange", "twin"])
def civil_registry(request):
    def make(mood=""):
        twin = request.param == "twin"
        return RehearsalRegistry(CAST, mood) if twin else RegistryByExchange(Exchange(mood).ask)

    return make


@pytest.fixture(params=["by the exchange", "twin"])
def mobile_owners(request):
    def make(mood=""):
        twin = request.param == "twin"
        return RehearsalOwners(CAST, mood) if twin else OwnersByExchange(Exchange(mood).ask)

    return make


def test_the_registry_tells_who_somebody_is(civil_registry):
    assert civil_registry().answer(QUESTION) == Matched(
        {
            "first_name": ZAHRA.first_name,
            "last_name": ZAHRA.last_name,
            "father_name": ZAHRA.father_name,
            "birth_date": "1989-05-12",
            "alive": True,
        }
    )


def test_the_registry_denies_whom_it_does_not_know(civil_registry):
    assert civil_registry().answer(STRANGER) == NotMatched("no-record")


def test_a_registry_that_is_down_or_lies_is_unknown_and_asked_again(civil_registry):
    assert civil_registry("down").answer(QUESTION) == Unknown("silent", again=True)
    assert civil_registry("lie").answer(QUESTION) == Unknown("malformed", again=True)


def test_the_owner_of_a_number_is_confirmed_and_others_are_denied(mobile_owners):
    assert mobile_owners().answer(QUESTION) == Matched({"mobile": QUESTION.parameters["mobile"]})
    assert mobile_owners().answer(replace(QUESTION, national_code=KARIM.national_code)) == NotMatched("not-the-owner")
    assert mobile_owners().answer(STRANGER) == NotMatched("not-the-owner")


def test_a_register_of_numbers_that_is_down_or_lies_is_unknown_and_asked_again(mobile_owners):
    assert mobile_owners("down").answer(QUESTION) == Unknown("silent", again=True)
    assert mobile_owners("lie").answer(QUESTION) == Unknown("malformed", again=True)


def test_questions_go_out_with_subject_purpose_identifier_and_a_limit():
    exchange = Exchange()

    asked = replace(QUESTION, post="Expert", post_body="ict")
    RegistryByExchange(exchange.ask).answer(asked)
    OwnersByExchange(exchange.ask).answer(asked)

    common = {
        "subject": ZAHRA.national_code,
        "purpose": "sign-in",
        "post": "Expert",
        "post_body": "ict",
        "message_id": "7e9d",
        "timeout": TIMEOUT,
    }
    assert exchange.sent == [
        {"data_service": "civil-registry/person", "path": f"/persons/{ZAHRA.national_code}", "query": None, **common},
        {
            "data_service": "mobile-register/owner",
            "path": "/owners",
            "query": {"mobile": ZAHRA.mobile, "national_code": ZAHRA.national_code},
            **common,
        },
    ]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (answered(500, "boom"), Unknown("unavailable", again=True)),
        (answered(503, {"code": "no-record"}), Unknown("unavailable", again=True)),
        (answered(429, ""), Unknown("unavailable", again=True)),
        (answered(403, {"code": "no-permit"}), Unknown("refused", again=False)),
        (answered(400, ""), Unknown("refused", again=False)),
        (answered(302, ""), Unknown("refused", again=False)),
        (answered(404, "not here"), Unknown("malformed", again=True)),
        (answered(404, {"code": "no-route"}), Unknown("malformed", again=True)),
        (answered(200, ""), Unknown("malformed", again=True)),
        (answered(200, {"code": "no-record"}), Unknown("malformed", again=True)),
        (answered(200, {"result": 5, "national_code": ZAHRA.national_code}), Unknown("malformed", again=True)),
        (answered(200, record_of(ZAHRA, first_name=" ")), Unknown("malformed", again=True)),
        (answered(200, record_of(ZAHRA, first_name="ز" * 5000)), Unknown("malformed", again=True)),
        (answered(200, record_of(ZAHRA, alive="yes")), Unknown("malformed", again=True)),
        (answered(200, record_of(ZAHRA, alive=1)), Unknown("malformed", again=True)),
        (answered(200, record_of(ZAHRA, birth_date="1368/02/22")), Unknown("malformed", again=True)),
        (answered(200, record_of(ZAHRA, birth_date="2031-01-01")), Unknown("impossible", again=False)),
        (answered(200, record_of(ZAHRA, birth_date="1701-01-01")), Unknown("impossible", again=False)),
        (answered(200, record_of(KARIM)), Unknown("answer-of-another", again=True)),
        (answered(200, "[" * (LONGEST_ANSWER + 1)), Unknown("malformed", again=False)),
        (answered(200, "[" * 20_000), Unknown("malformed", again=True)),
    ],
    ids=lambda value: f"{value.status} {value.body[:30]!r}" if isinstance(value, ExchangeAnswer) else value.reason,
)
def test_what_the_registry_does_not_say_plainly_is_unknown(answer, expected):
    assert RegistryByExchange(fixed(answer)).answer(QUESTION) == expected


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, {"result": 5}),
        (200, {**ASKED, "matched": None}),
        (200, {**ASKED, "matched": 1}),
        (200, {**ASKED, "matched": "true"}),
        (200, {"response_body": {"matched": True}}),
        (200, []),
        (200, ""),
        (404, {**ASKED, "matched": True}),
        (200, {**ASKED, "matched": True, "national_code": "9992999996"}),
        (200, {**ASKED, "matched": True, "mobile": KARIM.mobile}),
        (200, {"matched": True}),
        (404, {"code": "no-record"}),
        (500, {"matched": True}),
        (403, {"matched": False}),
    ],
)
def test_no_other_answer_about_a_number_counts_as_yes_or_no(status, body):
    assert OwnersByExchange(fixed(answered(status, body))).answer(QUESTION).state is InquiryState.UNKNOWN


def test_an_exchange_without_keys_is_unknown_and_asked_again():
    def ask(**_message):
        raise ExchangeNotPrepared(file="client.pem")

    assert RegistryByExchange(ask).answer(QUESTION) == Unknown("unavailable", again=True)
    assert OwnersByExchange(ask).answer(QUESTION) == Unknown("unavailable", again=True)


def test_a_registered_death_is_told_not_denied():
    answer = RegistryByExchange(fixed(answered(200, record_of(ZAHRA, alive=False)))).answer(QUESTION)

    assert answer.state is InquiryState.MATCHED
    assert answer.fields["alive"] is False


def test_arabic_letters_of_the_registry_become_persian():
    answer = RegistryByExchange(fixed(answered(200, record_of(ZAHRA, first_name="علي", last_name="كريمي")))).answer(
        QUESTION
    )

    assert (answer.fields["first_name"], answer.fields["last_name"]) == ("علی", "کریمی")
