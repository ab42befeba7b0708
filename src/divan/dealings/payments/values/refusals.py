"""What payments refuses."""

from __future__ import annotations

from divan.foundation.errors import Refusal


class InvoiceUnknown(Refusal):
    """There is no such invoice, or it is not for this reader."""

    code = "payments.invoice-unknown"
    status = 404


class PaymentUnknown(Refusal):
    """There is no such payment, or it is not for this reader, or the token is another one."""

    code = "payments.payment-unknown"
    status = 404


class LinesFaulty(Refusal):
    """An invoice cannot be made of these lines; ``reason`` says why."""

    code = "payments.lines-faulty"
    status = 400


class AccountMissing(Refusal):
    """Nobody said to which account the money of ``beneficiary`` and ``body`` goes."""

    code = "payments.account-missing"


class AccountFaulty(Refusal):
    """This is not a bank account."""

    code = "payments.account-faulty"
    status = 400


class InvoiceDiffers(Refusal):
    """An open invoice about the same thing asks for something else; cancel it first."""

    code = "payments.invoice-differs"


class InvoiceNotOpen(Refusal):
    """The invoice is paid or cancelled: nothing is to be paid."""

    code = "payments.invoice-not-open"


class InvoiceOverdue(Refusal):
    """The time to pay this invoice is over."""

    code = "payments.invoice-overdue"


class InvoiceBeingPaid(Refusal):
    """A payment of the invoice is under way; until its end is known the invoice stays."""

    code = "payments.invoice-being-paid"


class PaymentInDoubt(Refusal):
    """Nobody knows yet whether the last payment took money; no other begins before that is known."""

    code = "payments.payment-in-doubt"


class RefundUnknown(Refusal):
    """There is no such order, or it is not for this reader."""

    code = "payments.refund-unknown"
    status = 404


class RefundTooLarge(Refusal):
    """More is asked back than was paid and has not gone back yet."""

    code = "payments.refund-too-large"


class RefundDecided(Refusal):
    """The order was decided before."""

    code = "payments.refund-decided"


class RefundBySamePerson(Refusal):
    """Who asks for a refund does not approve it."""

    code = "payments.refund-by-same-person"
    status = 403


class ReasonMissing(Refusal):
    """An order, a refusal or a settlement needs its reason in words."""

    code = "payments.reason-missing"
    status = 400


class DifferenceUnknown(Refusal):
    """There is no such difference, or it is settled."""

    code = "payments.difference-unknown"
    status = 404


class StatementFaulty(Refusal):
    """The bank's statement is of another day, or names a movement twice."""

    code = "payments.statement-faulty"
