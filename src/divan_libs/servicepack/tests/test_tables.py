from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from divan_libs.servicepack.models.cells import CellRefused, InputType, measured, read_cell
from divan_libs.servicepack.models.tables import MAX_INPUTS, MAX_ROWS, Table
from divan_libs.servicepack.tables import TableUndetermined, evaluate_table
from divan_libs.servicepack.tests.tables_by_hand import applying, every_input, tables

DAY = date(2025, 11, 22)


def table(hit="unique", *, output=None, **rest) -> Table:
    return Table.model_validate(
        {
            "code": "late_fee",
            "hit": hit,
            "inputs": {"days": {"expression": "1", "type": "number"}, "use": {"expression": "'a'", "type": "text"}},
            "output": output or {"type": "number"},
            **rest,
        }
    )


ROWS = {
    "in-time": {"when": {"days": "[0..15]"}, "then": 0},
    "late": {"when": {"days": "> 15", "use": "farm, house"}, "then": 100},
    "shop": {"when": {"days": "> 15", "use": "shop"}, "then": 300},
}


@pytest.mark.parametrize(
    ("cell", "kind", "yes", "no"),
    [
        ("< 20", "number", [19, -5], [20, None]),
        ("<= 20", "number", [20], [21]),
        (">= 5", "number", [5], [4]),
        ("[0..30)", "number", [0, 29], [30, -1]),
        ("(0..30]", "number", [1, 30], [0, 31]),
        (12, "number", [12], [13, None]),
        ("12, [20..21], > 100", "number", [12, 20, 21, 101], [13, 22, 100]),
        ("not([5..9])", "number", [4, 10], [5, 9, None]),
        ("-", "number", [0, None], []),
        ("absent", "number", [None], [0]),
        ("absent, 3", "number", [None, 3], [0]),
        ("farm, house", "text", ["farm", "house"], ["shop", None]),
        ("not(farm)", "text", ["shop"], ["farm", None]),
        ("زراعی", "text", ["زراعی"], ["مسکونی"]),
        (True, "yes-no", [True], [False, None]),
        ("no", "yes-no", [False], [True]),
        (">= 1404/07/01", "date", [date(2025, 9, 23)], [date(2025, 9, 22)]),
        ("[2025-01-01..2025-02-01)", "date", [date(2025, 1, 31)], [date(2025, 2, 1), None]),
        ("2025-01-01", "date", [date(2025, 1, 1)], [date(2025, 1, 2)]),
    ],
)
def test_a_cell_holds_for_its_values_only(cell, kind, yes, no):
    condition = read_cell(cell, InputType(kind))

    assert [value for value in yes if not condition.holds(measured(value, InputType(kind)))] == []
    assert [value for value in no if condition.holds(measured(value, InputType(kind)))] == []


@pytest.mark.parametrize(
    ("cell", "kind", "code"),
    [
        ("< many", "number", "tables.cell-unreadable"),
        ("20 <", "number", "tables.cell-unreadable"),
        ("[5..3]", "number", "tables.cell-empty"),
        ("(5..6)", "number", "tables.cell-empty"),
        ("not(absent)", "number", "tables.cell-unreadable"),
        ("1, -", "number", "tables.cell-unreadable"),
        ("", "number", "tables.cell-unreadable"),
        ("1_000", "number", "tables.cell-unreadable"),
        (True, "number", "tables.cell-unreadable"),
        (12, "text", "tables.cell-unreadable"),
        ("< farm", "text", "tables.cell-unreadable"),
        ("farm, -", "text", "tables.cell-unreadable"),
        ("1", "yes-no", "tables.cell-unreadable"),
        (1, "yes-no", "tables.cell-unreadable"),
        ("< true", "yes-no", "tables.cell-unreadable"),
        ("[no..yes]", "yes-no", "tables.cell-unreadable"),
        (20250101, "date", "tables.cell-unreadable"),
        ("1404/13/01", "date", "tables.cell-unreadable"),
        ("yesterday", "date", "tables.cell-unreadable"),
    ],
)
def test_what_is_no_cell_of_its_type_is_refused(cell, kind, code):
    with pytest.raises(CellRefused) as refused:
        read_cell(cell, InputType(kind))

    assert (refused.value.code, refused.value.cell) == (code, cell)


@given(st.text(max_size=40), st.sampled_from(list(InputType)))
def test_any_text_is_either_a_cell_or_refused(text, kind):
    try:
        found = read_cell(text, kind).holds(None)
    except CellRefused as refused:
        found = refused.code

    assert found in (True, False, "tables.cell-unreadable", "tables.cell-empty")


def as_table(kinds, rows, hit, aggregate=None) -> Table:
    output = {"type": "number"} if aggregate is None else {"type": "number", "aggregate": aggregate}
    return Table.model_validate(
        {
            "code": "t",
            "hit": hit,
            "inputs": {f"i{n}": {"expression": "1", "type": kind} for n, kind in enumerate(kinds)},
            "output": output,
            "rows": {
                f"r{r}": {"when": {f"i{n}": cell for n, cell in enumerate(row)}, "then": 10**r}
                for r, row in enumerate(rows)
            },
        }
    )


