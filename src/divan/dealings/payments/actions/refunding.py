"""Refunds: asked by one person, approved by another, carried out by the bank, once.

Lock order: the invoice's row, then the order's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Sum

from divan.dealings.payments import models, queries, rules
from divan.dealings.payments.actions.invoices import locked_invoice
from divan.dealings.payments.values import (
    INVOICE_REFUNDED,
    REFUND_APPROVED,
    REFUND_ASKED,
    REFUND_DONE,
    REFUND_FAILED,
    REFUND_REFUSED,
    InvoiceState,
    PaymentState,
    ReasonMissing,
    Refund,
    RefundBySamePerson,
    RefundDecided,
    RefundState,
    RefundTooLarge,
    RefundUnknown,
)
from divan.foundation import facts
from divan.foundation.actors import Actor, ActorKind
from divan.foundation.errors import NotAllowed
from divan.foundation.kinds import FactKind


@transaction.atomic
def ask_refund(
    *, invoice: UUID, reason: str, actor: Actor, now: datetime, shares: Mapping[UUID, int] | None = None
) -> Refund:
    """Ask that money of a paid invoice goes back: rials by line, or with None everything that has not gone back yet.

    What is asked for is set aside at once, so that two orders never take the same rial.

    :raises InvoiceUnknown: if there is no such invoice.
    :raises ReasonMissing: without a reason in words.
    :raises RefundTooLarge: if nothing was paid, a line is not of this invoice, or less is left of it.
    """
    if not reason.strip():
        raise ReasonMissing
    owed = locked_invoice(invoice)
    payment = owed.payments.filter(state=PaymentState.VERIFIED).first()
    if payment is None:
        raise RefundTooLarge(left=0)
    lines = {line.uuid: line for line in owed.lines.all()}
    taken = queries.refunded_by_line(owed.id)
    left = {uuid: line.amount - taken.get(line.id, 0) for uuid, line in lines.items()}
    wanted = rules.refund_shares(left, shares)
    row = _new_order(payment, sum(wanted.values()), reason, actor, now)
    models.RefundShare.objects.bulk_create(
        models.RefundShare(refund=row, line=lines[uuid], amount=amount) for uuid, amount in wanted.items()
    )
    facts.record(REFUND_ASKED, subject=row, actor=actor, at=now, invoice=owed.uuid, amount=row.amount)
    return queries.get_refund(row.uuid)


def ask_surplus_back(*, payment: models.Payment, actor: Actor, now: datetime) -> None:
    """Ask, in the running transaction, that money which paid nothing goes back to whoever paid it."""
    row = _new_order(payment, payment.amount, "surplus", actor, now)
    facts.record(REFUND_ASKED, subject=row, actor=actor, at=now, invoice=payment.invoice.uuid, amount=row.amount)


def _new_order(payment: models.Payment, amount: int, reason: str, actor: Actor, now: datetime) -> models.RefundOrder:
    return models.RefundOrder.objects.create(
        uuid=uuid4(),
        payment=payment,
        amount=amount,
        reason=reason.strip()[:500],
        state=RefundState.ASKED,
        asked_by=None if actor.kind is ActorKind.SYSTEM else actor.uuid,
        asked_at=now,
    )


def locked_refund(refund: UUID) -> tuple[models.RefundOrder, models.Invoice]:
    """Return the rows of an order and of its invoice, the invoice locked first.

    :raises RefundUnknown: if there is none.
    """
    invoice = models.RefundOrder.objects.filter(uuid=refund).values_list("payment__invoice__uuid", flat=True).first()
    if invoice is None:
        raise RefundUnknown
    owed = locked_invoice(invoice)
    return models.RefundOrder.objects.select_for_update().get(uuid=refund), owed


def _require_decider(actor: Actor) -> None:
    if not actor.is_staff or not actor.duties.intersection(rules.FINANCE_ROLES):
        raise NotAllowed


def _decide(row: models.RefundOrder, state: RefundState, note: str, actor: Actor, now: datetime) -> None:
    if row.state != RefundState.ASKED:
        raise RefundDecided
    row.state, row.decision_note = state, note.strip()[:500]
    row.decided_by, row.decided_at = actor.uuid, now
    row.look_at = now if state is RefundState.APPROVED else None
    row.save(update_fields=["state", "decision_note", "decided_by", "decided_at", "look_at"])


@transaction.atomic
def approve_refund(*, refund: UUID, actor: Actor, now: datetime, note: str = "") -> Refund:
    """Approve an order, as an officer who did not ask for it; the worker hands it to the bank.

    :raises RefundUnknown: if there is none.
    :raises NotAllowed: for whoever holds no post that decides refunds.
    :raises RefundBySamePerson: for whoever asked for it, in whatever post.
    :raises RefundDecided: if it was decided before.
    """
    _require_decider(actor)
    row, owed = locked_refund(refund)
    if row.asked_by is not None and row.asked_by == actor.uuid:
        raise RefundBySamePerson
    _decide(row, RefundState.APPROVED, note, actor, now)
    facts.record(REFUND_APPROVED, subject=row, actor=actor, at=now, invoice=owed.uuid, amount=row.amount)
    return queries.get_refund(refund)


@transaction.atomic
def refuse_refund(*, refund: UUID, note: str, actor: Actor, now: datetime) -> Refund:
    """Refuse an order, with the reason in words; what it had set aside is free again.

    :raises RefundUnknown: if there is none.
    :raises NotAllowed: for whoever holds no post that decides refunds.
    :raises ReasonMissing: without a reason.
    :raises RefundDecided: if it was decided before.
    """
    _require_decider(actor)
    if not note.strip():
        raise ReasonMissing
    row, owed = locked_refund(refund)
    _decide(row, RefundState.REFUSED, note, actor, now)
    facts.record(REFUND_REFUSED, subject=row, actor=actor, at=now, invoice=owed.uuid)
    return queries.get_refund(refund)


@transaction.atomic
def note_refund_done(*, refund: UUID, reference: str, at: datetime, actor: Actor, now: datetime) -> None:
    """Note that the bank gave the money back at a moment of its clock; said again it changes nothing.

    :raises RefundUnknown: if there is none.
    """
    row, owed = locked_refund(refund)
    if row.state != RefundState.SENT:
        return
    row.bank_reference, row.done_at = reference, at
    _close(row, RefundState.DONE, REFUND_DONE, owed, actor, now)
    gone = models.RefundShare.objects.filter(refund__state=RefundState.DONE, line__invoice=owed)
    state = rules.refunded_state(owed.total, gone.aggregate(sum=Sum("amount"))["sum"] or 0)
    if owed.paid_at is not None and owed.state != state and state is not InvoiceState.PAID:
        owed.state = state
        owed.save(update_fields=["state"])
        facts.record(
            INVOICE_REFUNDED,
            subject=owed,
            actor=actor,
            at=now,
            about=[owed.about_kind, owed.about_uuid],
            refund=row.uuid,
            amount=row.amount,
        )


@transaction.atomic
def note_refund_failed(*, refund: UUID, reason: str, actor: Actor, now: datetime) -> None:
    """Note that the bank refused to give the money back; it can be asked for anew.

    :raises RefundUnknown: if there is none.
    """
    row, owed = locked_refund(refund)
    if row.state == RefundState.SENT:
        row.decision_note = f"{row.decision_note} [{reason}]".strip()[:500]
        _close(row, RefundState.FAILED, REFUND_FAILED, owed, actor, now)


def _close(
    row: models.RefundOrder, state: RefundState, kind: FactKind, owed: models.Invoice, actor: Actor, now: datetime
) -> None:
    row.state, row.look_at = state, None
    row.save()
    facts.record(kind, subject=row, actor=actor, at=now, invoice=owed.uuid, amount=row.amount)
