"""What a service costs: dated tariffs, each with its law and a small decision table."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from divan_libs.servicepack.models.card import Channel
from divan_libs.servicepack.models.notation import (
    Coded,
    Day,
    ExpressionText,
    FrozenMapping,
    LawCode,
    Part,
    Slug,
    Whole,
)

MAX_AMOUNT = 10**13
"""Rials that one charge may be at most; a result above it is a mistake and not a fee."""

Rials = Annotated[Whole, Field(ge=0, le=MAX_AMOUNT)]


class Beneficiary(StrEnum):
    """Whose money it is."""

    TREASURY = "treasury"
    BODY = "body"
    COUNTER_OFFICE = "counter-office"


class TariffRow(Part):
    """One row of the table, in rials: the first whose expression holds decides; a row without one always holds.

    The amount is a constant or the result of a number expression. ``per_channel`` sets it apart for some channels; with
    all of them named, the row needs no other amount.
    """

    code: Slug
    when: ExpressionText | None = None
    amount: Rials | None = None
    amount_from: ExpressionText | None = None
    per_channel: FrozenMapping[Rials] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_amount(self) -> TariffRow:
        channels = {str(channel) for channel in Channel}
        if not set(self.per_channel) <= channels:
            raise PydanticCustomError("fees.unknown-channel", "no such channel")
        given = (self.amount is not None) + (self.amount_from is not None)
        if given > 1 or (given == 0 and set(self.per_channel) != channels):
            raise PydanticCustomError("fees.amount", "a constant amount, or an expression, or an amount a channel")
        return self

    def constants(self) -> frozenset[int]:
        """Return the amounts that stand in the row as numbers."""
        return frozenset(self.per_channel.values()) | ({self.amount} if self.amount is not None else frozenset())


class TariffPeriod(Part):
    """A table in force from a day (included) to a day (excluded; open if absent), by a law."""

    starts_on: Day
    ends_on: Day | None = None
    law: LawCode
    rows: Annotated[Coded[TariffRow], Field(min_length=1)]


class Tariff(Part):
    """One kind of charge with its history; several tariffs of a service add up.

    A tariff whose ``when`` does not hold charges nothing.
    """

    code: Slug
    beneficiary: Beneficiary
    when: ExpressionText | None = None
    periods: Annotated[tuple[TariffPeriod, ...], Field(min_length=1)]


class FreeOfCharge(Part):
    """The service costs nothing, by this law."""

    law: LawCode


class Fees(Part):
    """Either free by a law, or tariffs; saying neither is refused by lint."""

    free: FreeOfCharge | None = None
    tariffs: Coded[Tariff] = ()

    def constants(self) -> frozenset[int]:
        """Return all amounts that stand in the tariffs as numbers."""
        rows = (row for tariff in self.tariffs for period in tariff.periods for row in period.rows)
        return frozenset().union(*(row.constants() for row in rows))

    @property
    def is_reckoned(self) -> bool:
        """Whether some amount is the result of an expression, so that the constants are not all there is."""
        rows = (row for tariff in self.tariffs for period in tariff.periods for row in period.rows)
        return any(row.amount_from is not None for row in rows)