@given(tables(), st.sampled_from(["unique", "first", "sum", "least", "most", "count"]))
@settings(max_examples=300)
def test_a_table_gives_what_reading_it_row_by_row_gives(drawn, policy):
    kinds, absent, rows = drawn
    hit = policy if policy in ("unique", "first") else "collect"
    made = as_table(kinds, rows, hit, None if hit == policy else policy)
    for values in every_input(kinds, absent):
        hits = applying(rows, values)
        amounts = [10**row for row in hits]
        inputs = {f"i{n}": value for n, value in enumerate(values)}
        if policy == "unique" and len(hits) > 1:
            expected: object = "tables.several-rows-apply"
        elif not hits and policy not in ("sum", "count"):
            expected = "tables.no-row-applies"
        else:
            whole = {"sum": sum, "least": min, "most": max, "count": len}
            expected = amounts[0] if policy in ("unique", "first") else whole[policy](amounts)
        try:
            found: object = evaluate_table(made, inputs, DAY).value
        except TableUndetermined as refused:
            found = refused.code

        assert found == expected, (values, hits)


def test_the_result_names_its_rows_and_its_law():
    dated = {"starts_on": "1404/01/01", "law": "LAW-WATER", "rows": ROWS}

    result = evaluate_table(table(**dated), {"days": 16, "use": "shop"}, DAY)

    assert (result.value, result.rows, result.law) == (300, ("shop",), "LAW-WATER")


def test_without_a_row_the_other_value_is_given_or_nothing_is():
    assert evaluate_table(table(rows=ROWS, otherwise=7), {"days": -1, "use": "shop"}, DAY).value == 7
    with pytest.raises(TableUndetermined) as refused:
        evaluate_table(table(rows=ROWS), {"days": -1, "use": "shop"}, DAY)
    assert (refused.value.code, refused.value.table) == ("tables.no-row-applies", "late_fee")


def test_several_rows_of_a_unique_table_are_named():
    with pytest.raises(TableUndetermined) as refused:
        evaluate_table(table(rows={**ROWS, "more": {"then": 5}}), {"days": 3}, DAY)

    assert (refused.value.code, refused.value.rows) == ("tables.several-rows-apply", ("in-time", "more"))


def test_the_version_of_the_day_decides():
    periods = [
        {"starts_on": "1403/01/01", "ends_on": "1404/01/01", "law": "LAW-OLD", "rows": {"any": {"then": 1}}},
        {"starts_on": "1404/01/01", "law": "LAW-NEW", "rows": {"any": {"then": 2}}},
    ]
    dated = table(periods=periods)

    assert evaluate_table(dated, {}, date(2025, 3, 20)).value == 1
    assert evaluate_table(dated, {}, date(2025, 3, 21)).value == 2
    with pytest.raises(TableUndetermined) as refused:
        evaluate_table(dated, {}, date(2024, 3, 19))
    assert refused.value.code == "tables.no-version-in-force"


def test_texts_are_collected_in_the_order_of_rows_and_each_once():
    rows = {
        "a": {"when": {"days": "> 1"}, "then": "fire"},
        "b": {"when": {"days": "> 2"}, "then": "health"},
        "c": {"when": {"days": "> 3"}, "then": "fire"},
    }
    collecting = table("collect", output={"type": "text", "aggregate": "list"}, rows=rows)

    assert evaluate_table(collecting, {"days": 4}, DAY).value == ("fire", "health")
    assert evaluate_table(collecting, {"days": 0}, DAY).value == ()


def test_a_moment_is_read_as_its_day_and_another_type_is_no_input():
    dated = Table.model_validate(
        {
            "code": "t",
            "hit": "first",
            "inputs": {"on": {"expression": "case.today", "type": "date"}},
            "output": {"type": "yes-no"},
            "rows": {"old": {"when": {"on": "< 2025-01-01"}, "then": True}, "new": {"then": False}},
        }
    )

    assert evaluate_table(dated, {"on": datetime(2024, 12, 31, tzinfo=UTC)}, DAY).value is True
    with pytest.raises(TypeError):
        evaluate_table(dated, {"on": "2024-12-31"}, DAY)


PERIODS = {"periods": [{"starts_on": "1404/01/01", "law": "LAW-A", "rows": ROWS}]}
ADDS_UP = {"hit": "collect", "output": {"type": "number", "aggregate": "sum"}}


def inputs(**limits):
    return {"d": {"expression": "1", "type": "number", **limits}}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rows": {}}, "tables.rows-or-periods"),
        ({"rows": ROWS, **PERIODS}, "tables.rows-or-periods"),
        ({"law": "LAW-A", **PERIODS}, "tables.rows-or-periods"),
        ({"rows": ROWS, "hit": "collect"}, "tables.aggregate"),
        ({"rows": ROWS, "output": {"type": "number", "aggregate": "sum"}}, "tables.aggregate"),
        ({"rows": ROWS, "hit": "collect", "output": {"type": "number", "aggregate": "list"}}, "tables.aggregate"),
        ({"rows": ROWS, **ADDS_UP, "otherwise": 1}, "tables.otherwise"),
        ({"rows": {**ROWS, "x": {"then": True}}}, "tables.output-type"),
        ({"rows": {**ROWS, "x": {"then": "5"}}}, "tables.output-type"),
        ({"rows": ROWS, "otherwise": "free"}, "tables.output-type"),
        ({"rows": ROWS, "inputs": inputs(type="text", minimum=1)}, "tables.limit-of-type"),
        ({"rows": ROWS, "inputs": inputs(values=["a"])}, "tables.limit-of-type"),
        ({"rows": ROWS, "inputs": inputs(minimum="1404/01/01")}, "tables.limit-of-type"),
        ({"rows": {f"r{n}": {"then": n} for n in range(MAX_ROWS + 1)}}, "tables.too-many-rows"),
        ({"rows": ROWS, "inputs": dict.fromkeys(map("i{}".format, range(MAX_INPUTS + 1)))}, "tables.too-many-inputs"),
    ],
)
def test_a_table_that_means_nothing_is_refused(change, code):
    with pytest.raises(ValidationError) as refused:
        table(**change)

    assert [error["type"] for error in refused.value.errors()] == [code]
