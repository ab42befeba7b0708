"""Determinants: conditions with a name, so that a rule of the law is written once and spoken of everywhere."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, RootModel, model_validator
from pydantic_core import PydanticCustomError

from divan_libs.servicepack.models.notation import ClockLength, Coded, DayUnit, ExpressionText, Name, Part

MAX_DETERMINANTS = 300


class Within(Part):
    """A clock of days that has run since a day and is not over yet; it does not hold while the day is not known.

    Unlike a difference of days in an expression it knows holidays: whether the first day counts, and that an end on a
    day without work moves on. ``since`` is an expression that gives a day, such as ``answers.born_on``.
    """

    since: ExpressionText
    clock: ClockLength

    @model_validator(mode="after")
    def _of_days(self) -> Within:
        if self.clock.unit is DayUnit.HOURS:
            raise PydanticCustomError("determinants.clock-of-hours", "a clock since a day counts days, not hours")
        return self


class Determinant(Part):
    """One condition over answers, facts, tables and other determinants; expressions see ``determinants.<code>``.

    It is an expression (``when``), or a clock that still runs (``within``).
    """

    code: Name
    when: ExpressionText | None = None
    within: Within | None = None

    @model_validator(mode="after")
    def _one_way_to_write(self) -> Determinant:
        if (self.when is None) == (self.within is None):
            raise PydanticCustomError("determinants.when-or-within", "either an expression, or a clock that still runs")
        return self


class Determinants(RootModel[Annotated[Coded[Determinant], Field(max_length=MAX_DETERMINANTS)]]):
    """All determinants of a package; the file is optional."""

    model_config = {"frozen": True}

    root: Annotated[Coded[Determinant], Field(max_length=MAX_DETERMINANTS)] = ()

    def of(self, code: str) -> Determinant | None:
        """Return the determinant with this code, or None."""
        return next((determinant for determinant in self.root if determinant.code == code), None)
