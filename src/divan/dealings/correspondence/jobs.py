"""What correspondence does later: reminds of follow-ups and lets them escalate."""

from __future__ import annotations

from datetime import datetime

from divan.dealings.correspondence import actions, queries
from divan.foundation.actors import SYSTEM


def run_follow_ups(now: datetime) -> int:
    """Remind of the follow-ups whose day has come; each in a transaction of its own, safe to interrupt anywhere."""
    due = queries.list_due_follow_ups(now)
    return sum(actions.remind(follow_up=one, actor=SYSTEM, now=now) for one in due)
