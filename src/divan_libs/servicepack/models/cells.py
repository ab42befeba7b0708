"""Cells of decision tables: a closed little language of ranges and sets, which can be examined without running it.

::

    -                        anything, also absent
    absent                   an input without a value
    12   true   farm         this value
    < 20   <= 20   > 5   >= 1404/07/01
    [0..30)   (0..30]        a range of numbers or days; a bracket includes its end, a parenthesis excludes it
    farm, house   1, [5..9]  any of these
    not(farm, house)         any value but these; not an absent one

Numbers are whole and days are counted, so every cell becomes a list of closed spans of whole numbers or a set of texts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from divan_libs.persian.jalali import InvalidDate, parse_jalali

ANYTHING, ABSENT_WORD = "-", "absent"

Span = tuple[int | None, int | None]
"""Lowest and highest value, both included; ``None`` has no end."""


class InputType(StrEnum):
    """Type of an input."""

    NUMBER = "number"
    TEXT = "text"
    YES_NO = "yes-no"
    DATE = "date"


class CellRefused(Exception):
    """What stands in a cell cannot be read, or does not fit the input's type.

    ``code`` is ``tables.cell-unreadable``, ``tables.cell-empty`` (a range without any value) or
    ``tables.unknown-input``.
    """

    def __init__(self, code: str, cell: object) -> None:
        self.code = code
        self.cell = cell
        super().__init__(f"{code} {cell}")


@dataclass(frozen=True, slots=True)
class Condition:
    """A cell, read. With ``negated`` all values but these hold; ``absent`` says whether an absent input does."""

    absent: bool = False
    spans: tuple[Span, ...] = ()
    texts: frozenset[str] = frozenset()
    negated: bool = False

    @property
    def anything(self) -> bool:
        """Whether nothing can fail it."""
        return self == _ANYTHING

    def holds(self, value: int | str | None) -> bool:
        """Return whether it holds for a value as ``measured`` gives it."""
        if value is None:
            return self.absent
        if isinstance(value, str):
            return (value in self.texts) is not self.negated
        within = any((low is None or low <= value) and (high is None or value <= high) for low, high in self.spans)
        return within is not self.negated


_ANYTHING = Condition(absent=True, negated=True)
_COMPARED = re.compile(r"(<=|>=|<|>)\s*(\S+)")
_RANGE = re.compile(r"([\[(])\s*([^\s.]+)\s*\.\.\s*([^\s.]+?)\s*([\])])")
_NOT = re.compile(r"not\s*\((.*)\)", re.DOTALL)
_NUMBER = re.compile(r"-?\d{1,18}")
_TEXT = re.compile(r"[^,()\[\]<>=]+")


def measured(value: object, kind: InputType) -> int | str | None:
    """Return a value in the measure of cells: whole numbers for numbers, days and yes/no, texts as they are.

    :raises TypeError: if the value is not of this type.
    """
    match kind, value:
        case _, None:
            return None
        case InputType.YES_NO, bool():
            return int(value)
        case InputType.NUMBER, int() if not isinstance(value, bool):
            return value
        case InputType.DATE, date():
            return value.toordinal()
        case InputType.TEXT, str():
            return value
    raise TypeError(f"{value!r} is no {kind}")


@lru_cache(maxsize=16_384, typed=True)
def read_cell(cell: bool | int | str, kind: InputType) -> Condition:
    """Return the condition that a cell writes.

    :raises CellRefused: if it cannot be read or is of another type.
    """
    if not isinstance(cell, str):
        if isinstance(cell, bool) is not (kind is InputType.YES_NO) or kind in (InputType.TEXT, InputType.DATE):
            raise CellRefused("tables.cell-unreadable", cell)
        return Condition(spans=((int(cell), int(cell)),))
    text = cell.strip()
    if text == ANYTHING:
        return _ANYTHING
    if negation := _NOT.fullmatch(text):
        condition = _listed(negation[1], kind, cell)
        if condition.absent:
            raise CellRefused("tables.cell-unreadable", cell)
        return Condition(spans=condition.spans, texts=condition.texts, negated=True)
    return _listed(text, kind, cell)


def _listed(text: str, kind: InputType, cell: str) -> Condition:
    items = [item.strip() for item in text.split(",")]
    absent = ABSENT_WORD in items
    values = [item for item in items if item != ABSENT_WORD]
    if kind is InputType.TEXT:
        if not all(_TEXT.fullmatch(item) and item != ANYTHING for item in values):
            raise CellRefused("tables.cell-unreadable", cell)
        return Condition(absent=absent, texts=frozenset(values))
    return Condition(absent=absent, spans=tuple(_span(item, kind, cell) for item in values))


def _span(item: str, kind: InputType, cell: str) -> Span:
    low: int | None
    high: int | None
    if compared := _COMPARED.fullmatch(item):
        if kind is InputType.YES_NO:
            raise CellRefused("tables.cell-unreadable", cell)
        limit = _whole(compared[2], kind, cell)
        low = {">=": limit, ">": limit + 1}.get(compared[1])
        high = {"<=": limit, "<": limit - 1}.get(compared[1])
    elif ranged := _RANGE.fullmatch(item):
        if kind is InputType.YES_NO:
            raise CellRefused("tables.cell-unreadable", cell)
        low = _whole(ranged[2], kind, cell) + (ranged[1] == "(")
        high = _whole(ranged[3], kind, cell) - (ranged[4] == ")")
        if low > high:
            raise CellRefused("tables.cell-empty", cell)
    else:
        low = high = _whole(item, kind, cell)
    return low, high


def _whole(text: str, kind: InputType, cell: str) -> int:
    if kind is InputType.YES_NO and text in ("true", "false", "yes", "no"):
        return int(text in ("true", "yes"))
    if kind is InputType.NUMBER and _NUMBER.fullmatch(text):
        return int(text)
    if kind is InputType.DATE:
        try:
            return (parse_jalali(text) if text.startswith("1") else date.fromisoformat(text)).toordinal()
        except (InvalidDate, ValueError):
            pass
    raise CellRefused("tables.cell-unreadable", cell)
