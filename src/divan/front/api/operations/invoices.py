"""Invoices and paying them: begun here, done at the bank, believed when the bank says so."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Path, Router

from divan.dealings.payments import actions, queries
from divan.dealings.payments.values import (
    InvoiceNotOpen,
    InvoiceOverdue,
    InvoiceUnknown,
    PaymentInDoubt,
    PaymentUnknown,
)
from divan.foundation import clock
from divan.foundation.http.access import SIGNED_IN, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.http.repeating import KeyReused
from divan.front.api import invoice_data
from divan.front.api.caching import private_value
from divan.front.api.operations.services import Language
from divan.front.api.own import own_invoice, person_of
from divan.front.api.refusing import refuses
from divan.front.api.repeating import Key, done_once
from divan.front.api.schemas.invoices import Invoice, Invoices, Payment
from divan.front.texts.payments import LOOK_AGAIN_AFTER

router = Router(tags=["invoices"])


@router.get("/me/invoices", response=Invoices, url_name="invoices", operation_id="listInvoices")
@access(SIGNED_IN)
def list_invoices(
    request: HttpRequest,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """List one's invoices, what is to be paid first."""
    found = queries.list_invoices_of(person_of(request))
    return private_value(Invoices(items=[invoice_data.invoice_of(one) for one in found]))


@router.get(
    "/me/invoices/{uuid:invoice}",
    response=Invoice,
    url_name="invoice",
    operation_id="getInvoice",
    openapi_extra=refuses(InvoiceUnknown),
)
@access(SIGNED_IN)
def get_invoice(
    request: HttpRequest,
    invoice: Annotated[UUID, Path()],
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Tell an invoice: what is charged for which service, whose money it is, by which law."""
    return private_value(invoice_data.invoice_of(own_invoice(request, invoice)))


@router.post(
    "/me/invoices/{uuid:invoice}/payments",
    response={201: Payment},
    url_name="payments",
    operation_id="beginPayment",
    openapi_extra=refuses(InvoiceUnknown, InvoiceNotOpen, InvoiceOverdue, PaymentInDoubt, KeyReused),
)
@access(SIGNED_IN)
def begin_payment(
    request: HttpRequest,
    invoice: Annotated[UUID, Path()],
    key: Key,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Begin to pay, or go on with the attempt that is under way; the bank is told in a moment, so look again."""
    own_invoice(request, invoice)

    def deed() -> HttpResponse:
        made = actions.begin_payment(invoice=invoice, actor=actor_of(request), now=clock.now())
        location = reverse("api:payment", args=[invoice, made.uuid])
        return private_value(invoice_data.payment_of(made), status=201, location=location)

    return done_once(request, key, deed)


@router.get(
    "/me/invoices/{uuid:invoice}/payments/{uuid:payment}",
    response=Payment,
    url_name="payment",
    operation_id="getPayment",
    openapi_extra=refuses(InvoiceUnknown, PaymentUnknown),
)
@access(SIGNED_IN)
def get_payment(
    request: HttpRequest,
    invoice: Annotated[UUID, Path()],
    payment: Annotated[UUID, Path()],
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Tell how an attempt to pay stands, with the bank's address once it is ready, and when to look again."""
    own_invoice(request, invoice)
    found = next((one for one in queries.list_payments_of(invoice) if one.uuid == payment), None)
    if found is None:
        raise PaymentUnknown
    answer = private_value(invoice_data.payment_of(found))
    if (seconds := LOOK_AGAIN_AFTER.get(found.state)) is not None:
        answer["Retry-After"] = str(seconds)
    return answer
