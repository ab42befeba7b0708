"""Life events: several services begun as one, what they share answered once, paid once, sent together."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Path, Router

from divan.dealings.cases import actions, queries
from divan.dealings.cases.values import (
    AnswerFault,
    AnswersRefused,
    BundleNotComplete,
    BundleOver,
    BundleRun,
    BundleRunUnknown,
    NothingToPay,
)
from divan.dealings.payments.values import InvoiceBeingPaid
from divan.foundation import clock
from divan.foundation.http.access import PUBLIC, SIGNED_IN, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.http.repeating import KeyReused
from divan.front.api import bundle_data
from divan.front.api.caching import nothing_more, private_value, public_value
from divan.front.api.entrance import spoken
from divan.front.api.operations.services import Language, ServiceCode
from divan.front.api.own import person_of
from divan.front.api.problems import problem_answer
from divan.front.api.refusing import refuses
from divan.front.api.repeating import Key, done_once
from divan.front.api.schemas import bundles as shapes
from divan.front.api.values import InputFault, InputRefused
from divan.front.questions.given import Flat, Misshapen, flat_answer
from divan.front.questions.sending import missing_by_service, send_bundle
from divan.registers.catalogue import queries as catalogue
from divan.registers.catalogue.values import BundleUnknown

router = Router(tags=["life events"])
Run = Annotated[UUID, Path()]


def _own(request: HttpRequest, run: UUID) -> BundleRun:
    return queries.get_bundle_run(run, person_of(request))


@router.get("/life-events", response=shapes.LifeEvents, url_name="life-events", operation_id="listLifeEvents")
@access(PUBLIC)
def list_life_events(
    request: HttpRequest,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """List the life events that gather several services, with the questions that decide which."""
    found = catalogue.list_bundles(language=spoken())
    return public_value(request, shapes.LifeEvents(items=[bundle_data.life_event_of(one) for one in found]))


@router.post(
    "/life-events/{code}/bundles",
    response={201: shapes.BundleBegun},
    url_name="begin-bundle",
    operation_id="beginBundle",
    openapi_extra=refuses(BundleUnknown, KeyReused),
)
@access(SIGNED_IN)
def begin_bundle(
    request: HttpRequest,
    code: ServiceCode,
    chosen: shapes.NewBundle,
    key: Key,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Begin an application for each service that the answers choose, or go on with the bundle that was begun."""
    asked = {one.code for one in catalogue.get_offered_bundle(code).bundle.questions}
    faults = [
        InputFault("api.input.extra-forbidden", "body", f"answers.{name}") for name in set(chosen.answers) - asked
    ]
    faults += [
        InputFault("api.input.question-unanswered", "body", f"answers.{name}")
        for name in sorted(asked - set(chosen.answers))
    ]
    if faults:
        raise InputRefused(faults=tuple(faults))

    def deed() -> HttpResponse:
        run = actions.begin_bundle(
            code=code, answers=chosen.answers, language=spoken(), actor=actor_of(request), now=clock.now()
        )
        address = reverse("api:bundle", args=[run.uuid])
        return private_value(shapes.BundleBegun(bundle=run.uuid, address=address), status=201, location=address)

    return done_once(request, key, deed)


