"""The facts of payments."""

from __future__ import annotations

from divan.foundation.kinds import FactKind

ACCOUNT_OPENED = FactKind(
    "payments.account-opened", "It was laid down, or changed, to which account the money of a beneficiary goes."
)
INVOICE_ISSUED = FactKind("payments.invoice-issued", "A person was asked to pay, line by line, by these laws.")
INVOICE_PAID = FactKind(
    "payments.invoice-paid", "An invoice was paid in full, once; the bank confirmed it server to server."
)
INVOICE_CANCELLED = FactKind("payments.invoice-cancelled", "An unpaid invoice fell away.")
INVOICE_REFUNDED = FactKind("payments.invoice-refunded", "Money of a paid invoice went back, in part or in full.")
PAYMENT_BEGUN = FactKind("payments.payment-begun", "A payer began to pay an invoice.")
PAYMENT_REGISTERED = FactKind("payments.payment-registered", "The bank took the order and gave its token.")
PAYMENT_RETURNED = FactKind("payments.payment-returned", "Somebody came back from the bank with the right token.")
PAYMENT_IN_DOUBT = FactKind(
    "payments.payment-in-doubt", "Nobody knows whether a payment took money; the bank is asked."
)
PAYMENT_FAILED = FactKind("payments.payment-failed", "An attempt to pay ended without money.")
PAYMENT_VERIFIED = FactKind("payments.payment-verified", "The bank confirmed a payment with amount and reference.")
PAYMENT_SURPLUS = FactKind(
    "payments.payment-surplus", "Money came for an invoice that could take none any more; it goes back."
)
REFUND_ASKED = FactKind("payments.refund-asked", "Somebody asked that money goes back to the payer.")
REFUND_APPROVED = FactKind("payments.refund-approved", "Another person approved a refund.")
REFUND_REFUSED = FactKind("payments.refund-refused", "A refund was refused, with its reason.")
REFUND_SENT = FactKind("payments.refund-sent", "An approved refund was handed to the bank.")
REFUND_DONE = FactKind("payments.refund-done", "The bank gave the money back.")
REFUND_FAILED = FactKind("payments.refund-failed", "The bank refused to give the money back.")
STATEMENT_READ = FactKind("payments.statement-read", "The bank's statement of a day was compared with the books.")
DIFFERENCE_FOUND = FactKind("payments.difference-found", "Statement and books do not agree.")
DIFFERENCE_SETTLED = FactKind(
    "payments.difference-settled", "A difference was explained by a person, or a later reading no longer showed it."
)
