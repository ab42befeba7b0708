"""What correspondence does later so that a sender sees who read a letter: follows that its referrals are read."""

from __future__ import annotations

from datetime import datetime

from divan.dealings.correspondence import actions
from divan.dealings.correspondence.values import kinds
from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.facts import FactRecord


def note_readings(_now: datetime) -> int:
    """Note at the letters of other bodies of the house that their recipients read them, at the moment they did."""

    def handle(fact: FactRecord) -> None:
        actions.note_recipient_read(referral=fact.subject_uuid, actor=SYSTEM, now=fact.at)

    return facts.follow("correspondence.readings", handle, kinds=(kinds.REFERRAL_READ,))
