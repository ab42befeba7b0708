"""Lists that were approved are carried out, file by file; drafts and refused arrivals leave after their year."""

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


def erase_outlived(now: datetime) -> int:
    """Erase what the versions of letters sent a year ago said, and what was refused then. The worker's duty."""
    return sum(erase(actor=SYSTEM, now=now) for erase in (actions.erase_old_versions, actions.erase_old_refusals))
