"""What payments keeps."""

from divan.dealings.payments.models.money import Account, Invoice, InvoiceLine, Payment, RefundOrder, RefundShare
from divan.dealings.payments.models.reconciliation import Difference, Statement, StatementLine

__all__ = [
    "Account",
    "Difference",
    "Invoice",
    "InvoiceLine",
    "Payment",
    "RefundOrder",
    "RefundShare",
    "Statement",
    "StatementLine",
]
