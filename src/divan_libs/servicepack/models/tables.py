"""Decision tables: what follows from which combination of inputs, by which law, from which day on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, RootModel, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from divan_libs.servicepack.models.cells import CellRefused, Condition, InputType, read_cell
from divan_libs.servicepack.models.notation import (
    Coded,
    Day,
    ExpressionText,
    Flag,
    FrozenMapping,
    LawCode,
    Name,
    Part,
    Slug,
    Whole,
)

MAX_TABLES = 100
MAX_ROWS = 2_000
MAX_INPUTS = 12
MAX_PERIODS = 50

CellText = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Cell = Flag | Whole | CellText
"""One cell as it is written, such as ``< 20``, ``[0..30)``, ``farm, house``, ``not(farm)``; read by ``cells``."""

OutputValue = Flag | Annotated[Whole, Field(ge=-(10**15), le=10**15)] | Annotated[str, Field(max_length=500)]


class Hit(StrEnum):
    """Which of the rows that apply counts: there must be only one, the first, or all of them."""

    UNIQUE = "unique"
    FIRST = "first"
    COLLECT = "collect"


class OutputType(StrEnum):
    """Type of what a row gives."""

    NUMBER = "number"
    TEXT = "text"
    YES_NO = "yes-no"


class Aggregate(StrEnum):
    """What a collecting table makes of the rows that apply."""

    LIST = "list"
    SUM = "sum"
    LEAST = "least"
    MOST = "most"
    COUNT = "count"


_AGGREGATES = {
    OutputType.NUMBER: {Aggregate.SUM, Aggregate.LEAST, Aggregate.MOST, Aggregate.COUNT},
    OutputType.TEXT: {Aggregate.LIST, Aggregate.COUNT},
    OutputType.YES_NO: {Aggregate.COUNT},
}
_PYTHON: Mapping[OutputType, type] = {OutputType.NUMBER: int, OutputType.TEXT: str, OutputType.YES_NO: bool}


class TableInput(Part):
    """One column: an expression, its type and the values it may have.

    The limits are the domain over which completeness is proved. Without ``values`` a text may be any text, unless the
    expression is a question with options or the channel, whose values are known.
    """

    code: Name
    expression: ExpressionText
    type: InputType
    minimum: Whole | Day | None = None
    maximum: Whole | Day | None = None
    values: Annotated[tuple[CellText, ...], Field(max_length=200)] = ()

    @model_validator(mode="after")
    def _limits_of_its_type(self) -> TableInput:
        wanted = {InputType.NUMBER: int, InputType.DATE: date}.get(self.type)
        for limit in (self.minimum, self.maximum):
            if limit is not None and (wanted is None or not isinstance(limit, wanted)):
                raise PydanticCustomError("tables.limit-of-type", "limits belong to numbers and dates of the same type")
        if self.values and self.type is not InputType.TEXT:
            raise PydanticCustomError("tables.limit-of-type", "only texts have a list of values")
        return self


class TableOutput(Part):
    """What the table gives; ``aggregate`` is for a table that collects, and only for one."""

    type: OutputType
    aggregate: Aggregate | None = None


class TableRow(Part):
    """One rule: it applies when every cell does; an input that is not named may be anything, also absent."""

    code: Slug
    when: FrozenMapping[Cell] = Field(default_factory=dict)
    then: OutputValue


def _refuse_many_rows(value: Any) -> Any:
    """Count before reading, so that a table without measure costs no time."""
    if isinstance(value, Mapping):
        rows = value.get("rows")
        if isinstance(rows, Mapping | list | tuple) and len(rows) > MAX_ROWS:
            facts = {"rows": len(rows), "limit": MAX_ROWS}
            raise PydanticCustomError("tables.too-many-rows", "more than {limit} rows: {rows}", facts)
    return value


class TablePeriod(Part):
    """The rows in force from a day (included) to a day (excluded; open if absent), by a law."""

    starts_on: Day
    ends_on: Day | None = None
    law: LawCode
    rows: Annotated[Coded[TableRow], Field(min_length=1)]

    _measure = model_validator(mode="before")(_refuse_many_rows)


Rule = tuple[tuple[int, Condition], ...]
"""The cells of one row that may fail, each with the index of its input."""


@dataclass(frozen=True)
class TableVersion:
    """One version of a table with its days, its law and where it stands below the table."""

    inputs: tuple[TableInput, ...]
    rows: tuple[TableRow, ...]
    starts_on: date | None
    ends_on: date | None
    law: str | None
    path: tuple[int | str, ...]

    def in_force_on(self, day: date) -> bool:
        """Return whether a day lies within."""
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day < self.ends_on)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rows as conditions, read once.

        :raises CellRefused: if a cell cannot be read or belongs to no input; lint finds it before.
        """
        return tuple(self.rule(row) for row in self.rows)

    def rule(self, row: TableRow) -> Rule:
        """Return one row as conditions.

        :raises CellRefused: if a cell cannot be read or belongs to no input.
        """
        kinds = {column.code: (index, column.type) for index, column in enumerate(self.inputs)}
        found = []
        for code, cell in row.when.items():
            if code not in kinds:
                raise CellRefused("tables.unknown-input", code)
            index, kind = kinds[code]
            condition = read_cell(cell, kind)
            if not condition.anything:
                found.append((index, condition))
        return tuple(sorted(found, key=lambda pair: pair[0]))


