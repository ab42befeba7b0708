"""Asking about others: whom the answers name, anew when they name others, and never what is known already."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from divan.dealings.cases import actions, models, queries
from divan.dealings.cases.values import CaseState, NotComplete
from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.trust.exchange import queries as exchange
from divan.trust.identity import queries as inquiries
from divan_libs.servicepack.answers import complete

from . import outside
from .outside import DAUGHTER, DECILES, GUARDIANS, SON, WAGES, WARD, dropped, needs
from .workshop import publish as publish_workshop

IDENTITY = "civil-registry/person"


@pytest.fixture
def registers(world, tmp_path, monkeypatch):
    """The service that reaches outside, and registers that answer when a test says so."""
    monkeypatch.setattr(exchange, "data_service_codes", lambda: outside.DATA_SERVICES)
    publish_workshop(world, tmp_path / "first")
    outside.publish(tmp_path / "second", world.now)
    made = outside.Registers(lambda: world.now)
    made.told[IDENTITY, world.person("villager").national_code] = {
        "first_name": "زهرا",
        "last_name": "رستمی",
        "father_name": "علی",
        "birth_date": "1989-05-12",
        "alive": True,
    }
    return made


def begin(world):
    return actions.start_draft(service_code="workshop-permit", language="fa", actor=world.citizen(), now=world.now).uuid


def name(world, case, **given):
    """Answer the first page; what is not given is left open."""
    given = {"first_name": ["زهرا"], **given}
    return actions.save_page(case=case, page="owner", given=given, actor=world.citizen(), now=world.now)


def members(*rows):
    return {
        f"members.{number}.{part}": [value]
        for number, (code, student) in enumerate(rows)
        for part, value in (("member", code), ("student", "yes" if student else "no"))
    }


def missing(world, case):
    found = queries.get_case(case)
    package = queries.get_package_of(found)
    return [(one.kind, one.code) for one in complete(package, queries.context_of(found, package, world.now.date()))]


def test_nobody_is_asked_about_before_somebody_is_named(world, registers):
    case = begin(world)

    assert needs(case) == {("REQ-IDENTITY", world.person("villager").national_code): "asked"}


def test_a_guardian_is_asked_about_with_the_ward_and_then_the_ward(world, registers):
    me = world.person("villager").national_code
    registers.told[GUARDIANS, me] = {"valid": True}
    registers.told[DECILES, WARD] = {"decile": 3, "since": "2025-01-31"}
    case = begin(world)
    name(world, case, ward=[WARD])
    assert needs(case)["REQ-MANDATE", me] == "asked"
    assert ("REQ-DECILE", WARD) not in needs(case)

    # The mandate is what makes the second question necessary; it is asked when the first is answered.
    registers.answer()
    assert needs(case)["REQ-DECILE", WARD] == "asked"
    registers.answer()

    assert (GUARDIANS, me, {"principal": WARD}) in registers.asked
    assert needs(case)["REQ-DECILE", WARD] == "matched"
    found = queries.get_case(case)
    context = queries.context_of(found, queries.get_package_of(found), world.now.date())
    assert context.facts["decile"].fields == {"decile": 3, "since": date(2025, 1, 31)}


def test_another_ward_makes_the_former_fall_away_with_what_was_told(world, registers):
    me = world.person("villager").national_code
    registers.told[GUARDIANS, me] = {"valid": True}
    registers.told[DECILES, WARD] = {"decile": 3, "since": "2025-01-31"}
    case = begin(world)
    name(world, case, ward=[WARD])
    registers.answer()
    registers.answer()

    name(world, case, ward=[SON])

    assert sorted(need.code for need in dropped(case)) == ["REQ-DECILE", "REQ-MANDATE"]
    assert all(need.fields == {} for need in dropped(case))
    assert needs(case)["REQ-MANDATE", me] == "asked"
    name(world, case)
    assert set(needs(case)) == {("REQ-IDENTITY", me)}


def test_a_late_answer_about_whom_nobody_names_any_more_is_ignored(world, registers):
    me = world.person("villager").national_code
    registers.told[GUARDIANS, me] = {"valid": True}
    case = begin(world)
    name(world, case, ward=[WARD])
    late = next(need.inquiry for need in queries.get_case(case).needs if need.code == "REQ-MANDATE")
    name(world, case, ward=[SON])
    before = facts.recorded_for(dropped(case)[0].uuid)

    registers.answer(note=False)
    actions.note_answer(inquiry=late, actor=SYSTEM, now=world.now)

    assert facts.recorded_for(dropped(case)[0].uuid) == before
    assert needs(case)["REQ-MANDATE", me] == "asked"
    assert dropped(case)[0].fields == {}


def test_everybody_in_the_rows_is_asked_about_and_their_answers_are_one_fact(world, registers):
    registers.told[WAGES, SON] = {"wage": 40}
    registers.told[WAGES, DAUGHTER] = {"wage": 70}
    case = begin(world)
    name(world, case, **members((SON, True), (DAUGHTER, False)))
    registers.answer()

    assert (WAGES, SON, {"student": "true"}) in registers.asked
    assert ("inquiry", "REQ-WAGES") not in missing(world, case)
    found = queries.get_case(case)
    fact = queries.context_of(found, queries.get_package_of(found), world.now.date()).facts["wages"]
    assert (fact.fields["wage_total"], fact.fields["count"]) == (110, 2)
    name(world, case, **members((SON, True)))
    assert needs(case)["REQ-WAGES", SON] == "matched"
    assert [need.subject_code for need in dropped(case)] == [DAUGHTER]


def test_one_member_whom_the_register_denies_stops_the_application(world, registers):
    registers.told[WAGES, SON] = {"wage": 40}
    case = begin(world)
    name(world, case, **members((SON, True), (DAUGHTER, False)))
    registers.answer()

    assert needs(case)["REQ-WAGES", DAUGHTER] == "not-matched"
    assert ("inquiry", "REQ-WAGES") in missing(world, case)


@pytest.mark.parametrize("told", [{"wage": "40"}, {"wage": True}, {}, {"wage": None}])
def test_a_field_of_another_type_makes_the_answer_unknown_and_says_so_without_its_value(world, registers, caplog, told):
    registers.told[WAGES, SON] = told
    case = begin(world)
    name(world, case, **members((SON, True)))
    registers.answer()

    assert needs(case)["REQ-WAGES", SON] == "unknown"
    assert "wage as REQ-WAGES declares it" in caplog.text
    assert SON not in caplog.text


def test_an_answer_that_is_not_too_old_is_used_again_with_its_date(world, registers):
    me = world.person("villager").national_code
    registers.told[GUARDIANS, me] = {"valid": True}
    registers.told[DECILES, WARD] = {"decile": 3, "since": "2025-01-31"}
    first = begin(world)
    name(world, first, ward=[WARD])
    registers.answer()
    registers.answer()
    told_at = world.now
    actions.abandon_draft(case=first, actor=world.citizen(), now=world.now)
    world.pass_time(days=20)
    asked_before = len(registers.asked)

    second = begin(world)
    name(world, second, ward=[WARD])
    registers.answer()

    known = next(need for need in queries.get_case(second).needs if need.code == "REQ-DECILE")
    assert (known.state, known.reused, known.answered_at.date()) == ("matched", True, told_at.date())
    assert DECILES not in [asked[0] for asked in registers.asked[asked_before:]]
    assert inquiries.get_inquiry(known.inquiry).about_uuid == first

    world.pass_time(days=20)
    name(world, second, ward=[WARD])
    renewed = next(need for need in queries.get_case(second).needs if need.code == "REQ-DECILE")
    assert (renewed.state, renewed.reused) == ("asked", False)


def test_saving_the_same_answers_again_asks_nobody_again(world, registers):
    case = begin(world)
    name(world, case, **members((SON, True)))
    rows = models.CaseNeed.objects.filter(case__uuid=case).count()

    name(world, case, **members((SON, True)))

    assert models.CaseNeed.objects.filter(case__uuid=case).count() == rows


def test_a_silent_register_is_asked_again_about_the_one_it_was_silent_on(world, registers):
    registers.told[WAGES, SON], registers.told[WAGES, DAUGHTER] = {"wage": "?"}, {"wage": 5}
    case = begin(world)
    name(world, case, **members((SON, True), (DAUGHTER, True)))
    registers.answer()
    registers.told[WAGES, SON] = {"wage": 6}

    actions.ask_again(case=case, need="REQ-WAGES", actor=world.citizen(), now=world.now)

    assert needs(case)["REQ-WAGES", SON] == "asked"
    assert needs(case)["REQ-WAGES", DAUGHTER] == "matched"
    registers.answer()
    assert needs(case)["REQ-WAGES", SON] == "matched"


def test_what_registers_told_leaves_with_a_draft_that_is_given_up(world, registers):
    registers.told[WAGES, SON] = {"wage": 6}
    case = begin(world)
    name(world, case, **members((SON, True)))
    registers.answer()

    actions.abandon_draft(case=case, actor=world.citizen(), now=world.now + timedelta(minutes=1))

    found = queries.get_case(case)
    assert (found.state, found.needs) == (CaseState.ABANDONED, ())
    assert [need.fields for need in dropped(case)] == [{}, {}]


def test_an_answer_that_grew_too_old_in_the_draft_is_asked_again_at_submission_and_keeps_it_back(world, registers):
    me = world.person("villager").national_code
    registers.told[GUARDIANS, me] = {"valid": True}
    registers.told[DECILES, WARD] = {"decile": 3, "since": "2025-01-31"}
    case = begin(world)
    name(world, case, ward=[WARD])
    registers.answer()
    registers.answer()
    asked_before = len(registers.asked)
    world.pass_time(days=50)

    with pytest.raises(NotComplete) as refused:
        actions.submit_case(case=case, actor=world.citizen(), now=world.now)

    assert ("inquiry", "REQ-DECILE", "asked") in [
        (one.kind, one.code, one.state) for one in refused.value.facts["missing"]
    ]
    assert queries.get_case(case).state is CaseState.DRAFT
    assert needs(case)["REQ-DECILE", WARD] == "asked"
    assert [need.code for need in dropped(case)] == ["REQ-DECILE"]
    registers.answer()
    assert registers.asked[asked_before:] == [(DECILES, WARD, {})]
    assert ("inquiry", "REQ-DECILE") not in missing(world, case)
    with pytest.raises(NotComplete):
        actions.submit_case(case=case, actor=world.citizen(), now=world.now)
    assert needs(case)["REQ-DECILE", WARD] == "matched"
