"""Cases: one's own, and one case by number and secret."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from divan.dealings.cases import queries
from divan.dealings.cases.values import CaseUnknown, TrackingRefused
from divan.foundation.http.access import PUBLIC, SIGNED_IN, access
from divan.front.api import case_data, guesses
from divan.front.api.caching import private_value
from divan.front.api.operations.services import Language
from divan.front.api.own import own_case, person_of
from divan.front.api.refusing import refuses
from divan.front.api.schemas.cases import Cases, OwnCase, Progress, Tracking
from divan.front.api.values import InputFault, InputRefused
from divan.trust.identity.values import TooManyAttempts

router = Router(tags=["cases"])


@router.get("/me/cases", response=Cases, url_name="own-cases", operation_id="listOwnCases")
@access(SIGNED_IN)
def list_own_cases(
    request: HttpRequest,
    after: Annotated[UUID | None, Query(description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """List one's own cases, drafts too, the one begun last first."""
    try:
        found = queries.page_of_cases(person_of(request), after=after, limit=limit + 1)
    except CaseUnknown as refusal:
        raise InputRefused(faults=(InputFault("api.input.cursor-unknown", "query", "after"),)) from refusal
    items = [case_data.line_of(case) for case in found[:limit]]
    return private_value(Cases(items=items, next=items[-1].uuid if len(found) > limit else None))


@router.get(
    "/me/cases/{uuid:case}",
    response=OwnCase,
    url_name="own-case",
    operation_id="getOwnCase",
    openapi_extra=refuses(CaseUnknown),
)
@access(SIGNED_IN)
def get_own_case(
    request: HttpRequest,
    case: Annotated[UUID, Path()],
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Tell one's own case: what happens now, by when and by whom, what happened, what one told and may do."""
    return private_value(case_data.own_case_of(own_case(request, case)))


@router.post(
    "/tracking",
    response=Progress,
    url_name="tracking",
    operation_id="trackCase",
    openapi_extra=refuses(TrackingRefused, TooManyAttempts),
)
@access(PUBLIC)
def track_case(request: HttpRequest, opened_by: Tracking, language: Language = None) -> HttpResponse:  # noqa: ARG001 (read by the entrance)
    """Tell where a case stands to whoever has its number and secret; wrong ones are counted by address."""
    guesses.count(guesses.TRACKING, request)
    found = queries.tracked_case(number=opened_by.number, secret=opened_by.secret)
    guesses.take_back(guesses.TRACKING, request)
    return private_value(case_data.progress_of(found))
