from __future__ import annotations

import random

import pytest
from hypothesis import given, settings

from divan_libs.servicepack.models.cells import Condition, InputType, read_cell
from divan_libs.servicepack.models.tables import Hit
from divan_libs.servicepack.table_analysis import MAX_SHOWN, Analysis, Domain, analyse
from divan_libs.servicepack.tests.tables_by_hand import HIGH, LOW, TEXTS, applying, every_input, tables

_SPANS = {"number": (LOW, HIGH), "text": (None, None), "yes-no": (None, None)}


def domains_of(kinds, absent):
    return [
        Domain(f"i{index}", InputType(kind), _SPANS[kind], TEXTS if kind == "text" else None, may_be_absent=may)
        for index, (kind, may) in enumerate(zip(kinds, absent, strict=True))
    ]


def rules_of(kinds, rows):
    read = [[read_cell(cell, InputType(kind)) for cell, kind in zip(row, kinds, strict=True)] for row in rows]
    return [tuple((index, cell) for index, cell in enumerate(row) if not cell.anything) for row in read]


def examined(hit, kinds, absent, rows) -> Analysis:
    return analyse(hit, domains_of(kinds, absent), rules_of(kinds, rows), must_be_complete=True)


def read_witness(kinds, witness):
    values = []
    for index, kind in enumerate(kinds):
        text = witness[f"i{index}"]
        if text == "absent":
            values.append(None)
        else:
            values.append(int(text) if kind == "number" else text == "true" if kind == "yes-no" else text)
    return values


@given(tables())
@settings(max_examples=400)
def test_a_table_is_complete_exactly_if_trying_every_input_finds_a_row(table):
    kinds, absent, rows = table
    without = [values for values in every_input(kinds, absent) if not applying(rows, values)]

    found = examined(Hit.FIRST, kinds, absent, rows)

    assert not found.unfinished
    assert (found.falls_through is None) == (not without)
    if found.falls_through is not None:
        assert tuple(read_witness(kinds, found.falls_through)) in without


@given(tables())
@settings(max_examples=400)
def test_rows_overlap_exactly_if_trying_every_input_finds_two(table):
    kinds, absent, rows = table
    pairs = set()
    for values in every_input(kinds, absent):
        hits = applying(rows, values)
        pairs |= {(first, second) for first in hits for second in hits if first < second}

    found = examined(Hit.UNIQUE, kinds, absent, rows)

    assert len(found.overlaps) == min(len(pairs), MAX_SHOWN)
    assert {(one.first, one.second) for one in found.overlaps} <= pairs
    for one in found.overlaps:
        assert {one.first, one.second} <= set(applying(rows, read_witness(kinds, one.witness)))


@given(tables())
@settings(max_examples=400)
def test_a_row_of_a_first_table_is_unreachable_exactly_if_no_input_ends_there(table):
    kinds, absent, rows = table
    reached = {hits[0] for values in every_input(kinds, absent) if (hits := applying(rows, values))}

    found = examined(Hit.FIRST, kinds, absent, rows)

    assert set(found.unreachable) == set(range(len(rows))) - reached


@given(tables())
@settings(max_examples=200)
def test_a_bounded_examination_says_nothing_that_is_not_so(table):
    kinds, absent, rows = table
    whole = examined(Hit.FIRST, kinds, absent, rows)

    bounded = analyse(Hit.FIRST, domains_of(kinds, absent), rules_of(kinds, rows), must_be_complete=True, max_steps=40)

    assert set(bounded.unreachable) <= set(whole.unreachable)
    if bounded.falls_through is not None:
        assert not applying(rows, read_witness(kinds, bounded.falls_through))
    if not bounded.unfinished:
        assert bounded.unreachable == whole.unreachable


def test_without_limits_the_ends_of_the_numbers_are_inputs_too():
    found = analyse(
        Hit.UNIQUE,
        [Domain("days", InputType.NUMBER)],
        rules_of(["number"], [["[0..15]"], ["(15..30]"]]),
        must_be_complete=True,
    )

    assert found.falls_through == {"days": "-1"}


def test_a_text_without_values_may_be_any_other_text():
    rules = rules_of(["text"], [["farm"], ["house"]])
    anything = Domain("use", InputType.TEXT)

    assert analyse(Hit.UNIQUE, [anything], rules, must_be_complete=True).falls_through == {"use": "another text"}
    known = Domain("use", InputType.TEXT, texts=("farm", "house"))
    assert analyse(Hit.UNIQUE, [known], rules, must_be_complete=True).falls_through is None


def test_days_are_shown_as_days():
    day = Domain("on", InputType.DATE)
    rules = [((0, read_cell("< 1404/01/01", InputType.DATE)),), ((0, read_cell("> 1404/01/01", InputType.DATE)),)]

    assert analyse(Hit.UNIQUE, [day], rules, must_be_complete=True).falls_through == {"on": "2025-03-21"}


def partition(rows: int, inputs: int, size: int) -> list[list[tuple[int, int]]]:
    """Cut a space into that many boxes, as a tree of decisions would."""
    chance = random.Random(7)  # noqa: S311 (the same table in every run)
    boxes = [[(0, size - 1)] * inputs]
    while len(boxes) < rows:
        number = chance.randrange(len(boxes))
        box, axis = boxes[number], chance.randrange(inputs)
        low, high = box[axis]
        if low < high:
            cut = chance.randrange(low, high)
            boxes[number] = [*box[:axis], (low, cut), *box[axis + 1 :]]
            boxes.append([*box[:axis], (cut + 1, high), *box[axis + 1 :]])
    chance.shuffle(boxes)
    return boxes


def as_rules(boxes):
    return [tuple((axis, Condition(spans=(span,))) for axis, span in enumerate(box)) for box in boxes]


@pytest.mark.parametrize("hit", [Hit.UNIQUE, Hit.FIRST])
@pytest.mark.parametrize("rows", [500, 2000])
def test_five_hundred_and_two_thousand_rows_of_six_inputs_are_examined(hit, rows):
    domains = [Domain(f"i{axis}", InputType.NUMBER, (0, 99)) for axis in range(6)]
    rules = as_rules(partition(rows, 6, 100))

    whole = analyse(hit, domains, rules, must_be_complete=True)
    holed = analyse(hit, domains, rules[1:], must_be_complete=True)

    assert whole == Analysis()
    assert holed.falls_through is not None
    assert not any(all(c.holds(int(holed.falls_through[f"i{a}"])) for a, c in rule) for rule in rules[1:])


def test_a_hidden_row_is_found_among_five_hundred():
    domains = [Domain(f"i{axis}", InputType.NUMBER, (0, 99)) for axis in range(6)]
    rules = as_rules(partition(500, 6, 100))

    found = analyse(Hit.FIRST, domains, [*rules, ()], must_be_complete=True)

    assert found == Analysis(unreachable=(500,))


def test_a_table_that_is_too_entangled_is_called_unfinished():
    chance = random.Random(1)  # noqa: S311 (the same table in every run)
    domains = [Domain(f"i{axis}", InputType.NUMBER, (0, 99)) for axis in range(6)]
    boxes = [[(chance.randrange(50), chance.randrange(50, 100)) for _ in range(6)] for _ in range(2000)]

    found = analyse(Hit.FIRST, domains, [*as_rules(boxes), ()], must_be_complete=True)

    assert found.unfinished
