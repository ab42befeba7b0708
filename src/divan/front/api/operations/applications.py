"""Applying: begin, read what is asked, answer, see what is missing and what it costs, send, give up."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Path, Router

from divan.dealings.cases import actions, queries
from divan.dealings.cases.values import (
    AnswersOutdated,
    AnswersRefused,
    CaseUnknown,
    NotADraft,
    NotComplete,
    NothingToPay,
    ServiceNotElectronic,
)
from divan.dealings.payments.values import InvoiceBeingPaid
from divan.foundation import clock
from divan.foundation.http.access import SIGNED_IN, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.http.repeating import KeyReused
from divan.front.api import application_data
from divan.front.api.caching import nothing_more, private_value
from divan.front.api.entrance import spoken
from divan.front.api.operations.services import Language, ServiceCode
from divan.front.api.own import own_application, own_case
from divan.front.api.problems import problem_answer
from divan.front.api.refusing import refuses
from divan.front.api.repeating import Key, Seen, done_once, revision_seen
from divan.front.api.schemas.applications import Answers, Application, Begun, FeeNow, NewAnswers, Submission
from divan.front.api.service_data import version_of
from divan.front.api.values import InputFault, PreconditionNeeded
from divan.front.questions.given import read_given
from divan.front.questions.sending import missing_of, send
from divan.registers.catalogue import queries as catalogue
from divan.registers.catalogue.values import ServiceUnknown

router = Router(tags=["applications"])
NeedCode = Annotated[str, Path(max_length=60, pattern="^[A-Z0-9-]+$", description="code of the requirement")]


def begun(case: UUID) -> HttpResponse:
    """Return the answer to a beginning: the case and where it is filled in."""
    found = queries.get_case(case)
    address = reverse("api:application", args=[case])
    version = version_of(catalogue.get_version(found.version))
    value = Begun(case=case, service=found.service_code, version=version, address=address)
    return private_value(value, status=201, location=address)


@router.post(
    "/services/{code}/applications",
    response={201: Begun},
    url_name="begin",
    operation_id="beginApplication",
    openapi_extra=refuses(ServiceUnknown, ServiceNotElectronic, KeyReused),
)
@access(SIGNED_IN)
def begin_application(
    request: HttpRequest,
    code: ServiceCode,
    key: Key,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Begin an application on the version that is offered now, or go on with one's untouched draft of it.

    Registers are asked at once what they know of the applicant. Messages about the case come in the request's language.
    """

    def deed() -> HttpResponse:
        case = actions.start_draft(service_code=code, language=spoken(), actor=actor_of(request), now=clock.now())
        return begun(case.uuid)

    return done_once(request, key, deed)