class Table(Part):
    """A decision table; expressions see ``tables.<code>`` with the output's type.

    Its rows stand either directly, in force on all days or within ``starts_on`` and ``ends_on``, or in ``periods``.
    ``otherwise`` is given when no row applies.
    """

    code: Name
    hit: Hit
    inputs: Annotated[Coded[TableInput], Field(min_length=1)]
    output: TableOutput
    otherwise: OutputValue | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    law: LawCode | None = None
    rows: Coded[TableRow] = ()
    periods: Annotated[tuple[TablePeriod, ...], Field(max_length=MAX_PERIODS)] = ()

    _measure = model_validator(mode="before")(_refuse_many_rows)

    @model_validator(mode="before")
    @classmethod
    def _refuse_many_inputs(cls, value: Any) -> Any:
        inputs = value.get("inputs") if isinstance(value, Mapping) else None
        if isinstance(inputs, Mapping | list | tuple) and len(inputs) > MAX_INPUTS:
            facts = {"inputs": len(inputs), "limit": MAX_INPUTS}
            raise PydanticCustomError("tables.too-many-inputs", "more than {limit} inputs: {inputs}", facts)
        return value

    @model_validator(mode="after")
    def _one_way_to_write(self) -> Table:
        if bool(self.rows) == bool(self.periods) or (self.periods and (self.starts_on or self.ends_on or self.law)):
            raise PydanticCustomError("tables.rows-or-periods", "either rows, or periods with their own days and law")
        collects = self.hit is Hit.COLLECT
        if collects != (self.output.aggregate is not None):
            raise PydanticCustomError("tables.aggregate", "a table that collects says how, no other does")
        if self.output.aggregate is not None and self.output.aggregate not in _AGGREGATES[self.output.type]:
            raise PydanticCustomError("tables.aggregate", "this cannot be made of such outputs")
        if self.otherwise is not None and self.output.aggregate not in (None, Aggregate.LEAST, Aggregate.MOST):
            raise PydanticCustomError("tables.otherwise", "a list, a sum and a count of nothing need no other value")
        return self

    @model_validator(mode="after")
    def _outputs_of_the_type(self) -> Table:
        wanted = _PYTHON[self.output.type]
        given = [row.then for version in self.versions for row in version.rows]
        if any(type(value) is not wanted for value in [*given, *([] if self.otherwise is None else [self.otherwise])]):
            raise PydanticCustomError("tables.output-type", "every row gives a value of the output's type")
        return self

    @cached_property
    def versions(self) -> tuple[TableVersion, ...]:
        """All versions, in the order in which they are written."""
        if self.periods:
            return tuple(
                TableVersion(self.inputs, period.rows, period.starts_on, period.ends_on, period.law, ("periods", index))
                for index, period in enumerate(self.periods)
            )
        return (TableVersion(self.inputs, self.rows, self.starts_on, self.ends_on, self.law, ()),)

    def version_on(self, day: date) -> TableVersion | None:
        """Return the version in force on a day, or None."""
        return next((version for version in self.versions if version.in_force_on(day)), None)


class Tables(RootModel[Annotated[Coded[Table], Field(max_length=MAX_TABLES)]]):
    """All tables of a package; the file is optional."""

    model_config = {"frozen": True}

    root: Annotated[Coded[Table], Field(max_length=MAX_TABLES)] = ()

    def of(self, code: str) -> Table | None:
        """Return the table with this code, or None."""
        return next((table for table in self.root if table.code == code), None)
