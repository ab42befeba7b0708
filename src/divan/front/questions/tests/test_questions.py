from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.http import QueryDict
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from divan.dealings.cases.values import AnswerFault
from divan.foundation.ui.fields import ErrorSummary, Field
from divan.front.questions.drawing import question_fields
from divan.front.questions.posted import is_redisplay, read_posted
from divan_libs.servicepack.answers import AnswerProblem, parse_answer, raw_of
from divan_libs.servicepack.loading import load_package

PACKAGE = load_package(Path(__file__).resolve().parents[5] / "tests" / "showcase" / "every-question")
PERSON = {"national_code": "0499370899", "born_on": date(1986, 10, 4)}
ANSWERS = {
    "price": 1_500_000,
    "hour": "08:30",
    "married": False,
    "languages": ("persian", "luri"),
    "account": "IR820540102680020817909002",
    "car": "12ب345-67",
    "friend": PERSON,
    "home": {"province": "لرستان", "county": "خرم‌آباد", "city": "بیرانشهر", "lines": "کوچه ۲"},
    "members": (
        {"who": PERSON, "relation": "child", "income": 5000, "studies": True},
        {"who": PERSON, "relation": "parent", "studies": False},
    ),
    "harvest": {
        "wheat": {"tons": 5, "watering": "rain"},
        "barley": {"tons": 2, "value": 2000, "watering": "river"},
    },
    "signed": {"name": "گل‌نار دشتی", "declared": True},
}
TODAY = date(2025, 11, 22)


def drawn(*codes: str, **more) -> list[Field]:
    questions = [PACKAGE.form.question(code) for code in codes]
    with translation.override("fa"):
        return question_fields(PACKAGE, questions, language="fa", **{"answers": {}, **more})


def controls(field: Field) -> list[Field]:
    inner = [*field.parts, *(one for row in field.rows for one in row.fields)]
    return [one for part in inner for one in controls(part)] if inner else [field]


def sent_as(fields: list[Field]) -> QueryDict:
    """Send what stands in these fields, as a browser would."""
    sent = QueryDict(mutable=True)
    for field in fields:
        if field.kind == "rows":
            sent.setlist(f"{field.name}.row", [row.key for row in field.rows])
        for one in controls(field):
            if one.kind == "date":
                for part, text in zip(("year", "month", "day"), one.date_parts, strict=True):
                    sent[f"{one.name}-{part}"] = text
            elif one.options or one.kind in {"choices", "consent"}:
                sent.setlist(one.name, sorted(one.taken))
            else:
                sent[one.name] = one.written
    return sent


@pytest.mark.parametrize("code", sorted(ANSWERS))
@pytest.mark.parametrize("prefix", ["", "report-"])
def test_what_a_page_shows_is_read_back_as_the_same_answer(code, prefix):
    question = PACKAGE.form.question(code)

    with translation.override("fa"):
        sent = sent_as(drawn(code, answers=ANSWERS, prefix=prefix))
    given_back = read_posted([question], sent, prefix)

    assert parse_answer(question, raw_of(question, given_back), today=TODAY) == ANSWERS[code]


@pytest.mark.parametrize("code", sorted(ANSWERS))
def test_what_was_sent_is_shown_again_as_it_was_typed(code):
    with translation.override("fa"):
        fields = drawn(code, answers=ANSWERS)
        again = drawn(code, sent=sent_as(fields))

        assert sent_as(again) == sent_as(fields)


def keys_of(field: Field) -> list[str]:
    return [row.key for row in field.rows]


def test_a_group_begins_with_the_rows_it_must_have():
    (field,) = drawn("members")

    assert (keys_of(field), field.row_name) == (["0"], "عضو خانواده")
    assert [row.heading for row in field.rows] == ["عضو خانواده ۱"]
    assert not field.rows[0].removable


