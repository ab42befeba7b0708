"""Bodies and units are renamed, moved, merged, split and closed; what they were stays known, and who came after."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.models import Fact
from divan.registers.people import actions, models, queries
from divan.registers.people.values import (
    ChartHindered,
    Decision,
    UnitClosed,
    UnitKind,
    UnitLevel,
    UnitOccupied,
    UnitUnfit,
    UnitUnknown,
)
from divan_libs.orgchart.values import Chart, PostRow, UnitRow
from divan_libs.persian.identifiers import national_code_with_check_digit

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LATER = NOON + timedelta(days=30)
BASIS = Decision(effective_on=date(2026, 11, 22), legal_basis="مصوبهٔ ۱۲۳ شورای عالی اداری")
TREE = {
    "agriculture": ("body", ""),
    "industry": ("body", ""),
    "mines": ("body", ""),
    "plan": ("unit", "industry"),
    "budget": ("unit", "plan"),
    "water": ("unit", "agriculture"),
}


@pytest.fixture
def tree():
    for code, (kind, parent) in TREE.items():
        actions.found_unit(
            code=code,
            name_fa=f"سازمان {code}",
            name_en=code,
            kind=UnitKind(kind),
            level=UnitLevel.PROVINCE,
            parent_code=parent,
            actor=SYSTEM,
            now=NOON,
        )
    for code, unit in (("budget-expert", "budget"), ("mines-head", "mines")):
        actions.create_post(
            code=code, title_fa=f"پست {code}", title_en="", role="expert", unit_code=unit, actor=SYSTEM, now=NOON
        )
    person = actions.register_person(
        national_code=national_code_with_check_digit("999000091"), last_name="کریمی", actor=SYSTEM, now=NOON
    )
    actions.give_post(person=person.uuid, post=post("budget-expert"), starts_at=NOON, actor=SYSTEM, now=NOON)
    return {code: queries.get_unit(code).uuid for code in TREE}


def post(code: str):
    return queries.get_post_by_code(code).uuid


def kept() -> dict[str, object]:
    return {row.code: row.subject_state() for row in models.Unit.objects.all()}


def sound() -> bool:
    return all(facts.live_digests(kind, [uuid]) == {uuid: said} for kind, uuid, _n, _p, said in facts.last_digests())


def test_a_renamed_unit_is_found_by_both_names_and_says_what_it_was(tree):
    actions.rename_unit(
        unit=tree["plan"], name_fa="مرکز  برنامه‌ریزي", name_en="Planning", decision=BASIS, actor=SYSTEM, now=LATER
    )
    recorded = Fact.objects.count()
    actions.rename_unit(
        unit=tree["plan"], name_fa="مرکز برنامه‌ریزی", name_en="Planning", decision=BASIS, actor=SYSTEM, now=LATER
    )

    assert Fact.objects.count() == recorded
    assert queries.get_unit("plan").name_fa == "مرکز برنامه‌ریزی"
    assert [one.code for one in queries.search_units("سازمان plan")] == ["plan"]
    assert [one.code for one in queries.search_units("برنامه‌ریزی")] == ["plan"]
    (event,) = queries.list_unit_events(tree["plan"])
    assert (event.kind, event.name_fa, event.name_en, event.legal_basis) == (
        "renamed",
        "سازمان plan",
        "plan",
        BASIS.legal_basis,
    )
    assert facts.recorded_for(tree["plan"]) == ["people.unit-founded", "people.unit-changed"]
    assert sound()


def test_a_moved_unit_takes_what_stands_below_it_into_the_other_body(tree):
    moved = actions.move_unit(unit=tree["plan"], parent=tree["mines"], decision=BASIS, actor=SYSTEM, now=LATER)

    assert moved.body_code == "mines"
    assert queries.get_unit("budget").body_code == "mines"
    assert [one.code for one in queries.list_units_below(tree["mines"])] == ["mines", "plan", "budget"]
    assert [one.code for one in queries.list_units_below(tree["industry"])] == ["industry"]
    assert queries.list_unit_events(tree["plan"])[0].other.code == "industry"
    assert [
        (node.unit.code, node.depth, node.posts, node.held) for node in queries.list_tree(LATER, body=tree["mines"])
    ] == [
        ("mines", 0, 1, 0),
        ("plan", 1, 0, 0),
        ("budget", 2, 1, 1),
    ]
    assert sound()


def test_the_whole_subtree_comes_in_one_query(tree, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(queries.list_units_below(tree["industry"])) == 3


UNFIT = {
    "below-itself": lambda tree: actions.move_unit(
        unit=tree["plan"], parent=tree["budget"], decision=BASIS, actor=SYSTEM, now=LATER
    ),
    "no-parent": lambda tree: actions.move_unit(
        unit=tree["plan"], parent=None, decision=BASIS, actor=SYSTEM, now=LATER
    ),
    "legal-basis": lambda tree: actions.move_unit(
        unit=tree["plan"],
        parent=tree["mines"],
        decision=Decision(effective_on=BASIS.effective_on, legal_basis=" "),
        actor=SYSTEM,
        now=LATER,
    ),
    "day": lambda tree: actions.rename_unit(
        unit=tree["plan"],
        name_fa="x",
        name_en="",
        actor=SYSTEM,
        now=NOON,
        decision=Decision(effective_on=date(2027, 1, 1), legal_basis="x"),
    ),
    "name": lambda tree: actions.rename_unit(
        unit=tree["plan"], name_fa="x" * 201, name_en="", decision=BASIS, actor=SYSTEM, now=LATER
    ),
    "successor": lambda tree: actions.close_unit(
        unit=tree["water"], successors=[tree["water"]], decision=BASIS, actor=SYSTEM, now=LATER
    ),
    "merged-below-itself": lambda tree: actions.merge_unit(
        unit=tree["industry"], into=tree["budget"], decision=BASIS, actor=SYSTEM, now=LATER
    ),
}


@pytest.mark.parametrize("fault", UNFIT)
def test_what_no_decision_can_mean_changes_nothing(tree, fault):
    before, recorded = kept(), Fact.objects.count()

    with pytest.raises(UnitUnfit) as told:
        UNFIT[fault](tree)

    assert told.value.facts["reason"] == fault.removeprefix("merged-")
    assert (kept(), Fact.objects.count()) == (before, recorded)


def test_a_unit_with_held_posts_or_units_below_is_not_closed_and_names_them(tree):
    with pytest.raises(UnitOccupied) as held:
        actions.close_unit(unit=tree["budget"], decision=BASIS, actor=SYSTEM, now=LATER)
    with pytest.raises(UnitOccupied) as above:
        actions.close_unit(unit=tree["plan"], decision=BASIS, actor=SYSTEM, now=LATER)

    assert held.value.facts == {"posts": "پست budget-expert", "units": "–"}
    assert above.value.facts == {"posts": "–", "units": "سازمان budget"}
    actions.move_posts(posts=[post("budget-expert")], unit=tree["water"], actor=SYSTEM, now=LATER)
    actions.close_unit(unit=tree["budget"], decision=BASIS, actor=SYSTEM, now=LATER)
    actions.close_unit(unit=tree["plan"], decision=BASIS, actor=SYSTEM, now=LATER)
    assert queries.get_post_by_code("budget-expert").unit.code == "water"
    assert [node.unit.code for node in queries.list_tree(LATER, body=tree["industry"])] == ["industry"]
    with pytest.raises(UnitClosed):
        actions.rename_unit(unit=tree["plan"], name_fa="x", name_en="", decision=BASIS, actor=SYSTEM, now=LATER)
    with pytest.raises(UnitUnknown):
        queries.get_unit_by_uuid(post("budget-expert"))
    assert sound()


def test_merged_and_split_bodies_have_successors_at_each_moment(tree):
    day = timedelta(days=1)
    decision = Decision(effective_on=date(2026, 12, 22), legal_basis="قانون ادغام")
    actions.merge_unit(unit=tree["industry"], into=tree["mines"], decision=decision, actor=SYSTEM, now=LATER)

    assert [one.code for one in queries.successors_of(tree["industry"], LATER)] == ["mines"]
    assert queries.successors_of(tree["industry"], LATER - day) == []
    assert queries.get_unit("budget").body_code == "mines"
    assert [one.code for one in queries.predecessors_of(tree["mines"])] == ["industry"]
    assert "industry" not in queries.list_body_codes()
    assert queries.find_units([tree["industry"]])[tree["industry"]].name_fa == "سازمان industry"

    # The one that took it in is split later: whoever asks for the first is told those who stand at that moment.
    end = LATER + timedelta(days=60)
    actions.merge_unit(unit=tree["plan"], into=tree["water"], decision=decision, actor=SYSTEM, now=end)
    split = Decision(effective_on=end.date(), legal_basis="قانون تفکیک")
    heirs = [tree["agriculture"], tree["water"]]
    actions.close_unit(unit=tree["mines"], successors=heirs, decision=split, actor=SYSTEM, now=end)
    assert {one.code for one in queries.successors_of(tree["industry"], end)} == {"agriculture", "water"}
    assert [one.code for one in queries.successors_of(tree["industry"], end - day)] == ["mines"]
    assert [(one.kind, one.other.code if one.other else "") for one in queries.list_unit_events(tree["mines"])][-1] == (
        "closed",
        "",
    )
    assert queries.successors_of(tree["water"], end) == []
    assert sound()


def test_a_chart_changes_nothing_of_a_closed_unit_and_keeps_former_names(tree):
    actions.close_unit(unit=tree["water"], decision=BASIS, actor=SYSTEM, now=LATER)
    rows = {
        "code": Chart(units=(UnitRow(row=3, code="water", name_fa="آب"),)),
        "parent": Chart(units=(UnitRow(row=3, code="plan", parent="water"),)),
        "unit": Chart(posts=(PostRow(row=3, code="new", title_fa="نو", unit="water"),)),
    }

    for column, chart in rows.items():
        (finding,) = queries.plan_chart(chart, LATER).hindrances
        assert (finding.column, finding.code) == (column, "chart.unit-closed")
        with pytest.raises(ChartHindered):
            actions.take_over_chart(chart=chart, actor=SYSTEM, now=LATER)
    chart = Chart(units=(UnitRow(code="plan", name_fa="نام نو", parent="mines"),))
    actions.take_over_chart(chart=chart, actor=SYSTEM, now=LATER)
    assert {one.kind for one in queries.list_unit_events(tree["plan"])} == {"renamed", "moved"}
    assert "water" not in {row.code for row in queries.read_standing_chart().units}
    assert queries.plan_chart(queries.read_standing_chart(), LATER).changes == ()
    assert sound()
