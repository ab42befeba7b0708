"""Lists: filtered, in trees, with services to employees shown to employees alone; visits counted by day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.registers.catalogue import actions, models, queries, rules
from divan.registers.catalogue.tests.written import publish, written
from divan.registers.catalogue.values import OutlineEntry, ServiceUnknown, Way

CODE = "rural-internet-coverage"


def codes(**filters) -> list[str]:
    return [service.code for service in queries.list_services(**filters)]


def entry(code: str, broader: str = "", *narrower: str) -> OutlineEntry:
    return OutlineEntry(
        code=code,
        identifier="",
        title=code,
        body_code="b",
        body_name="B",
        delivery="electronic",
        audience="public",
        life_events=(),
        audience_groups=(),
        broader=broader,
        narrower=narrower,
        digest="",
    )


@pytest.fixture
def filled(world):
    publish(world, written("birth", "ثبت ولادت", life_events=["birth"], audience_groups=["families"]))
    publish(
        world,
        written(
            "leave",
            "مرخصی کارکنان",
            relations=["G2E"],
            audience="employees",
            provider={"body": "governor-office"},
        ),
    )
    publish(world, written("late-birth", "ثبت ولادت دیرهنگام", life_events=["birth"], broader="birth"))
    return world


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"life_event": "birth"}, ["birth", "late-birth"]),
        ({"audience_group": "families"}, ["birth"]),
        ({"delivery": "information-only"}, ["birth", "late-birth"]),
        ({"delivery": "electronic"}, [CODE]),
        ({"body": "governor-office"}, []),
        ({"body": "governor-office", "inside": True}, ["leave"]),
        ({"life_event": "birth", "query": "ديرهنگام"}, ["late-birth"]),
        ({"life_event": "death"}, []),
    ],
)
def test_filters_meet_and_services_to_employees_are_listed_inside_only(filled, filters, found):
    assert codes(**filters) == found


def test_pages_join_without_gap_or_repetition(filled):
    whole = codes(inside=True)
    pages, after = [], ""
    while page := codes(inside=True, after=after, limit=2):
        pages += page
        after = page[-1]

    assert len(whole) == 4
    assert pages == whole


def test_a_service_to_employees_does_not_exist_outside(filled):
    with pytest.raises(ServiceUnknown):
        queries.get_offered_version("leave", inside=False)
    assert queries.get_offered_version("leave", inside=True).audience == "employees"
    assert [one.code for one in queries.list_ways(body="governor-office")] == []
    assert "leave" not in {one.code for one in queries.outline()}


def test_the_outline_makes_the_tree(filled):
    trees = rules.forest(queries.outline())

    assert trees.children == {"birth": ("late-birth",)}
    assert set(trees.roots) == {"birth", CODE}


def test_neighbours_are_found_by_either_ends_word(filled):
    publish(filled, written("booklet", "شناسنامه", requires=["birth"], related_services=["leave", "gone"]))
    publish(filled, written("twins", "ثبت دوقلو", relations=["G2C"]))
    publish(filled, written("birth", "ثبت ولادت", life_events=["birth"], sub_services=["twins"]))

    def around(code, **asker):
        card = queries.get_package(queries.get_current_version(code).uuid).card
        return [(one.code, one.is_part, one.is_whole) for one in queries.list_neighbours(card, **asker)]

    assert around("birth") == [("twins", True, False), ("late-birth", True, False)]
    assert around("late-birth") == [("birth", False, True)]
    assert around("twins") == [("birth", False, True)]
    assert around("booklet") == [("birth", False, False)]
    assert {code for code, _, _ in around("booklet", inside=True)} == {"birth", "leave"}


@pytest.mark.parametrize(
    ("entries", "roots", "children"),
    [
        ([entry("a"), entry("b", "a")], ("a",), {"a": ("b",)}),
        ([entry("a", "", "b"), entry("b")], ("a",), {"a": ("b",)}),
        ([entry("a", "", "c"), entry("b"), entry("c", "b")], ("a", "b"), {"b": ("c",)}),
        ([entry("a", "gone"), entry("b", "b", "b")], ("a", "b"), {}),
        ([entry("a", "b"), entry("b", "a")], ("a",), {"a": ("b",)}),
        ([entry("z", "a"), entry("a", "b"), entry("b", "a")], ("a",), {"a": ("z", "b")}),
    ],
)
def test_either_end_declares_a_part_and_a_ring_is_opened_at_its_first(entries, roots, children):
    trees = rules.forest(entries)

    assert (trees.roots, dict(trees.children)) == (roots, children)


NAMES = st.sampled_from("abcdef")


@given(st.lists(st.tuples(st.one_of(st.just(""), NAMES), st.sets(NAMES)), min_size=6, max_size=6))
def test_every_service_stands_in_the_trees_exactly_once(relations):
    trees = rules.forest(
        [entry(code, above, *sorted(below)) for code, (above, below) in zip("abcdef", relations, strict=True)]
    )
    met, waiting = [], list(trees.roots)
    while waiting:
        met.append(waiting.pop())
        waiting += trees.children.get(met[-1], ())

    assert sorted(met) == list("abcdef")


@pytest.mark.parametrize(
    ("channel", "address", "elsewhere"),
    [
        ("internet", "https://other.example/x", True),
        ("internet", "https://portal.example/services/x", False),
        ("internet", "/services/x", False),
        ("internet", "", False),
        ("call-centre", "195", False),
        ("email", "mailto:a@other.example", False),
    ],
)
def test_a_way_is_elsewhere_when_it_leads_to_another_host(channel, address, elsewhere):
    way = Way(stage="request", channel=channel, electronic=True, address=address, reason="")

    assert rules.is_elsewhere(way, {"portal.example"}) is elsewhere


def test_the_report_counts_what_is_given_outside_the_portal(filled):
    ways = [
        {"stage": "information", "channel": "internet", "electronic": True, "address": "https://portal.example/x"},
        {"stage": "request", "channel": "internet", "electronic": True, "address": "https://other.example/"},
        {"stage": "production", "channel": "in-person", "electronic": False, "reason": "visit"},
        {"stage": "delivery", "channel": "internet", "electronic": True},
    ]
    publish(filled, written("outside", "بیرون", access=ways, texts={"card.reasons.visit": "بازدید"}))

    found = {one.service.code: one for one in queries.list_outside({"portal.example"}, body="ict-directorate")}

    assert [(way.stage, way.address) for way in found["outside"].elsewhere] == [("request", "https://other.example/")]
    assert [(way.stage, way.reason) for way in found["outside"].unelectronic] == [("production", "بازدید")]
    assert (found["outside"].only_here, found["outside"].unreasoned, found["birth"].only_here) == (False, 0, True)
    assert "leave" not in found


def test_visits_add_up_by_service_and_day_and_are_a_fact(world):
    monday, tuesday = date(2025, 11, 3), date(2025, 11, 4)
    for day, counts in ((monday, {CODE: 3}), (monday, {CODE: 2, "birth": 1}), (tuesday, {CODE: 4})):
        actions.count_visits(day=day, counts=counts, actor=SYSTEM, now=world.now)

    assert queries.count_visits(CODE, monday) == 9
    assert queries.count_visits(CODE, tuesday) == 4
    assert queries.count_visits("birth", monday) == 1
    assert queries.count_visits("never", monday) == 0
    row = models.VisitDay.objects.get(day=monday)
    assert [fact.data["visits"] for fact in facts.of_subjects([row.uuid])] == [3, 3]
