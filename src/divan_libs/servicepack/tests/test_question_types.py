from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from divan_libs.persian.identifiers import national_code_with_check_digit
from divan_libs.persian.jalali import format_jalali
from divan_libs.servicepack.answers import AnswerProblem, check_answer, from_json, parse_answer, raw_of, to_json
from divan_libs.servicepack.evaluation import Context, Fact
from divan_libs.servicepack.models import InquiryState, Question

TODAY = date(2025, 11, 22)
AT = datetime(2025, 11, 22, 7, 0, tzinfo=UTC)
_QUESTION = TypeAdapter(Question)

CHILDREN = {
    "min_rows": 1,
    "max_rows": 3,
    "questions": {
        "child": {"type": "person"},
        "school": {"type": "choice", "options": ["primary", "high"]},
        "cost": {"type": "money", "required": False},
        "ill": {"type": "yes-no"},
        "since": {"type": "date", "required": False},
    },
}
HARVEST = {
    "rows": ["wheat", "barley"],
    "columns": {"tons": {"type": "number", "maximum": 100}, "note": {"type": "text", "required": False}},
}
ADDRESS = {
    "postal_code": "1619735744",
    "province": "لرستان",
    "county": "خرم‌آباد",
    "city": "بیرانشهر",
    "lines": "خیابان ۲",
}
CODE = "0499370899"


def question(kind: str, **limits):
    limits = {"group": CHILDREN, "table": HARVEST, "choice": {"options": ["a", "b"]}}.get(kind, {}) | limits
    return _QUESTION.validate_python({"code": "asked", "type": kind, **limits})


def refused(asked, raw) -> list[tuple[str, str]]:
    with pytest.raises(AnswerProblem) as problem:
        parse_answer(asked, raw, today=TODAY)
    return [(one.at, one.code) for one in problem.value.each()]


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("money", "۱٬۵۰۰٬۰۰۰", 1_500_000),
        ("money", "۱۵۰ ۰۰۰ تومان", 1_500_000),
        ("money", "1,500 rials", 1500),
        ("time", "۸:۳۰", "08:30"),
        ("time", "0830", "08:30"),
        ("time", "۲۳.۵۹", "23:59"),
        ("organization", "۱۰۳۸۰۲۸۴۷۹۰", "10380284790"),
        ("foreigner-id", "۱۲۳ ۴۵۶ ۷۸۹", "123456789"),
        ("email", " Nader.K@Example.IR ", "Nader.K@example.ir"),
        ("sheba", "IR82 0540 1026 8002 0817 9090 02", "IR820540102680020817909002"),
        ("sheba", "۸۲۰۵۴۰۱۰۲۶۸۰۰۲۰۸۱۷۹۰۹۰۰۲", "IR820540102680020817909002"),
        ("plate", "۱۲ ب ۳۴۵ ایران ۶۷", "12ب345-67"),
        ("plate", "12ب34567", "12ب345-67"),
        ("plate", "۱۲ ا ۳۴۵ - ۶۷", "12الف345-67"),
        ("plate", "12 الف 345 67", "12الف345-67"),
        ("plate", "12D34511", "12D345-11"),
        (
            "person",
            {"national_code": ["۰۴۹۹۳۷۰۸۹۹"], "born_on": ["۱۳۶۵/۷/۱۲"]},
            {"national_code": CODE, "born_on": date(1986, 10, 4)},
        ),
        ("address", ADDRESS, ADDRESS),
        ("signature", {"name": "علي  کریمی", "declared": "yes"}, {"name": "علی کریمی", "declared": True}),
    ],
)
def test_what_people_type_becomes_the_one_stored_form(kind, raw, value):
    assert parse_answer(question(kind), raw, today=TODAY) == value