@router.get("/me/bundles", response=shapes.Bundles, url_name="bundles", operation_id="listBundles")
@access(SIGNED_IN)
def list_bundles(
    request: HttpRequest,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """List the life events that one has begun or sent, newest change first."""
    found = queries.list_bundle_runs(person_of(request))
    return private_value(shapes.Bundles(items=[bundle_data.bundle_of(one) for one in found]))


@router.get(
    "/me/bundles/{uuid:run}",
    response=shapes.Bundle,
    url_name="bundle",
    operation_id="getBundle",
    openapi_extra=refuses(BundleRunUnknown),
)
@access(SIGNED_IN)
def get_bundle(
    request: HttpRequest,
    run: Run,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Tell how far each application of a bundle has come, and what is asked once for several."""
    return private_value(bundle_data.bundle_of(_own(request, run)))


@router.delete(
    "/me/bundles/{uuid:run}",
    response={204: None},
    url_name="bundle",
    operation_id="giveUpBundle",
    openapi_extra=refuses(BundleRunUnknown, BundleOver),
)
@access(SIGNED_IN)
def give_up_bundle(request: HttpRequest, run: Run) -> HttpResponse:
    """Give a bundle up with its drafts, whose answers are erased; what was sent goes on."""
    actions.give_up_bundle(run=run, actor=actor_of(request), now=clock.now())
    return nothing_more()


@router.delete(
    "/me/bundles/{uuid:run}/parts/{code}",
    response={204: None},
    url_name="bundle-part",
    operation_id="leaveBundle",
    openapi_extra=refuses(BundleRunUnknown, BundleOver),
)
@access(SIGNED_IN)
def leave_bundle(request: HttpRequest, run: Run, code: ServiceCode) -> HttpResponse:
    """Take an application out of a bundle; it stays among one's drafts."""
    actions.leave_bundle(run=run, service=code, actor=actor_of(request), now=clock.now())
    return nothing_more()


@router.patch(
    "/me/bundles/{uuid:run}/answers",
    response=shapes.Bundle,
    url_name="bundle-answers",
    operation_id="answerShared",
    openapi_extra=refuses(BundleRunUnknown, BundleOver, AnswersRefused),
)
@access(SIGNED_IN)
def answer_shared(
    request: HttpRequest,
    run: Run,
    given: shapes.SharedAnswers,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Answer once what several applications of a bundle ask, and carry it into all of them."""
    found = _own(request, run)
    shared = {one.name: one for one in bundle_data.shared_of(found)}
    typed: dict[str, Flat] = {}
    faults: list[AnswerFault] = []
    for name, value in given.answers.items():
        if name not in shared:
            faults.append(AnswerFault(name, "answers.unknown-question"))
            continue
        try:
            typed[name] = flat_answer(shared[name].question, value)
        except Misshapen as wrong:
            faults.append(AnswerFault(name, "answers.shape", at=str(wrong)))
    if faults:
        raise AnswersRefused(page="", faults=tuple(faults))
    saved = actions.answer_shared(run=run, given=typed, actor=actor_of(request), now=clock.now())
    return private_value(bundle_data.bundle_of(saved))


@router.post(
    "/me/bundles/{uuid:run}/submission",
    response=shapes.BundleSubmission,
    url_name="bundle-submission",
    operation_id="submitBundle",
    openapi_extra=refuses(BundleRunUnknown, BundleOver, BundleNotComplete, NothingToPay, InvoiceBeingPaid, KeyReused),
)
@access(SIGNED_IN)
def submit_bundle(
    request: HttpRequest,
    run: Run,
    key: Key,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Send every application of a bundle, or none; where only fees are missing their one invoice is given."""
    found = _own(request, run)

    def deed() -> HttpResponse:
        asked = send_bundle(found, actor=actor_of(request), now=clock.now())
        return _sent(request, run, asked.invoice if asked else None)

    try:
        return done_once(request, key, deed)
    except BundleNotComplete as refusal:
        return problem_answer(refusal, bundle_data.faults_of(found, missing_by_service(refusal)))


def _sent(request: HttpRequest, run: UUID, invoice: UUID | None) -> HttpResponse:
    sent = {service: queries.get_case(case).number for service, case in _own(request, run).parts.items()}
    address = reverse("api:invoice", args=[invoice]) if invoice else reverse("api:bundle", args=[run])
    value = shapes.BundleSubmission(
        state="payment-due" if invoice else "sent",
        bundle=run,
        numbers={service: number for service, number in sent.items() if number},
        invoice=invoice,
        address=address,
    )
    return private_value(value, location=address)
