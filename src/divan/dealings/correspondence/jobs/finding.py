"""What correspondence does later so that letters are found: follows their facts, and reads the text of their files."""

from __future__ import annotations

from datetime import datetime

from divan.dealings.correspondence.actions import finding
from divan.dealings.correspondence.adapters.pdf_text import read_text
from divan.dealings.correspondence.values import kinds
from divan.foundation import facts
from divan.foundation.facts import FactRecord

CHANGING = (
    kinds.LETTER_NUMBERED,
    kinds.LETTER_SIGNED,
    kinds.LETTER_FILED,
    kinds.LETTER_REGISTERED,
    kinds.LETTER_MOVED_IN,
    kinds.LETTER_DISPATCHED,
    kinds.LETTER_CLOSED,
    kinds.LETTER_REOPENED,
    kinds.LETTER_DRAFTED,
    kinds.DRAFT_CHANGED,
    kinds.DRAFT_DISCARDED,
    kinds.CIRCULATION_BEGUN,
    kinds.LETTER_RETURNED,
    kinds.LETTER_WITHDRAWN,
    kinds.LETTER_SEALED,
    kinds.SCAN_PUT,
    kinds.RECIPIENT_NAMED,
    kinds.RECIPIENT_CHANGED,
    kinds.LETTER_FILE_ADDED,
    kinds.LETTER_FILE_REMOVED,
    kinds.LETTER_REFERRED,
)
"""Facts after which a letter is found by something else; reading one changes nothing."""

FILES_AT_ONCE = 5


def enter_letters(now: datetime) -> int:
    """Bring up to date what the letters are found by whose facts were told."""

    def handle(fact: FactRecord) -> None:
        finding.enter_letter_of(fact.subject_kind, fact.subject_uuid, now)

    return facts.follow("correspondence.finding", handle, kinds=CHANGING)


def read_files(now: datetime) -> int:
    """Read the text of some files that came or go with letters; each in a process and a transaction of its own."""
    done = 0
    while done < FILES_AT_ONCE:
        taken = finding.begin_reading()
        if taken is None:
            break
        file_uuid, content = taken
        finding.note_text(file_uuid, read_text(content) if content else "", now)
        done += 1
    return done
