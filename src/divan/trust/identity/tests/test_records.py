"""Any register at the exchange: one contract for all, three answers, and nobody waits for a slow one."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan.foundation.actors import SYSTEM
from divan.registers.people import queries as people
from divan.registers.people.values import PersonUnknown
from divan.trust.exchange import queries as exchange
from divan.trust.exchange.values import DataService, ExchangeAnswer
from divan.trust.exchange.values import DataServiceUnknown as NotAtTheExchange
from divan.trust.identity import actions, jobs, queries
from divan.trust.identity.adapters.records import MOST_FIELDS, RecordsByExchange
from divan.trust.identity.adapters.registers import CIVIL_REGISTRY, Question
from divan.trust.identity.values import DataServiceUnknown, InquiryState, Matched, NotMatched, Unknown
from divan_libs.envelope.subjects import SubjectIn, SubjectPlace

from .factories import NOON, ZAHRA, enter

TAX = "tax/clearance"
FIDA = "F-12/34 5678"
QUESTION = Question(
    national_code=ZAHRA.national_code, parameters={"year": "1404"}, purpose="loan", message_id="7e9d", on=NOON.date()
)
IN_PATH = SubjectPlace(where=SubjectIn.PATH_SEGMENT, at="1")


@pytest.fixture
def registered(monkeypatch):
    """Register data services at the exchange, without its keys."""
    known: dict[str, DataService] = {}

    def get(code):
        if code not in known:
            raise NotAtTheExchange
        return known[code]

    def enter_service(code=TAX, place=IN_PATH):
        known[code] = DataService(
            code=code, address="LR/GOV/tax/a/b", name_fa="آزمون", base_urls=("http://127.0.0.1:1",), subject=place
        )

    monkeypatch.setattr(exchange, "get_data_service", get)
    monkeypatch.setattr(exchange, "data_service_codes", lambda: frozenset(known))
    return enter_service


class Sending:
    def __init__(self, status=200, body=None) -> None:
        self.status, self.body, self.sent = status, body, []

    def __call__(self, **message):
        self.sent.append(message)
        body = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        return ExchangeAnswer(status=self.status, body=body)


def answer_to(status, body, question=QUESTION):
    return RecordsByExchange(TAX, Sending(status, body)).answer(question)


def test_a_register_is_asked_by_the_subject_in_the_path_and_the_parameters_as_a_query(registered):
    registered()
    sending = Sending(200, {"clear": True, "debt": 0, "note": "بدون بدهی"})

    answer = RecordsByExchange(TAX, sending).answer(replace(QUESTION, national_code=FIDA))

    assert answer == Matched({"clear": True, "debt": 0, "note": "بدون بدهی"})
    (message,) = sending.sent
    assert (message["path"], message["query"]) == ("/records/F-12%2F34%205678", {"year": "1404"})
    assert (message["subject"], message["data_service"]) == (FIDA, TAX)


def test_where_the_subject_stands_in_the_query_it_is_asked_there(registered):
    registered(place=SubjectPlace(where=SubjectIn.QUERY_PARAMETER, at="code"))
    sending = Sending(200, {"clear": True})

    RecordsByExchange(TAX, sending).answer(QUESTION)

    assert sending.sent[0]["path"] == "/records"
    assert sending.sent[0]["query"] == {"year": "1404", "code": ZAHRA.national_code}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (404, {"code": "no-record"}, NotMatched("no-record")),
        (404, {"code": "other"}, Unknown("malformed", again=True)),
        (404, b"<html>", Unknown("malformed", again=True)),
        (200, [], Unknown("malformed", again=True)),
        (200, b'{"clear": true, "clear": false}', Unknown("malformed", again=True)),
        (200, b'{"debt": NaN}', Unknown("malformed", again=True)),
        (200, b"[" * 9000, Unknown("malformed", again=True)),
        (200, {str(n): n for n in range(MOST_FIELDS + 1)}, Unknown("malformed", again=True)),
        (200, {"subject": "9991000010", "clear": True}, Unknown("answer-of-another", again=True)),
        (200, {"subject": 5, "clear": True}, Unknown("answer-of-another", again=True)),
        (200, {"subject": ZAHRA.national_code, "debt": 1.5, "clear": None}, Matched({})),
        (403, {"code": "no-record"}, Unknown("refused", again=False)),
        (503, {"code": "no-record"}, Unknown("unavailable", again=True)),
    ],
)
def test_only_a_record_confirms_and_only_the_word_of_the_register_denies(registered, status, body, expected):
    registered()

    assert answer_to(status, body) == expected


@given(st.binary(max_size=200), st.sampled_from([200, 404]))
def test_whatever_a_register_says_never_breaks_the_asking(body, status):
    def known(_code):
        return DataService(code=TAX, address="a", name_fa="آ", base_urls=(), subject=IN_PATH)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exchange, "get_data_service", known)
        answer = answer_to(status, body)

    assert isinstance(answer, Matched | NotMatched | Unknown)


def test_a_data_service_that_left_the_exchange_may_come_back(registered):
    assert registered is not None
    assert answer_to(200, {}) == Unknown("unavailable", again=True)


def ask(code=FIDA, data_service=TAX, **other):
    return actions.open_inquiry(
        need="REQ-TAX",
        data_service=data_service,
        subject_code=code,
        purpose="loan",
        about_kind="cases.case",
        about_uuid=uuid4(),
        actor=SYSTEM,
        now=NOON,
        **other,
    )


@pytest.mark.django_db
def test_somebody_who_is_no_person_of_the_register_of_people_can_be_asked_about(registered):
    registered()
    asked = ask(parameters={"year": "1404"})

    inquiry = queries.get_inquiry(asked)
    assert (inquiry.subject, inquiry.subject_code, inquiry.parameters) == (None, FIDA, {"year": "1404"})


@pytest.mark.django_db
def test_nobody_and_an_unregistered_data_service_are_refused(registered):
    registered()
    with pytest.raises(PersonUnknown):
        ask("")
    with pytest.raises(DataServiceUnknown):
        ask(data_service="nobody/knows")


@pytest.mark.django_db
def test_a_third_party_does_not_enter_the_register_of_people_by_being_asked_about(work):
    asked = ask(ZAHRA.national_code, CIVIL_REGISTRY)
    work(NOON)

    assert queries.get_inquiry(asked).state is InquiryState.MATCHED
    assert people.find_person(ZAHRA.national_code) is None


@pytest.mark.django_db
def test_a_confirmed_answer_is_known_for_the_same_question_only(work):
    asked = ask(ZAHRA.national_code, CIVIL_REGISTRY)
    work(NOON)
    question = {"data_service": CIVIL_REGISTRY, "subject_code": ZAHRA.national_code, "parameters": {}}
    since = NOON - timedelta(days=1)

    known = queries.find_known(**question, since=since)
    assert known is not None
    assert known.uuid == asked
    assert queries.find_known(**question, since=NOON + timedelta(hours=1)) is None
    for other in ({"subject_code": FIDA}, {"parameters": {"year": "1404"}}, {"data_service": TAX}):
        assert queries.find_known(**{**question, **other}, since=since) is None


@pytest.mark.django_db(transaction=True)
def test_a_slow_register_among_the_others_delays_no_other(registered):
    registered()
    registered("welfare/decile")
    gate = threading.Event()

    class Named:
        def __init__(self, name) -> None:
            self.name = name

        def answer(self, _question):
            if self.name == TAX:
                gate.wait(20)
            return Matched({"decile": 3})

    slow, quick = ask(), ask(data_service="welfare/decile")
    others = jobs.OtherRegisters(Named)
    at = NOON + timedelta(seconds=1)
    while queries.get_inquiry(quick).state is InquiryState.ASKED:
        others.ask(at)
    assert queries.get_inquiry(slow).state is InquiryState.ASKED
    assert others.ask(at) == 1

    gate.set()
    while others.ask(at):
        pass
    assert queries.get_inquiry(slow).state is InquiryState.MATCHED


@pytest.mark.django_db
def test_the_others_rest_when_nothing_is_due_or_a_register_has_its_own_duty():
    enter(ZAHRA)
    ask(ZAHRA.national_code, CIVIL_REGISTRY)

    assert queries.list_due_data_services(NOON) == [CIVIL_REGISTRY]
    assert jobs.OtherRegisters().ask(NOON) == 0
