"""Answering by a program: single answers of several pages, over the answers that were seen."""

from __future__ import annotations

import pytest

from divan.dealings.cases import actions, queries
from divan.dealings.cases.values import AnswersOutdated, AnswersRefused, CaseUnknown, NotADraft
from divan.foundation import facts


def save(world, case, given, *, revision=None, key="villager"):
    flat = {code: None if texts is None else {code: texts} for code, texts in given.items()}
    return actions.save_answers(case=case, given=flat, revision=revision, actor=world.citizen(key), now=world.now)


def test_answers_of_several_pages_are_saved_together_and_others_stay(world):
    case = world.draft().uuid
    save(world, case, {"present_access": ["none"], "purpose": ["health", "education"]})

    saved = save(world, case, {"households": ["۳۵"], "purpose": None})

    assert dict(saved.answers) == {"present_access": "none", "households": 35}
    assert facts.recorded_for(case) == ["cases.draft-started", "cases.draft-saved", "cases.draft-saved"]


def test_answers_over_others_than_those_seen_are_refused(world):
    case = world.draft()
    seen = queries.revision_of(case.answers)
    save(world, case.uuid, {"households": ["35"]}, revision=seen)

    with pytest.raises(AnswersOutdated) as refusal:
        save(world, case.uuid, {"households": ["36"]}, revision=seen)

    stands = queries.get_case(case.uuid).answers
    assert stands["households"] == 35
    assert refusal.value.facts["revision"] == queries.revision_of(stands)
    assert save(world, case.uuid, {"households": ["36"]}, revision=queries.revision_of(stands)).answers == {
        "households": 36
    }


def test_everything_wrong_is_told_at_once_and_nothing_is_saved(world):
    case = world.draft().uuid

    with pytest.raises(AnswersRefused) as refusal:
        save(world, case, {"households": ["many"], "present_access": ["none"], "first_name": ["x"], "nothing": ["1"]})

    assert {(fault.question, fault.code) for fault in refusal.value.facts["faults"]} == {
        ("households", "answers.number.not-whole"),
        ("first_name", "answers.locked"),
        ("nothing", "answers.unknown-question"),
    }
    assert queries.get_case(case).answers == {}
    assert facts.recorded_for(case) == ["cases.draft-started"]


def test_the_answer_to_a_hidden_question_is_judged_too(world):
    case = world.draft().uuid

    with pytest.raises(AnswersRefused):
        save(world, case, {"operators_seen": ["nobody-offers-this"]})


def test_neither_another_person_nor_a_sent_case_is_answered(world):
    draft, sent = world.draft(), world.submitted("outsider")

    with pytest.raises(CaseUnknown):
        save(world, draft.uuid, {"households": ["1"]}, key="outsider")
    with pytest.raises(NotADraft):
        save(world, sent.uuid, {"households": ["1"]}, key="outsider")

    assert queries.get_case(sent.uuid).answers["households"] == 35
