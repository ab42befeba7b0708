"""Telling whoever sent a letter what became of it: queued when its arrival ended, carried by the channel it came by."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions.carrying import lease_of, pause_after
from divan.dealings.correspondence.apps import options
from divan.dealings.correspondence.values import (
    RECEIPT_DEAD,
    RECEIPT_QUEUED,
    RECEIPT_SENT,
    Channel,
    Receipt,
    ReceiptUnknown,
)
from divan.foundation import facts
from divan.foundation.actors import Actor

TOLD_BY = (Channel.EXCHANGE, Channel.ECE, Channel.FOLDER)
ENDED = ("registered", "refused", "double")


@transaction.atomic
def queue_receipt(*, intake: UUID, actor: Actor, now: datetime) -> Receipt | None:
    """Queue the word on what became of something that arrived; None where nobody is told, or it has not ended.

    A second time changes nothing.
    """
    row = models.Intake.objects.select_for_update(of=("self",)).filter(uuid=intake, channel__in=TOLD_BY).first()
    if row is None or row.state not in ENDED or not row.receipt.get("target"):
        return None
    known = models.Receipt.objects.select_related("intake__letter").filter(intake=row).first()
    if known is None:
        known = models.Receipt.objects.create(
            uuid=uuid4(),
            intake=row,
            channel=row.channel,
            target=str(row.receipt["target"])[:300],
            state="queued",
            queued_at=now,
            next_attempt_at=now,
        )
        facts.record(RECEIPT_QUEUED, subject=known, actor=actor, at=now, intake=row.uuid, said=row.state)
    return queries.receipt_of(known)


@transaction.atomic
def take_due_receipt(*, now: datetime) -> Receipt | None:
    """Lease the receipt that is due first, so that nobody else carries it meanwhile; None if none is due."""
    row = (
        models.Receipt.objects.select_related("intake__letter")
        .filter(Q(leased_until__isnull=True) | Q(leased_until__lte=now), state="queued", next_attempt_at__lte=now)
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("next_attempt_at", "id")
        .first()
    )
    if row is None:
        return None
    row.leased_until = now + lease_of(row.channel)
    row.save(update_fields=["leased_until"])
    return queries.receipt_of(row)


def _row(receipt: UUID) -> models.Receipt:
    row = models.Receipt.objects.select_for_update(of=("self",)).filter(uuid=receipt).first()
    if row is None:
        raise ReceiptUnknown
    return row


@transaction.atomic
def note_receipt_sent(*, receipt: UUID, actor: Actor, now: datetime) -> None:
    """Note that the other side has a receipt; a second time changes nothing.

    :raises ReceiptUnknown: if there is no such receipt.
    """
    row = _row(receipt)
    if row.state != "sent":
        row.state, row.ended_at, row.problem, row.leased_until = "sent", now, "", None
        row.save(update_fields=["state", "ended_at", "problem", "leased_until"])
        facts.record(RECEIPT_SENT, subject=row, actor=actor, at=now)


@transaction.atomic
def note_receipt_unanswered(*, receipt: UUID, code: str, for_good: bool = False, actor: Actor, now: datetime) -> None:
    """Put a receipt back for a while because nobody took it; after the patience of the installation it is dead.

    :raises ReceiptUnknown: if there is no such receipt.
    """
    row = _row(receipt)
    if row.state != "queued":
        return
    if for_good or now - row.queued_at >= options().patience:
        row.state, row.ended_at, row.problem, row.leased_until = "dead", now, code[:80], None
        row.save(update_fields=["state", "ended_at", "problem", "leased_until"])
        facts.record(RECEIPT_DEAD, subject=row, actor=actor, at=now, code=row.problem)
        return
    row.attempts = min(row.attempts + 1, 1000)
    row.next_attempt_at, row.leased_until = now + pause_after(row.attempts), None
    row.save(update_fields=["attempts", "next_attempt_at", "leased_until"])
