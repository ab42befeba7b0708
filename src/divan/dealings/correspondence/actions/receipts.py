"""What the other side says of a letter that was sent: it has it, registered it, or does not take it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions.worklist import give_work
from divan.dealings.correspondence.values import (
    DISPATCH_NOTED,
    Dispatch,
    DispatchNotPossible,
    DispatchState,
    DispatchUnknown,
    NewWork,
    Secrecy,
    Urgency,
)
from divan.foundation import facts
from divan.foundation.actors import Actor

UNDER_WAY = (DispatchState.QUEUED, DispatchState.SENT, DispatchState.DELIVERED, DispatchState.REGISTERED)

CAME_BACK = "correspondence.dispatch-back"
"""What a line of the worklist speaks of when a letter did not reach its recipient."""


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
def note_refused(*, dispatch: UUID, reason: str, code: str = "refused", actor: Actor, now: datetime) -> Dispatch:
    """Note that the other side does not take the letter, with what it said; it comes back to the dispatch desk.

    :raises DispatchUnknown: if there is no such dispatch.
    :raises DispatchNotPossible: if it never left, was given up, or is registered there.
    """
    row = dispatch_row(dispatch)
    if row.state == DispatchState.REFUSED:
        return queries.get_dispatch(dispatch)
    _require_under_way(row)
    if row.state == DispatchState.REGISTERED:
        raise DispatchNotPossible(state=row.state)
    _lay_back(row, DispatchState.REFUSED, code=code, reason=reason, actor=actor, now=now)
    return queries.get_dispatch(dispatch)


@transaction.atomic
def note_dead(*, dispatch: UUID, code: str, reason: str = "", actor: Actor, now: datetime) -> Dispatch:
    """Note that a letter is offered no more because nobody took it; it comes back to the dispatch desk.

    :raises DispatchUnknown: if there is no such dispatch.
    :raises DispatchNotPossible: unless it waits to be sent.
    """
    row = dispatch_row(dispatch)
    if row.state != DispatchState.QUEUED:
        raise DispatchNotPossible(state=row.state)
    _lay_back(row, DispatchState.DEAD, code=code, reason=reason, actor=actor, now=now)
    return queries.get_dispatch(dispatch)


def _lay_back(
    row: models.Dispatch, state: DispatchState, *, code: str, reason: str, actor: Actor, now: datetime
) -> None:
    row.state, row.problem, row.problem_text, row.leased_until = state, code[:80], reason[:500], None
    row.save(update_fields=["state", "problem", "problem_text", "leased_until"])
    facts.record(
        DISPATCH_NOTED, subject=row, actor=actor, at=now, state=row.state, code=row.problem, reason=row.problem_text
    )
    letter = row.letter
    owner = models.Secretariat.objects.select_related("body", "unit").get(id=row.secretariat_id)
    clerk = queries.clerk_of(queries.secretariat_of(owner), Secrecy(letter.secrecy), now)
    if clerk is None or queries.find_open_work(row.uuid) is not None:
        return
    to = str(queries.recipient_of(row.recipient).party)
    work = NewWork(
        about_kind=CAME_BACK,
        about_uuid=row.uuid,
        number=letter.number[:40],
        title_fa=letter.subject,
        title_en=letter.subject,
        step_fa="",
        step_en="",
        sender_fa=to,
        sender_en=to,
        urgency=Urgency(letter.urgency),
        secrecy=Secrecy(letter.secrecy),
    )
    give_work(post=clerk.uuid, work=work, actor=actor, now=now)
