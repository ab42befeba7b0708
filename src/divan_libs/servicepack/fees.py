"""What a case costs, by the tariffs in force on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from divan_libs.servicepack.evaluation import Context, Evaluator
from divan_libs.servicepack.models import Beneficiary, Package, Tariff, TariffPeriod


class FeeUndetermined(Exception):
    """The package does not say what this case costs.

    ``code`` is ``fees.no-tariff-in-force`` or ``fees.no-row-applies``; a case is never charged by guess.
    """

    def __init__(self, code: str, tariff: str) -> None:
        self.code = code
        self.tariff = tariff
        super().__init__(f"{code} {tariff}")


@dataclass(frozen=True, slots=True)
class Charge:
    """One amount in rials, to whom, by which row and law."""

    tariff: str
    row: str
    amount: int
    beneficiary: Beneficiary
    law: str


@dataclass(frozen=True, slots=True)
class Fee:
    """All charges of a case; a free service has none and names the law that makes it free."""

    charges: tuple[Charge, ...]
    free_by: str | None = None

    @property
    def total(self) -> int:
        """Sum in rials."""
        return sum(charge.amount for charge in self.charges)


def fee_of(package: Package, context: Context) -> Fee:
    """Return what a case costs on ``context.today``; in each tariff the first row that holds decides.

    :raises FeeUndetermined: if a tariff is not in force or none of its rows holds.
    """
    if package.fees.free is not None:
        return Fee((), free_by=package.fees.free.law)
    evaluator = Evaluator(package, context)
    answers = evaluator.view().answers
    charges = []
    for tariff in package.fees.tariffs:
        period = period_on(tariff, context.today)
        if period is None:
            raise FeeUndetermined("fees.no-tariff-in-force", tariff.code)
        row = next((row for row in period.rows if evaluator.holds(row.when, answers)), None)
        if row is None:
            raise FeeUndetermined("fees.no-row-applies", tariff.code)
        charges.append(Charge(tariff.code, row.code, row.amount, tariff.beneficiary, period.law))
    return Fee(tuple(charges))


def period_on(tariff: Tariff, day: date) -> TariffPeriod | None:
    """Return the table in force on a day, or None."""
    return next(
        (
            period
            for period in tariff.periods
            if period.starts_on <= day and (period.ends_on is None or day < period.ends_on)
        ),
        None,
    )
