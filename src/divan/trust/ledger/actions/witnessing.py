"""Keeping what witnesses vouched for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from divan.foundation import facts, locks
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.trust.ledger import models, queries, rules
from divan.trust.ledger.actions.doubts import commit_at_once, doubting
from divan.trust.ledger.adapters import publication
from divan.trust.ledger.queries import SEALER
from divan.trust.ledger.values import WITNESS_SILENT, WITNESS_VOUCHES, WitnessAnswer
from divan_libs.tlog.checkpoints import parse_checkpoint
from divan_libs.tlog.notes import parse_note


def keep_cosignatures(
    *, note: str, answers: Sequence[WitnessAnswer], is_enough: bool, actor: Actor, now: datetime
) -> None:
    """Keep what came of asking the witnesses for a published head, and publish the head once they are enough.

    An older head never takes the place of a newer one. That a witness vouches for the first time, fell silent or
    returned is a fact; each cosignature is not, for it would beget the next head for ever.

    :raises HistoryDoubtful: if the published files cannot be read.
    """
    head = parse_checkpoint(parse_note(note).text)
    with transaction.atomic(durable=True):
        locks.hold(SEALER)
        for answer in answers:
            _keep_answer(answer, head.size, actor=actor, now=now)
        kept = models.CosignedHead.objects.first()
        if is_enough and (kept is None or kept.size <= head.size):
            commit_at_once()
            models.CosignedHead.objects.update_or_create(
                pk=1, defaults={"size": head.size, "root": head.root, "note": note, "cosigned_at": now}
            )
    power_may_fail("ledger.cosigned-kept")
    publish_cosigned()


def publish_cosigned() -> None:
    """Publish the newest cosigned head, in a transaction of its own; again after a crash, and harmlessly twice."""
    with transaction.atomic(durable=True), doubting():
        locks.hold(SEALER)
        kept = models.CosignedHead.objects.first()
        if kept is not None:
            publication.publish_cosigned(queries.published_store(), kept.note)


def _keep_answer(answer: WitnessAnswer, size: int, *, actor: Actor, now: datetime) -> None:
    row = models.Witness.objects.select_for_update().filter(verifier=answer.verifier).first()
    is_new = row is None
    row = row or models.Witness(uuid=uuid4(), verifier=answer.verifier)
    row.name, row.asked_at, row.trouble = answer.name, now, answer.trouble
    # A larger size is a claim that is looked into; kept, it would have us never ask this witness again.
    if answer.size is not None and answer.size <= size:
        row.size = answer.size
    if not answer.trouble:
        # A witness whose clock is ahead must not count as heard from for as long as it is.
        row.cosigned_size, row.cosigned_at = size, min(answer.cosigned_at or now, now)
    was_silent = row.is_silent
    row.is_silent = bool(answer.trouble) and rules.is_silent(row.cosigned_at, now)
    row.save()
    if is_new or row.is_silent != was_silent:
        kind = WITNESS_SILENT if row.is_silent else WITNESS_VOUCHES
        facts.record(kind, subject=row, actor=actor, at=now, name=row.name, trouble=row.trouble)
