"""What an applicant may still do with a case that was sent: withdraw it, pay for it, object, rate."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Path, Router

from divan.dealings.cases import actions
from divan.dealings.cases.values import (
    CaseNotOpen,
    CaseUnknown,
    NothingToPay,
    ObjectionNotPossible,
    RatingNotPossible,
    WithdrawalTooLate,
)
from divan.dealings.payments.values import InvoiceBeingPaid
from divan.foundation import clock
from divan.foundation.http.access import SIGNED_IN, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.http.repeating import KeyReused
from divan.front.api.caching import private_value
from divan.front.api.operations.services import Language
from divan.front.api.own import own_case
from divan.front.api.refusing import refuses
from divan.front.api.repeating import Key, done_once
from divan.front.api.schemas.cases import Withdrawn
from divan.front.api.schemas.invoices import CaseInvoice
from divan.front.api.schemas.voices import NewObjection, NewRating, Objection, Rating

router = Router(tags=["cases"])


@router.post(
    "/me/cases/{uuid:case}/withdrawal",
    response=Withdrawn,
    url_name="withdrawal",
    operation_id="withdrawCase",
    openapi_extra=refuses(CaseUnknown, CaseNotOpen, WithdrawalTooLate, KeyReused),
)
@access(SIGNED_IN)
def withdraw_case(request: HttpRequest, case: Annotated[UUID, Path()], key: Key) -> HttpResponse:
    """Withdraw a case, as long as the flow of its service allows it."""
    own_case(request, case)

    def deed() -> HttpResponse:
        found = actions.withdraw_case(case=case, actor=actor_of(request), now=clock.now())
        return private_value(Withdrawn(case=case, state=found.state, closed_at=found.closed_at))

    return done_once(request, key, deed)


@router.post(
    "/me/cases/{uuid:case}/invoice",
    response=CaseInvoice,
    url_name="case-invoice",
    operation_id="askInvoice",
    openapi_extra=refuses(CaseUnknown, NothingToPay, InvoiceBeingPaid, KeyReused),
)
@access(SIGNED_IN)
def ask_invoice(request: HttpRequest, case: Annotated[UUID, Path()], key: Key) -> HttpResponse:
    """Give the invoice of a case that waits for its fee, or of a draft that is paid before it is sent."""
    own_case(request, case)

    def deed() -> HttpResponse:
        asked = actions.ask_payment(case=case, actor=actor_of(request), now=clock.now())
        address = reverse("api:invoice", args=[asked.invoice])
        value = CaseInvoice(invoice=asked.invoice, rials=asked.amount, state=asked.state, address=address)
        return private_value(value, location=address)

    return done_once(request, key, deed)


@router.post(
    "/me/cases/{uuid:case}/objection",
    response={201: Objection},
    url_name="objection",
    operation_id="object",
    openapi_extra=refuses(CaseUnknown, ObjectionNotPossible, KeyReused),
)
@access(SIGNED_IN)
def object_to(
    request: HttpRequest,
    case: Annotated[UUID, Path()],
    objection: NewObjection,
    key: Key,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Object to the newest decision of a case with a reason; somebody else than before hears it."""
    own_case(request, case)

    def deed() -> HttpResponse:
        found = actions.raise_objection(case=case, text=objection.text, actor=actor_of(request), now=clock.now())
        value = Objection(case=case, state=found.state, due_at=found.due_at)
        return private_value(value, status=201, location=reverse("api:own-case", args=[case]))

    return done_once(request, key, deed)


@router.post(
    "/me/cases/{uuid:case}/rating",
    response={201: Rating},
    url_name="rating",
    operation_id="rateCase",
    openapi_extra=refuses(CaseUnknown, RatingNotPossible, KeyReused),
)
@access(SIGNED_IN)
def rate_case(
    request: HttpRequest,
    case: Annotated[UUID, Path()],
    rating: NewRating,
    key: Key,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Say once, after the answer, how one was served."""
    own_case(request, case)

    def deed() -> HttpResponse:
        given = actions.rate_case(
            case=case, stars=rating.stars, words=rating.words, actor=actor_of(request), now=clock.now()
        )
        value = Rating(case=case, stars=given.stars, words=given.words, rated_at=given.rated_at)
        return private_value(value, status=201)

    return done_once(request, key, deed)
