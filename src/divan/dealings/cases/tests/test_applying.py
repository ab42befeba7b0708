"""Applying: drafts, pages, files, and what registers answer."""

from __future__ import annotations

import pytest

from divan.dealings.cases import actions, queries
from divan.dealings.cases.values import AnswersRefused, CaseState, CaseUnknown, NotADraft, NotComplete
from divan.foundation import facts, files
from divan.foundation.errors import Refusal


class NothingFound:
    def find(self, content) -> str:
        assert list(content)
        return ""


def test_starting_twice_gives_the_same_draft(world):
    first, second = world.draft(), world.draft()

    assert first.uuid == second.uuid
    assert len(queries.list_cases_of(world.citizen().uuid)) == 1


def test_a_draft_asks_the_registers_what_the_service_needs(world):
    case = world.draft(answered=False)

    assert [(need.code, need.state) for need in case.needs] == [("REQ-IDENTITY", "asked"), ("REQ-MOBILE", "asked")]


def test_a_page_is_saved_with_persian_digits_and_spaces(world):
    case = world.draft()

    saved = actions.save_page(
        case=case.uuid,
        page="present-state",
        given={"present_access": ["none"], "households": [" ۳۵ "]},
        actor=world.citizen(),
        now=world.now,
    )

    assert saved.answers == {"present_access": "none", "households": 35}


def test_an_answer_that_cannot_stand_refuses_the_whole_page_and_changes_nothing(world):
    case = world.draft()
    before = facts.recorded_for(case.uuid)

    with pytest.raises(AnswersRefused) as refusal:
        actions.save_page(
            case=case.uuid,
            page="present-state",
            given={"present_access": ["none"], "households": ["many"]},
            actor=world.citizen(),
            now=world.now,
        )

    assert [(fault.question, fault.code) for fault in refusal.value.facts["faults"]] == [
        ("households", "answers.number.not-whole")
    ]
    assert queries.get_case(case.uuid).answers == {}
    assert facts.recorded_for(case.uuid) == before


@pytest.mark.parametrize("code", ["9999999999999999", "15", "1503050001", "'; DROP TABLE places_place; --"])
def test_only_a_village_of_the_register_is_a_village(world, code):
    case = world.draft()

    with pytest.raises(AnswersRefused) as refusal:
        actions.save_page(
            case=case.uuid,
            page="village",
            given={"village": [code], "relation": ["owner"]},
            actor=world.citizen(),
            now=world.now,
        )

    assert [fault.question for fault in refusal.value.facts["faults"]] == ["village"]


def test_what_a_register_answered_cannot_be_typed_over(world):
    case = world.draft()

    actions.save_page(
        case=case.uuid,
        page="applicant",
        given={"first_name": ["Mallory"], "contact_mobile": ["09121234567"]},
        actor=world.citizen(),
        now=world.now,
    )

    assert "first_name" not in queries.get_case(case.uuid).answers


def test_the_case_of_another_is_not_found(world):
    case = world.draft()

    for attempt in (
        lambda actor: actions.save_page(case=case.uuid, page="purpose", given={}, actor=actor, now=world.now),
        lambda actor: actions.submit_case(case=case.uuid, actor=actor, now=world.now),
        lambda actor: actions.abandon_draft(case=case.uuid, actor=actor, now=world.now),
    ):
        with pytest.raises(CaseUnknown):
            attempt(world.citizen("outsider"))

    assert queries.get_case(case.uuid).state is CaseState.DRAFT


def test_submitting_twice_is_one_case_with_one_number(world):
    case = world.draft()
    world.fill(case.uuid)

    first = actions.submit_case(case=case.uuid, actor=world.citizen(), now=world.now)
    second = actions.submit_case(case=case.uuid, actor=world.citizen(), now=world.pass_time(minutes=1))

    assert first == second
    assert facts.recorded_for(case.uuid).count("cases.case-submitted") == 1
    assert len(queries.list_tasks(case.uuid)) == 1


def test_an_incomplete_draft_is_not_submitted_and_says_what_is_missing(world):
    case = world.draft()

    with pytest.raises(NotComplete) as refusal:
        actions.submit_case(case=case.uuid, actor=world.citizen(), now=world.now)

    missing = {one.code for one in refusal.value.facts["missing"]}
    assert {"village", "households", "truth"} <= missing
    assert queries.get_case(case.uuid).number == ""


def test_an_unanswered_register_keeps_a_case_from_being_submitted(world):
    case = world.draft(answered=False)

    with pytest.raises(NotComplete) as refusal:
        actions.submit_case(case=case.uuid, actor=world.citizen(), now=world.now)

    assert ("inquiry", "REQ-IDENTITY") in {(one.kind, one.code) for one in refusal.value.facts["missing"]}


def test_answers_of_a_submitted_case_stand(world):
    case = world.submitted()

    with pytest.raises(NotADraft):
        actions.save_page(
            case=case.uuid, page="purpose", given={"purpose": ["health"]}, actor=world.citizen(), now=world.now
        )

    assert queries.get_case(case.uuid).answers == case.answers


def test_a_draft_that_is_given_up_loses_its_answers(world):
    case = world.draft()
    world.fill(case.uuid)

    actions.abandon_draft(case=case.uuid, actor=world.citizen(), now=world.now)

    left = queries.get_case(case.uuid)
    assert (left.state, left.answers) == (CaseState.ABANDONED, {})
    assert all(not need.fields for need in left.needs)


def test_a_file_comes_to_its_question_and_leaves_it(world):
    case = world.draft()
    stored = files.store_upload(
        name="view.png",
        content=[b"\x89PNG\r\n\x1a\n" + b"0" * 100],
        actor=world.citizen(),
        now=world.now,
        scanner=NothingFound(),
    )

    with_file = actions.add_file(case=case.uuid, question="photo", file=stored, actor=world.citizen(), now=world.now)
    without = actions.remove_file(case=case.uuid, file=stored.uuid, actor=world.citizen(), now=world.now)

    assert with_file.answers["photo"] == [str(stored.uuid)]
    assert "photo" not in without.answers
    with pytest.raises(Refusal):
        queries.case_file_bytes(case.uuid, stored.uuid)


def test_tracking_needs_number_and_secret_of_the_same_case(world):
    case = world.submitted()
    secret = queries.tracking_secret(case.uuid)

    assert queries.tracked_case(number=case.number, secret=secret.lower()).uuid == case.uuid
    assert queries.tracked_case(number=case.number.replace("-", " "), secret=secret).uuid == case.uuid
    for number, guess in ((case.number, "A" * 8), ("05-9999999-00", secret), ("", ""), (case.number, "")):
        with pytest.raises(Refusal) as refusal:
            queries.tracked_case(number=number, secret=guess)
        assert refusal.value.code == "cases.tracking-refused"
