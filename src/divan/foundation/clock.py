"""The one place where the house reads the clock: for faces, jobs and commands, which hand it on as ``now``."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)
