"""Registers: numbers without a gap, whatever is reserved, given up, closed or begun anew."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from divan.dealings.correspondence import actions, models, queries
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.values import (
    CountUnfit,
    Direction,
    FormulaUnfit,
    NumberFormula,
    NumberPart,
    NumberUnfit,
    ReasonNeeded,
    RegisterClosed,
    SecretariatBusy,
    TermCategory,
    TermUnknown,
    YearClosed,
    YearRuns,
)
from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.registers.people import queries as people

YEAR = 1405
NEW_YEAR = datetime(2027, 3, 21, 0, 0, tzinfo=UTC)
"""Half past three in the morning of the first day of 1406 in Tehran."""


@pytest.fixture
def book(office) -> str:
    return offices.register("incoming")


def reserve(office, book, many=1, reason="جلسهٔ شورا"):
    return actions.reserve_numbers(
        register=book, many=many, reason=reason, actor=office.officer("secretariat"), now=office.now
    )


def test_reserved_numbers_are_used_or_void_and_leave_no_gap(office, book):
    first, second, third = reserve(office, book, 3)
    letter = offices.receive(office, reserved=second.uuid)
    actions.void_number(reserved=third.uuid, reason="نامه لغو شد", actor=SYSTEM, now=office.now)
    following = offices.receive(office, their_number="۲", double_reason="همان فایل")

    proof = queries.prove_register(book, YEAR)

    assert (letter.number.count, following.number.count) == (2, 4)
    assert (proof.last, proof.letters, proof.reserved, proof.void, proof.gaps) == (4, 2, 1, 1, ())
    assert queries.why_void([third.uuid]) == {third.uuid: "نامه لغو شد"}
    assert [one.count for one in queries.list_reserved(book)] == [first.count]
    assert facts.recorded_for(second.uuid) == ["correspondence.number-reserved", "correspondence.number-used"]
    assert offices.seals_hold()


def test_a_used_or_void_number_is_neither_used_nor_given_up_again(office, book):
    used, void = reserve(office, book, 2)
    offices.receive(office, reserved=used.uuid)
    actions.void_number(reserved=void.uuid, reason="لغو", actor=SYSTEM, now=office.now)

    for number in (used, void):
        with pytest.raises(NumberUnfit):
            offices.receive(office, reserved=number.uuid, double_reason="x")
        with pytest.raises(NumberUnfit):
            actions.void_number(reserved=number.uuid, reason="لغو", actor=SYSTEM, now=office.now)
    assert queries.prove_register(book, YEAR).gaps == ()


@pytest.mark.parametrize(
    ("many", "reason", "refusal"), [(0, "x", CountUnfit), (101, "x", CountUnfit), (1, " ", ReasonNeeded)]
)
def test_numbers_are_reserved_with_a_reason_and_not_too_many(office, book, many, reason, refusal):
    with pytest.raises(refusal):
        reserve(office, book, many, reason)
    assert models.RegisterYear.objects.filter(register__code=book).count() == 0


def test_a_missing_number_is_found(office, book):
    for number in ("۱", "۲", "۳"):
        offices.receive(office, their_number=number, double_reason="x")
    models.Letter.objects.filter(count=2).update(count=9)

    assert queries.prove_register(book, YEAR).gaps == (2,)


def test_the_new_year_counts_from_one_and_the_old_one_is_closed_by_hand(office, book):
    offices.receive(office)
    with pytest.raises(YearRuns):
        actions.end_year(register=book, year=YEAR, reason="پایان سال", actor=SYSTEM, now=office.now)

    office.now = NEW_YEAR
    letter = offices.receive(office, their_number="۲", double_reason="x")
    actions.end_year(register=book, year=YEAR, reason="پایان سال", actor=SYSTEM, now=office.now)

    assert (letter.number.year, letter.number.count) == (YEAR + 1, 1)
    assert [(one.year, one.last, one.closed_at) for one in queries.list_years(book)] == [
        (YEAR + 1, 1, None),
        (YEAR, 1, NEW_YEAR),
    ]
    with pytest.raises(YearClosed):
        actions.end_year(register=book, year=YEAR, reason="باز", actor=SYSTEM, now=office.now)
    assert offices.seals_hold()


def test_a_year_with_a_reserved_number_is_not_closed(office, book):
    reserve(office, book)
    office.now = NEW_YEAR

    with pytest.raises(NumberUnfit):
        actions.end_year(register=book, year=YEAR, reason="پایان سال", actor=SYSTEM, now=office.now)

    assert queries.list_years(book)[0].closed_at is None


def test_nothing_is_back_dated_into_a_closed_year(office, book):
    offices.receive(office)
    office.now = NEW_YEAR
    actions.end_year(register=book, year=YEAR, reason="پایان سال", actor=SYSTEM, now=office.now)
    from datetime import date  # noqa: PLC0415 (used once)

    from divan.dealings.correspondence.values import Backdating  # noqa: PLC0415 (as above)

    with pytest.raises(YearClosed):
        offices.receive(
            office,
            "ict-director",
            their_number="2",
            double_reason="x",
            backdating=Backdating(day=date(2027, 3, 19), reason="قطع برق"),
        )


def test_a_closed_register_gives_no_number(office, book):
    actions.close_register(register=book, reason="ادغام", actor=SYSTEM, now=office.now)

    with pytest.raises(RegisterClosed):
        reserve(office, book)
    with pytest.raises(RegisterClosed):
        offices.receive(office, register=book)
    assert offices.seals_hold()


def test_the_register_of_the_services_is_not_closed(office):
    code = queries.case_register_code(offices.BODY)

    with pytest.raises(RegisterClosed):
        actions.close_register(register=code, reason="x", actor=SYSTEM, now=office.now)


def test_a_changed_formula_writes_the_next_numbers_only(office, book):
    first = offices.receive(office)
    formula = NumberFormula(parts=(NumberPart.TEXT, NumberPart.SHORT_YEAR, NumberPart.COUNT), text="و", digits=5)

    actions.change_register(
        register=book,
        formula=formula,
        takes=(Direction.INCOMING,),
        name_fa="وارده",
        name_en="Incoming",
        reason="دستور استاندار",
        actor=SYSTEM,
        now=office.now,
    )
    second = offices.receive(office, their_number="۲", double_reason="x")

    assert queries.get_letter(first.uuid).number_text == first.number_text
    assert second.number_text == "و/05/00002"
    with pytest.raises(FormulaUnfit):
        actions.change_register(
            register=book,
            formula=NumberFormula(parts=(NumberPart.COUNT, NumberPart.TEXT)),
            takes=(Direction.INCOMING,),
            name_fa="x",
            name_en="",
            reason="x",
            actor=SYSTEM,
            now=office.now,
        )


def test_a_unit_opens_a_secretariat_of_its_own_and_closes_it_when_nothing_waits(office):
    body = people.get_unit("governor-office")
    unit = people.get_unit("governor-it")
    own = actions.open_secretariat(
        body=body, unit=unit, code="gov-it", name_fa="دبیرخانهٔ فناوری", actor=SYSTEM, now=office.now
    )
    actions.add_register(
        secretariat=own,
        code="gov-it-2",
        takes=(Direction.INCOMING,),
        formula=NumberFormula(),
        name_fa="وارده",
        actor=SYSTEM,
        now=office.now,
    )
    taken = actions.take_in(
        secretariat=own,
        channel=offices.Channel.SCAN,
        key="1",
        arrived=offices.arrived(office),
        actor=SYSTEM,
        now=office.now,
    )
    with pytest.raises(SecretariatBusy):
        actions.close_secretariat(secretariat=own, reason="ادغام", actor=SYSTEM, now=office.now)
    actions.refuse_intake(intake=taken.uuid, reason="x", actor=SYSTEM, now=office.now)

    actions.close_secretariat(secretariat=own, reason="ادغام", actor=SYSTEM, now=office.now)

    assert [one.code for one in queries.list_secretariats("governor-office")] == [
        queries.central_secretariat(body.uuid).code
    ]
    with pytest.raises(SecretariatBusy):
        actions.close_secretariat(
            secretariat=queries.central_secretariat(body.uuid).uuid, reason="x", actor=SYSTEM, now=office.now
        )
    assert offices.seals_hold()


def test_a_body_changes_adds_and_ends_words_of_its_basic_information(office):
    body = people.get_unit(offices.BODY).uuid
    other = people.get_unit("governor-office").uuid
    kind = TermCategory.LETTER_KIND
    before = {one.code for one in queries.list_terms(body, kind)}

    actions.write_term(body=body, category=kind, code="letter", text_fa="نامهٔ اداری", actor=SYSTEM, now=office.now)
    actions.write_term(body=body, category=kind, code="telex", text_fa="تلکس", actor=SYSTEM, now=office.now)
    actions.end_term(body=body, category=kind, code="fax", actor=SYSTEM, now=office.now)

    after = {one.code: one.text_fa for one in queries.list_terms(body, kind)}
    assert set(after) == (before | {"telex"}) - {"fax"}
    assert after["letter"] == "نامهٔ اداری"
    assert {one.code for one in queries.list_terms(other, kind)} == before
    assert queries.term_text(body, kind, "fax", "en") == "Fax"
    with pytest.raises(TermUnknown):
        actions.end_term(body=body, category=kind, code="fax", actor=SYSTEM, now=office.now)
    assert offices.seals_hold()


def test_what_a_clerk_may_not_read_keeps_its_number_in_the_register_and_tells_nothing_else(office, book):
    from divan.dealings.correspondence.values import Secrecy  # noqa: PLC0415 (used once)

    offices.receive(office)
    offices.receive(office, "ict-director", their_number="2", double_reason="x", secrecy=Secrecy.SECRET)
    clerk, director = office.post("ict-secretariat"), office.post("ict-director")

    seen = queries.list_lines(book, clerk, office.now, year=YEAR)

    assert [(count, letter is None) for count, letter in seen] == [(2, True), (1, False)]
    assert all(letter for _, letter in queries.list_lines(book, director, office.now, year=YEAR)[:1])
    day = queries.list_day(book, clerk, office.now, day=office.now.date())
    assert [letter is None for _, letter in day] == [False, True]
