"""What others bring to an application: a second party reads and signs, a time for a visit is taken."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from divan.dealings.cases import actions, queries
from divan.dealings.cases.values import (
    AnswersChanged,
    Case,
    CaseUnknown,
    NotADraft,
    SignatureNotPossible,
    SignatureUnknown,
    TimeTaken,
    VisitNotPossible,
)
from divan.foundation import clock
from divan.foundation.http.access import SIGNED_IN, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.http.repeating import KeyReused
from divan.front.api import signature_data
from divan.front.api.caching import nothing_more, private_value
from divan.front.api.operations.applications import NeedCode
from divan.front.api.operations.services import Language
from divan.front.api.own import own_application, own_case, person_of
from divan.front.api.question_data import words
from divan.front.api.refusing import refuses
from divan.front.api.repeating import Key, done_once
from divan.front.api.schemas.applications import Booking, FreeTime, Visit
from divan.front.api.schemas.signatures import AskedSignatures, Signing, Statement
from divan.front.api.values import InputFault, InputRefused
from divan.registers.people import queries as people
from divan_libs.servicepack.models import AppointmentNeed

router = Router(tags=["signatures and visits"])


@router.post(
    "/me/applications/{uuid:case}/signatures/{need}",
    response={204: None},
    url_name="ask-signature",
    operation_id="askSignature",
    openapi_extra=refuses(CaseUnknown, NotADraft, SignatureNotPossible, KeyReused),
)
@access(SIGNED_IN)
def ask_signature(request: HttpRequest, case: Annotated[UUID, Path()], need: NeedCode, key: Key) -> HttpResponse:
    """Ask the second parties whom the answers name to sign; they are told by a short message."""
    own_application(request, case)

    def deed() -> HttpResponse:
        actions.ask_signatures(case=case, need=need, actor=actor_of(request), now=clock.now())
        return nothing_more()

    return done_once(request, key, deed)


@router.get(
    "/me/applications/{uuid:case}/visits/{need}",
    response=Visit,
    url_name="visit",
    operation_id="getVisit",
    openapi_extra=refuses(CaseUnknown, VisitNotPossible),
)
@access(SIGNED_IN)
def get_visit(
    request: HttpRequest,
    case: Annotated[UUID, Path()],
    need: NeedCode,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Tell the free times of a visit, and the one that is booked."""
    return private_value(_visit(own_case(request, case), need))


@router.put(
    "/me/applications/{uuid:case}/visits/{need}",
    response=Visit,
    url_name="visit",
    operation_id="bookVisit",
    openapi_extra=refuses(CaseUnknown, NotADraft, VisitNotPossible, TimeTaken),
)
@access(SIGNED_IN)
def book_visit(
    request: HttpRequest,
    case: Annotated[UUID, Path()],
    need: NeedCode,
    booking: Booking,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Take a seat at a time; the one that was taken before is free again. The same time again changes nothing."""
    if booking.starts_at.tzinfo is None:
        raise InputRefused(faults=(InputFault("api.input.datetime-parsing", "body", "booking.starts_at"),))
    found = own_case(request, case)
    actions.book_visit(case=case, need=need, starts_at=booking.starts_at, actor=actor_of(request), now=clock.now())
    return private_value(_visit(found, need))


@router.delete(
    "/me/applications/{uuid:case}/visits/{need}",
    response={204: None},
    url_name="visit",
    operation_id="cancelVisit",
    openapi_extra=refuses(CaseUnknown, NotADraft),
)
@access(SIGNED_IN)
def cancel_visit(request: HttpRequest, case: Annotated[UUID, Path()], need: NeedCode) -> HttpResponse:
    """Give a booked visit up before the application is sent; where there is none nothing happens."""
    own_case(request, case)
    actions.cancel_visit(case=case, need=need, actor=actor_of(request), now=clock.now())
    return nothing_more()


def _visit(case: Case, need: str) -> Visit:
    package = queries.get_package_of(case)
    declared = package.needs.of(need)
    if not isinstance(declared, AppointmentNeed):
        raise VisitNotPossible(reason="no-such-visit")
    held = next((one for one in queries.list_visits(case.uuid) if one.need == need), None)
    return Visit(
        code=need,
        title=words(package, f"needs.{need}.title"),
        reason=words(package, f"needs.{need}.reason"),
        body=people.get_unit(declared.body).code,
        booked=held.starts_at if held else None,
        free=[
            FreeTime(starts_at=one.starts_at, ends_at=one.ends_at, seats=one.seats)
            for one in queries.list_free_times(case, declared, clock.now())
        ],
    )


def _mine(request: HttpRequest) -> str:
    return people.get_person(person_of(request)).national_code


@router.get("/me/signatures", response=AskedSignatures, url_name="signatures", operation_id="listSignatures")
@access(SIGNED_IN)
def list_signatures(
    request: HttpRequest,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """List what others ask one to sign, and what one has answered."""
    found = queries.list_signatures_of(_mine(request))
    return private_value(AskedSignatures(items=[signature_data.line_of(one) for one in found]))


@router.get(
    "/me/signatures/{uuid:signature}",
    response=Statement,
    url_name="signature",
    operation_id="getSignature",
    openapi_extra=refuses(SignatureUnknown),
)
@access(SIGNED_IN)
def get_signature(
    request: HttpRequest,
    signature: Annotated[UUID, Path()],
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Tell what one is asked to sign: the statement and the answers, in words."""
    return private_value(signature_data.statement_of(queries.get_signature_of(signature, _mine(request))))


@router.post(
    "/me/signatures/{uuid:signature}",
    response=Statement,
    url_name="signature",
    operation_id="answerSignature",
    openapi_extra=refuses(SignatureUnknown, SignatureNotPossible, AnswersChanged, KeyReused),
)
@access(SIGNED_IN)
def answer_signature(
    request: HttpRequest,
    signature: Annotated[UUID, Path()],
    signing: Signing,
    key: Key,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Sign exactly what was read, named by its digest, or refuse to sign."""
    actor, now = actor_of(request), clock.now()

    def deed() -> HttpResponse:
        if signing.do == "sign":
            given = actions.give_signature(signature=signature, digest=signing.digest, actor=actor, now=now)
        else:
            given = actions.refuse_signature(signature=signature, note=signing.note, actor=actor, now=now)
        return private_value(signature_data.statement_of(given, told=False))

    return done_once(request, key, deed)
