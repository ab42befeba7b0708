"""Carrying what was queued: leased in the order of each target, noted as it went, tried again or given up."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions.receipts import (
    dispatch_row,
    note_dead,
    note_delivered,
    note_refused,
    note_registered,
)
from divan.dealings.correspondence.apps import options
from divan.dealings.correspondence.values import (
    DISPATCH_NOTED,
    Channel,
    Dispatch,
    DispatchNotPossible,
    DispatchState,
    ReasonNeeded,
    Standing,
)
from divan.dealings.correspondence.values.carrying import CALLED_BACK, DISPATCH_HURRIED
from divan.foundation import facts
from divan.foundation.actors import Actor

LEASE = timedelta(minutes=10)
EXCHANGE_LEASE = timedelta(minutes=2)
"""One call through the exchange takes half a minute at most, and each part of a letter renews the lease."""
FIRST_PAUSE = timedelta(seconds=5)


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many tries in vain: longer each time."""
    return min(FIRST_PAUSE * (1 << min(attempts, 12)), options().longest_pause)


def lease_of(channel: str) -> timedelta:
    """Return for how long nobody else touches what is carried by a channel; after a power cut it waits as long."""
    return EXCHANGE_LEASE if channel == Channel.EXCHANGE else LEASE


@transaction.atomic
def take_due_dispatch(*, channel: Channel, now: datetime) -> Dispatch | None:
    """Lease the letter that is due first on a channel, so that nobody else carries it meanwhile; None if none is due.

    What was queued for the same target before it, or is being carried there, goes first: a letter overtakes none.
    """
    waiting = models.Dispatch.objects.filter(state=DispatchState.QUEUED, channel=channel)
    beside = waiting.filter(target=OuterRef("target"))
    row = (
        waiting.select_related("letter", "recipient", "secretariat")
        .filter(Q(leased_until__isnull=True) | Q(leased_until__lte=now), next_attempt_at__lte=now)
        .filter(~Exists(beside.filter(id__lt=OuterRef("id"))))
        .filter(~Exists(beside.filter(leased_until__gt=now).exclude(id=OuterRef("id"))))
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("next_attempt_at", "id")
        .first()
    )
    if row is None:
        return None
    row.leased_until = now + lease_of(channel)
    row.save(update_fields=["leased_until"])
    return queries.dispatch_of(row)


@transaction.atomic
def keep_lease(*, dispatch: UUID, now: datetime) -> None:
    """Keep a letter that is carried in parts from others for another while."""
    rows = models.Dispatch.objects.filter(uuid=dispatch, state=DispatchState.QUEUED, leased_until__isnull=False)
    rows.update(leased_until=now + EXCHANGE_LEASE)


@transaction.atomic
def note_sent(*, dispatch: UUID, actor: Actor, now: datetime) -> Dispatch:
    """Note that a channel took a letter over whose arrival is told later, or never; a second time changes nothing.

    :raises DispatchUnknown: if there is no such dispatch.
    """
    row = dispatch_row(dispatch)
    if row.state == DispatchState.QUEUED:
        row.state, row.sent_at, row.leased_until = DispatchState.SENT, now, None
        row.save(update_fields=["state", "sent_at", "leased_until"])
        facts.record(DISPATCH_NOTED, subject=row, actor=actor, at=now, state=row.state)
    return queries.get_dispatch(dispatch)


@transaction.atomic
def note_standing(*, dispatch: UUID, standing: Standing, actor: Actor, now: datetime) -> Dispatch:
    """Note how a letter stands at the other side; the same again, or news older than what is known, changes nothing.

    :raises DispatchUnknown: if there is no such dispatch.
    :raises DispatchNotPossible: if it never left, or was given up.
    """
    row = dispatch_row(dispatch)
    if row.state == DispatchState.REGISTERED and standing.state != "registered":
        return queries.get_dispatch(dispatch)
    if standing.state == "registered":
        note_registered(dispatch=dispatch, number=standing.number, at=standing.at, actor=actor, now=now)
    elif standing.state == "refused":
        note_refused(dispatch=dispatch, reason=standing.reason, code=standing.code or "refused", actor=actor, now=now)
    else:
        note_delivered(dispatch=dispatch, actor=actor, now=now)
    models.Dispatch.objects.filter(uuid=dispatch).update(
        leased_until=None, attempts=0, next_attempt_at=now + options().asking_pause
    )
    return queries.get_dispatch(dispatch)


@transaction.atomic
def note_unanswered(*, dispatch: UUID, code: str, actor: Actor, now: datetime) -> None:
    """Put a letter back for a while because nobody took it; after the patience of the installation it is dead.

    :raises DispatchUnknown: if there is no such dispatch.
    """
    row = dispatch_row(dispatch)
    if row.state != DispatchState.QUEUED:
        return
    if now - (row.queued_at or now) >= options().patience:
        note_dead(dispatch=dispatch, code=code, actor=actor, now=now)
        return
    row.attempts = min(row.attempts + 1, 1000)
    row.next_attempt_at, row.leased_until, row.waits_for = now + pause_after(row.attempts), None, code[:80]
    row.save(update_fields=["attempts", "next_attempt_at", "leased_until", "waits_for"])


@transaction.atomic
def call_back(*, dispatch: UUID, reason: str, actor: Actor, now: datetime) -> Dispatch:
    """Stop offering a letter that nobody took yet, so that it can go by another way; it comes back to the desk.

    The other side may have it all the same, if only its answers were lost; then it meets the same letter twice.

    :raises DispatchUnknown: if there is no such dispatch.
    :raises DispatchNotPossible: unless it was tried in vain, and is in nobody's hand now.
    :raises ReasonNeeded: without a reason.
    """
    row = dispatch_row(dispatch)
    in_hand = row.leased_until is not None and row.leased_until > now
    if row.state != DispatchState.QUEUED or not row.attempts or in_hand:
        raise DispatchNotPossible(state=row.state)
    if not reason.strip():
        raise ReasonNeeded
    note_dead(dispatch=dispatch, code=CALLED_BACK, reason=reason, actor=actor, now=now)
    return queries.get_dispatch(dispatch)


@transaction.atomic
def try_now(*, dispatch: UUID, actor: Actor, now: datetime) -> Dispatch:
    """Offer a letter that waits for its next try at once.

    :raises DispatchUnknown: if there is no such dispatch.
    :raises DispatchNotPossible: unless it waits.
    """
    row = dispatch_row(dispatch)
    if row.state != DispatchState.QUEUED:
        raise DispatchNotPossible(state=row.state)
    if row.next_attempt_at is None or row.next_attempt_at > now:
        row.next_attempt_at = now
        row.save(update_fields=["next_attempt_at"])
        facts.record(DISPATCH_HURRIED, subject=row, actor=actor, at=now, changes_nothing=True)
    return queries.get_dispatch(dispatch)


@transaction.atomic
def note_asked(*, dispatch: UUID, now: datetime) -> None:
    """Ask about a letter again only after a while, whatever was answered."""
    models.Dispatch.objects.filter(uuid=dispatch).update(next_attempt_at=now + options().asking_pause)
