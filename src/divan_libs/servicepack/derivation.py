"""Determinants and tables, worked out when an expression speaks of them and kept as long as what they read is the same.

A determinant or table that ends in an error is absent for the expression that reads it, so that a branch which is not
taken costs nothing; if the expression fails for it, the failure says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from divan_libs.persian.clocks import CalendarExceeded, Clock, WorkCalendar, due_on, iranian_calendar
from divan_libs.servicepack.expressions import Environment, EvaluationFailed, Expression, ValueType, prepared
from divan_libs.servicepack.models import Package
from divan_libs.servicepack.models.cells import InputType
from divan_libs.servicepack.models.tables import Aggregate, OutputType, Table
from divan_libs.servicepack.tables import InputValue, TableUndetermined, as_day, evaluate_table

INPUT_TYPES: Mapping[InputType, ValueType] = {
    InputType.NUMBER: ValueType.NUMBER,
    InputType.TEXT: ValueType.TEXT,
    InputType.YES_NO: ValueType.YES_NO,
    InputType.DATE: ValueType.MOMENT,
}
_OUTPUT_TYPES: Mapping[OutputType, ValueType] = {
    OutputType.NUMBER: ValueType.NUMBER,
    OutputType.TEXT: ValueType.TEXT,
    OutputType.YES_NO: ValueType.YES_NO,
}

FIRST_KNOWN_YEAR, LAST_KNOWN_YEAR = 1980, 2100
"""Gregorian years whose holidays the usual calendar knows."""

Inputs = Mapping[str, Mapping[str, Any]]
"""Values by root and name, before they are prepared for the engine."""


def derived_names(package: Package) -> dict[str, ValueType]:
    """Return the names of the package's determinants and tables with their types."""
    names = {f"determinants.{determinant.code}": ValueType.YES_NO for determinant in package.determinants.root}
    names.update({f"tables.{table.code}": _type_of(table) for table in package.tables.root})
    return names


def _type_of(table: Table) -> ValueType:
    match table.output.aggregate:
        case Aggregate.LIST:
            return ValueType.TEXTS
        case Aggregate.COUNT:
            return ValueType.NUMBER
    return _OUTPUT_TYPES[table.output.type]


class Cycle(Exception):
    """Determinants and tables read each other in a loop; ``loop`` names it, its beginning again at the end."""

    code = "determinants.cycle"

    def __init__(self, loop: tuple[str, ...]) -> None:
        self.loop = loop
        super().__init__(" → ".join(loop))


class Definitions:
    """Which determinants and tables a package defines, and what each of them reads."""

    def __init__(self, package: Package, environment: Environment) -> None:
        self.determinants = {f"determinants.{one.code}": one for one in package.determinants.root}
        self.tables = {f"tables.{table.code}": table for table in package.tables.root}
        self._environment = environment
        self._orders: dict[frozenset[str], list[str]] = {}

    def defines(self, name: str) -> bool:
        """Return whether a name is a determinant or a table."""
        return name in self.determinants or name in self.tables

    def condition(self, name: str) -> Expression:
        """Return the expression of a determinant: its condition, or the day since which its clock runs.

        :raises ExpressionRefused: if it does not compile.
        """
        known = self.determinants[name]
        if known.within is not None:
            return self._environment.compile(known.within.since, ValueType.MOMENT)
        return self._environment.compile(known.when or "")

    def columns(self, name: str) -> dict[str, Expression]:
        """Return the expressions of a table's inputs.

        :raises ExpressionRefused: if one does not compile.
        """
        return {
            column.code: self._environment.compile(column.expression, INPUT_TYPES[column.type])
            for column in self.tables[name].inputs
        }

    def reads(self, name: str) -> frozenset[str]:
        """Return the names that a determinant or table reads itself.

        :raises ExpressionRefused: if one of its expressions does not compile.
        """
        if name in self.determinants:
            return self.condition(name).names
        return frozenset().union(*(expression.names for expression in self.columns(name).values()))

    def order(self, names: frozenset[str]) -> list[str]:
        """Return the determinants and tables among names, and those they read, each behind what it reads.

        :raises Cycle: if they read each other in a loop.
        :raises ExpressionRefused: if one of their expressions does not compile.
        """
        if names in self._orders:
            return self._orders[names]
        done: dict[str, None] = {}
        for first in sorted(names):
            way = [first] if self.defines(first) and first not in done else []
            while way:
                below = (name for name in sorted(self.reads(way[-1])) if self.defines(name) and name not in done)
                onward = next(below, None)
                if onward is None:
                    done[way.pop()] = None
                elif onward in way:
                    raise Cycle((*way[way.index(onward) :], onward))
                else:
                    way.append(onward)
        self._orders[names] = list(done)
        return self._orders[names]

    def spoken(self, names: frozenset[str]) -> frozenset[str]:
        """Return names together with all that their determinants and tables read.

        :raises Cycle: if they read each other in a loop.
        :raises ExpressionRefused: if one of their expressions does not compile.
        """
        return names.union(*(self.reads(name) for name in self.order(names)))


