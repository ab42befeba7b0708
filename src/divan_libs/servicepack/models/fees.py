"""What a service costs: dated tariffs, each with its law and a small decision table."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from divan_libs.servicepack.models.notation import Coded, Day, ExpressionText, LawCode, Part, Slug, Whole


class Beneficiary(StrEnum):
    """Whose money it is."""

    TREASURY = "treasury"
    BODY = "body"
    COUNTER_OFFICE = "counter-office"


class TariffRow(Part):
    """One row of the table, in rials: the first whose expression holds decides; a row without one always holds."""

    code: Slug
    when: ExpressionText | None = None
    amount: Annotated[Whole, Field(ge=0, le=10**13)]


class TariffPeriod(Part):
    """A table in force from a day (included) to a day (excluded; open if absent), by a law."""

    starts_on: Day
    ends_on: Day | None = None
    law: LawCode
    rows: Annotated[Coded[TariffRow], Field(min_length=1)]


class Tariff(Part):
    """One kind of charge with its history; several tariffs of a service add up."""

    code: Slug
    beneficiary: Beneficiary
    periods: Annotated[tuple[TariffPeriod, ...], Field(min_length=1)]


class FreeOfCharge(Part):
    """The service costs nothing, by this law."""

    law: LawCode


class Fees(Part):
    """Either free by a law, or tariffs; saying neither is refused by lint."""

    free: FreeOfCharge | None = None
    tariffs: Coded[Tariff] = ()