@pytest.mark.parametrize(
    ("button", "keys"),
    [
        ("add:members", ["3", "1", "4"]),
        ("remove:members:3", ["1"]),
        ("remove:members:9", ["3", "1"]),
        ("remove:other:3", ["3", "1"]),
        ("add:other", ["3", "1"]),
        ("members", ["3", "1"]),
        ("add:members:x:y", ["3", "1"]),
    ],
)
def test_a_button_adds_or_removes_one_row_and_the_others_stay(button, keys):
    sent = QueryDict(mutable=True)
    sent.setlist("members.row", ["3", "1", "3", "x", "²", "99999"])
    sent["row"] = button
    sent["members.3.income"] = "7"

    (field,) = drawn("members", sent=sent)

    assert is_redisplay(sent)
    assert keys_of(field) == keys
    assert [one.value for one in controls(field) if one.name == "members.3.income"] == (["7"] if "3" in keys else [])


def test_a_group_never_shows_more_rows_than_it_may_have():
    sent = QueryDict(mutable=True)
    sent.setlist("members.row", ["0", "1", "2", "3"])
    sent["row"] = "add:members"

    (field,) = drawn("members", sent=sent)

    assert (keys_of(field), field.row_name) == (["0", "1", "2", "3"], "")


def test_a_fault_marks_the_very_field_and_one_without_a_field_the_whole_question():
    faults = [
        AnswerFault("members", "answers.required", {}, "0.who.born_on"),
        AnswerFault("members", "answers.shape", {}, "7"),
        AnswerFault("friend", "persian.national-code.length", {}, "national_code"),
    ]

    fields = drawn("members", "friend", faults=faults)

    wrong = {one.name for field in fields for one in controls(field) if one.errors}
    assert wrong == {"members.0.who.born_on", "friend.national_code"}
    assert len(fields[0].errors) == 1
    assert [problem.target for problem in ErrorSummary.of(fields).problems] == [
        "q-members",
        "q-members-0-who-born_on-day",
        "q-friend-national_code",
    ]


def test_a_locked_answer_is_told_and_not_asked():
    (field,) = drawn("price", answers=ANSWERS, locked=["price"])

    assert (field.kind, field.label) == (
        "information",
        "بهای پیشنهادی: ۱٬۵۰۰٬۰۰۰ ریال (یکصد و پنجاه هزار تومان)",
    )


def test_cells_of_a_table_name_their_row_and_column():
    (field,) = drawn("harvest", answers=ANSWERS)

    assert list(field.columns) == ["تن", "ارزش", "آبیاری"]
    assert [(one.label, one.kind, one.quiet) for one in field.rows[0].fields] == [
        ("گندم، تن", "number", True),
        ("گندم، ارزش", "amount", True),
        ("گندم، آبیاری", "select", True),
    ]


_NAMES = st.sampled_from(
    [
        *("members.row", "row", "members.0.who.born_on-year", "members.0.income", "harvest.wheat.tons"),
        *("members", "members.", "members.0", "find", "friend.national_code", "price", "day-month", "signed.declared"),
    ]
)


@settings(deadline=None)
@given(st.dictionaries(_NAMES, st.lists(st.text(max_size=12) | st.sampled_from(["0", "add:members"]), max_size=3)))
def test_whatever_is_sent_is_shown_and_judged_without_a_crash(posted):
    sent = QueryDict(mutable=True)
    for name, values in posted.items():
        sent.setlist(name, values)
    questions = [PACKAGE.form.question(code) for code in ("price", "day", "friend", "members", "harvest", "signed")]

    faults = []
    flat = read_posted(questions, sent)
    for question in questions:
        try:
            parse_answer(question, raw_of(question, flat), today=TODAY)
        except AnswerProblem as problem:
            faults += [AnswerFault(question.code, one.code, dict(one.facts), one.at) for one in problem.each()]
    with translation.override("fa"):
        fields = question_fields(PACKAGE, questions, language="fa", answers={}, sent=sent, faults=faults)

    assert len(ErrorSummary.of(fields).problems) == len(faults)
