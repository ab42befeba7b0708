"""A second reading of decision tables, slow and by other means, that the library's own is compared with."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import strategies as st

TEXTS = ("farm", "house", "shop")
LOW, HIGH = 0, 5


def values_of(kind: str, *, absent: bool) -> list[Any]:
    """Return every value of a small domain."""
    values: list[Any] = {"number": list(range(LOW, HIGH + 1)), "text": list(TEXTS), "yes-no": [False, True]}[kind]
    return [*values, *([None] if absent else [])]


def every_input(kinds: Sequence[str], absent: Sequence[bool]) -> Iterator[tuple[Any, ...]]:
    """Yield every combination of values."""
    return itertools.product(*(values_of(kind, absent=may) for kind, may in zip(kinds, absent, strict=True)))


def holds(cell: Any, value: Any) -> bool:
    """Return whether a cell holds for a value, read from its text."""
    if isinstance(cell, bool | int):
        return value is not None and value == cell and isinstance(value, bool) == isinstance(cell, bool)
    if cell == "-":
        return True
    if cell.startswith("not("):
        return value is not None and not holds(cell[4:-1], value)
    return any(_item_holds(item.strip(), value) for item in cell.split(","))


def _item_holds(item: str, value: Any) -> bool:
    if item == "absent" or value is None:
        return item == "absent" and value is None
    if isinstance(value, bool):
        return item == ("yes" if value else "no")
    if isinstance(value, str):
        return value == item
    if compared := re.fullmatch(r"(<=|>=|<|>) ?(-?\d+)", item):
        limit = int(compared[2])
        return {"<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit}[compared[1]]
    if ranged := re.fullmatch(r"([\[(])(-?\d+)\.\.(-?\d+)([\])])", item):
        low, high = int(ranged[2]), int(ranged[3])
        above = value >= low if ranged[1] == "[" else value > low
        return above and (value <= high if ranged[4] == "]" else value < high)
    return bool(value == int(item))


def applying(rows: Sequence[Sequence[Any]], values: Sequence[Any]) -> list[int]:
    """Return the indexes of the rows whose cells all hold."""
    return [
        index
        for index, row in enumerate(rows)
        if all(holds(cell, value) for cell, value in zip(row, values, strict=True))
    ]


_numbers = st.integers(LOW - 1, HIGH + 1)
_ranges = st.tuples(st.sampled_from("[("), _numbers, _numbers, st.sampled_from("])")).map(
    lambda r: f"{r[0]}{min(r[1], r[2])}..{max(r[1], r[2]) + 2}{r[3]}"
)
_number_items = st.one_of(
    _numbers.map(str),
    st.tuples(st.sampled_from(["<", "<=", ">", ">= "]), _numbers).map(lambda pair: f"{pair[0]}{pair[1]}"),
    _ranges,
)
_items = {
    "number": _number_items,
    "text": st.sampled_from(TEXTS),
    "yes-no": st.sampled_from(["yes", "no"]),
}


def cells(kind: str) -> st.SearchStrategy[Any]:
    """Return cells of a type, as an author may write them."""
    items = _items[kind]
    listed = st.lists(items, min_size=1, max_size=3).map(", ".join)
    plain = {"number": _numbers, "text": st.sampled_from(TEXTS), "yes-no": st.booleans()}[kind]
    return st.one_of(
        st.just("-"),
        st.just("-"),
        st.just("absent"),
        plain,
        items,
        listed,
        listed.map(lambda text: f"{text}, absent"),
        listed.map(lambda text: f"not({text})"),
    )


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[bool], list[list[Any]]]:
    """Return the types of some inputs, whether they may be absent, and rows of cells."""
    kinds = draw(st.lists(st.sampled_from(["number", "text", "yes-no"]), min_size=1, max_size=3))
    absent = [draw(st.booleans()) for _ in kinds]
    rows = draw(st.lists(st.tuples(*(cells(kind) for kind in kinds)).map(list), min_size=1, max_size=7))
    return kinds, absent, rows