@pytest.mark.parametrize(
    ("kind", "limits", "raw", "problems"),
    [
        ("money", {}, "پانزده", [("", "answers.money.not-a-sum")]),
        ("money", {}, "۱۵٫۵", [("", "answers.money.not-a-sum")]),
        ("money", {"minimum": 1000}, "۹۹ تومان", [("", "answers.money.too-small")]),
        ("money", {"maximum": 1000}, "۱۰۱ تومان", [("", "answers.money.too-large")]),
        ("money", {}, "-5", [("", "answers.money.too-small")]),
        ("time", {}, "24:00", [("", "answers.time.invalid")]),
        ("time", {}, "8:5", [("", "answers.time.invalid")]),
        ("time", {"earliest": "08:00"}, "7:59", [("", "answers.time.too-early")]),
        ("time", {"latest": "14:00"}, "14:01", [("", "answers.time.too-late")]),
        ("organization", {}, "10380284791", [("", "persian.legal-id.check-digit")]),
        ("foreigner-id", {}, "1234567", [("", "persian.foreigner-id.length")]),
        ("foreigner-id", {"max_digits": 9}, "1234567890", [("", "persian.foreigner-id.length")]),
        ("email", {}, "nader@example", [("", "persian.email.form")]),
        ("email", {}, "a@b@example.ir", [("", "persian.email.form")]),
        ("sheba", {}, "IR820540102680020817909003", [("", "persian.sheba.check-digit")]),
        ("sheba", {}, "DE82054010268002081790", [("", "persian.sheba.prefix")]),
        ("plate", {}, "123ب4567", [("", "persian.plate.form")]),
        ("plate", {}, "12Q34567", [("", "persian.plate.form")]),
        ("person", {}, {}, [("national_code", "answers.required")]),
        (
            "person",
            {},
            {"national_code": "123", "born_on": "1500/01/01"},
            [("national_code", "persian.national-code.length"), ("born_on", "answers.date.in-future")],
        ),
        ("person", {}, "0499370899", [("", "answers.shape")]),
        (
            "address",
            {},
            {**ADDRESS, "postal_code": "1", "city": ""},
            [("postal_code", "persian.postal-code.length"), ("city", "answers.required")],
        ),
        ("signature", {}, {"name": "علی کریمی"}, [("declared", "answers.consent-required")]),
        ("signature", {}, {"declared": "yes"}, [("name", "answers.required")]),
        ("group", {}, {}, [("", "answers.group.too-few")]),
        ("group", {"min_rows": 2}, {"4": {"child": ""}}, [("", "answers.group.too-few")]),
        ("group", {}, [{"school": "high"}] * 4, [("", "answers.group.too-many")]),
        ("group", {}, {"x": {"school": "high"}}, [("", "answers.shape")]),
        (
            "table",
            {},
            {"wheat": {"tons": "101"}},
            [("wheat.tons", "answers.number.too-large"), ("barley.tons", "answers.required")],
        ),
        ("text", {}, {"0": "x"}, [("", "answers.shape")]),
    ],
)
def test_what_is_no_answer_is_refused_at_the_very_place(kind, limits, raw, problems):
    assert refused(question(kind, **limits), raw) == problems


def test_everything_wrong_in_any_row_is_said_at_once_under_the_rows_name():
    rows = {
        "7": {"child": {"national_code": CODE}, "school": "high", "ill": "no"},
        "2": {"child": {"national_code": CODE, "born_on": "1390/1/1"}, "school": "none", "ill": "no"},
    }

    assert refused(question("group"), rows) == [
        ("2.school", "answers.choice.unknown"),
        ("7.child.born_on", "answers.required"),
    ]


def test_a_row_in_which_nothing_was_typed_is_none():
    row = {"child": {"national_code": CODE, "born_on": "1390/1/1"}, "school": "high", "ill": "no"}
    blank = {"child": {"national_code": " ", "born_on": ""}, "school": [], "ill": ""}

    found = parse_answer(question("group"), {"0": blank, "1": row}, today=TODAY)

    assert found == ({"child": {"national_code": CODE, "born_on": date(2011, 3, 21)}, "school": "high", "ill": False},)


def test_optional_questions_of_parts_and_rows_may_stay_open():
    for kind in ("person", "address", "signature", "group", "table"):
        assert parse_answer(question(kind, required=False), {}, today=TODAY) is None


def test_a_row_of_an_optional_table_may_stay_open_but_not_half_filled():
    asked = question("table", required=False)

    assert parse_answer(asked, {"wheat": {"tons": "۵"}}, today=TODAY) == {"wheat": {"tons": 5}}
    assert refused(asked, {"wheat": {"note": "خوب"}}) == [("wheat.tons", "answers.required")]


def test_flat_names_of_a_form_become_parts_and_rows():
    flat = {
        "asked.0.child.national_code": [CODE],
        "asked.0.school": ["high"],
        "asked.1.school": ["primary"],
        "asked": ["x"],
        "asked..school": ["x"],
        "asked.0.school.deeper": ["x"],
        "other.0.school": ["x"],
    }

    assert raw_of(question("group"), flat) == {
        "0": {"child": {"national_code": [CODE]}, "school": ["high"]},
        "1": {"school": ["primary"]},
    }
    assert raw_of(question("person"), {"asked.born_on": ["1390/1/1"]}) == {"born_on": ["1390/1/1"]}
    assert raw_of(question("text"), {"asked": ["سلام"]}) == ["سلام"]


