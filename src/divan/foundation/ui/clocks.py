"""A clock in words: how much is left of a deadline, said so that colour is never needed to know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext, ngettext

from divan.foundation.ui.numbers import digits
from divan_libs.persian.jalali import TEHRAN


@dataclass(frozen=True, slots=True)
class ClockFace:
    """What a clock shows: its words, the tone of its tag, its icon and the mark of its row in a worklist."""

    words: str
    tone: Literal["", "good", "waiting", "bad", "solid-bad"]
    icon: Literal["clock", "pause", "check", "alert"]
    row: Literal["", "calm", "soon", "late"]


def clock_face(
    due_at: datetime | None, now: datetime, *, done_at: datetime | None = None, paused: bool = False, soon: int = 3
) -> ClockFace:
    """Tell how a deadline stands in days of Tehran's calendar; within ``soon`` days it is near.

    ``done_at`` is when the work was done, if it was. A paused clock has no end until it runs again.
    """
    if done_at is not None:
        if due_at is not None and done_at > due_at:
            return ClockFace(gettext("Done late"), "bad", "check", "")
        return ClockFace(gettext("Done in time"), "good", "check", "")
    if paused:
        return ClockFace(gettext("Clock paused"), "", "pause", "")
    if due_at is None:
        return ClockFace(gettext("No deadline"), "", "clock", "")
    days = (due_at.astimezone(TEHRAN).date() - now.astimezone(TEHRAN).date()).days
    if now > due_at:
        return _late(-days)
    return _left(days, soon)


def _late(days: int) -> ClockFace:
    if days == 0:
        return ClockFace(gettext("Overdue since today"), "solid-bad", "alert", "late")
    words = ngettext("%(days)s day overdue", "%(days)s days overdue", days)
    return ClockFace(words % {"days": digits(days)}, "solid-bad", "alert", "late")


def _left(days: int, soon: int) -> ClockFace:
    if days == 0:
        return ClockFace(gettext("Due today"), "waiting", "clock", "soon")
    if days == 1:
        words = gettext("Due tomorrow")
    else:
        words = ngettext("%(days)s day left", "%(days)s days left", days) % {"days": digits(days)}
    if days <= soon:
        return ClockFace(words, "waiting", "clock", "soon")
    return ClockFace(words, "good", "clock", "calm")
