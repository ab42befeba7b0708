"""What the catalogue decides."""

from __future__ import annotations


def next_number(last: int | None) -> int:
    """Return the number of the version after ``last``; versions count from 1 without gaps."""
    return (last or 0) + 1
