"""An organisation chart is taken over, handed over and written back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.models import Fact
from divan.registers.people import actions, models, queries
from divan.registers.people.values import ChartHindered, PostTaken
from divan_libs.orgchart.reading import read_chart
from divan_libs.orgchart.values import Chart, HolderRow, PostRow, UnitRow
from divan_libs.orgchart.writing import write_chart
from divan_libs.persian.identifiers import national_code_with_check_digit

NOON = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
FIRST, SECOND = (national_code_with_check_digit(f"99900000{digit}") for digit in "12")
CHART = Chart(
    (
        UnitRow(code="roads-plan", name_fa="برنامه‌ریزی", kind="unit", level="province", parent="roads"),
        UnitRow(code="roads", name_fa="راه", name_en="Roads", kind="body", level="province", legal_id="14000000003"),
        UnitRow(code="water", name_fa="آب", kind="body", level="province"),
    ),
    (
        PostRow(code="expert", title_fa="کارشناس", role="expert", unit="roads-plan", superior="adviser"),
        PostRow(code="adviser", title_fa="مشاور", role="adviser", unit="roads"),
        PostRow(code="head", title_fa="مدیرکل", role="director", unit="roads"),
    ),
    (
        HolderRow(
            post="expert",
            national_code=FIRST,
            first_name="زهرا",
            last_name="رضایی",
            birth_date=date(1990, 3, 21),
            mobile="09123456789",
            personnel_number="10025",
            starts_on=date(2026, 11, 1),
        ),
        HolderRow(post="head", national_code=SECOND, first_name="علی", last_name="کریمی"),
    ),
)


def take_over(chart: Chart, now: datetime = NOON):
    return [actions.take_over_chart(chart=part, actor=SYSTEM, now=now) for part in queries.split_chart(chart)]


@pytest.mark.django_db
def test_a_chart_is_taken_over_and_again_changes_nothing():
    take_over(CHART)

    expert = queries.get_post_by_code("expert")
    assert (expert.unit.code, expert.unit.body_code) == ("roads-plan", "roads")
    assert [one.title_fa for one in queries.superiors_of(expert.uuid)] == ["مشاور", "مدیرکل"]
    assert queries.holder_of(expert.uuid, NOON).full_name == "زهرا رضایی"
    assert models.Membership.objects.get(post__code="expert").personnel_number == "10025"
    recorded = models_rows()
    again = take_over(CHART, NOON + timedelta(days=1))
    assert [plan.changes for plan in again] == [(), ()]
    assert models_rows() == recorded


def models_rows() -> list[object]:
    return [Fact.objects.count(), *models.Membership.objects.order_by("id").values_list("starts_at", "ends_at")]


@pytest.mark.django_db
def test_what_is_taken_over_comes_back_from_an_export(tmp_path):
    take_over(CHART)
    path = tmp_path / "chart.xlsx"
    path.write_bytes(write_chart(queries.read_standing_chart()))

    back = read_chart(path)

    assert back.findings == ()
    assert queries.plan_chart(back, NOON).changes == ()
    assert queries.plan_chart(back, NOON).findings == ()
    assert {row.code: replace(row, row=0) for row in back.posts} == {row.code: row for row in CHART.posts}
    assert {row.code: replace(row, row=0) for row in back.units} == {row.code: row for row in CHART.units}
    assert {row.post for row in queries.read_standing_chart(body="water").holders} == set()
    assert [row.code for row in queries.read_standing_chart(body="roads").units] == ["roads", "roads-plan"]


@pytest.mark.django_db
def test_a_chart_with_a_contradiction_changes_nothing():
    bad = replace(CHART, units=(*CHART.units, UnitRow(code="x", name_fa="x", kind="unit", parent="nowhere")))

    with pytest.raises(ChartHindered):
        actions.take_over_chart(chart=bad, actor=SYSTEM, now=NOON)

    assert (models.Unit.objects.count(), models.Person.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_a_changed_chart_moves_a_unit_renames_a_post_and_hands_it_over():
    take_over(CHART)
    later = NOON + timedelta(days=1)

    take_over(
        Chart(
            units=(UnitRow(code="roads-plan", parent="water"),),
            posts=(PostRow(code="expert", title_fa="کارشناس ارشد"),),
            holders=(HolderRow(post="expert", national_code=SECOND, personnel_number="7"),),
        ),
        later,
    )

    expert = queries.get_post_by_code("expert")
    assert (expert.title_fa, expert.unit.body_code, expert.unit.name_fa) == ("کارشناس ارشد", "water", "برنامه‌ریزی")
    assert queries.holder_of(expert.uuid, NOON).national_code == FIRST
    assert queries.holder_of(expert.uuid, later).national_code == SECOND
    old, new = models.Membership.objects.filter(post__code="expert").order_by("starts_at")
    assert (old.ends_at, new.starts_at, new.personnel_number) == (later, later, "7")
    assert facts.recorded_for(old.uuid) == ["people.post-given", "people.holding-changed", "people.post-left"]
    assert facts.recorded_for(new.uuid) == ["people.post-given", "people.holding-changed"]
    post = models.Post.objects.get(code="expert")
    assert facts.recorded_for(post.uuid) == ["people.post-created", "people.post-changed", "people.post-changed"]


@pytest.mark.django_db
def test_a_post_is_not_handed_over_backwards_nor_to_its_holder():
    take_over(CHART)
    post = queries.get_post_by_code("head").uuid
    first, second = (queries.find_person(code).uuid for code in (FIRST, SECOND))

    for person, at in ((second, NOON + timedelta(days=1)), (first, NOON - timedelta(days=1)), (first, NOON)):
        with pytest.raises(PostTaken):
            actions.hand_over_post(post=post, person=person, at=at, actor=SYSTEM, now=NOON)

    assert queries.holder_of(post, NOON).uuid == second


def test_a_place_is_found_by_code_and_by_name_in_any_spelling(world):
    def planned(place: str, level: str):
        unit = UnitRow(code="new", name_fa="تازه", kind="unit", level=level, place=place)
        plan = queries.plan_chart(Chart((unit,)), world.now)
        return [one.code for one in plan.findings] or plan.units[0].place

    assert planned("15", "province") == planned("۱۵", "province") == planned("لرستان", "province") == "15"
    assert planned("99", "province") == planned("ناکجاآباد", "county") == ["chart.place-unknown"]
