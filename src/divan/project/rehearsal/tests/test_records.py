"""Declared registers and outside processes answer as the house's own adapters expect them to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from divan.project.rehearsal.cast import member
from divan.project.rehearsal.declared import DeclaredProcess, outside_world, person_by_code
from divan.trust.exchange import queries as exchange
from divan.trust.exchange.values import DataService, ExchangeAnswer
from divan.trust.identity.adapters.civil_registry import RegistryByExchange
from divan.trust.identity.adapters.records import RecordsByExchange
from divan.trust.identity.adapters.registers import Question
from divan.trust.identity.values import Matched, NotMatched, Unknown
from divan_libs.persian.identifiers import parse_mobile, parse_national_code

XROAD = {"X-Road-Client": "LR/GOV/governor-office/divan"}
VILLAGER, OUTSIDER = member("villager"), member("outsider")
SON = outside_world().people["son"]
QUESTION = Question(
    national_code=VILLAGER.national_code, purpose="test", message_id=str(uuid4()), on=date(2026, 11, 22)
)


@pytest.fixture
def ask(world, monkeypatch):
    """Ask as the gateway would."""
    monkeypatch.setattr(
        exchange, "get_data_service", lambda code: DataService(code=code, address="a", name_fa="آ", base_urls=())
    )

    def send(*, data_service, path, query, timeout, **_known) -> ExchangeAnswer:
        address = f"/civil-registry{path}" if path.startswith("/persons") else f"/registers/{data_service}{path}"
        answer = world.client.get(address, params=query, headers=XROAD, timeout=timeout)
        return ExchangeAnswer(status=answer.status_code, body=answer.content)

    return send


def test_every_declared_register_answers_every_field_of_its_kind():
    kinds = {"text": str, "number": int, "yes-no": bool, "date": str}
    for code, register in outside_world().registers.items():
        assert code.partition("/")[0] in outside_world().members
        parameters = dict.fromkeys(register.needs, SON.national_code)
        record = register.record(code, VILLAGER.national_code, parameters)
        rows = [record] if record is not None else []
        rows += [register.record(code, "9999999999", parameters)] if register.knows == "anybody" else []
        for told in rows:
            assert {name: type(value) for name, value in told.items()} == {
                name: kinds[field.kind] for name, field in register.fields.items()
            }
    assert set(outside_world().orders) == {
        "post/parcels",
        "treasury/payment-orders",
        "national-permits/requests",
        "ict/installations",
    }


def test_every_row_names_only_declared_fields_and_values_of_their_kind():
    kinds = {"text": str, "number": int, "yes-no": bool, "date": date}
    for code, register in outside_world().registers.items():
        for words, row in register.rows.items():
            for name, value in ({} if row == "none" else row).items():
                assert name in register.fields, (code, words, name)
                assert type(value) is kinds[register.fields[name].kind], (code, words, name)


def test_invented_people_have_valid_identifiers_of_their_own():
    people = outside_world().people.values()
    codes = [one.national_code for one in people]
    assert [parse_national_code(code) for code in codes] == codes
    assert len(set(codes)) == len(codes)
    assert all(parse_mobile(one.mobile) == one.mobile for one in people if one.mobile)
    assert person_by_code(SON.national_code) is SON


def test_a_row_a_made_answer_and_no_record(ask):
    decile = RecordsByExchange("welfare/decile", ask)
    personnel = RecordsByExchange("personnel/employee", ask)

    assert decile.answer(QUESTION) == Matched({"decile": 2})
    made = decile.answer(replace(QUESTION, national_code="0499370899"))
    assert isinstance(made, Matched)
    assert made == decile.answer(replace(QUESTION, national_code="0499370899"))
    assert personnel.answer(QUESTION) == NotMatched("no-record")


def test_a_guardian_is_confirmed_for_the_ward_alone(ask):
    register = RecordsByExchange("civil-registry/guardianship", ask)
    of_son = replace(QUESTION, parameters={"principal": SON.national_code})

    assert register.answer(of_son) == Matched({"valid": True, "kind": "parent"})
    assert register.answer(replace(of_son, national_code=OUTSIDER.national_code)) == NotMatched("no-record")
    assert register.answer(QUESTION) == Unknown("refused", again=False)


def test_the_civil_registry_knows_the_families_of_the_cast(ask):
    dead = outside_world().people["grandfather-dead"]
    registry = RegistryByExchange(ask)

    assert registry.answer(replace(QUESTION, national_code=SON.national_code)).fields["first_name"] == SON.first_name
    assert registry.answer(replace(QUESTION, national_code=dead.national_code)).fields["alive"] is False


def test_declared_registers_behave_as_they_are_told(world, ask):
    register = RecordsByExchange("tax/clearance", ask)

    register.answer(QUESTION)
    world.tell("tax", "repeat")
    assert register.answer(replace(QUESTION, national_code=SON.national_code)) == Unknown(
        "answer-of-another", again=True
    )
    world.tell("tax", "lie")
    assert register.answer(QUESTION) == Matched({})
    world.tell("tax", "down")
    assert register.answer(QUESTION) == Unknown("unavailable", again=True)


def order(world, number, body=None, **more):
    address = f"/orders/treasury/payment-orders/orders/{number}"
    if body is None:
        return world.client.get(address, headers=XROAD)
    return world.client.put(address, json=body, headers=XROAD, **more)


def test_the_same_order_is_taken_once_and_another_under_its_number_is_refused(world):
    number = uuid4().hex
    first = order(world, number, {"amount": 5})
    again = order(world, number, {"amount": 5})

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() == order(world, number).json()
    assert first.json()["state"] == "ordered"
    assert order(world, number, {"amount": 6}).status_code == 409
    assert order(world, number, [5]).status_code == 422
    assert order(world, uuid4().hex).json() == {"code": "no-record"}
    assert world.client.get(f"/orders/treasury/payment-orders/orders/{number}").status_code == 403


def test_an_order_goes_on_by_itself_until_a_person_decides(world):
    number = uuid4().hex
    order(world, number, {"amount": 5})
    decided = {"code": "treasury/payment-orders", "number": number, "state": "failed"}

    assert world.client.post("/orders", data={**decided, "state": "delivered"}).status_code == 422
    assert world.client.post("/orders", data=decided).status_code == 303
    assert order(world, number).json()["state"] == "failed"
    shown = world.client.get("/orders").text
    assert number in shown
    assert '<option value="failed" selected>' in shown


@pytest.mark.parametrize(
    ("seconds", "state"), [(0, "accepted"), (9, "accepted"), (10, "sent"), (20, "done"), (9e9, "done")]
)
def test_states_follow_each_other_in_their_time(seconds, state):
    process = DeclaredProcess.model_validate(
        {
            "fa": "آ",
            "en": "a",
            "purpose": {"fa": "آ", "en": "a"},
            "states": ["accepted", "sent", "done"],
            "seconds": 10,
        }
    )
    assert process.state_after(seconds) == state
