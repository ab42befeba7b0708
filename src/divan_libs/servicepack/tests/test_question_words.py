"""Answers of every type in words, under their names in expressions, and the keys of their texts."""

from __future__ import annotations

from datetime import date

from divan_libs.servicepack.answer_words import answer_in_words, plate_in_words, rows_in_words
from divan_libs.servicepack.expressions import ValueType
from divan_libs.servicepack.question_names import always_present, expression_names, expression_values
from divan_libs.servicepack.question_texts import optional_texts_of, required_texts_of
from divan_libs.servicepack.tests.test_question_types import ADDRESS, AT, CODE, TODAY, question


def test_a_group_gives_counts_sums_extremes_and_lists_to_expressions():
    asked = question("group")
    rows = tuple(
        {"child": {"national_code": CODE, "born_on": born}, "school": "high", "ill": ill, **more}
        for born, ill, more in (
            (date(2010, 1, 1), True, {"cost": 700, "since": date(2020, 1, 1)}),
            (date(2015, 1, 1), False, {"cost": 300}),
        )
    )

    assert expression_names(asked) == {
        "groups.asked.count": ValueType.NUMBER,
        "groups.asked.child": ValueType.TEXTS,
        "groups.asked.school": ValueType.TEXTS,
        "groups.asked.cost_total": ValueType.NUMBER,
        "groups.asked.cost_least": ValueType.NUMBER,
        "groups.asked.cost_most": ValueType.NUMBER,
        "groups.asked.ill_all": ValueType.YES_NO,
        "groups.asked.ill_any": ValueType.YES_NO,
        "groups.asked.since_least": ValueType.MOMENT,
        "groups.asked.since_most": ValueType.MOMENT,
    }
    assert expression_values(asked, rows) == {
        "groups.asked.count": 2,
        "groups.asked.child": (CODE, CODE),
        "groups.asked.school": ("high", "high"),
        "groups.asked.cost_total": 1000,
        "groups.asked.cost_least": 300,
        "groups.asked.cost_most": 700,
        "groups.asked.ill_all": False,
        "groups.asked.ill_any": True,
        "groups.asked.since_least": date(2020, 1, 1),
        "groups.asked.since_most": date(2020, 1, 1),
    }
    assert expression_values(asked, None).keys() == always_present(asked)
    assert expression_values(question("table"), {"wheat": {"tons": 5}})["groups.asked.tons_total"] == 5


def test_a_person_is_its_national_code_to_expressions_and_a_signature_a_yes():
    assert expression_values(question("person"), {"national_code": CODE, "born_on": TODAY}) == {"answers.asked": CODE}
    assert expression_values(question("signature"), {"name": "ن", "declared": True}) == {"answers.asked": True}
    assert expression_values(question("address"), {"city": "ن"}) == {}
    assert always_present(question("person")) == frozenset()


_TEXTS = {
    "questions.asked.row": "فرزند",
    "questions.asked.rows.wheat": "گندم",
    "questions.asked.questions.child.label": "نام",
    "questions.asked.questions.school.label": "مدرسه",
    "questions.asked.questions.school.options.high": "دبیرستان",
    "questions.asked.questions.ill.label": "بیمار",
    "questions.asked.questions.ill.options.no": "نه",
    "questions.asked.columns.tons.label": "تن",
}


def test_answers_of_parts_and_rows_read_as_words(good):
    package = good.model_copy(update={"texts": {"fa": _TEXTS}})
    person = {"national_code": CODE, "born_on": date(1986, 10, 4)}

    def said(kind, value, language="fa"):
        return answer_in_words(package, question(kind), value, language)

    assert said("money", 1_500_000) == "۱٬۵۰۰٬۰۰۰ ریال (یکصد و پنجاه هزار تومان)"
    assert said("money", 1_500_000, "en") == "1,500,000 rials (150,000 tomans)"
    assert said("time", "08:30") == "۰۸:۳۰"
    assert said("email", "n7@example.ir") == "n7@example.ir"
    assert said("person", person) == "کد ملی ۰۴۹۹۳۷۰۸۹۹، متولد ۱۲ مهر ۱۳۶۵"
    assert said("address", ADDRESS) == "لرستان، خرم‌آباد، بیرانشهر، خیابان ۲، کد پستی ۱۶۱۹۷۳۵۷۴۴"
    signed = {"name": "ن", "declared": True, "signed_at": AT.isoformat()}
    assert said("signature", signed) == "ن، امضا در ۱ آذر ۱۴۰۴ ساعت ۱۰:۳۰"
    assert said("sheba", "IR820540102680020817909002", "en") == "\u2066IR82 0540 1026 8002 0817 9090 02\u2069"
    assert plate_in_words("12ب345-67") == "\u2067۱۲ ب ۳۴۵ ایران ۶۷\u2069"
    assert plate_in_words("12الف345-67", "en").replace("\u200e", "") == "\u206612 الف 345 IR 67\u2069"
    rows = ({"child": person, "school": "high", "ill": False},)
    assert said("group", rows) == "فرزند ۱: نام: کد ملی ۰۴۹۹۳۷۰۸۹۹، متولد ۱۲ مهر ۱۳۶۵؛ مدرسه: دبیرستان؛ بیمار: نه"
    assert said("table", {"wheat": {"tons": 5}}) == "گندم: تن: ۵"
    (row,) = rows_in_words(package, question("table"), {"wheat": {"tons": 5}}, "fa")
    assert (row.heading, row.answers) == ("گندم", (("تن", "۵"),))


def test_texts_of_inner_questions_stand_under_the_outer_one():
    required = list(required_texts_of(question("group")))

    assert required[:4] == [
        "questions.asked.label",
        "questions.asked.row",
        "questions.asked.questions.child.label",
        "questions.asked.questions.school.label",
    ]
    assert "questions.asked.questions.school.options.high" in required
    assert list(required_texts_of(question("signature"))) == ["questions.asked.label", "questions.asked.declaration"]
    assert "questions.asked.rows.wheat" in list(required_texts_of(question("table")))
    assert "questions.asked.columns.tons.hint" in list(optional_texts_of(question("table")))
