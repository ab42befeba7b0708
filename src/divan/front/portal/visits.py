"""Counting visits cheaply: gathered in the process, added to the day's counts now and then, nothing of who came."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from datetime import date, datetime, timedelta

from django.db import Error

from divan.foundation.actors import SYSTEM
from divan.registers.catalogue import actions as catalogue
from divan_libs.persian.jalali import TEHRAN

AFTER = timedelta(minutes=1)
AT_ONCE = 500

_log = logging.getLogger(__name__)


class VisitCounter:
    """Gathers visits of one process and writes them in one statement a minute, or sooner when there are many.

    What was gathered since the last writing is lost with the process; nothing else hangs on it. Safe to share.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._gathered: Counter[tuple[date, str]] = Counter()
        self._since: datetime | None = None

    def note(self, service_code: str, now: datetime) -> None:
        """Count a visit; now and then this writes what was gathered."""
        with self._turn:
            self._gathered[now.astimezone(TEHRAN).date(), service_code] += 1
            self._since = self._since or now
            due = now - self._since >= AFTER or self._gathered.total() >= AT_ONCE
        if due:
            self.write(now)

    def write(self, now: datetime) -> None:
        """Add what was gathered to the counts of its days; what cannot be written now is kept for the next time."""
        with self._turn:
            gathered, self._gathered, self._since = self._gathered, Counter(), None
        for day in sorted({day for day, _ in gathered}):
            counts = {code: count for (of, code), count in gathered.items() if of == day}
            try:
                catalogue.count_visits(day=day, counts=counts, actor=SYSTEM, now=now)
            except Error:
                _log.warning("visits of %s could not be written; they are kept", day, exc_info=True)
                with self._turn:
                    self._gathered.update({(day, code): count for code, count in counts.items()})
                    self._since = self._since or now

    def forget(self) -> None:
        """Drop what was gathered; a test begins with nothing of the one before."""
        with self._turn:
            self._gathered, self._since = Counter(), None


VISITS = VisitCounter()
