"""Reconciliation: the bank's statement of a day against the books, each difference by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.payments import models, queries, rules
from divan.dealings.payments.values import (
    DIFFERENCE_FOUND,
    DIFFERENCE_SETTLED,
    STATEMENT_READ,
    DifferenceKind,
    DifferenceUnknown,
    PaymentState,
    ReasonMissing,
    RefundState,
    StatedDay,
    StatedMovement,
    StatementFaulty,
    StatementSummary,
)
from divan.foundation import facts, locks
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail

MONEY = (PaymentState.VERIFIED, PaymentState.SURPLUS)


@dataclass(frozen=True, slots=True)
class _Found:
    kind: DifferenceKind
    reference: str
    payment: models.Payment | None = None
    refund: models.RefundOrder | None = None
    bank_amount: int | None = None
    our_amount: int | None = None


@transaction.atomic
def reconcile_day(*, stated: StatedDay, actor: Actor, now: datetime) -> StatementSummary:
    """Compare the bank's statement of a day with the books; what was read of that day before is replaced.

    A payment that the bank states and we do not hold paid is asked about at once, server to server: a lost callback is
    found here at the latest. Differences that a new reading no longer shows are settled by it.

    :raises StatementFaulty: ``day`` (a movement of another day) or ``repeated`` (a movement twice).
    """
    _require_sound(stated)
    locks.hold("payments.reconciliation")
    row, _ = models.Statement.objects.get_or_create(day=stated.day, defaults={"uuid": uuid4(), "read_at": now})
    row.lines.all().delete()
    models.StatementLine.objects.bulk_create(
        models.StatementLine(
            statement=row,
            is_refund=one.refund,
            order=one.order[:60],
            reference=one.reference[:60],
            amount=one.amount,
            shares=[[share.account, share.amount] for share in one.shares],
            at=one.at,
        )
        for one in stated.movements
    )
    row.read_at = now
    row.save(update_fields=["read_at"])
    power_may_fail("statement.before-fact")
    facts.record(STATEMENT_READ, subject=row, actor=actor, at=now, day=stated.day, movements=len(stated.movements))
    _keep_differences(row, list(_differences(stated)), actor, now)
    return queries.get_statement(stated.day)


def _require_sound(stated: StatedDay) -> None:
    begins, ends = rules.day_bounds(stated.day)
    seen: set[tuple[bool, str]] = set()
    for one in stated.movements:
        if not begins <= one.at < ends:
            raise StatementFaulty(reason="day")
        if (one.refund, one.reference) in seen:
            raise StatementFaulty(reason="repeated")
        seen.add((one.refund, one.reference))


def _differences(stated: StatedDay) -> Iterator[_Found]:
    begins, ends = rules.day_bounds(stated.day)
    payments = [one for one in stated.movements if not one.refund]
    refunds = [one for one in stated.movements if one.refund]
    known = {str(row.uuid): row for row in models.Payment.objects.filter(uuid__in=_orders(payments))}
    orders = {str(row.uuid): row for row in models.RefundOrder.objects.filter(uuid__in=_orders(refunds))}
    for one in payments:
        yield from _of_payment(one, known.get(one.order))
    for one in refunds:
        yield from _of_refund(one, orders.get(one.order))
    ours = models.Payment.objects.filter(state__in=MONEY, paid_at__gte=begins, paid_at__lt=ends)
    for row in ours.exclude(bank_reference__in=[one.reference for one in payments]):
        yield _Found(DifferenceKind.MISSING_PAYMENT, row.bank_reference, payment=row, our_amount=row.amount)
    gone = models.RefundOrder.objects.filter(state=RefundState.DONE, done_at__gte=begins, done_at__lt=ends)
    for order in gone.exclude(bank_reference__in=[one.reference for one in refunds]):
        yield _Found(DifferenceKind.MISSING_REFUND, order.bank_reference, refund=order, our_amount=order.amount)


def _orders(movements: list[StatedMovement]) -> list[UUID]:
    found = []
    for one in movements:
        try:
            found.append(UUID(one.order))
        except ValueError:
            continue
    return found


def _of_payment(one: StatedMovement, row: models.Payment | None) -> Iterator[_Found]:
    if row is None:
        yield _Found(DifferenceKind.UNKNOWN_PAYMENT, one.reference, bank_amount=one.amount)
        return
    if row.amount != one.amount:
        yield _Found(DifferenceKind.AMOUNT, one.reference, row, bank_amount=one.amount, our_amount=row.amount)
    if row.state not in MONEY or row.bank_reference != one.reference:
        yield _Found(DifferenceKind.NOT_PAID_HERE, one.reference, row, bank_amount=one.amount)
    elif one.shares != queries.shares_of(row):
        yield _Found(DifferenceKind.SPLIT, one.reference, row, bank_amount=one.amount, our_amount=row.amount)


def _of_refund(one: StatedMovement, row: models.RefundOrder | None) -> Iterator[_Found]:
    # An order that was sent and not answered yet is no difference; its answer is on the way under the same key.
    if row is None or row.state not in {RefundState.SENT, RefundState.DONE}:
        yield _Found(DifferenceKind.UNKNOWN_REFUND, one.reference, refund=row, bank_amount=one.amount)
    elif row.amount != one.amount:
        yield _Found(DifferenceKind.AMOUNT, one.reference, refund=row, bank_amount=one.amount, our_amount=row.amount)


def _keep_differences(statement: models.Statement, found: list[_Found], actor: Actor, now: datetime) -> None:
    known = {(row.kind, row.reference): row for row in statement.differences.all()}
    for one in found:
        if one.payment is not None and one.kind is DifferenceKind.NOT_PAID_HERE:
            models.Payment.objects.filter(id=one.payment.id).exclude(state__in=MONEY).update(look_at=now, looks=0)
        if row := known.get((one.kind, one.reference)):
            # What a person explained stays explained; what a reading seemed to settle and another shows does not.
            if row.settled_at is not None and row.settled_by is None:
                row.settled_at = None
                row.save(update_fields=["settled_at"])
                facts.record(DIFFERENCE_FOUND, subject=row, actor=actor, at=now, difference=one.kind, again=True)
            continue
        row = models.Difference.objects.create(
            uuid=uuid4(),
            statement=statement,
            kind=one.kind,
            reference=one.reference[:60],
            payment=one.payment,
            refund=one.refund,
            bank_amount=one.bank_amount,
            our_amount=one.our_amount,
            found_at=now,
        )
        facts.record(DIFFERENCE_FOUND, subject=row, actor=actor, at=now, difference=one.kind, day=statement.day)
    still = {(one.kind, one.reference) for one in found}
    for key, row in known.items():
        if key not in still and row.settled_at is None:
            row.settled_at = now
            row.save(update_fields=["settled_at"])
            facts.record(DIFFERENCE_SETTLED, subject=row, actor=actor, at=now, by_reading=True)


@transaction.atomic
def settle_difference(*, difference: UUID, note: str, actor: Actor, now: datetime) -> None:
    """Settle a difference by saying what it was.

    :raises DifferenceUnknown: if there is none, or it is settled.
    :raises ReasonMissing: without words.
    """
    if not note.strip():
        raise ReasonMissing
    row = models.Difference.objects.select_for_update().filter(uuid=difference, settled_at__isnull=True).first()
    if row is None:
        raise DifferenceUnknown
    row.settled_at, row.settled_by, row.note = now, actor.uuid, note.strip()[:500]
    row.save(update_fields=["settled_at", "settled_by", "note"])
    facts.record(DIFFERENCE_SETTLED, subject=row, actor=actor, at=now)
