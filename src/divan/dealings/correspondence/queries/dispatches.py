"""How letters left, and by which ways a recipient can be reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from divan.dealings.correspondence import models
from divan.dealings.correspondence.queries.contents import recipient_of
from divan.dealings.correspondence.queries.letters import clearance_of
from divan.dealings.correspondence.queries.registers import secretariat_of
from divan.dealings.correspondence.queries.secretariats import secretariats_kept_by
from divan.dealings.correspondence.values import (
    Channel,
    Dispatch,
    DispatchState,
    DispatchUnknown,
    Party,
    PartyKind,
    Secretariat,
)
from divan.registers.people import queries as people
from divan.registers.people.values import Post, Unit

AT_DESK = (DispatchState.DESK, DispatchState.REFUSED, DispatchState.DEAD)
"""States in which a person has to do something."""
OWN = frozenset({PartyKind.BODY, PartyKind.UNIT, PartyKind.POST})
"""What sits in this house."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way to a recipient: the channel and the address in it; a carried letter goes to whatever address is written."""

    channel: Channel
    target: str


def dispatch_of(row: models.Dispatch) -> Dispatch:
    """Return the value of a dispatch's row; letter, recipient and secretariat are loaded with it."""
    return Dispatch(
        uuid=row.uuid,
        letter=row.letter.uuid,
        recipient=recipient_of(row.recipient),
        secretariat=row.secretariat.uuid,
        channel=Channel(row.channel),
        target=row.target,
        key=row.key,
        state=DispatchState(row.state),
        evidence={str(key): str(value) for key, value in row.evidence.items()},
        queued_at=row.queued_at,
        sent_at=row.sent_at,
        sent_by=row.sent_by,
        delivered_at=row.delivered_at,
        their_number=row.their_number,
        their_registered_at=row.their_registered_at,
        problem=row.problem,
        problem_text=row.problem_text,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        waits_for=row.waits_for,
    )


def dispatch_rows() -> QuerySet[models.Dispatch]:
    """Return every sending with what its value needs."""
    return models.Dispatch.objects.select_related("letter", "recipient", "secretariat")


def get_dispatch(dispatch: UUID) -> Dispatch:
    """Return a sending, whoever asks: doors use :func:`get_dispatch_for`.

    :raises DispatchUnknown: if there is none.
    """
    row = dispatch_rows().filter(uuid=dispatch).first()
    if row is None:
        raise DispatchUnknown
    return dispatch_of(row)


def dispatches_for(post: Post, at: datetime) -> QuerySet[models.Dispatch]:
    """Return the sendings of the secretariats that a post keeps, of letters up to its clearance."""
    kept = [one.uuid for one in secretariats_kept_by(post)]
    readable = clearance_of(post.uuid, at).readable
    return dispatch_rows().filter(secretariat__uuid__in=kept, letter__secrecy__in=readable)


def get_dispatch_for(dispatch: UUID, post: Post, at: datetime) -> Dispatch:
    """Return a sending, for a post that keeps the secretariat.

    :raises DispatchUnknown: if there is none, or it is not for this post: the two are not told apart.
    """
    row = dispatches_for(post, at).filter(uuid=dispatch).first()
    if row is None:
        raise DispatchUnknown
    return dispatch_of(row)


def list_dispatches(letter: UUID) -> list[Dispatch]:
    """Return the sendings of a letter, those given up or refused before among them, in their order."""
    rows = dispatch_rows().filter(letter__uuid=letter).order_by("recipient__position", "id")
    return [dispatch_of(row) for row in rows]


def list_at_desk(
    post: Post, at: datetime, *, states: Iterable[DispatchState] = AT_DESK, before: int | None = None, limit: int = 50
) -> list[models.Dispatch]:
    """Return a page of the sendings in some states, newest first, below a row's ``id``."""
    rows = dispatches_for(post, at).filter(state__in=list(states))
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def secretariat_of_party(party: Party) -> Secretariat | None:
    """Return where a party of this house takes letters: the secretariat of its unit, else the central one; or None."""
    return secretariats_of([party]).get(party)


