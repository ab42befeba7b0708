from __future__ import annotations

from datetime import date

import pytest

from divan_libs.servicepack.answers import visible_answers
from divan_libs.servicepack.filling import (
    FieldUnavailable,
    Sources,
    answer_in_words,
    field_values,
    fill_text,
    message_parts,
)
from divan_libs.servicepack.models import DateQuestion, PlaceLevel

NAMES = {PlaceLevel.VILLAGE: "سرچشمه", PlaceLevel.RURAL_DISTRICT: "کوهپایه", PlaceLevel.DISTRICT: "مرکزی"}


@pytest.fixture
def sources(good, context):
    return Sources(
        answers=visible_answers(good, context),
        facts=context.facts,
        case={"number": "۱۴۰۴-۱۲۳۴۵-۶", "submitted-on": "۱ آذر ۱۴۰۴"},
        decision={"text": "پوشش در برنامه است."},
        place_name=lambda code, level: {**NAMES, PlaceLevel.COUNTY: "نمونه"}.get(level) if code else None,
    )


def test_fields_of_a_letter_come_from_answers_places_case_and_decision(good, sources):
    values = field_values(good, good.outputs.document("reply-letter").fields, sources)

    assert values == {
        "first_name": "گل‌نار",
        "last_name": "دشتی",
        "village": "سرچشمه",
        "rural_district": "کوهپایه",
        "district": "مرکزی",
        "county": "نمونه",
        "case_number": "۱۴۰۴-۱۲۳۴۵-۶",
        "submitted_on": "۱ آذر ۱۴۰۴",
        "households": "۳۵",
        "reply": "پوشش در برنامه است.",
    }


def test_what_the_case_does_not_have_is_refused_and_not_left_blank(good, sources):
    with pytest.raises(FieldUnavailable) as refused:
        field_values(good, good.outputs.document("rejection-letter").fields, sources)

    assert refused.value.field == "requirements"


@pytest.mark.parametrize(
    ("code", "value", "fa", "en"),
    [
        ("relation", "owner", "در روستا ملک یا زمین دارم", "I own a house or land there"),
        ("public_places", ("school", "mosque"), "مدرسه، مسجد", "School, Mosque"),
        ("households", 35, "۳۵", "35"),
        ("photo", ("a", "b"), "۲", "2"),
    ],
)
def test_answers_read_as_words_in_both_languages(good, code, value, fa, en):
    question = good.form.question(code)

    assert answer_in_words(good, question, value) == fa
    assert answer_in_words(good, question, value, "en") == en


def test_yes_and_no_read_as_the_package_words_them(package_with):
    asked = "  shared: {{label: x, options: {{yes: {}, no: {}}}}}\n  truth:\n"
    form = "      shared:\n        type: yes-no\n        read_by: [draft]\n      truth:\n"
    package = package_with(
        ("form.yaml", "      truth:\n", form),
        ("texts/fa.yaml", "  truth:\n", asked.format("مشترک است", "خیر")),
        ("texts/en.yaml", "  truth:\n", asked.format("Shared", "Not shared")),
    )
    question = package.form.question("shared")

    assert answer_in_words(package, question, value=True) == "مشترک است"
    assert answer_in_words(package, question, False, "en") == "Not shared"


def test_a_ticked_declaration_reads_as_its_wording(good):
    question = good.form.question("truth")

    assert answer_in_words(good, question, value=True) == good.text("questions.truth.label")


def test_days_read_in_jalali(good):
    question = DateQuestion(code="since", type="date")

    assert answer_in_words(good, question, date(2025, 11, 22)) == "۱ آذر ۱۴۰۴"


def test_a_value_is_never_read_as_a_placeholder_again():
    assert fill_text("{a} و {b}", {"a": "{b}", "b": "{a.__class__}"}) == "{b} و {a.__class__}"


def test_a_placeholder_without_a_value_is_refused():
    with pytest.raises(FieldUnavailable):
        fill_text("{a.__class__}", {"a": "x"})


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("ی" * 70, 1),
        ("ی" * 71, 2),
        ("ی" * 134, 2),
        ("ی" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("", 1),
    ],
)
def test_parts_of_a_short_message_are_counted_by_its_alphabet(text, parts):
    assert message_parts(text) == parts
