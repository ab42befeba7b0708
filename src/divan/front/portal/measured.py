"""What this system has measured of a service, to stand beside what its card declares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.utils.translation import ngettext

from divan.dealings.cases import queries as cases
from divan.foundation.ui.numbers import number
from divan.registers.catalogue import queries as catalogue
from divan_libs.persian.jalali import TEHRAN

SPAN = timedelta(days=365)
PERIOD = timedelta(minutes=10)
"""Figures of a year are the same for ten minutes; a page that is opened often does not count them again."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of the last 365 days; ``mean_hours`` is None while nothing has been decided."""

    received: int
    decided: int
    late: int
    mean_hours: float | None
    visits: int

    def mean_in_words(self) -> str:
        """Return the mean time from submission to decision, in days, or in hours below two days."""
        hours = self.mean_hours or 0.0
        if hours < 48:
            amount = round(hours)
            return ngettext("%(count)s hour", "%(count)s hours", amount) % {"count": number(amount)}
        amount = round(hours / 24)
        return ngettext("%(count)s day", "%(count)s days", amount) % {"count": number(amount)}


def period_of(now: datetime) -> int:
    """Return the number of the span of ten minutes in which a moment lies; figures are counted once in each."""
    return int(now.timestamp() // PERIOD.total_seconds())


@lru_cache(maxsize=1024)
def measured_in(service_code: str, period: int) -> Measured:
    """Return a service's figures as they stood when they were first asked for in this period."""
    now = datetime.fromtimestamp(period * PERIOD.total_seconds(), TEHRAN)
    since = now - SPAN
    figures = cases.service_figures([service_code], since)[service_code]
    return Measured(
        received=figures.received,
        decided=figures.decided,
        late=figures.late,
        mean_hours=figures.mean_hours,
        visits=catalogue.count_visits(service_code, since.date()),
    )
