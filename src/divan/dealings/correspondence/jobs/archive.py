"""Lists that were approved are carried out, file by file."""

from __future__ import annotations

from datetime import datetime

from divan.dealings.correspondence import actions, queries
from divan.foundation.actors import SYSTEM

AT_ONCE = 20
"""Files dealt with in one round; the rest waits for the next."""


def run_disposals(now: datetime) -> int:
    """Carry out what was approved; return how many files were dealt with. The worker's duty."""
    done = 0
    for disposal in queries.list_approved():
        while done < AT_ONCE and actions.dispose_next(disposal=disposal, actor=SYSTEM, now=now):
            done += 1
    return done
