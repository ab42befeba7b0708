"""The tariff of a service as its page prints it: what is charged today, and what will be charged from a later day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from divan.foundation.ui.numbers import rials
from divan.front.texts.laws import ShownLaw, shown_law
from divan.front.texts.payments import word as payment_word
from divan.front.texts.words import word
from divan_libs.servicepack.models import Package
from divan_libs.servicepack.models.fees import Tariff, TariffPeriod, TariffRow


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffLine:
    """A row of the tariff: what for, in which case, whose money, by which law, and how much in words."""

    title: str
    row: str
    beneficiary: str
    law: ShownLaw
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffTable:
    """The rows that are in force from a day on; ``starts_on`` is None for those of today."""

    starts_on: date | None
    lines: tuple[TariffLine, ...]


def tariff_tables(package: Package, language: str, on: date) -> list[TariffTable]:
    """Return the rows in force on a day, and after them those of each later day on which something changes."""
    periods = [(tariff, period) for tariff in package.fees.tariffs for period in tariff.periods]
    current = [
        (tariff, period)
        for tariff, period in periods
        if period.starts_on <= on and (period.ends_on is None or on < period.ends_on)
    ]
    days = sorted({period.starts_on for _tariff, period in periods if period.starts_on > on})
    tables = [(None, current), *((day, [pair for pair in periods if pair[1].starts_on == day]) for day in days)]
    return [
        TariffTable(
            starts_on=day,
            lines=tuple(
                _line(package, tariff, period, row, language) for tariff, period in found for row in period.rows
            ),
        )
        for day, found in tables
        if found
    ]


def _line(package: Package, tariff: Tariff, period: TariffPeriod, row: TariffRow, language: str) -> TariffLine:
    return TariffLine(
        title=package.text(f"fees.{tariff.code}.title", language),
        row=package.text(f"fees.{tariff.code}.rows.{row.code}", language),
        beneficiary=payment_word("beneficiary", str(tariff.beneficiary)),
        law=shown_law(package.card, period.law, short=True),
        amount=_amount(row),
    )


def _amount(row: TariffRow) -> str:
    """Return what a row charges: a sum, the sums of channels, or that it follows from the answers."""
    said = [
        _("%(channel)s: %(amount)s") % {"channel": word("channel", channel), "amount": rials(amount)}
        for channel, amount in row.per_channel.items()
    ]
    if row.amount is not None:
        said.insert(0, rials(row.amount))
    elif row.amount_from is not None:
        said.insert(0, _("worked out from your answers"))
    return _("; ").join(said)
