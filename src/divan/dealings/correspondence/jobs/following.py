"""Follow-ups are reminded of, signed documents are put to their letters, and worklists are handed over."""

from __future__ import annotations

from datetime import datetime

from divan.dealings.correspondence import actions, queries
from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.facts import FactRecord
from divan.trust.signing.values import DOCUMENT_ISSUED


def run_follow_ups(now: datetime) -> int:
    """Remind of the follow-ups whose day has come; each in a transaction of its own, safe to interrupt anywhere."""
    due = queries.list_due_follow_ups(now)
    return sum(actions.remind(follow_up=one, actor=SYSTEM, now=now) for one in due)


def follow_documents(now: datetime) -> int:
    """Put the documents that were issued to their letters, and lay these at the dispatch desk."""

    def handle(fact: FactRecord) -> None:
        actions.note_issued(document=fact.subject_uuid, actor=SYSTEM, now=now)

    return facts.follow("correspondence", handle, kinds=(DOCUMENT_ISSUED,))


LINES_AT_ONCE = 200


def run_hand_overs(now: datetime) -> int:
    """Move lines of the worklists that were ordered to another post, one by one, safe to interrupt anywhere."""
    done = 0
    for one in queries.list_open_hand_overs():
        while done < LINES_AT_ONCE and actions.hand_over_next(hand_over=one, actor=SYSTEM, now=now):
            done += 1
    return done
