"""What people decides."""

from __future__ import annotations

from datetime import datetime


def is_held(starts_at: datetime, ends_at: datetime | None, moment: datetime) -> bool:
    """Whether a half-open period holds a moment."""
    return starts_at <= moment and (ends_at is None or moment < ends_at)


def overlaps(first: tuple[datetime, datetime | None], second: tuple[datetime, datetime | None]) -> bool:
    """Whether two half-open periods share a moment."""
    return (first[1] is None or second[0] < first[1]) and (second[1] is None or first[0] < second[1])


HEADS = frozenset({"head", "director", "governor"})
DEPUTIES = frozenset({"deputy"})


def rank_of(role: str) -> int:
    """Return how high a role stands in its unit: 2 for who heads it, 1 for a deputy, 0 for everybody else.

    Roles say so by their last word: ``ict-deputy`` is a deputy, ``governor-officer`` an officer.
    """
    last = role.rpartition("-")[2]
    return 2 if last in HEADS else 1 if last in DEPUTIES else 0
