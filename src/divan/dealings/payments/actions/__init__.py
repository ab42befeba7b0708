"""What payments does."""

from divan.dealings.payments.actions.invoices import cancel_invoice, issue_invoice, open_account
from divan.dealings.payments.actions.paying import (
    begin_payment,
    note_answer,
    note_not_registered,
    note_registered,
    note_return,
    note_silence,
)
from divan.dealings.payments.actions.reconciling import reconcile_day, settle_difference
from divan.dealings.payments.actions.refunding import (
    approve_refund,
    ask_refund,
    note_refund_done,
    note_refund_failed,
    refuse_refund,
)

__all__ = [
    "approve_refund",
    "ask_refund",
    "begin_payment",
    "cancel_invoice",
    "issue_invoice",
    "note_answer",
    "note_not_registered",
    "note_refund_done",
    "note_refund_failed",
    "note_registered",
    "note_return",
    "note_silence",
    "open_account",
    "reconcile_day",
    "refuse_refund",
    "settle_difference",
]
