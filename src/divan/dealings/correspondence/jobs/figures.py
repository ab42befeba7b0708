"""What correspondence does later so that figures of letters stand ready: follows their facts and counts."""

from __future__ import annotations

from datetime import datetime

from divan.dealings.correspondence.actions import figures
from divan.dealings.correspondence.values import kinds
from divan.foundation import facts
from divan.foundation.facts import FactRecord


def count_letters(_now: datetime) -> int:
    """Count what was told since the last look: letters received, letters sent, referrals reported on."""

    def handle(fact: FactRecord) -> None:
        if fact.kind == kinds.LETTER_REGISTERED.code:
            figures.count_received(fact.subject_uuid)
        elif fact.kind == kinds.DISPATCH_SENT.code:
            figures.count_sent(fact.subject_uuid, fact.at)
        else:
            figures.count_acted(fact.subject_uuid)

    counted = (kinds.LETTER_REGISTERED, kinds.DISPATCH_SENT, kinds.REFERRAL_REPORTED)
    return facts.follow("correspondence.figures", handle, kinds=counted)
