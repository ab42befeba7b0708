"""What correspondence does later for those who write in the portal: they are told what became of their letters."""

from __future__ import annotations

from datetime import datetime, timedelta

from divan.dealings.correspondence import actions
from divan.dealings.correspondence.values import kinds
from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.facts import FactRecord

TOO_LATE = timedelta(days=2)
"""News older than this are told to nobody: a house that begins to follow would else tell of letters of long ago."""


def tell_petitioners(now: datetime) -> int:
    """Tell those who wrote in the portal of a number, a refusal or an answer, once each."""

    def handle(fact: FactRecord) -> None:
        if now - fact.at > TOO_LATE:
            return
        if fact.kind == kinds.INTAKE_ENDED.code:
            actions.tell_petition_ended(intake=fact.subject_uuid, actor=SYSTEM, now=now)
        else:
            actions.tell_petition_answered(dispatch=fact.subject_uuid, actor=SYSTEM, now=now)

    return facts.follow("correspondence.petitions", handle, kinds=(kinds.INTAKE_ENDED, kinds.DISPATCH_SENT))
