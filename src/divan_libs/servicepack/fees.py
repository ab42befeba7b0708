"""What a case costs, by the tariffs in force on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from divan_libs.servicepack.answer_values import AnswerValue
from divan_libs.servicepack.evaluation import Context, Evaluator
from divan_libs.servicepack.expressions import EvaluationFailed, ValueType
from divan_libs.servicepack.models import Beneficiary, Package, Tariff, TariffPeriod, TariffRow
from divan_libs.servicepack.models.fees import MAX_AMOUNT


class FeeUndetermined(Exception):
    """The package does not say what this case costs.

    ``code`` is ``fees.no-tariff-in-force``, ``fees.no-row-applies``, ``fees.amount-undetermined`` (its expression ends
    in an error) or ``fees.amount-out-of-range`` (below nothing or above ``MAX_AMOUNT``); a case is never charged by
    guess.
    """

    def __init__(self, code: str, tariff: str, detail: str = "") -> None:
        self.code = code
        self.tariff = tariff
        self.detail = detail
        super().__init__(f"{code} {tariff} {detail}".strip())


@dataclass(frozen=True, slots=True)
class Charge:
    """One amount in rials, to whom, by which row and law; ``confirmed`` says whether somebody has read that law."""

    tariff: str
    row: str
    amount: int
    beneficiary: Beneficiary
    law: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Fee:
    """All charges of a case; a free service has none and names the law that makes it free.

    ``confirmed`` is whether all laws behind it have been read; what is not confirmed is shown as a demonstration.
    """

    charges: tuple[Charge, ...]
    free_by: str | None = None
    confirmed: bool = True

    @property
    def total(self) -> int:
        """Sum in rials."""
        return sum(charge.amount for charge in self.charges)


def fee_of(package: Package, context: Context) -> Fee:
    """Return what a case costs on ``context.today``; in each tariff that applies the first row that holds decides.

    :raises FeeUndetermined: if a tariff is not in force, none of its rows holds, or its amount cannot be told.
    """
    if package.fees.free is not None:
        law = package.fees.free.law
        return Fee((), free_by=law, confirmed=_is_confirmed(package, law))
    evaluator = Evaluator(package, context)
    answers = evaluator.view().answers
    charges = tuple(
        _charge(evaluator, tariff, answers) for tariff in package.fees.tariffs if evaluator.holds(tariff.when, answers)
    )
    return Fee(charges, confirmed=all(charge.confirmed for charge in charges))


def _charge(evaluator: Evaluator, tariff: Tariff, answers: Mapping[str, AnswerValue]) -> Charge:
    period = period_on(tariff, evaluator.context.today)
    if period is None:
        raise FeeUndetermined("fees.no-tariff-in-force", tariff.code)
    row = next((row for row in period.rows if evaluator.holds(row.when, answers)), None)
    if row is None:
        raise FeeUndetermined("fees.no-row-applies", tariff.code)
    amount = _amount(evaluator, tariff, row, answers)
    confirmed = _is_confirmed(evaluator.package, period.law)
    return Charge(tariff.code, row.code, amount, tariff.beneficiary, period.law, confirmed)


def _amount(evaluator: Evaluator, tariff: Tariff, row: TariffRow, answers: Mapping[str, AnswerValue]) -> int:
    """Return the amount of a row: that of the channel, the constant, or the result of its expression."""
    of_channel = row.per_channel.get(str(evaluator.context.channel), row.amount)
    if of_channel is not None:
        return of_channel
    if row.amount_from is None:
        raise FeeUndetermined("fees.amount-undetermined", tariff.code, row.code)
    try:
        amount = evaluator.value(row.amount_from, answers, ValueType.NUMBER)
    except EvaluationFailed as failure:
        raise FeeUndetermined("fees.amount-undetermined", tariff.code, failure.detail) from failure
    if not isinstance(amount, int) or not 0 <= amount <= MAX_AMOUNT:
        raise FeeUndetermined("fees.amount-out-of-range", tariff.code, str(amount))
    return amount


def _is_confirmed(package: Package, law: str) -> bool:
    found = package.card.law(law)
    return found is not None and found.confirmed


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
