"""Permits: what one holds, and what may be begun about each."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from divan.dealings.cases import actions, queries
from divan.dealings.cases.values import EntryNotPossible, PermitUnknown
from divan.foundation import clock
from divan.foundation.http.access import SIGNED_IN, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.http.repeating import KeyReused
from divan.front.api import permit_data
from divan.front.api.caching import private_value
from divan.front.api.entrance import spoken
from divan.front.api.operations.applications import begun
from divan.front.api.operations.services import Language
from divan.front.api.own import own_permit, person_of
from divan.front.api.refusing import refuses
from divan.front.api.repeating import Key, done_once
from divan.front.api.schemas.applications import Begun
from divan.front.api.schemas.permits import Permit, Permits

router = Router(tags=["permits"])
EntryCode = Annotated[str, Path(max_length=60, pattern="^[a-z0-9-]+$", description="code of the offer")]


@router.get("/me/permits", response=Permits, url_name="permits", operation_id="listPermits")
@access(SIGNED_IN)
def list_permits(
    request: HttpRequest,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """List one's permits with what may be begun about each."""
    held = queries.list_permits_of(person_of(request))
    return private_value(Permits(items=[permit_data.permit_of(one) for one in held]))


@router.get(
    "/me/permits/{uuid:permit}",
    response=Permit,
    url_name="permit",
    operation_id="getPermit",
    openapi_extra=refuses(PermitUnknown),
)
@access(SIGNED_IN)
def get_permit(
    request: HttpRequest,
    permit: Annotated[UUID, Path()],
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Tell one's permit and what may be begun about it."""
    return private_value(permit_data.permit_of(own_permit(request, permit)))


@router.post(
    "/me/permits/{uuid:permit}/entries/{entry}",
    response={201: Begun},
    url_name="begin-entry",
    operation_id="beginEntry",
    openapi_extra=refuses(PermitUnknown, EntryNotPossible, KeyReused),
)
@access(SIGNED_IN)
def begin_entry(
    request: HttpRequest,
    permit: Annotated[UUID, Path()],
    entry: EntryCode,
    key: Key,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Begin a renewal or amendment of one's permit as an application that carries over what is known."""
    own_permit(request, permit)

    def deed() -> HttpResponse:
        case = actions.begin_entry(
            permit=permit, entry=entry, language=spoken(), actor=actor_of(request), now=clock.now()
        )
        return begun(case.uuid)

    return done_once(request, key, deed)


@router.post(
    "/me/permits/{uuid:permit}/return",
    response=Permit,
    url_name="return-permit",
    operation_id="handBackPermit",
    openapi_extra=refuses(PermitUnknown, EntryNotPossible, KeyReused),
)
@access(SIGNED_IN)
def hand_back_permit(
    request: HttpRequest,
    permit: Annotated[UUID, Path()],
    key: Key,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Hand one's permit back; it stops counting at once and cannot be taken up again."""
    own_permit(request, permit)

    def deed() -> HttpResponse:
        held = actions.hand_back_permit(permit=permit, actor=actor_of(request), now=clock.now())
        return private_value(permit_data.permit_of(held))

    return done_once(request, key, deed)