def test_a_signature_keeps_its_moment_and_must_bear_the_registered_name(good):
    asked = question("signature", name_from={"need": "REQ-IDENTITY", "fields": ["first_name", "last_name"]})
    fact = Fact(InquiryState.MATCHED, {"first_name": "گل‌نار", "last_name": "دشتي"})
    context = Context(today=TODAY, facts={"identity": fact})
    signed = parse_answer(asked, {"name": "گلنار دشتی", "declared": "yes"}, today=TODAY, at=AT)

    assert signed == {"name": "گلنار دشتی", "declared": True, "signed_at": "2025-11-22T07:00:00+00:00"}
    check_answer(good, asked, signed, context)
    with pytest.raises(AnswerProblem) as other:
        check_answer(good, asked, {"name": "نادر کریمی", "declared": True}, context)
    assert (other.value.code, other.value.at) == ("answers.signature.other-name", "name")
    check_answer(good, asked, {"name": "نادر کریمی", "declared": True}, Context(today=TODAY))


_DAYS = st.dates(date(1930, 1, 1), TODAY)
_NAMES = st.text("ابپتدرزسک", min_size=1, max_size=20)
_NINES = st.integers(10**8, 10**9 - 2).map(str).filter(lambda nine: nine[3:] != "000000" and len(set(nine)) > 1)
_CODES = _NINES.map(national_code_with_check_digit)
_PEOPLE = st.fixed_dictionaries({"national_code": _CODES, "born_on": _DAYS})
_VALUES = {
    "money": st.integers(0, 10**13),
    "time": st.times().map(lambda time: f"{time:%H:%M}"),
    "date": _DAYS,
    "plate": st.from_regex(r"\A[1-9]{2}(الف|[بجدسصطقلمنوهی])[1-9]{3}-[1-9]{2}\Z"),
    "foreigner-id": st.integers(10**8, 10**12).map(str).filter(lambda code: len(set(code)) > 1),
    "person": _PEOPLE,
    "address": st.fixed_dictionaries({**dict.fromkeys(ADDRESS, _NAMES), "postal_code": st.just("1619735744")}),
    "signature": st.fixed_dictionaries({"name": _NAMES.filter(lambda name: len(name) >= 3), "declared": st.just(True)}),
    "table": st.fixed_dictionaries(
        dict.fromkeys(HARVEST["rows"], st.fixed_dictionaries({"tons": st.integers(0, 100)}))
    ),
    "group": st.lists(
        st.fixed_dictionaries(
            {"child": _PEOPLE, "school": st.sampled_from(["primary", "high"]), "ill": st.booleans()},
            optional={"cost": st.integers(0, 10**13), "since": _DAYS},
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
}


def typed(value):
    """Return a value as it stands in the controls of a page."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return format_jalali(value, "numeric")
    if isinstance(value, dict):
        return {name: typed(inner) for name, inner in value.items()}
    return [typed(inner) for inner in value] if isinstance(value, tuple) else str(value)


@given(st.sampled_from(sorted(_VALUES)).flatmap(lambda kind: st.tuples(st.just(kind), _VALUES[kind])))
def test_what_stands_in_the_form_is_read_as_the_same_answer_and_survives_storing(case):
    kind, value = case
    asked = question(kind)

    read = parse_answer(asked, typed(value), today=TODAY)

    assert read == value
    assert from_json(asked, json.loads(json.dumps(to_json(read)))) == value


_ANYTHING = st.recursive(
    st.text(max_size=30) | st.sampled_from([CODE, "yes", "1390/1/1", "high"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["0", "1", "9999", "child", "national_code", "born_on", "school", "name", "wheat", "tons"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
_KINDS = sorted(
    {
        "text",
        "long-text",
        "number",
        "yes-no",
        "choice",
        "organization",
        "national-code",
        "mobile",
        "email",
        "postal-code",
    }
    | {"sheba", "consent"}
    | _VALUES.keys()
)


@given(st.sampled_from(_KINDS), _ANYTHING)
def test_whatever_is_sent_is_an_answer_or_a_problem(kind, raw):
    asked = question(kind)

    try:
        value = parse_answer(asked, raw, today=TODAY)
    except AnswerProblem as problem:
        value, codes = None, [one.code for one in problem.each()]
    else:
        codes = []

    assert all(code.startswith(("answers.", "persian.")) for code in codes)
    assert value is None or from_json(asked, json.loads(json.dumps(to_json(value)))) == value


@pytest.mark.parametrize("kind", ["group", "table"])
def test_a_group_or_table_does_not_stand_within_a_group(kind):
    inner = {**(CHILDREN if kind == "group" else HARVEST), "type": kind}

    with pytest.raises(ValidationError) as refusal:
        question("group", questions={"inner": inner})

    assert [error["type"] for error in refusal.value.errors()] == ["union_tag_invalid"]


def test_too_much_text_is_refused_before_it_is_read():
    assert refused(question("person"), {"national_code": "1" * 20_001}) == [("", "answers.too-long")]
    assert refused(question("group"), [{"school": "ا" * 300_000}]) == [("", "answers.too-long")]
    many = {str(n): {"school": "high"} for n in range(5000)}
    assert refused(question("group"), many) == [("", "answers.group.too-many")]
