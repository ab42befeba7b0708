"""Sealing: three transactions, each under the sealer's lock, each reading where the one before left off.

Any of them may be the last before a power cut, and any process may go on: entries and salts are staged; a checkpoint
over them is signed and settled by compare-and-swap; files are published and the checkpoint last.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from divan.foundation import facts, locks
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.trust.ledger import models, queries
from divan.trust.ledger.actions.doubts import HistoryDoubtful, commit_at_once, doubting
from divan.trust.ledger.actions.opening import found_log, key_of
from divan.trust.ledger.actions.publishing import bring_level, publish_settled
from divan.trust.ledger.queries import SEALER, record_of
from divan.trust.ledger.values import Doubt
from divan_libs.tlog.checkpoints import Checkpoint, sign_checkpoint
from divan_libs.tlog.commitments import SALT_SIZE, Opening
from divan_libs.tlog.log import Integration, load_frontier, plan_integration

BATCH = 4096
"""Facts sealed at once: enough that commits and syncs weigh little, few enough to lie in memory."""

_COPY = "COPY ledger_ledgerentry (position, fact_uuid, salt, commitment, staged_at) FROM STDIN (FORMAT BINARY)"
_TYPES = ("int8", "uuid", "bytea", "bytea", "timestamptz")


def seal_batch(*, actor: Actor, now: datetime, limit: int = BATCH) -> int:
    """Seal the facts that follow the sealed ones, at most ``limit``, and return how many.

    What an earlier run left half done, at whatever point, is finished first. While another process seals, nothing is
    done. The log is opened at the first batch, if its key is there. Sealing as such records no fact: it would beget the
    next batch for ever, and the checkpoint is its own proof.

    :raises LogNotOpened: if there is neither log nor key.
    :raises HistoryDoubtful: if database, published files and key do not fit together.
    """
    try:
        with transaction.atomic(durable=True):
            if not locks.try_hold(SEALER):
                return 0
            head = models.LogHead.objects.first() or found_log(actor=actor, now=now, may_make_key=False)
            _stage(head, limit, now)
    except IntegrityError as error:
        raise _doubt_of_staging() from error
    power_may_fail("ledger.staged")
    plan = _settle(limit, now)
    power_may_fail("ledger.committed")
    if plan is None:
        return 0
    publish_settled(plan)
    return plan.size - plan.old_size


def _stage(head: models.LogHead, limit: int, now: datetime) -> None:
    """Draw a salt for each fact of the batch that has no entry yet, and keep both before anything is signed."""
    newest = models.LedgerEntry.objects.order_by("-position").values_list("position", flat=True).first()
    start = 0 if newest is None else newest + 1
    if start < head.size:
        raise HistoryDoubtful(Doubt.ENTRIES_LOST, entries=start, sealed=head.size)
    if (last := facts.last_position()) < start - 1:
        # The sequencer would give sealed positions a second time.
        raise HistoryDoubtful(Doubt.FACTS_LOST, facts=last + 1, sealed=start)
    room = min(head.size + limit, last + 1) - start
    batch = facts.after(start - 1, limit=room) if room > 0 else []
    for position, fact in enumerate(batch, start):
        if fact.position != position:
            raise HistoryDoubtful(Doubt.FACTS_LOST, missing=position, found=fact.position)
    if batch:
        commit_at_once()
        with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(_COPY) as copy:
            copy.set_types(_TYPES)
            for fact in batch:
                opening = Opening(secrets.token_bytes(SALT_SIZE), record_of(fact))
                copy.write_row((fact.position, fact.uuid, opening.salt, opening.entry(), now))


def _doubt_of_staging() -> HistoryDoubtful:
    """Say which fact the database refused to stage: one that has an entry already, under another position."""
    start = models.LedgerEntry.objects.count()
    batch = [fact.uuid for fact in facts.after(start - 1, limit=BATCH)]
    twice = models.LedgerEntry.objects.filter(fact_uuid__in=batch).order_by("position").first()
    if twice is None:
        return HistoryDoubtful(Doubt.HEAD_MOVED, expected=start)
    return HistoryDoubtful(Doubt.FACT_SEALED_TWICE, fact=twice.fact_uuid, sealed_at_position=twice.position)


def _settle(limit: int, now: datetime) -> Integration | None:
    """Sign the checkpoint over the staged entries and make it the settled one; return what is to be published of it."""
    with transaction.atomic(durable=True), doubting():
        locks.hold(SEALER)
        head = models.LogHead.objects.get()
        bring_level(head)
        entries = list(queries.commitments(head.size, head.size + limit))
        if not entries:
            return None
        signer = key_of(head)
        store = queries.published_store()
        plan = plan_integration(store, load_frontier(store, head.size, root=bytes(head.root)), entries)
        note = sign_checkpoint(Checkpoint(head.origin, plan.size, plan.root), [signer])
        commit_at_once()
        # The lock keeps other sealers of this house away; this keeps away whoever does not know the lock.
        moved = models.LogHead.objects.filter(size=head.size, root=head.root).update(
            size=plan.size, root=plan.root, note=note, sealed_at=now
        )
        if moved != 1:
            raise HistoryDoubtful(Doubt.HEAD_MOVED, expected=head.size)
    return plan
