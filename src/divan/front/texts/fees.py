"""What a case costs as far as it is answered, in words."""

from __future__ import annotations

from dataclasses import dataclass

from divan.dealings.cases import queries
from divan.dealings.cases.values import Case
from divan.front.texts.laws import ShownLaw, shown_law
from divan.front.texts.payments import word
from divan_libs.servicepack.evaluation import Context
from divan_libs.servicepack.fees import Fee, FeeUndetermined, fee_of
from divan_libs.servicepack.models import Package


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeLine:
    """A charge as it is shown: what for, whose money, and by which law."""

    title: str
    row: str
    beneficiary: str
    law: ShownLaw
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFee:
    """What a case costs as far as it is answered; ``lines`` is empty for a free one, ``known`` whether it can be told.

    ``before`` is "submission", the step before which it is paid, or empty where it is not paid here.
    """

    known: bool
    free: bool
    total: int
    paid: int
    lines: tuple[FeeLine, ...]
    before: str

    @property
    def due_now(self) -> bool:
        """Whether something is to be paid before the request is sent."""
        return self.before == "submission" and self.total > self.paid


def shown_fee(package: Package, context: Context, case: Case, language: str) -> ShownFee:
    """Return what a case costs by the answers given so far."""
    need = package.needs.payment
    try:
        fee: Fee | None = fee_of(package, context)
    except FeeUndetermined:
        fee = None
    lines = [
        FeeLine(
            title=package.text(f"fees.{charge.tariff}.title", language),
            row=package.text(f"fees.{charge.tariff}.rows.{charge.row}", language),
            beneficiary=word("beneficiary", charge.beneficiary),
            law=shown_law(package.card, charge.law, short=True),
            amount=charge.amount,
        )
        for charge in (fee.charges if fee else ())
        if charge.amount
    ]
    return ShownFee(
        known=fee is not None,
        free=fee is not None and fee.total == 0,
        total=fee.total if fee else 0,
        paid=sum(one.amount for one in queries.list_case_invoices(case.uuid) if one.state == "paid"),
        lines=tuple(lines),
        before=need.before if need else "",
    )
