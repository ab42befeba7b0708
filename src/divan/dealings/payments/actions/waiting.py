"""What waits for the bank: taken by a worker with a lease that is committed before the bank is called.

No transaction stays open while the bank is waited for, and no second worker calls for the same row meanwhile.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from divan.dealings.payments import models, rules
from divan.dealings.payments.actions.refunding import locked_refund
from divan.dealings.payments.values import REFUND_SENT, PaymentState, RefundState
from divan.foundation import facts
from divan.foundation.actors import SYSTEM


@transaction.atomic
def take_due_payment(now: datetime, *, begun: bool) -> models.Payment | None:
    """Take the attempt that waits longest: to be registered (``begun``) or to be looked at."""
    rows = models.Payment.objects.select_for_update(skip_locked=True, of=("self",)).filter(look_at__lte=now)
    rows = rows.filter(Q(leased_until__isnull=True) | Q(leased_until__lte=now))
    rows = rows.filter(state=PaymentState.BEGUN) if begun else rows.exclude(state=PaymentState.BEGUN)
    row = rows.order_by("look_at", "id").first()
    if row is None:
        return None
    row.leased_until = now + rules.LEASE
    row.save(update_fields=["leased_until"])
    return row


@transaction.atomic
def take_due_refund(now: datetime) -> models.RefundOrder | None:
    """Take the approved order that waits longest and say, before the bank hears of it, that it was sent."""
    due = models.RefundOrder.objects.filter(state__in=(RefundState.APPROVED, RefundState.SENT), look_at__lte=now)
    found = due.order_by("look_at", "id").values_list("uuid", flat=True).first()
    if found is None:
        return None
    row, owed = locked_refund(found)
    # Another worker may have taken it while its invoice was waited for.
    if row.state not in {RefundState.APPROVED, RefundState.SENT} or row.look_at is None or row.look_at > now:
        return None
    row.look_at, row.looks = now + rules.LEASE, row.looks + 1
    if row.state == RefundState.APPROVED:
        row.state = RefundState.SENT
        row.save(update_fields=["state", "look_at", "looks"])
        facts.record(REFUND_SENT, subject=row, actor=SYSTEM, at=now, invoice=owed.uuid, amount=row.amount)
    else:
        row.save(update_fields=["look_at", "looks"])
    return row


def put_off_refund(row: models.RefundOrder, now: datetime) -> None:
    """Let an order that the silent bank said nothing of wait longer; it goes out again under the same key."""
    models.RefundOrder.objects.filter(id=row.id, state=RefundState.SENT).update(
        look_at=now + rules.pause_before_look(row.looks, hurried=False)
    )
