"""What correspondence does later so that a sender sees who read and answered a letter: follows what became of it."""

from __future__ import annotations

from datetime import datetime

from divan.dealings.correspondence import actions
from divan.dealings.correspondence.values import kinds
from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.facts import FactRecord


def note_readings(_now: datetime) -> int:
    """Note at the letters of the house that their recipients inside it read and answered them, when they did."""

    def handle(fact: FactRecord) -> None:
        if fact.kind == kinds.REFERRAL_READ.code:
            actions.note_recipient_read(referral=fact.subject_uuid, actor=SYSTEM, now=fact.at)
        elif fact.kind == kinds.REFERRAL_REPORTED.code:
            actions.note_recipient_reported(referral=fact.subject_uuid, actor=SYSTEM, now=fact.at)
        else:
            actions.note_inside_answer(letter=fact.subject_uuid, actor=SYSTEM, now=fact.at)

    followed = (kinds.REFERRAL_READ, kinds.REFERRAL_REPORTED, kinds.LETTER_DISPATCHED)
    return facts.follow("correspondence.readings", handle, kinds=followed)
