"""Having the signatures of evidence stamped by a timestamp authority."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import uuid4

from django.db import transaction

from divan.foundation import facts, locks
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.trust.exchange import models
from divan.trust.exchange.adapters import stamp_files
from divan.trust.exchange.apps import options
from divan.trust.exchange.queries.containers import signature_files
from divan.trust.exchange.queries.evidence import items_of
from divan.trust.exchange.values import EVIDENCE_STAMPED
from divan_libs.asic import containers, hashchain
from divan_libs.envelope.evidence.stamps import StampedBatches
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
        hand_out_stamps()
        return 0
    signatures: list[bytes] = []
    places = []
    for batch in batches:
        places.append((batch, len(signatures)))
        signatures += signature_files(batch)
    token = timestamper.stamp(containers.stamped_file(signatures), "sha512")
    power_may_fail("exchange.evidence-stamped")
    count = _keep(token, containers.stamp_items(signatures), places, actor, now)
    hand_out_stamps()
    return count


def hand_out_stamps() -> int:
    """Give the gateway the file of every timestamp that it has not, the oldest first; return how many.

    What a crash between commit and file left out is given with the next timestamp, or when the duty looks again.

    :raises OSError: if one cannot be written.
    """
    told = options()
    missing: list[tuple[Path, int]] = []
    kept = models.EvidenceStamp.objects.order_by("-pk").values_list("pk", "uuid", "stamped_at")
    for number, uuid, stamped_at in kept.iterator():
        path = stamp_files.path_of(told, number, str(uuid), stamped_at)
        if path.exists():
            break
        missing.append((path, number))
    for path, number in reversed(missing):
        stamp = models.EvidenceStamp.objects.get(pk=number)
        batches = models.StampedBatch.objects.filter(stamp=stamp).order_by("batch")
        stamp_files.hand_out(
            path,
            StampedBatches(
                token=bytes(stamp.token),
                items=items_of(stamp),
                batches={
                    (name, batch): first
                    for name, batch, first in batches.values_list("batch__segment__name", "batch__number", "first")
                },
            ),
        )
    return len(missing)


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
