"""What a client needs beside a case: as whom it acts with which token, and the codes of places."""

from __future__ import annotations

from typing import Annotated, Literal, cast

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from ninja import Query, Router

from divan.foundation.actors import ActorKind
from divan.foundation.http.access import PUBLIC, access
from divan.foundation.http.middleware import actor_of
from divan.front.api.caching import private_value, public_value
from divan.front.api.schemas import surroundings as shapes
from divan.registers.places import queries as places
from divan.registers.places.values import Level

router = Router(tags=["surroundings"])
MOST_PLACES = 50
LevelName = Literal["province", "county", "district", "rural-district", "city", "village"]


@router.get("/session", response=shapes.Session, url_name="session", operation_id="getSession")
@access(PUBLIC)
def get_session(request: HttpRequest) -> HttpResponse:
    """Tell as whom requests of this session act, and the token that whatever changes something must carry."""
    kind = actor_of(request).kind
    is_somebody = kind in {ActorKind.CITIZEN, ActorKind.STAFF}
    value = shapes.Session(
        signed_in=is_somebody,
        capacity=cast("Literal['citizen', 'staff']", kind.value) if is_somebody else None,
        name=(getattr(request, "acting").name or None) if is_somebody else None,  # noqa: B009 (put there by the middleware)
        csrf_token=get_token(request),
    )
    return private_value(value)


@router.get("/places", response=shapes.Places, url_name="places", operation_id="listPlaces")
@access(PUBLIC)
def list_places(
    request: HttpRequest,
    q: Annotated[str, Query(min_length=1, max_length=100, description="words that all must occur")],
    level: Annotated[LevelName | None, Query(description="only divisions of this level")] = None,
) -> HttpResponse:
    """Look for places by their names: an answer to a question of type place is such a code."""
    found = places.search_places(q, level=Level(level) if level else None, limit=MOST_PLACES)
    return public_value(
        request,
        shapes.Places(
            items=[
                shapes.Place(
                    code=one.code,
                    name=one.name,
                    level=one.level,
                    within=[wider.name for wider in places.lineage(one.code)[:-1]],
                )
                for one in found
            ]
        ),
    )