class Derivation:
    """Works out the determinants and tables of one package on one day."""

    def __init__(
        self, package: Package, environment: Environment, today: date, calendar: WorkCalendar | None = None
    ) -> None:
        self.definitions = Definitions(package, environment)
        self._today = today
        self._calendar = calendar
        self._known: dict[str, tuple[dict[str, Any], Any]] = {}

    def spoken(self, expression: Expression) -> frozenset[str]:
        """Return all names whose values an expression depends on.

        :raises EvaluationFailed: if what it speaks of is defined in a loop.
        """
        try:
            return self.definitions.spoken(expression.names)
        except Cycle as cycle:
            raise EvaluationFailed(expression.source, f"{cycle.code} {cycle}") from cycle

    def evaluate(self, expression: Expression, inputs: Inputs) -> Any:
        """Return the value of an expression over inputs, determinants and tables.

        The inputs need only hold what the expression depends on (``spoken``).

        :raises EvaluationFailed: if it ends in an error.
        :raises Cycle: if what it speaks of is defined in a loop.
        """
        order = self.definitions.order(expression.names)
        if not order:
            return _evaluated(expression, inputs)
        derived: dict[str, dict[str, Any]] = {"determinants": {}, "tables": {}}
        everything = {**inputs, **derived}
        failed = []
        for name in order:
            root, _, code = name.partition(".")
            try:
                derived[root][code] = self._worked_out(name, everything)
            except (EvaluationFailed, TableUndetermined) as failure:
                failed.append(f"{name}: {failure}")
        try:
            return _evaluated(expression, everything)
        except EvaluationFailed as failure:
            raise EvaluationFailed(expression.source, "; ".join([failure.detail, *failed])) from failure

    def _worked_out(self, name: str, inputs: Inputs) -> Any:
        """Return a value, the one known from before if nothing that it reads has changed since."""
        read = {path: found(inputs, path) for path in self.definitions.reads(name)}
        known = self._known.get(name)
        if known is not None and known[0] == read:
            return known[1]
        value: Any
        if name in self.definitions.determinants:
            value = self._holds(name, inputs)
        else:
            columns = {code: _input(column, inputs) for code, column in self.definitions.columns(name).items()}
            value = evaluate_table(self.definitions.tables[name], columns, self._today).value
        self._known[name] = read, value
        return value

    def _holds(self, name: str, inputs: Inputs) -> bool:
        within = self.definitions.determinants[name].within
        expression = self.definitions.condition(name)
        if within is None:
            return bool(_evaluated(expression, inputs))
        since = as_day(_input(expression, inputs))
        return isinstance(since, date) and still_runs(since, within.clock.to_clock(), self._today, self._calendar)


def still_runs(since: date, clock: Clock, today: date, calendar: WorkCalendar | None = None) -> bool:
    """Return whether a clock of days that starts on a day is not over on another.

    Days that the calendar does not know are those of the country's usual calendar; before 1980 there is none, and a
    clock from then is over.
    """
    if since > today:
        return True
    if since.year < FIRST_KNOWN_YEAR:
        return False
    if calendar is None or (calendar.first_day is not None and since < calendar.first_day):
        calendar = _usual_calendar(since.year, min(today.year + 1, LAST_KNOWN_YEAR))
    try:
        return today <= due_on(since, clock, calendar)
    except CalendarExceeded:
        return True


@lru_cache(maxsize=64)
def _usual_calendar(first_year: int, last_year: int) -> WorkCalendar:
    return iranian_calendar(first_year, last_year)


def _input(expression: Expression, inputs: Inputs) -> InputValue:
    """Return the value of a table's input; it is absent when a name is that it reads without asking whether it is."""
    if any(found(inputs, name) is None for name in expression.unguarded):
        return None
    value: InputValue = _evaluated(expression, inputs)
    return value


def _evaluated(expression: Expression, inputs: Inputs) -> Any:
    roots = {name.partition(".")[0] for name in expression.names}
    return expression.evaluate(prepared({root: inputs.get(root, {}) for root in roots}))


def found(inputs: Inputs, name: str) -> Any:
    """Return the value of a dotted name, or None where it is absent."""
    value: Any = inputs
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
