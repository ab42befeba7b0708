"""What follow-ups tell: of a letter, of a post, and which are due."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from divan.dealings.correspondence import models
from divan.dealings.correspondence.values import FollowUp, FollowUpUnknown


def _rows() -> QuerySet[models.FollowUp]:
    return models.FollowUp.objects.select_related("letter", "referral")


def follow_up_of(row: models.FollowUp) -> FollowUp:
    """Return the value of a follow-up's row; its letter and referral are loaded with it."""
    return FollowUp(
        uuid=row.uuid,
        letter=row.letter.uuid,
        referral=row.referral.uuid if row.referral else None,
        recipient=row.recipient_uuid,
        post=row.post_uuid,
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        due_at=row.due_at,
        note=row.note,
        reminders=row.reminders,
        reminded_at=row.reminded_at,
        escalates_at=row.escalates_at,
        escalated_at=row.escalated_at,
        escalated_to=row.escalated_to,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        closing=row.closing,
    )


def get_follow_up(follow_up: UUID) -> FollowUp:
    """Return a follow-up by its identifier or by that of its escalation, whoever asks.

    :raises FollowUpUnknown: if there is none.
    """
    row = _rows().filter(uuid=follow_up).first() or _rows().filter(escalation_uuid=follow_up).first()
    if row is None:
        raise FollowUpUnknown
    return follow_up_of(row)


def list_follow_ups(letter: UUID, post: UUID) -> list[FollowUp]:
    """Return the follow-ups of a letter that concern a post, oldest first: its own, those of a referral to it, and
    those of which it was told.
    """
    rows = _rows().filter(letter__uuid=letter).order_by("id")
    return [
        follow_up_of(row)
        for row in rows
        if post in {row.post_uuid, row.escalated_to, row.referral.to_post if row.referral else None}
    ]


def list_due_follow_ups(now: datetime, *, limit: int = 100) -> list[UUID]:
    """Return the open follow-ups that are to be looked at, the oldest first."""
    rows = models.FollowUp.objects.filter(closed_at=None, look_at__lte=now)
    return list(rows.order_by("look_at").values_list("uuid", flat=True)[:limit])
