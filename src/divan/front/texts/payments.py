"""What is said of money: states, beneficiaries, reasons, differences, and what payments refuses."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from divan.dealings.payments.values import PaymentState

Text = Promise | str

WORDS: Mapping[str, Mapping[str, Text]] = {
    "invoice-state": {
        "open": _("To be paid"),
        "paid": _("Paid"),
        "cancelled": _("Fallen away"),
        "partly-refunded": _("Paid, in part given back"),
        "refunded": _("Given back"),
    },
    "payment-state": {
        "begun": _("The bank is being told"),
        "registered": _("Waiting for the payer at the bank"),
        "returned": _("The bank is being asked"),
        "in-doubt": _("In doubt"),
        "verified": _("Paid, confirmed by the bank"),
        "surplus": _("Money too many, goes back"),
        "failed": _("Not paid"),
    },
    "refund-state": {
        "asked": _("To be decided"),
        "approved": _("Approved, goes to the bank"),
        "sent": _("Handed to the bank"),
        "done": _("Given back"),
        "refused": _("Refused"),
        "failed": _("The bank refused"),
    },
    "beneficiary": {
        "treasury": _("The treasury"),
        "body": _("The body's own income"),
        "counter-office": _("The counter office"),
    },
    "reason": {
        "cancelled": _("You broke it off at the bank."),
        "expired": _(
            "The time to pay at the bank is over. If money left your account, the bank gives it back by itself."
        ),
        "bank-silent": _("The bank does not answer at the moment."),
    },
    "difference": {
        "unknown-payment": _("The bank states a payment that we do not know"),
        "unknown-refund": _("The bank states a refund that we did not order"),
        "not-paid-here": _("The bank states a payment that we do not hold paid"),
        "amount": _("The amounts differ"),
        "split": _("The bank passed the money on to other accounts or in other parts"),
        "missing-payment": _("We hold a payment that the bank does not state"),
        "missing-refund": _("We hold a refund that the bank does not state"),
    },
}

TONES: Mapping[str, str] = {
    "open": "waiting",
    "paid": "good",
    "cancelled": "",
    "partly-refunded": "info",
    "refunded": "info",
    "begun": "info",
    "registered": "info",
    "returned": "info",
    "in-doubt": "solid-bad",
    "verified": "good",
    "surplus": "waiting",
    "failed": "bad",
    "asked": "waiting",
    "approved": "info",
    "sent": "info",
    "done": "good",
    "refused": "bad",
}
"""Which tone a state's tag has; the words say the same."""


LOOK_AGAIN_AFTER: Mapping[PaymentState, int] = {
    PaymentState.BEGUN: 2,
    PaymentState.RETURNED: 2,
    PaymentState.REGISTERED: 15,
    PaymentState.IN_DOUBT: 30,
}
"""Seconds after which it is worth while to look at an attempt again; one that has ended stands still."""


def word(kind: str, code: str) -> str:
    """Return a coded value in the active language; an unknown code stands as it is."""
    return str(WORDS[kind].get(code, code))


REFUSALS: Mapping[str, tuple[Text, Text, Text]] = {
    "payments.invoice-unknown": (
        _("This invoice was not found."),
        _("The address may be mistyped, or the invoice is not yours."),
        _("Look in the list of your payments."),
    ),
    "payments.payment-unknown": (
        _("This payment was not found."),
        _("What was brought back from the bank does not belong to a payment begun here. Nothing was changed."),
        _("Look in the list of your payments; what the bank took is found there by itself."),
    ),
    "payments.lines-faulty": (_("No invoice can be made of this."), _("An amount, a title or a law is missing."), ""),
    "payments.account-missing": (
        _("Nobody laid down to which account this money goes."),
        _("So no invoice was issued."),
        _("Have the account entered first."),
    ),
    "payments.account-faulty": (_("This is no bank account."), "", _("Compare the Sheba with the bank's letter.")),
    "payments.invoice-differs": (
        _("An open invoice about this asks for something else."),
        _("Nothing was changed."),
        _("Cancel the open invoice first."),
    ),
    "payments.invoice-not-open": (
        _("There is nothing to pay here."),
        _("The invoice is paid already, or it fell away."),
        _("See the invoice for where it stands."),
    ),
    "payments.invoice-overdue": (
        _("The time to pay this invoice is over."),
        "",
        _("Look at your case: it says what can be done."),
    ),
    "payments.invoice-being-paid": (
        _("Somebody is paying this invoice at this moment."),
        _("Until the bank says how that ended, the invoice stays."),
        _("Please try again in some minutes."),
    ),
    "payments.payment-in-doubt": (
        _("Your last payment is still in doubt."),
        _("So that you do not pay twice, no other payment begins before the bank has said how it ended."),
        _("You need not do anything; the page of the payment says how it ended."),
    ),
    "payments.refund-unknown": (_("This refund was not found."), "", ""),
    "payments.refund-too-large": (
        _("So much cannot go back."),
        _("It was not paid, or it went back already, or it is on its way. Nothing was recorded."),
        _("Look at what is left of each line."),
    ),
    "payments.refund-decided": (_("This refund was decided before."), _("Nothing of yours was recorded."), ""),
    "payments.refund-by-same-person": (
        _("Who asks for a refund does not approve it."),
        _("Nothing was recorded."),
        _("Another officer has to look at it."),
    ),
    "payments.reason-missing": (_("A reason in words is needed."), _("Nothing was recorded."), _("Write it.")),
    "payments.difference-unknown": (_("This difference was settled, or there is none."), "", ""),
    "payments.statement-faulty": (
        _("The bank's statement cannot be used."),
        _("It speaks of another day, or names a movement twice. Nothing was changed."),
        _("Ask the bank."),
    ),
}
