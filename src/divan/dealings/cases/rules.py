"""What cases decides: who may act when, and how long a step may take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from divan.dealings.cases.values import (
    CaseNotOpen,
    CaseState,
    EntryNotPossible,
    NotADraft,
    NotYourTask,
    Permit,
    TaskDone,
)
from divan.foundation.actors import Actor
from divan_libs.persian.clocks import WorkCalendar, due_at_with_pauses
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.models import AppointmentNeed, ClockLength, Entry

SECRETARIAT = "secretariat"
"""The role of the post that dispatches and files the letters of a body."""

MEDIA_TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
"""The types of files that questions take, by the names that packages use."""

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


def require_in_hands(state: CaseState) -> None:
    """Refuse an officer's action on a case that neither runs nor is in its aftercare.

    :raises CaseNotOpen: in every other state.
    """
    if state not in {CaseState.OPEN, CaseState.AFTERCARE}:
        raise CaseNotOpen(state=str(state))


def beginning_of(day: str, *, days_later: int = 0) -> datetime:
    """Return the moment at which a day (ISO) begins in Tehran, or the day so many days later."""
    begun = date.fromisoformat(day) + timedelta(days=days_later)
    return datetime.combine(begun, time(), TEHRAN)


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
    return due_at_with_pauses(start, length.to_clock(), calendar, pauses)


def asking_pause(every: timedelta, longest: timedelta | None = None) -> timedelta:
    """Return how long to wait before another body is asked again for the state of an order.

    Nobody is asked more often than once a minute, unless the installation lays down a shorter ``longest`` pause: in a
    rehearsal a parcel travels in seconds.
    """
    pause = max(every, timedelta(minutes=1))
    return pause if longest is None else min(pause, longest)


def require_entry_open(permit: Permit, entry: Entry, calendar: WorkCalendar, now: datetime) -> None:
    """Refuse to begin a later case about a permit that is not in force, or too early before its end.

    :raises EntryNotPossible: ``not-in-force`` or ``too-early``.
    """
    if permit.state != "in-force":
        raise EntryNotPossible(reason="not-in-force")
    if entry.opens_before is None or permit.ends_at is None:
        return
    # The window is counted forward from now: it is open when a clock begun now would reach the end of the permit.
    reaches = due(now, entry.opens_before, calendar)
    if reaches is not None and reaches < permit.ends_at:
        raise EntryNotPossible(reason="too-early")


def tracking_body(jalali_year: int, serial: int) -> str:
    """Return a case number before its check digits: two digits of the year, then a serial of seven or more."""
    return f"{jalali_year % 100:02d}-{serial:07d}"


def grouped_number(bare: str) -> str:
    """Return a case number as it is stored from its bare digits: year, serial and check digits parted by dashes."""
    return f"{bare[:2]}-{bare[2:-2]}-{bare[-2:]}"


def is_secretariat_of(role: str, body: str, provider: str) -> bool:
    """Return whether a post of this role and body is the secretariat of the body that gives a service."""
    return role == SECRETARIAT and body == provider


def visit_times(need: AppointmentNeed, day: date, calendar: WorkCalendar) -> list[tuple[datetime, datetime]]:
    """Return the times at which visits are possible on a day; none on one without work."""
    if not calendar.is_working(day):
        return []
    weekday = (day.weekday() + 2) % 7
    midnight = datetime.combine(day, time(), TEHRAN)
    times = []
    for hours in need.hours:
        if hours.weekday == weekday:
            for start in range(hours.starts, hours.ends - need.minutes + 1, need.minutes):
                begins = midnight + timedelta(minutes=start)
                times.append((begins, begins + timedelta(minutes=need.minutes)))
    return sorted(set(times))
