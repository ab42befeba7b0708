"""What payments tells."""

from divan.dealings.payments.queries.invoices import (
    PAGE,
    find_invoice_of,
    find_live_payment,
    get_invoice,
    get_invoice_of,
    get_payment,
    is_of_body,
    list_invoices_of,
    list_payments_of,
    refunded_by_line,
    search_invoices,
    shares_of,
    shares_of_refund,
)
from divan.dealings.payments.queries.office import (
    days_to_reconcile,
    get_refund,
    get_statement,
    list_differences,
    list_refunds,
    list_refunds_of,
    list_statements,
)

__all__ = [
    "PAGE",
    "days_to_reconcile",
    "find_invoice_of",
    "find_live_payment",
    "get_invoice",
    "get_invoice_of",
    "get_payment",
    "get_refund",
    "get_statement",
    "is_of_body",
    "list_differences",
    "list_invoices_of",
    "list_payments_of",
    "list_refunds",
    "list_refunds_of",
    "list_statements",
    "refunded_by_line",
    "search_invoices",
    "shares_of",
    "shares_of_refund",
]
