from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from divan_libs.servicepack.answers import (
    AnswerProblem,
    Missing,
    complete,
    from_json,
    may_change,
    pages_to_show,
    parse_answer,
    to_json,
    visible_answers,
    visible_questions,
)
from divan_libs.servicepack.evaluation import Fact
from divan_libs.servicepack.expressions import EvaluationFailed
from divan_libs.servicepack.models import InquiryState, Question

TODAY = date(2025, 11, 22)
_QUESTION = TypeAdapter(Question)


def question(kind: str, **limits) -> Question:
    if kind == "place":
        limits["level"] = "village"
    return _QUESTION.validate_python({"code": "asked", "type": kind, **limits})


@pytest.mark.parametrize(
    ("kind", "limits", "raw", "value"),
    [
        ("text", {}, "  علي   كريمي ", "علی کریمی"),
        ("long-text", {}, "سطر یک \r\n\r\n سطر  دو ", "سطر یک\n\nسطر دو"),
        ("number", {}, "۳۵", 35),
        ("number", {}, "٣٥", 35),
        ("number", {}, "۱٬۲۳۴", 1234),
        ("number", {"minimum": -5}, "-۳", -3),
        ("yes-no", {}, "no", False),
        ("consent", {}, ["yes"], True),
        ("choice", {"options": ["a", "b"]}, "b", "b"),
        ("choices", {"options": ["a", "b", "c"]}, ["c", "a", "c"], ("a", "c")),
        ("date", {}, "۱۴۰۴/۹/۱", date(2025, 11, 22)),
        ("place", {}, "۱۵۰۱۰۲۰۰۰۱", "1501020001"),
        ("mobile", {}, "+98 912 000 0000", "09120000000"),
        ("national-code", {}, "۰۴۹۹۳۷۰۸۹۹", "0499370899"),
        ("postal-code", {}, "۱۶۱۹۷-۳۵۷۴۴", "1619735744"),
        ("file", {"accept": ["pdf"], "max_files": 2}, ["f-1", "f-1", "f-2"], ("f-1", "f-2")),
        ("text", {"required": False}, " \u200f ", None),
        ("choices", {"options": ["a", "b"], "required": False}, [], None),
    ],
)
def test_what_people_type_becomes_a_value(kind, limits, raw, value):
    assert parse_answer(question(kind, **limits), raw, today=TODAY) == value


@pytest.mark.parametrize(
    ("kind", "limits", "raw", "code"),
    [
        ("text", {}, "   ", "answers.required"),
        ("text", {"max_length": 3}, "چهار", "answers.too-long"),
        ("text", {"min_length": 3}, "دو", "answers.too-short"),
        ("long-text", {}, "ا" * 20_001, "answers.too-long"),
        ("number", {}, "سی", "answers.number.not-whole"),
        ("number", {}, "3.5", "answers.number.not-whole"),
        ("number", {}, "²", "answers.number.not-whole"),
        ("number", {}, "--3", "answers.number.not-whole"),
        ("number", {}, "9" * 30, "answers.number.not-whole"),
        ("number", {"minimum": 1}, "0", "answers.number.too-small"),
        ("number", {"maximum": 10}, "11", "answers.number.too-large"),
        ("yes-no", {}, "maybe", "answers.choice.unknown"),
        ("consent", {}, [], "answers.consent-required"),
        ("consent", {}, "no", "answers.consent-required"),
        ("choice", {"options": ["a", "b"]}, "c", "answers.choice.unknown"),
        ("choice", {"options": ["a", "b"]}, ["a", "b"], "answers.one-only"),
        ("choices", {"options": ["a", "b"]}, ["a", "z"], "answers.choice.unknown"),
        ("choices", {"options": ["a", "b"], "min_chosen": 2}, ["a"], "answers.choices.too-few"),
        ("choices", {"options": ["a", "b"], "max_chosen": 1}, ["a", "b"], "answers.choices.too-many"),
        ("date", {}, "1403/12/31", "answers.date.invalid"),
        ("date", {}, "1404/12/30", "answers.date.invalid"),
        ("date", {"past_only": True}, "1404/09/02", "answers.date.in-future"),
        ("date", {"future_only": True}, "1404/08/30", "answers.date.in-past"),
        ("date", {"earliest_days_ago": 30}, "1404/07/01", "answers.date.too-early"),
        ("place", {}, "<b>", "answers.place.unknown"),
        ("place", {}, "1" * 41, "answers.place.unknown"),
        ("mobile", {}, "0212222", None),
        ("national-code", {}, "1111111111", "persian.national-code.all-equal"),
        ("national-code", {}, "0499370898", "persian.national-code.check-digit"),
        ("postal-code", {}, "123", None),
        ("file", {"accept": ["pdf"]}, ["a", "b"], "answers.files.too-many"),
    ],
)
def test_what_is_no_answer_is_refused_with_a_code(kind, limits, raw, code):
    with pytest.raises(AnswerProblem) as refused:
        parse_answer(question(kind, **limits), raw, today=TODAY)

    assert refused.value.code == code if code else refused.value.code.startswith("persian.")


def test_a_refusal_carries_the_limit_for_its_message():
    with pytest.raises(AnswerProblem) as refused:
        parse_answer(question("text", max_length=3), "چهار", today=TODAY)

    assert dict(refused.value.facts) == {"maximum": 3, "length": 4}


