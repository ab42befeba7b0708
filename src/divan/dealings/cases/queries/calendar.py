"""The calendar by which the clocks of this province run."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from divan.dealings.cases import models
from divan_libs.persian.clocks import WorkCalendar, iranian_calendar


def work_calendar(around: date) -> WorkCalendar:
    """Return the calendar of the years about a day: public holidays with the province's own closures over them."""
    closures = tuple(
        (row.day, None if row.lifts else row.name)
        for row in models.ClosedDay.objects.filter(
            day__year__gte=around.year - 1, day__year__lte=around.year + 3
        ).order_by("day")
    )
    return _calendar(around.year, closures)


@lru_cache(maxsize=8)
def _calendar(year: int, closures: tuple[tuple[date, str | None], ...]) -> WorkCalendar:
    return iranian_calendar(year - 2, year + 4, overrides=dict(closures))