@router.get(
    "/me/applications/{uuid:case}",
    response=Application,
    url_name="application",
    operation_id="getApplication",
    openapi_extra=refuses(CaseUnknown, NotADraft),
)
@access(SIGNED_IN)
def get_application(
    request: HttpRequest,
    case: Annotated[UUID, Path()],
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Tell everything of an application while it is filled in or corrected: questions, answers, needs, fee, lacks."""
    return private_value(application_data.application_of(application_data.seen(own_application(request, case))))


@router.delete(
    "/me/applications/{uuid:case}",
    response={204: None},
    url_name="application",
    operation_id="giveUpApplication",
    openapi_extra=refuses(CaseUnknown, NotADraft),
)
@access(SIGNED_IN)
def give_up_application(request: HttpRequest, case: Annotated[UUID, Path()]) -> HttpResponse:
    """Give a draft up; its answers and files are erased."""
    own_case(request, case)
    actions.abandon_draft(case=case, actor=actor_of(request), now=clock.now())
    return nothing_more()


@router.get(
    "/me/applications/{uuid:case}/answers",
    response=Answers,
    url_name="answers",
    operation_id="getAnswers",
    openapi_extra=refuses(CaseUnknown, NotADraft),
)
@access(SIGNED_IN)
def get_answers(request: HttpRequest, case: Annotated[UUID, Path()]) -> HttpResponse:
    """Give the answers as they stand; their ETag is given back as If-Match when they are changed."""
    return _answers(own_application(request, case).answers)


@router.patch(
    "/me/applications/{uuid:case}/answers",
    response=Answers,
    url_name="answers",
    operation_id="saveAnswers",
    openapi_extra=refuses(CaseUnknown, NotADraft, AnswersRefused, AnswersOutdated, PreconditionNeeded),
)
@access(SIGNED_IN)
def save_answers(
    request: HttpRequest,
    case: Annotated[UUID, Path()],
    given: NewAnswers,
    seen: Seen = None,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Save answers of one page or of several over those that were read; one that cannot stand refuses all of them.

    Registers are asked about whomever the answers name now, and signatures under other answers become void.
    """
    revision, found = revision_seen(seen), own_application(request, case)
    typed, faults = read_given(queries.get_package_of(found), given.answers)
    if faults:
        raise AnswersRefused(page="", faults=tuple(faults))
    saved = actions.save_answers(case=case, given=typed, revision=revision, actor=actor_of(request), now=clock.now())
    return _answers(saved.answers)


def _answers(answers: object) -> HttpResponse:
    kept = dict(answers)  # type: ignore[call-overload]  # answers of a case by question
    revision = queries.revision_of(kept)
    return private_value(Answers(revision=revision, answers=kept), tag=revision)


@router.get(
    "/me/applications/{uuid:case}/fee",
    response=FeeNow,
    url_name="fee",
    operation_id="getFee",
    openapi_extra=refuses(CaseUnknown, NotADraft),
)
@access(SIGNED_IN)
def get_fee(
    request: HttpRequest,
    case: Annotated[UUID, Path()],
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Tell what the application costs by the answers given so far; nothing is asked to be paid yet."""
    return private_value(application_data.fee_of_case(application_data.seen(own_application(request, case))))


@router.post(
    "/me/applications/{uuid:case}/needs/{need}/ask-again",
    response={204: None},
    url_name="ask-again",
    operation_id="askAgain",
    openapi_extra=refuses(CaseUnknown, NotADraft),
)
@access(SIGNED_IN)
def ask_again(request: HttpRequest, case: Annotated[UUID, Path()], need: NeedCode) -> HttpResponse:
    """Ask a register once more that did not answer; where it has answered nothing happens."""
    own_application(request, case)
    actions.ask_again(case=case, need=need, actor=actor_of(request), now=clock.now())
    return nothing_more()


@router.post(
    "/me/applications/{uuid:case}/submission",
    response=Submission,
    url_name="submission",
    operation_id="submitApplication",
    openapi_extra=refuses(CaseUnknown, NotADraft, NotComplete, NothingToPay, InvoiceBeingPaid, KeyReused),
)
@access(SIGNED_IN)
def submit_application(
    request: HttpRequest,
    case: Annotated[UUID, Path()],
    key: Key,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Send an application, or a corrected case back; where only the fee is missing its invoice is given.

    Paying that invoice sends the application by itself. What was sent before is told again, and nothing is done.
    """
    found = own_case(request, case)

    def deed() -> HttpResponse:
        asked = send(found, actor=actor_of(request), now=clock.now())
        return _sent(case, asked.invoice if asked else None)

    try:
        return done_once(request, key, deed)
    except NotComplete as refusal:
        package = queries.get_package_of(found)
        lacks = application_data.missing_of(package, missing_of(refusal))
        faults = [InputFault(f"missing.{one.kind}", "application", one.code, one.text) for one in lacks]
        return problem_answer(refusal, faults)


def _sent(case: UUID, invoice: UUID | None) -> HttpResponse:
    address = reverse("api:invoice", args=[invoice]) if invoice else reverse("api:own-case", args=[case])
    value = Submission(
        state="payment-due" if invoice else "sent",
        case=case,
        number=queries.get_case(case).number or None,
        invoice=invoice,
        address=address,
    )
    return private_value(value, location=address)
