"""Outside processes: orders put to another body once, and their states noted until one of them means an action."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q

from divan.dealings.cases import models, queries
from divan.dealings.cases.apps import options
from divan.dealings.cases.queries.dossier import case_of, order_of
from divan.dealings.cases.values import ORDER_ENDED, ORDER_OPENED, ORDER_PUT, ORDER_STATE_NOTED, OutsideOrder
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.filling import raw_values
from divan_libs.servicepack.models import Package, Step

LEASE = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=6)


def open_order(
    row: models.Case, package: Package, task: models.Task, step: Step, *, actor: Actor, now: datetime
) -> None:
    """Write down what is to be ordered outside, in the transaction that lets the step wait; the worker carries it."""
    wait = step.wait
    assert wait is not None  # noqa: S101 (the model of a waiting step says what it waits for)
    sources = queries.output_sources(
        case_of(row), package, today=now.astimezone(TEHRAN).date(), language="fa", base_url=options().base_url
    )
    order = models.OutsideOrder.objects.create(
        uuid=uuid4(),
        task=task,
        data_service=wait.data_service,
        fields=raw_values(wait.sends, sources),
        message_id=uuid4(),
        put_at=now if wait.follows_only else None,
        next_at=now,
    )
    facts.record(ORDER_OPENED, subject=order, actor=actor, at=now, data_service=wait.data_service, case=row.uuid)


def end_order(task: models.Task, *, actor: Actor, now: datetime) -> None:
    """Follow the outside process of a step no longer: the step is over."""
    order = models.OutsideOrder.objects.select_for_update().filter(task=task, ended_at__isnull=True).first()
    if order is not None:
        order.ended_at = now
        order.save(update_fields=["ended_at"])
        facts.record(ORDER_ENDED, subject=order, actor=actor, at=now, state=order.state)


@transaction.atomic
def take_due_order(*, now: datetime) -> OutsideOrder | None:
    """Lease the order that has been due longest, so that no other worker asks meanwhile; None if none is due."""
    row = (
        models.OutsideOrder.objects.select_related("task__case")
        .filter(Q(leased_until__isnull=True) | Q(leased_until__lte=now), ended_at__isnull=True, next_at__lte=now)
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("next_at", "id")
        .first()
    )
    if row is None:
        return None
    row.leased_until = now + LEASE
    row.save(update_fields=["leased_until"])
    return order_of(row)


@transaction.atomic
def note_order_put(*, order: UUID, actor: Actor, now: datetime) -> None:
    """Note that the other body took an order; a second time changes nothing."""
    row = models.OutsideOrder.objects.select_for_update().filter(uuid=order).first()
    if row is None or row.put_at is not None or row.ended_at is not None:
        return
    row.put_at, row.attempts, row.leased_until, row.next_at = now, 0, None, now
    row.save(update_fields=["put_at", "attempts", "leased_until", "next_at"])
    facts.record(ORDER_PUT, subject=row, actor=actor, at=now, data_service=row.data_service)


@transaction.atomic
def note_order_silent(*, order: UUID, now: datetime) -> None:
    """Put an order back for a while because nothing was answered; longer each time."""
    row = models.OutsideOrder.objects.select_for_update().filter(uuid=order, ended_at__isnull=True).first()
    if row is None:
        return
    row.attempts = min(row.attempts + 1, 1000)
    row.next_at = now + min(timedelta(seconds=15 * 2 ** min(row.attempts, 12)), LONGEST_PAUSE)
    row.leased_until = None
    row.save(update_fields=["attempts", "next_at", "leased_until"])


def note_state(
    row: models.OutsideOrder, *, state: str, reference: str, every: timedelta, actor: Actor, now: datetime
) -> bool:
    """Note what the other body says; return whether it is news."""
    news = (row.state, row.reference) != (state, reference)
    row.state, row.reference, row.asked_at = state[:60], reference[:120], now
    row.attempts, row.leased_until, row.next_at = 0, None, now + every
    row.save()
    if news:
        facts.record(ORDER_STATE_NOTED, subject=row, actor=actor, at=now, state=row.state, reference=row.reference)
    return news
