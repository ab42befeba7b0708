"""What the other side says of a letter that was sent: it has it, registered it, or does not take it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.values import (
    DISPATCH_NOTED,
    Dispatch,
    DispatchNotPossible,
    DispatchState,
    DispatchUnknown,
)
from divan.foundation import facts
from divan.foundation.actors import Actor

UNDER_WAY = (DispatchState.QUEUED, DispatchState.SENT, DispatchState.DELIVERED, DispatchState.REGISTERED)


def dispatch_row(dispatch: UUID) -> models.Dispatch:
    """Return the locked row of a dispatch.

    :raises DispatchUnknown: if there is none.
    """
    rows = models.Dispatch.objects.select_related("letter", "recipient", "secretariat__body")
    row = rows.select_for_update(of=("self",)).filter(uuid=dispatch).first()
    if row is None:
        raise DispatchUnknown
    return row


def _require_under_way(row: models.Dispatch) -> None:
    if row.state not in UNDER_WAY:
        raise DispatchNotPossible(state=row.state)


@transaction.atomic
def note_delivered(*, dispatch: UUID, actor: Actor, now: datetime) -> Dispatch:
    """Note that the other side has the letter; a second time, or after it registered it, changes nothing.

    :raises DispatchUnknown: if there is no such dispatch.
    :raises DispatchNotPossible: if it never left, or was given up.
    """
    row = dispatch_row(dispatch)
    _require_under_way(row)
    if row.state in {DispatchState.QUEUED, DispatchState.SENT}:
        row.state, row.delivered_at, row.sent_at = DispatchState.DELIVERED, now, row.sent_at or now
        row.save(update_fields=["state", "delivered_at", "sent_at"])
        facts.record(DISPATCH_NOTED, subject=row, actor=actor, at=now, state=row.state)
    return queries.get_dispatch(dispatch)


@transaction.atomic
def note_registered(*, dispatch: UUID, number: str, at: datetime, actor: Actor, now: datetime) -> Dispatch:
    """Note the number under which the other side registered the letter; the same number again changes nothing.

    :raises DispatchUnknown: if there is no such dispatch.
    :raises DispatchNotPossible: if it never left, or was given up.
    """
    row = dispatch_row(dispatch)
    _require_under_way(row)
    if (row.state, row.their_number) != (DispatchState.REGISTERED, number[:60]):
        row.state, row.their_number, row.their_registered_at = DispatchState.REGISTERED, number[:60], at
        row.delivered_at, row.sent_at = row.delivered_at or now, row.sent_at or now
        row.save()
        facts.record(DISPATCH_NOTED, subject=row, actor=actor, at=now, state=row.state, number=row.their_number)
    return queries.get_dispatch(dispatch)


@transaction.atomic
def note_refused(*, dispatch: UUID, reason: str, actor: Actor, now: datetime) -> Dispatch:
    """Note that the other side does not take the letter, with what it said; it comes back to the dispatch desk.

    :raises DispatchUnknown: if there is no such dispatch.
    :raises DispatchNotPossible: if it never left, was given up, or is registered there.
    """
    row = dispatch_row(dispatch)
    _require_under_way(row)
    if row.state == DispatchState.REGISTERED:
        raise DispatchNotPossible(state=row.state)
    row.state, row.problem, row.problem_text = DispatchState.REFUSED, "refused", reason[:500]
    row.save(update_fields=["state", "problem", "problem_text"])
    facts.record(DISPATCH_NOTED, subject=row, actor=actor, at=now, state=row.state, reason=row.problem_text)
    return queries.get_dispatch(dispatch)
