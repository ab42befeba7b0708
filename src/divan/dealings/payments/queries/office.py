"""Refunds, statements and differences, for those who decide and explain them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from divan.dealings.payments import models
from divan.dealings.payments.values import (
    Difference,
    DifferenceKind,
    Refund,
    RefundState,
    RefundUnknown,
    StatementSummary,
)
from divan_libs.persian.jalali import TEHRAN

LOOKED_BACK = 7
"""Days for which a statement that could not be read is asked for again."""


def _refund(row: models.RefundOrder) -> Refund:
    return Refund(
        uuid=row.uuid,
        invoice=row.payment.invoice.uuid,
        invoice_number=row.payment.invoice.number,
        payment=row.payment.uuid,
        amount=row.amount,
        reason=row.reason,
        state=RefundState(row.state),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decision_note=row.decision_note,
        done_at=row.done_at,
        bank_reference=row.bank_reference,
        shares=tuple(sorted((share.line.uuid, share.amount) for share in row.shares.all())),
    )


def _refunds() -> QuerySet[models.RefundOrder]:
    return models.RefundOrder.objects.select_related("payment__invoice").prefetch_related("shares__line")


def get_refund(refund: UUID) -> Refund:
    """Return an order to give money back.

    :raises RefundUnknown: if there is none.
    """
    row = _refunds().filter(uuid=refund).first()
    if row is None:
        raise RefundUnknown
    return _refund(row)


def list_refunds(*, body: str, waiting: bool, limit: int = 200) -> list[Refund]:
    """Return orders of a body (empty: of all): those to be decided, oldest first, or the rest, newest first."""
    rows = _refunds()
    if body:
        lines = models.InvoiceLine.objects.filter(invoice=OuterRef("payment__invoice"), body_code=body)
        rows = rows.filter(Exists(lines))
    if waiting:
        return [_refund(row) for row in rows.filter(state=RefundState.ASKED).order_by("asked_at", "id")[:limit]]
    return [_refund(row) for row in rows.exclude(state=RefundState.ASKED).order_by("-id")[:limit]]


def list_refunds_of(invoice: UUID) -> list[Refund]:
    """Return the orders to give money of an invoice back, oldest first."""
    return [_refund(row) for row in _refunds().filter(payment__invoice__uuid=invoice).order_by("id")]


def _statement(row: models.Statement) -> StatementSummary:
    sums = row.lines.aggregate(
        payments=Count("id", filter=Q(is_refund=False)),
        paid=Sum("amount", filter=Q(is_refund=False)),
        refunds=Count("id", filter=Q(is_refund=True)),
        refunded=Sum("amount", filter=Q(is_refund=True)),
    )
    return StatementSummary(
        uuid=row.uuid,
        day=row.day,
        read_at=row.read_at,
        payments=sums["payments"],
        paid=sums["paid"] or 0,
        refunds=sums["refunds"],
        refunded=sums["refunded"] or 0,
        open_differences=row.differences.filter(settled_at__isnull=True).count(),
    )


def get_statement(day: date) -> StatementSummary:
    """Return what the bank stated of a day.

    :raises LookupError: if that day was never read.
    """
    row = models.Statement.objects.filter(day=day).first()
    if row is None:
        raise LookupError(day)
    return _statement(row)


def list_statements(limit: int = 60) -> list[StatementSummary]:
    """Return the days that were read, newest first."""
    return [_statement(row) for row in models.Statement.objects.order_by("-day")[:limit]]


def list_differences(*, day: date | None = None, limit: int = 200) -> list[Difference]:
    """Return the differences that nobody has settled, oldest first; with a day all of that day."""
    rows = models.Difference.objects.select_related(
        "statement", "payment__invoice", "refund__payment__invoice"
    ).order_by("id")
    rows = rows.filter(settled_at__isnull=True) if day is None else rows.filter(statement__day=day)
    return [_difference(row) for row in rows[:limit]]


def _difference(row: models.Difference) -> Difference:
    payment = row.payment or (row.refund.payment if row.refund else None)
    return Difference(
        uuid=row.uuid,
        day=row.statement.day,
        kind=DifferenceKind(row.kind),
        reference=row.reference,
        payment=row.payment.uuid if row.payment else None,
        refund=row.refund.uuid if row.refund else None,
        invoice=payment.invoice.uuid if payment else None,
        invoice_number=payment.invoice.number if payment else "",
        bank_amount=row.bank_amount,
        our_amount=row.our_amount,
        found_at=row.found_at,
        settled_at=row.settled_at,
        note=row.note,
    )


def days_to_reconcile(now: datetime) -> list[date]:
    """Return the days of the last week, without today, that are over and were not read after their end; oldest first.

    The first hour of a day belongs to the bank's own closing. Days before the first attempt to pay ask for nothing.
    """
    first = models.Payment.objects.order_by("begun_at").values_list("begun_at", flat=True).first()
    if first is None:
        return []
    today = (now - timedelta(hours=1)).astimezone(TEHRAN).date()
    days = [today - timedelta(days=back) for back in range(LOOKED_BACK, 0, -1)]
    read = {
        row.day
        for row in models.Statement.objects.filter(day__in=days)
        if row.read_at.astimezone(TEHRAN).date() > row.day
    }
    began = first.astimezone(TEHRAN).date()
    return [day for day in days if day >= began and day not in read]
