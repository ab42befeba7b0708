"""What a decision table gives for its inputs on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from divan_libs.servicepack.models.cells import measured
from divan_libs.servicepack.models.tables import Aggregate, Hit, Table, TableRow, TableVersion

InputValue = bool | int | str | date | None
"""The value of an input; ``None`` is an absent one."""

TableValue = bool | int | str | tuple[str, ...]


class TableUndetermined(Exception):
    """The table gives no value, and none is guessed.

    ``code`` is ``tables.no-version-in-force``, ``tables.no-row-applies`` or ``tables.several-rows-apply``.
    """

    def __init__(self, code: str, table: str, rows: tuple[str, ...] = ()) -> None:
        self.code = code
        self.table = table
        self.rows = rows
        super().__init__(" ".join((code, table, *rows)))


@dataclass(frozen=True, slots=True)
class TableResult:
    """What a table gave: the value, the rows it came from (none for ``otherwise``), and the law of its version."""

    value: TableValue
    rows: tuple[str, ...]
    law: str | None


def evaluate_table(table: Table, inputs: Mapping[str, InputValue], day: date) -> TableResult:
    """Return what a table gives; inputs that are not named are absent.

    :raises TableUndetermined: if no version is in force, no row applies and nothing is said for that, or several rows
        of a ``unique`` table apply.
    :raises TypeError: if an input is of another type than its column.
    """
    version = table.version_on(day)
    if version is None:
        raise TableUndetermined("tables.no-version-in-force", table.code)
    rows = _applying(version, inputs, only_first=table.hit is Hit.FIRST)
    if table.hit is Hit.UNIQUE and len(rows) > 1:
        raise TableUndetermined("tables.several-rows-apply", table.code, tuple(row.code for row in rows))
    codes = tuple(row.code for row in rows)
    if table.output.aggregate is not None and (rows or table.output.aggregate not in (Aggregate.LEAST, Aggregate.MOST)):
        return TableResult(_aggregated(table.output.aggregate, rows), codes, version.law)
    if rows:
        return TableResult(rows[0].then, codes, version.law)
    if table.otherwise is None:
        raise TableUndetermined("tables.no-row-applies", table.code)
    return TableResult(table.otherwise, (), version.law)


def _applying(version: TableVersion, inputs: Mapping[str, InputValue], *, only_first: bool) -> list[TableRow]:
    values = [measured(as_day(inputs.get(column.code)), column.type) for column in version.inputs]
    found = []
    for row, rule in zip(version.rows, version.rules, strict=True):
        if all(condition.holds(values[index]) for index, condition in rule):
            found.append(row)
            if only_first:
                break
    return found


def as_day(value: InputValue) -> InputValue:
    """Return the day of a moment: the engine gives midnight UTC for a day."""
    return value.date() if isinstance(value, datetime) else value


def _aggregated(aggregate: Aggregate, rows: list[TableRow]) -> TableValue:
    match aggregate:
        case Aggregate.COUNT:
            return len(rows)
        case Aggregate.LIST:
            return tuple(dict.fromkeys(str(row.then) for row in rows))
    numbers = [int(row.then) for row in rows]
    match aggregate:
        case Aggregate.SUM:
            return sum(numbers)
        case Aggregate.LEAST:
            return min(numbers)
        case Aggregate.MOST:
            return max(numbers)
