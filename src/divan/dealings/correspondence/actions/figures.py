"""The figures of letters are kept: each fact is counted once, in the transaction that moves the reader's place."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from divan.dealings.correspondence import models, rules
from divan.dealings.correspondence.values import PAPERLESS
from divan_libs.persian.jalali import TEHRAN, to_jalali


def count_received(letter: UUID) -> None:
    """Count a letter that was registered as received, in the month of its registration."""
    row = models.Letter.objects.filter(uuid=letter).first()
    if row is not None and row.registered_at is not None:
        _add(row.body_id, row.registered_at, "in", row.received_by, 0)


def count_sent(dispatch: UUID, at: datetime) -> None:
    """Count that a letter left for a recipient, and the sheets that nobody printed for it.

    A letter that came back and was sent to the same recipient anew is counted once, when it first left.
    """
    row = models.Dispatch.objects.select_related("letter").filter(uuid=dispatch).first()
    if row is None or _left_before(row):
        return
    _add(row.letter.body_id, at, "out", row.channel, 0)
    if row.channel in PAPERLESS:
        _add(row.letter.body_id, at, "sheets", row.channel, max(row.letter.pages, 1))


def _left_before(row: models.Dispatch) -> bool:
    earlier = models.Dispatch.objects.filter(recipient_id=row.recipient_id, id__lt=row.id)
    return earlier.filter(Q(sent_at__isnull=False) | Q(queued_at__isnull=False)).exists()


def count_acted(referral: UUID) -> None:
    """Count a referral that was reported on, with the working time it took."""
    row = models.Referral.objects.select_related("letter").filter(uuid=referral, copy=False).first()
    if row is not None and row.ended_at is not None:
        _add(row.letter.body_id, row.ended_at, "acted", "", rules.working_seconds(row.sent_at, row.ended_at))


def _add(body: int, at: datetime, measure: str, channel: str, amount: int) -> None:
    year, month, _day = to_jalali(at.astimezone(TEHRAN).date())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO correspondence_lettertally AS kept (body_id, month, measure, channel, count, amount)"
            " VALUES (%s, %s, %s, %s, 1, %s) ON CONFLICT (month, body_id, measure, channel)"
            " DO UPDATE SET count = kept.count + 1, amount = kept.amount + excluded.amount",
            [body, year * 100 + month, measure, channel, amount],
        )
