"""Having the signatures of evidence stamped by a timestamp authority."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from divan.foundation import facts, locks
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.trust.exchange import models
from divan.trust.exchange.queries.containers import signature_files
from divan.trust.exchange.values import EVIDENCE_STAMPED
from divan_libs.asic import containers, hashchain
from divan_libs.pki.timestampers import Timestamper
from divan_libs.pki.timestamps import token_time

MOST_BATCHES = 5000


def stamp_evidence(*, timestamper: Timestamper, actor: Actor, now: datetime) -> int:
    """Have the signatures of all batches that have no timestamp stamped with one token; return how many batches.

    The authority is asked before anything is written; if we stop in between, its token is lost and another one is
    asked for.

    :raises TimestampUnavailable, TimestampRefused, TimestampMismatch: as the authority answers; nothing has changed.
    """
    last = models.StampedBatch.objects.order_by("-batch_id").values_list("batch_id", flat=True).first() or 0
    # Imports hold one lock to their commit, so no batch with a lower number appears later.
    batches = list(
        models.EvidenceBatch.objects.select_related("segment").filter(pk__gt=last).order_by("pk")[:MOST_BATCHES]
    )
    if not batches:
        return 0
    signatures: list[bytes] = []
    places = []
    for batch in batches:
        places.append((batch, len(signatures)))
        signatures += signature_files(batch)
    token = timestamper.stamp(containers.stamped_file(signatures), "sha512")
    power_may_fail("exchange.evidence-stamped")
    return _keep(token, containers.stamp_items(signatures), places, actor, now)


@transaction.atomic
def _keep(
    token: bytes, items: list[bytes], places: list[tuple[models.EvidenceBatch, int]], actor: Actor, now: datetime
) -> int:
    locks.hold("exchange.stamps")
    if models.StampedBatch.objects.filter(batch=places[0][0]).exists():
        # Another worker was quicker; its token is as good.
        return 0
    stamp = models.EvidenceStamp.objects.create(
        uuid=uuid4(), token=token, items=b"".join(items), stamped_at=token_time(token)
    )
    models.StampedBatch.objects.bulk_create(
        [models.StampedBatch(batch=batch, stamp=stamp, first=first) for batch, first in places]
    )
    facts.record(
        EVIDENCE_STAMPED,
        subject=stamp,
        actor=actor,
        at=now,
        batches=len(places),
        top=hashchain.top(items).hex(),
        stamped_at=stamp.stamped_at.isoformat(),
    )
    return len(places)
