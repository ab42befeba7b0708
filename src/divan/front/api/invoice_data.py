"""Invoices and attempts to pay as data in the language of the request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from divan.dealings.payments import jobs
from divan.dealings.payments.values import Invoice, Payment, PaymentState
from divan.front.api.entrance import spoken
from divan.front.api.schemas import invoices as shapes
from divan.front.api.schemas.cases import State
from divan.front.texts.payments import LOOK_AGAIN_AFTER, word

ABOUT: Mapping[str, Literal["case", "bundle"]] = {"cases.case": "case", "cases.bundle-run": "bundle"}


def invoice_of(invoice: Invoice) -> shapes.Invoice:
    """Return an invoice with its lines."""
    return shapes.Invoice(
        uuid=invoice.uuid,
        number=invoice.number,
        title=invoice.title(spoken()),
        state=State(code=invoice.state, text=word("invoice-state", invoice.state)),
        total_rials=invoice.total,
        about=ABOUT.get(invoice.about_kind),
        about_uuid=invoice.about_uuid,
        issued_at=invoice.issued_at,
        due_at=invoice.due_at,
        paid_at=invoice.paid_at,
        bank_reference=invoice.bank_reference or None,
        lines=[
            shapes.InvoiceLine(
                service=line.service_code,
                title=line.title(spoken()),
                beneficiary=line.beneficiary,
                law=line.law,
                rials=line.amount,
                refunded_rials=line.refunded,
            )
            for line in invoice.lines
        ],
    )


def payment_of(payment: Payment) -> shapes.Payment:
    """Return an attempt to pay; the bank's page opens while it is registered there."""
    is_ready = payment.state is PaymentState.REGISTERED
    return shapes.Payment(
        uuid=payment.uuid,
        invoice=payment.invoice,
        rials=payment.amount,
        state=State(code=payment.state, text=word("payment-state", payment.state)),
        reason=payment.reason or None,
        bank_address=jobs.bank().page(payment.token) if is_ready else None,
        ask_again_after=LOOK_AGAIN_AFTER.get(payment.state),
        begun_at=payment.begun_at,
        paid_at=payment.paid_at,
        ended_at=payment.ended_at,
    )
