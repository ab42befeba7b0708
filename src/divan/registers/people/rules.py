"""What people decides."""

from __future__ import annotations

from datetime import datetime


def is_held(starts_at: datetime, ends_at: datetime | None, moment: datetime) -> bool:
    """Whether a half-open period holds a moment."""
    return starts_at <= moment and (ends_at is None or moment < ends_at)


def overlaps(first: tuple[datetime, datetime | None], second: tuple[datetime, datetime | None]) -> bool:
    """Whether two half-open periods share a moment."""
    return (first[1] is None or second[0] < first[1]) and (second[1] is None or first[0] < second[1])