@given(st.text(max_size=300), st.sampled_from(["text", "number", "yes-no", "date", "place", "mobile", "consent"]))
def test_whatever_is_typed_is_an_answer_or_a_problem_and_survives_storing(raw, kind):
    asked = question(kind)

    try:
        value = parse_answer(asked, raw, today=TODAY)
    except AnswerProblem:
        return

    assert value is not None
    assert from_json(asked, to_json(value)) == value


def test_choices_survive_storing_as_a_list():
    asked = question("choices", options=["a", "b"])

    assert to_json(("a", "b")) == ["a", "b"]
    assert from_json(asked, ["a", "b"]) == ("a", "b")


def test_pages_and_questions_appear_by_the_answers(good, context):
    assert [page.code for page in pages_to_show(good, context)] == [
        "applicant",
        "village",
        "present-state",
        "purpose",
        "declaration",
    ]
    shown = {asked.code for asked in visible_questions(good, context, "present-state")}
    assert shown == {"present_access", "operators_seen", "households", "public_places", "photo"}

    without_reception = replace(context, answers={**context.answers, "present_access": "none"})
    assert "operators_seen" not in {asked.code for asked in visible_questions(good, without_reception)}


def test_a_page_whose_questions_are_all_hidden_is_not_shown(package_with, context):
    package = package_with(
        ("form.yaml", "  purpose:\n    questions:", "  purpose:\n    show_when: 'false'\n    questions:")
    )

    assert "purpose" not in [page.code for page in pages_to_show(package, context)]
    assert "purpose" not in visible_answers(package, context)


def test_the_answer_to_a_hidden_question_is_absent_for_all_that_follows(good, context):
    answers = {**context.answers, "public_places": ("school",), "other_place": "پاسگاه", "present_access": "none"}

    seen = visible_answers(good, replace(context, answers=answers))

    assert "other_place" not in seen
    assert "operators_seen" not in seen
    assert seen["public_places"] == ("school",)


def test_hiding_a_question_hides_those_that_depend_on_it(package_with, context):
    package = package_with(
        ("form.yaml", "      public_places:\n", "      public_places:\n        show_when: 'false'\n")
    )
    answers = {**context.answers, "public_places": ("other",), "other_place": "پاسگاه"}

    seen = visible_answers(package, replace(context, answers=answers))

    assert not {"public_places", "other_place"} & seen.keys()


def test_a_locked_answer_is_the_registers_whatever_was_typed(good, context):
    typed = replace(context, answers={**context.answers, "first_name": "دیگری", "contact_mobile": "09350000000"})

    seen = visible_answers(good, typed)

    assert seen["first_name"] == "گل‌نار"
    assert seen["contact_mobile"] == "09350000000", "not locked: only offered"
    assert not may_change(good, good.form.question("first_name"), typed)
    assert may_change(good, good.form.question("contact_mobile"), typed)


@pytest.mark.parametrize("state", [InquiryState.UNKNOWN, InquiryState.NOT_MATCHED, InquiryState.ASKED])
def test_fields_of_a_register_that_did_not_match_are_not_taken(good, context, state):
    fact = Fact(state, {"first_name": "دروغ"})
    doubtful = replace(context, facts={**context.facts, "identity": fact})

    assert "first_name" not in visible_answers(good, doubtful)
    assert may_change(good, good.form.question("first_name"), doubtful)


def test_a_case_with_everything_is_complete(good, context):
    assert complete(good, context) == []


def test_what_is_missing_is_named_with_its_page(good, context):
    answers = {code: value for code, value in context.answers.items() if code not in ("village", "truth")}

    assert complete(good, replace(context, answers=answers)) == [
        Missing("answer", "village", "village"),
        Missing("answer", "truth", "declaration"),
    ]


@pytest.mark.parametrize(
    ("fact", "state", "missing"),
    [
        ("identity", InquiryState.UNKNOWN, ["REQ-IDENTITY"]),
        ("identity", InquiryState.NOT_MATCHED, ["REQ-IDENTITY"]),
        ("identity", InquiryState.NOT_ASKED, ["REQ-IDENTITY"]),
        ("mobile_owner", InquiryState.UNKNOWN, []),
        ("mobile_owner", InquiryState.NOT_MATCHED, ["REQ-MOBILE"]),
        ("mobile_owner", InquiryState.ASKED, ["REQ-MOBILE"]),
    ],
)
def test_an_inquiry_proceeds_only_in_the_declared_states(good, context, fact, state, missing):
    typed = {"first_name": "گل‌نار", "last_name": "دشتی", "contact_mobile": "09120000000"}
    doubtful = replace(context, answers={**context.answers, **typed}, facts={**context.facts, fact: Fact(state)})

    assert [item.code for item in complete(good, doubtful)] == missing


def test_an_unmet_condition_is_missing_by_its_code(good, context):
    covered = replace(context, answers={**context.answers, "present_access": "fixed-good"})

    assert complete(good, covered) == [Missing("condition", "REQ-WITHOUT-COVERAGE")]


def test_an_unguarded_condition_fails_loudly_instead_of_showing_or_hiding(package_with, context):
    package = package_with(("form.yaml", "has(answers.purpose) && 'business'", "true && 'business'"))
    unanswered = replace(context, answers={})

    with pytest.raises(EvaluationFailed):
        pages_to_show(package, unanswered)
