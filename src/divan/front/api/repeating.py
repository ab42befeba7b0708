"""What a client says with a change: the key under which it may be sent again, and which answers were seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Header

from divan.foundation import clock
from divan.foundation.http import repeating
from divan.front.api.own import person_of
from divan.front.api.values import PreconditionNeeded

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=100,
        pattern="^[!-~]+$",
        description="one for each request that is meant; the same request sent again under it is done once",
    ),
]

Seen = Annotated[
    str | None,
    Header(alias="If-Match", max_length=200, description="the revision of the answers that were read, or *"),
]


def done_once(request: HttpRequest, key: str, deed: Callable[[], HttpResponse]) -> HttpResponse:
    """Do something once for this person and key, however often the request comes.

    :raises KeyReused: if the key came with another request before.
    """
    return repeating.done_once(
        owner=person_of(request),
        key=key,
        fingerprint=repeating.fingerprint_of(request),
        now=clock.now(),
        deed=deed,
    )


def find_answered(request: HttpRequest, key: str) -> HttpResponse | None:
    """Return the answer that was given to this request before, or None: what asks somebody outside looks first.

    :raises KeyReused: if the key came with another request before.
    """
    return repeating.find_kept(
        owner=person_of(request), key=key, fingerprint=repeating.fingerprint_of(request), now=clock.now()
    )


def revision_seen(header: str | None) -> str | None:
    """Return the revision that If-Match names, None for ``*``; its quotes may be left out.

    :raises PreconditionNeeded: if it names none.
    """
    named = (header or "").strip()
    if not named:
        raise PreconditionNeeded
    return None if named == "*" else named.removeprefix("W/").strip('"')
