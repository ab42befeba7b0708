"""The shapes every file of a package is written in: codes, lists keyed by code, frozen mappings, dates in Jalali."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    Strict,
    StringConstraints,
    WrapSerializer,
    model_validator,
)
from pydantic_core import PydanticCustomError, PydanticSerializationUnexpectedValue

from divan_libs.persian.clocks import Clock
from divan_libs.persian.jalali import InvalidDate, parse_jalali

# CEL refuses these as identifiers, so neither a question nor a fact may bear such a name.
_RESERVED = frozenset(
    {"as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop"}
    | {"package", "namespace", "null", "return", "true", "var", "void", "while"}
)


class Part(BaseModel):
    """A frozen part of a package; keys nobody knows are refused, so that a misspelt one is not silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _refuse_reserved(name: str) -> str:
    if name in _RESERVED:
        raise PydanticCustomError("package.reserved-name", "a word of the expression language", {"name": name})
    return name


Whole = Annotated[int, Strict()]
"""A whole number; a text or a yes/no is not taken for one."""

Flag = Annotated[bool, Strict()]
"""``true`` or ``false``; nothing else is taken for one."""

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
"""A code such as ``village-head``: Latin small letters, digits and single dashes."""

Name = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=40), AfterValidator(_refuse_reserved)
]
"""A name that expressions may speak: a question, a fact, a field of a document."""

RequirementCode = Annotated[str, StringConstraints(pattern=r"^REQ(-[A-Z0-9]+)+$", max_length=60)]
LawCode = Annotated[str, StringConstraints(pattern=r"^LAW(-[A-Z0-9]+)+$", max_length=60)]
DataServiceCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*/[a-z][a-z0-9-]*$", max_length=100)]
ExpressionText = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
"""An expression in CEL; compiled by ``expressions`` and refused there if it does not fit."""


def _gregorian(value: object) -> object:
    """Read ``1404/05/01`` as a Jalali day; everything else is left to the ordinary reading of ISO dates."""
    if not isinstance(value, str | date):
        raise PydanticCustomError("package.date", "a day as text", {})
    if isinstance(value, str) and re.fullmatch(r"1[2-5]\d\d[/-]\d{1,2}[/-]\d{1,2}", value):
        try:
            return parse_jalali(value).isoformat()
        except InvalidDate as problem:
            raise PydanticCustomError("package.date", "no such Jalali day", {"value": value}) from problem
    return value


Day = Annotated[date, BeforeValidator(_gregorian)]
"""A day, written as ``1404/05/01`` (Jalali) or ``2025-07-23``; kept and stored as Gregorian."""

_Value = TypeVar("_Value")


def _freeze(value: Mapping[str, _Value]) -> Mapping[str, _Value]:
    return MappingProxyType(dict(value))


def _thaw(value: Mapping[str, Any], handler: SerializerFunctionWrapHandler) -> Any:
    if not isinstance(value, Mapping):  # a union tries this on its other members: ``dict`` would make sense of pairs
        raise PydanticSerializationUnexpectedValue(f"{type(value).__name__} is no mapping")
    return handler(dict(value))


FrozenMapping = Annotated[Mapping[str, _Value], AfterValidator(_freeze), WrapSerializer(_thaw)]
"""A mapping that cannot be changed after reading."""


def _listed(value: object) -> object:
    """Turn ``{draft: {…}, sign: {…}}`` into ``[{code: draft, …}, {code: sign, …}]``, keeping the order."""
    if not isinstance(value, Mapping):
        return value
    return [{"code": code, **entry} if isinstance(entry, Mapping) else entry for code, entry in value.items()]


def _refuse_repeated(entries: tuple[_Value, ...]) -> tuple[_Value, ...]:
    seen: set[object] = set()
    for entry in entries:
        code = getattr(entry, "code", None)
        if code in seen:
            raise PydanticCustomError("package.repeated-code", "the code stands twice", {"value": str(code)})
        seen.add(code)
    return entries


Coded = Annotated[tuple[_Value, ...], BeforeValidator(_listed), AfterValidator(_refuse_repeated)]
"""Entries with a code each: authors write a mapping from code to entry; the canonical form is a list, to keep order."""


class DayUnit(StrEnum):
    """What a clock counts; months and years are Jalali, as the laws of the country mean them."""

    CALENDAR_DAYS = "calendar-days"
    WORKING_DAYS = "working-days"
    HOURS = "hours"
    MONTHS = "months"
    YEARS = "years"


LONGEST = {DayUnit.MONTHS: 1200, DayUnit.YEARS: 100}
"""Amounts beyond which a span in this unit leaves every calendar."""


class ClockLength(Part):
    """A span that a statute or a card promises.

    The day on which it starts does not count unless said so, and an end on a day without work moves to the next one.
    """

    amount: Annotated[Whole, Field(ge=1, le=10_000)]
    unit: DayUnit
    start_day_counts: Flag = False
    roll_over: Flag = True

    @model_validator(mode="after")
    def _within_a_calendar(self) -> ClockLength:
        if self.amount > LONGEST.get(self.unit, self.amount):
            raise PydanticCustomError("package.span-too-long", "at most {most}", {"most": LONGEST[self.unit]})
        return self

    def to_clock(self) -> Clock:
        """Return the clock that ``divan_libs.persian.clocks`` counts with."""
        return Clock(self.amount, self.unit.value, excluded=not self.start_day_counts, roll_over=self.roll_over)

    def longest_hours(self) -> int:
        """Return an upper bound in hours without public holidays, so that clocks in different units can be compared.

        A working day counts as 7/5 of a calendar day (the two-day weekend), rounded up.
        """
        match self.unit:
            case DayUnit.HOURS:
                return self.amount
            case DayUnit.CALENDAR_DAYS:
                return self.amount * 24
            case DayUnit.WORKING_DAYS:
                return -(-self.amount * 7 // 5) * 24
            case DayUnit.MONTHS:
                return self.amount * 31 * 24
            case DayUnit.YEARS:
                return self.amount * 366 * 24


class PlaceLevel(StrEnum):
    """Levels of the country's divisions."""

    PROVINCE = "province"
    COUNTY = "county"
    DISTRICT = "district"
    RURAL_DISTRICT = "rural-district"
    CITY = "city"
    VILLAGE = "village"
