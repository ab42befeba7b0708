"""Charts as people keep them are read cell by cell, weighed, and come back from our own workbooks unchanged."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from divan_libs.orgchart import words
from divan_libs.orgchart.planning import plan_chart, split_trees
from divan_libs.orgchart.reading import read_chart, read_date
from divan_libs.orgchart.values import (
    Chart,
    ChartUnreadable,
    Deed,
    HolderRow,
    KnownPerson,
    PostRow,
    Seat,
    Standing,
    UnitRow,
)
from divan_libs.orgchart.writing import write_chart, write_template
from divan_libs.persian.identifiers import national_code_with_check_digit

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC).replace(tzinfo=None)
FIRST, SECOND = national_code_with_check_digit("099000001"), national_code_with_check_digit("099000002")
ROADS = UnitRow(row=3, code="roads", name_fa="راه", kind="body", level="province")
PLANNING = UnitRow(row=4, code="planning", name_fa="برنامه‌ریزی", kind="unit", level="province", parent="roads")
HEAD = PostRow(row=3, code="roads-head", title_fa="مدیرکل", role="director", unit="roads")
EXPERT = PostRow(row=4, code="expert", title_fa="کارشناس", role="expert", unit="planning", superior="roads-head")
ZAHRA = HolderRow(row=3, post="expert", national_code=FIRST, first_name="زهرا", last_name="رضایی")


def book(tmp_path, **sheets):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(row)
    return made, tmp_path / "chart.xlsx"


def found(plan):
    return [(one.sheet.value, one.row, one.column, one.code) for one in plan.findings]


def test_what_is_written_is_read_back(tmp_path):
    holder = replace(ZAHRA, birth_date=date(1990, 3, 21), mobile="09123456789", starts_on=date(2026, 11, 22))
    path = tmp_path / "chart.xlsx"
    path.write_bytes(write_chart(Chart((ROADS, PLANNING), (HEAD, EXPERT), (holder,))))

    assert read_chart(path) == Chart((ROADS, PLANNING), (HEAD, EXPERT), (holder,))


def test_a_name_that_looks_like_a_formula_stays_a_name(tmp_path):
    path = tmp_path / "chart.xlsx"
    path.write_bytes(write_chart(Chart((replace(ROADS, name_en="=1+1"),))))

    assert read_chart(path).units[0].name_en == "=1+1"
    assert openpyxl.load_workbook(path).worksheets[0]["C3"].data_type == "s"


def test_the_template_is_an_empty_chart(tmp_path):
    path = tmp_path / "chart.xlsx"
    path.write_bytes(write_template())

    assert read_chart(path) == Chart()
    assert openpyxl.load_workbook(path).sheetnames == [*words.TITLES.values(), words.GUIDE]


def test_other_letters_digits_dates_and_lost_zeros_are_read(tmp_path):
    made, path = book(
        tmp_path,
        a=[["نمودار سازمانى"], [], ["كد پست", "کد ملي", "نام", "نام خانوادگي", "تاريخ تولد", "شروع تصدی", "همراه"]],
    )
    page = made.active
    page.append(["expert", int(FIRST), "علي", "كريمي", "۱۳۶۵/۰۴/۱۲", MIDNIGHT, 9123456789])
    page.append([None, "  "])
    made.save(path)

    chart = read_chart(path)

    assert chart.findings == ()
    assert chart.holders == (
        HolderRow(
            row=4,
            post="expert",
            national_code=FIRST,
            first_name="علی",
            last_name="کریمی",
            birth_date=date(1986, 7, 3),
            mobile="09123456789",
            starts_on=date(2026, 11, 22),
        ),
    )


@pytest.mark.parametrize("cell", [date(1405, 9, 1), MIDNIGHT, 46348, 46348.0, "۱۴۰۵/۹/۱", 14050901, "2026-11-22"])
def test_a_day_is_read_in_each_of_its_forms(cell):
    assert read_date(cell) == date(2026, 11, 22)


def test_what_is_wrong_with_a_cell_is_told_by_row_column_and_code_and_no_person_is_named(tmp_path):
    made, path = book(
        tmp_path,
        a=[["code", "name_fa", "kind", "parent", "بودجه"], ["a b", "نام", "چیزی"], ["roads", "=A1&B1", "دستگاه"]],
        b=[["post", "national_code", "birth_date"], ["p", "1234567890", "۱۴۰۵/۱۳/۰۱"], ["q", None, "#REF!"]],
    )
    made["a"].append(["x", "ادغام", "واحد"])
    made["a"].merge_cells("D4:D5")
    made.save(path)

    chart = read_chart(path)

    assert [(one.row, one.column, one.code, one.value) for one in chart.findings] == [
        (1, "بودجه", "chart.heading-unknown", ""),
        (2, "code", "chart.code-invalid", "a b"),
        (2, "kind", "chart.kind-unknown", "چیزی"),
        (3, "name_fa", "chart.formula", ""),
        (4, "parent", "chart.merged-cell", ""),
        (2, "national_code", "chart.national-code-invalid", ""),
        (2, "birth_date", "chart.date-invalid", ""),
        (3, "birth_date", "chart.cell-error", ""),
    ]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"x", "chart.file-kind"),
        ("a.xlsx", b"x", "chart.file-shape"),
        ("a.csv", "نام,سن\n".encode(), "chart.file-headings"),
    ],
)
def test_a_file_that_is_no_chart_is_refused(tmp_path, name, content, code):
    (tmp_path / name).write_bytes(content)

    with pytest.raises(ChartUnreadable) as refused:
        read_chart(tmp_path / name)

    assert refused.value.code == code


def test_a_csv_in_the_code_page_of_windows_is_read(tmp_path):
    (tmp_path / "a.csv").write_bytes("کد واحد;نام;نوع\nroads;راه;واحد\n".replace("ی", "ي").encode("cp1256"))

    assert read_chart(tmp_path / "a.csv").units == (UnitRow(row=2, code="roads", name_fa="راه", kind="unit"),)


def test_a_chart_is_planned_parents_first_and_a_second_time_plans_nothing():
    chart = Chart((PLANNING, ROADS), (EXPERT, HEAD), (ZAHRA,))

    plan = plan_chart(chart, Standing(), NOW)

    assert found(plan) == []
    assert [unit.code for unit in plan.units] == ["roads", "planning"]
    assert [change.deed for change in plan.changes] == [
        *[Deed.UNIT_MADE] * 2,
        *[Deed.POST_MADE] * 2,
        Deed.PERSON_MADE,
        Deed.HOLDING_BEGUN,
    ]
    after = Standing(
        units={unit.code: unit for unit in plan.units},
        posts={post.code: post for post in plan.posts},
        persons={FIRST: KnownPerson(first_name="زهرا", last_name="رضایی")},
        seats={"expert": Seat(national_code=FIRST, starts_at=NOW)},
    )
    again = plan_chart(chart, after, NOW)
    assert (again.changes, again.findings, again.units) == ((), (), ())


def test_contradictions_are_found_with_their_rows():
    chart = Chart(
        (
            ROADS,
            replace(ROADS, row=5, parent="nowhere"),
            replace(PLANNING, row=9, code="d", legal_id="14000000001"),
            replace(PLANNING, row=6, code="a", parent="b"),
            replace(PLANNING, row=7, code="b", parent="a", place="ناکجا"),
            replace(PLANNING, row=8, code="c", parent="gone", name_fa=""),
        ),
        (replace(HEAD, superior="expert"), replace(EXPERT, unit="roads"), replace(HEAD, row=9, code="x", unit="no")),
        (
            ZAHRA,
            HolderRow(row=4, post="expert", national_code=SECOND, first_name="علی", last_name="کریمی"),
            HolderRow(row=5, post="nothing", national_code=FIRST, first_name="فاطمه"),
        ),
    )

    assert found(plan_chart(chart, Standing(), NOW)) == [
        ("units", 5, "code", "chart.code-duplicate"),
        ("units", 9, "legal_id", "chart.legal-id-invalid"),
        ("units", 7, "place", "chart.place-unknown"),
        ("units", 8, "name_fa", "chart.missing"),
        ("units", 8, "parent", "chart.parent-unknown"),
        ("units", 6, "parent", "chart.cycle"),
        ("units", 7, "parent", "chart.cycle"),
        ("posts", 9, "unit", "chart.unit-unknown"),
        ("posts", 3, "superior", "chart.superior-cycle"),
        ("posts", 4, "superior", "chart.superior-cycle"),
        ("holders", 5, "national_code", "chart.person-differs"),
        ("holders", 4, "post", "chart.two-holders"),
        ("holders", 5, "post", "chart.post-unknown"),
    ]


def test_the_civil_registry_and_a_known_telephone_prevail_over_a_file():
    known = KnownPerson(
        first_name="زهره", last_name="رضایی", mobile="09120000000", birth_date=date(1990, 1, 1), confirmed=True
    )
    standing = Standing(posts={"expert": EXPERT}, persons={FIRST: known})
    row = replace(ZAHRA, mobile="09121111111")

    plan = plan_chart(Chart(holders=(row,)), standing, NOW)

    assert found(plan) == [
        ("holders", 3, "first_name", "chart.name-kept"),
        ("holders", 3, "mobile", "chart.mobile-kept"),
    ]
    assert (plan.hindrances, plan.persons) == ((), ())
    other_birth = plan_chart(Chart(holders=(replace(ZAHRA, birth_date=date(1990, 1, 2)),)), standing, NOW)
    assert [one.code for one in other_birth.hindrances] == ["chart.birth-date-differs"]


def test_a_post_is_handed_over_now_or_later_but_never_backwards():
    seat = Seat(national_code=SECOND, starts_at=datetime(2026, 1, 1, tzinfo=UTC))
    standing = Standing(posts={"expert": EXPERT}, persons={FIRST: KnownPerson()}, seats={"expert": seat})

    past = plan_chart(Chart(holders=(replace(ZAHRA, starts_on=date(2026, 6, 1)),)), standing, NOW)
    later = plan_chart(Chart(holders=(replace(ZAHRA, starts_on=date(2026, 12, 1)),)), standing, NOW)

    assert ([one.at for one in past.seatings], found(past)) == ([NOW], [("holders", 3, "starts_on", "chart.now")])
    assert [one.at for one in later.seatings] == [datetime(2026, 11, 30, 20, 30, tzinfo=UTC)]
    assert [change.deed for change in later.changes][-2:] == [Deed.HOLDING_ENDED, Deed.HOLDING_BEGUN]


def test_trees_stand_alone_unless_a_superior_joins_them():
    water = UnitRow(row=5, code="water", name_fa="آب", kind="body")
    post = PostRow(row=5, code="water-head", title_fa="مدیر", role="director", unit="water")
    apart = split_trees(Chart((ROADS, PLANNING, water), (HEAD, EXPERT, post), (ZAHRA,)), Standing())
    joined = split_trees(Chart((ROADS, water), (HEAD, replace(post, superior="roads-head"))), Standing())

    assert [[unit.code for unit in part.units] for part in apart] == [["roads", "planning"], ["water"]]
    assert [[holder.post for holder in part.holders] for part in apart] == [["expert"], []]
    assert [[unit.code for unit in part.units] for part in joined] == [["roads", "water"]]


def test_every_code_has_its_sentences():
    said = "".join(path.read_text() for path in Path(words.__file__).parent.glob("[pr]*ing.py"))
    codes = set(re.findall(r'"(chart\.[a-z-]+)"', said)) | {f"chart.{name}-unknown" for name in ("kind", "level")}
    assert codes <= set(words.SENTENCES)
    assert set(Deed) == set(words.DEEDS)