def secretariats_of(parties: Iterable[Party]) -> dict[Party, Secretariat]:
    """Return where each party of this house takes letters, as :func:`secretariat_of_party`; who does nowhere is absent.

    The chart is asked once: a circular goes to thousands.
    """
    own = {one: one.uuid for one in parties if one.uuid is not None and one.kind in OWN}
    posts = people.find_posts(uuid for one, uuid in own.items() if one.kind is PartyKind.POST)
    units = people.find_units(uuid for one, uuid in own.items() if one.kind is not PartyKind.POST)
    places = {**units, **{uuid: post.unit for uuid, post in posts.items()}}
    of_units = Q(unit__uuid__in={unit.uuid for unit in places.values()}, central=False)
    of_bodies = Q(body__uuid__in={unit.body_uuid for unit in places.values()}, central=True)
    rows = models.Secretariat.objects.select_related("body", "unit").filter(of_units | of_bodies, closed_at=None)
    by_unit: dict[UUID, Secretariat] = {}
    by_body: dict[UUID, Secretariat] = {}
    for row in rows.order_by("id"):
        if row.central:
            by_body.setdefault(row.body.uuid, secretariat_of(row))
        elif row.unit is not None:
            by_unit.setdefault(row.unit.uuid, secretariat_of(row))
    found = {
        one: by_unit.get(places[uuid].uuid) or by_body.get(places[uuid].body_uuid)
        for one, uuid in own.items()
        if uuid in places
    }
    return {one: secretariat for one, secretariat in found.items() if secretariat is not None}


def closed_unit_of(party: Party) -> Unit | None:
    """Return the body or unit of this house that a recipient names or sits in, if it was closed; or None."""
    if party.uuid is None or party.kind not in OWN:
        return None
    if party.kind is PartyKind.POST:
        post = people.find_posts([party.uuid]).get(party.uuid)
        unit = post.unit if post else None
    else:
        unit = people.find_units([party.uuid]).get(party.uuid)
    return unit if unit is not None and unit.closed_at is not None else None


def correspondent_of(party: Party) -> models.Correspondent | None:
    """Return the outside party that a recipient names, or None."""
    if party.uuid is None or party.kind is not PartyKind.OUTSIDE:
        return None
    return models.Correspondent.objects.select_related("successor").filter(uuid=party.uuid).first()


def list_ways(party: Party) -> list[Way]:
    """Return the ways to a recipient, the one to take unless another is chosen first.

    A person of the register finds the letter in their account: inside the house nothing is carried to them.
    """
    return _ways(party, secretariat_of_party(party))


def list_first_ways(parties: Sequence[Party]) -> list[Way]:
    """Return for each recipient the way to take unless another is chosen, as :func:`list_ways` has it first."""
    own = secretariats_of(parties)
    return [_ways(party, own.get(party))[0] for party in parties]


def _ways(party: Party, own: Secretariat | None) -> list[Way]:
    carried = (Channel.POST, Channel.COURIER, Channel.FAX, Channel.BY_HAND)
    if own is not None:
        return [Way(channel=Channel.INTERNAL, target=own.code), *(Way(channel=one, target="") for one in carried)]
    if party.kind is PartyKind.PERSON and party.uuid is not None:
        return [Way(channel=Channel.INTERNAL, target=""), *(Way(channel=one, target="") for one in carried)]
    outside = correspondent_of(party)
    if outside is None:
        return [Way(channel=one, target="") for one in carried]
    addresses = {str(key): str(value) for key, value in outside.addresses.items() if value}
    known = [
        Way(channel=channel, target=addresses.get(channel, ""))
        for channel in Channel
        if channel.sends and channel is not Channel.INTERNAL and (channel.is_carried or channel in addresses)
    ]
    return sorted(known, key=lambda way: way.channel != outside.channel)
