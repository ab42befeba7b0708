"""Settling doubts: what asking the provider brought of a message that has no end on record."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from divan.foundation import facts, locks
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.trust.exchange import models
from divan.trust.exchange.queries.evidence import as_kept
from divan.trust.exchange.values.console import DOUBT_SETTLED, DoubtSettled, DoubtUnknown, Finding, SettlementFaulty
from divan_libs.envelope.evidence.records import Outcome
from divan_libs.persian.text import normalize

LONGEST_REASON = 1000


@transaction.atomic
def settle_doubt(*, request_id: str, finding: str, reason: str, actor: Actor, now: datetime) -> None:
    """Say once for all what was found out of a message in doubt, and on what ground.

    :raises DoubtUnknown: if no such message is in doubt.
    :raises SettlementFaulty: ``finding`` for one that is none, ``reason`` without a ground.
    :raises DoubtSettled: if it was settled before.
    """
    known = finding in set(Finding)
    wording = "\n".join(normalize(line) for line in reason.splitlines()).strip()[:LONGEST_REASON]
    if not known or not wording:
        raise SettlementFaulty(reason="reason" if known else "finding")
    rows = models.EvidenceRow.objects.filter(request_id=as_kept(request_id, 64), outcome=Outcome.IN_DOUBT)
    row = rows.order_by("-received_at").first()
    if row is None:
        raise DoubtUnknown
    locks.hold(f"exchange.doubt.{request_id}")
    if models.SettledDoubt.objects.filter(request_id=request_id).exists():
        raise DoubtSettled
    settled = models.SettledDoubt.objects.create(
        uuid=uuid4(), request_id=request_id, finding=finding, reason=wording, settled_at=now
    )
    power_may_fail("exchange.doubt-settled")
    facts.record(
        DOUBT_SETTLED,
        subject=settled,
        actor=actor,
        at=now,
        request_id=request_id,
        message_id=row.message_id,
        finding=finding,
    )
