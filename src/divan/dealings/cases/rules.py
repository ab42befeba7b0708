"""What cases decides: who may act when, and how long a step may take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from divan.dealings.cases.values import CaseNotOpen, CaseState, NotADraft, NotYourTask, TaskDone
from divan.foundation.actors import Actor
from divan_libs.persian.clocks import Clock, WorkCalendar, due_at_with_pauses
from divan_libs.servicepack.models import ClockLength

SECRETARIAT = "secretariat"
"""The role of the post that dispatches and files the letters of a body."""

EDITABLE = frozenset({CaseState.DRAFT, CaseState.CORRECTION})


def require_editable(state: CaseState) -> None:
    """Refuse to change answers that stand.

    :raises NotADraft: unless the case is a draft or was sent back for correction.
    """
    if state not in EDITABLE:
        raise NotADraft(state=str(state))


def require_open(state: CaseState) -> None:
    """Refuse an officer's action on a case that does not wait for one.

    :raises CaseNotOpen: unless the case is open.
    """
    if state is not CaseState.OPEN:
        raise CaseNotOpen(state=str(state))


def require_waiting(closed_at: datetime | None) -> None:
    """Refuse to act twice in one step.

    :raises TaskDone: if somebody has acted.
    """
    if closed_at is not None:
        raise TaskDone


def require_holder(actor: Actor, *, post: UUID, holder: UUID | None) -> None:
    """Refuse whoever does not act in the task's post or does not hold it at this moment.

    :raises NotYourTask: for another post, another person, or a post lost meanwhile.
    """
    if actor.post != post or actor.uuid is None or actor.uuid != holder:
        raise NotYourTask


def due(
    start: datetime,
    length: ClockLength,
    calendar: WorkCalendar,
    pauses: Sequence[tuple[datetime, datetime | None]] = (),
) -> datetime | None:
    """Return when a clock runs out, or None while it stands still."""
    clock = Clock(amount=length.amount, unit=length.unit.value)
    return due_at_with_pauses(start, clock, calendar, pauses)


def tracking_body(jalali_year: int, serial: int) -> str:
    """Return a case number before its check digits: two digits of the year, then a serial of seven or more."""
    return f"{jalali_year % 100:02d}-{serial:07d}"


def grouped_number(bare: str) -> str:
    """Return a case number as it is stored from its bare digits: year, serial and check digits parted by dashes."""
    return f"{bare[:2]}-{bare[2:-2]}-{bare[-2:]}"


def is_secretariat_of(role: str, body: str, provider: str) -> bool:
    """Return whether a post of this role and body is the secretariat of the body that gives a service."""
    return role == SECRETARIAT and body == provider
