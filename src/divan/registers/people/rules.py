"""What people decides."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime


def is_held(starts_at: datetime, ends_at: datetime | None, moment: datetime) -> bool:
    """Whether a half-open period holds a moment."""
    return starts_at <= moment and (ends_at is None or moment < ends_at)


def overlaps(first: tuple[datetime, datetime | None], second: tuple[datetime, datetime | None]) -> bool:
    """Whether two half-open periods share a moment."""
    return (first[1] is None or second[0] < first[1]) and (second[1] is None or first[0] < second[1])


HEADS = frozenset({"head", "director", "governor"})
DEPUTIES = frozenset({"deputy"})


def rank_of(role: str, leading: Sequence[Collection[str]] = ()) -> int:
    """Return how high a role stands in its unit; 0 is for everybody who does not lead it.

    ``leading`` are the roles that lead, rank by rank from the top, where a body has said so. Where none has, roles say
    so by their last word: who heads the unit stands at 2, a deputy (``ict-deputy``) at 1, a ``governor-officer`` at 0.
    """
    if leading:
        return next((len(leading) - rank for rank, roles in enumerate(leading) if role in roles), 0)
    last = role.rpartition("-")[2]
    return 2 if last in HEADS else 1 if last in DEPUTIES else 0
