"""What the doors for letters have in common: bounded bodies, JSON answers, refusals with their codes."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.actions import arriving, carrying
from divan.dealings.correspondence.adapters import parts
from divan.dealings.correspondence.adapters.answers import read_said, said_of
from divan.dealings.correspondence.adapters.envelope import read_envelope, sealed_part
from divan.dealings.correspondence.apps import options
from divan.dealings.correspondence.values import (
    LONGEST_KEY,
    Channel,
    DispatchUnknown,
    IntakeUnknown,
    Parcel,
    ParcelTooLarge,
    ParcelUnfit,
    Peer,
    Standing,
)
from divan.foundation import clock
from divan.foundation.actors import SYSTEM
from divan.foundation.errors import Refusal, Trouble
from divan.trust.exchange import queries as exchange

MOST_OCTETS = 24 * 1024 * 1024
"""Of one call; what is larger comes in parts."""

Door = Callable[..., HttpResponse]

logger = logging.getLogger(__name__)


def spoken(door: Door) -> Door:
    """Return a door that answers refusals and troubles in JSON, with the code that the other side acts upon."""

    @wraps(door)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return door(request, *args, **kwargs)
        except Refusal as refusal:
            facts = {name: value if isinstance(value, list) else str(value) for name, value in refusal.facts.items()}
            return told({**facts, "code": refusal.code}, refusal.status)
        except Trouble as trouble:
            logger.warning("trouble %s at %s", trouble.code, request.path)
            answered = told({"code": trouble.code}, 503)
            answered["Retry-After"] = str(trouble.retry_after)
            return answered

    return answer


def told(content: dict[str, object], status: int = 200) -> JsonResponse:
    """Return an answer in JSON that nobody keeps."""
    return JsonResponse(content, status=status, headers={"Cache-Control": "no-store"})


def body_of(request: HttpRequest) -> bytes:
    """Return the body of a call.

    :raises ParcelTooLarge: if it is larger than one call may be.
    """
    # Not request.body: that is bounded for the forms of people.
    content: bytes = request.read(MOST_OCTETS + 1)
    if len(content) > MOST_OCTETS:
        raise ParcelTooLarge(limit=MOST_OCTETS)
    return content


def take_letter(peer: Peer, key: str, content: bytes, *, secretariat: str = "") -> HttpResponse:
    """Take a letter in and answer how it stands; ``secretariat`` is where it goes if it names none.

    :raises ParcelUnfit: if it is no letter, or of another key; further refusals as for ``take_in_parcel``.
    :raises SealUnfit, SealStale, AgreementUnknown: if another installation sent it and did not seal it.
    """
    envelope = read_json(content)
    seal = seal_of(envelope)
    sealed = require_peer(peer, sealed_part(envelope), seal)
    parcel = read_envelope(envelope)
    if parcel.key != key:
        raise ParcelUnfit(place="key", reason="differs")
    if secretariat and not (parcel.secretariat or parcel.body):
        parcel = _to(parcel, secretariat)
    place = f"{peer.name}:{key}"
    known = queries.find_intake(peer, key)
    taken = arriving.take_in_parcel(
        peer=peer,
        parcel=_completed(parcel, place),
        sealed=sealed,
        seal=seal,
        actor=SYSTEM,
        now=clock.now(),
    )
    parts.forget(options().parts, place)
    return told(said_of(queries.standing_of(queries.intake_rows().get(uuid=taken.uuid))), 200 if known else 201)


def read_json(content: bytes) -> dict[str, object]:
    """Return the JSON object that a system sent.

    :raises ParcelUnfit: if it is none.
    """
    try:
        sent = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ParcelUnfit(place="", reason="json") from error
    if not isinstance(sent, dict):
        raise ParcelUnfit(place="", reason="json")
    return sent


def seal_of(sent: Mapping[str, object]) -> str:
    """Return the seal that something bears, or nothing."""
    seal = sent.get("seal")
    return seal if isinstance(seal, str) else ""


def require_peer(peer: Peer, sealed: Mapping[str, object], seal: str) -> bytes | None:
    """Refuse what came from another installation that did not seal it; return the octets that it did seal, if it did.

    :raises SealUnfit, SealStale, AgreementUnknown: see :func:`divan.trust.exchange.queries.require_seal`.
    """
    if peer.channel is not Channel.EXCHANGE:
        return None
    return exchange.require_seal(sealed, seal, sender=peer.name, now=clock.now())


def _to(parcel: Parcel, secretariat: str) -> Parcel:
    return replace(parcel, secretariat=secretariat)


def _completed(parcel: Parcel, place: str) -> Parcel:
    """Return a parcel with the files that came in parts before it."""
    found = tuple(
        one
        if one.content is not None
        else replace(one, content=parts.find_file(options().parts, place, one.sha256, one.size))
        for one in parcel.files
    )
    return replace(parcel, files=found)


def stands(peer: Peer, key: str) -> HttpResponse:
    """Answer how a letter stands that a system sent.

    :raises IntakeUnknown: if it sent none under this key.
    """
    row = queries.find_intake(peer, key[:LONGEST_KEY])
    if row is None:
        raise IntakeUnknown
    return told(said_of(queries.standing_of(row)))


def take_receipt(peer: Peer, key: str, content: object) -> HttpResponse:
    """Note what a system says of a letter that was sent to it.

    :raises DispatchUnknown: if none was sent to it under this key.
    :raises ParcelUnfit: if it says nothing that is understood.
    :raises DispatchNotPossible: if the sending was given up here.
    :raises SealUnfit, SealStale, AgreementUnknown: if another installation said it and did not seal it.
    """
    if isinstance(content, dict):
        said = {name: value for name, value in content.items() if name != "seal"}
        require_peer(peer, {"key": key, **said}, seal_of(content))
    row, standing = queries.find_sent(key[:LONGEST_KEY], peer), read_said(content)
    if row is None:
        raise DispatchUnknown
    if standing is None:
        raise ParcelUnfit(place="state", reason="unknown")
    now = clock.now()
    carrying.note_standing(dispatch=row.uuid, standing=standing, actor=SYSTEM, now=now)
    return told(said_of(Standing(state="delivered", at=now)))
