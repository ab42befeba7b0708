"""What the worklist does: lines come, are read, move to another post, and leave."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.values import (
    WORK_ARRIVED,
    WORK_DONE,
    WORK_DUE_SET,
    WORK_MOVED,
    WORK_READ,
    WORK_RENEWED,
    NewWork,
    WorkItem,
    WorkUnknown,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.people.values import Post
from divan_libs.persian.text import search_text


@transaction.atomic
def give_work(*, post: UUID, work: NewWork, actor: Actor, now: datetime) -> WorkItem:
    """Put a line into the worklist of a post; what it speaks of stands in one worklist at a time."""
    row = models.WorkItem.objects.create(
        uuid=uuid4(),
        post_uuid=post,
        about_kind=work.about_kind,
        about_uuid=work.about_uuid,
        case_uuid=work.case_uuid,
        number=work.number,
        title_fa=work.title_fa[:300],
        title_en=work.title_en[:300],
        step_fa=work.step_fa[:200],
        step_en=work.step_en[:200],
        sender_fa=work.sender_fa[:200],
        sender_en=work.sender_en[:200],
        note=work.note,
        urgency=work.urgency,
        arrived_at=now,
        due_at=work.due_at,
        order_at=work.due_at or now,
        secrecy=work.secrecy,
        from_post=work.from_post,
        search_text=search_text(" ".join((work.number, work.title_fa, work.title_en, work.sender_fa, work.sender_en))),
    )
    facts.record(WORK_ARRIVED, subject=row, actor=actor, at=now, post=post, about=[work.about_kind, work.about_uuid])
    return queries.get_work(row.uuid)


def _open_row(about_uuid: UUID) -> models.WorkItem:
    row = models.WorkItem.objects.select_for_update().filter(about_uuid=about_uuid, closed_at__isnull=True).first()
    if row is None:
        raise WorkUnknown
    return row


@transaction.atomic
def mark_read(*, work: UUID, actor: Actor, now: datetime) -> None:
    """Note that the holder of the post has opened a line; only the first time counts, and only for the holder.

    :raises WorkUnknown: if there is no such open line.
    """
    row = models.WorkItem.objects.select_for_update().filter(uuid=work, closed_at__isnull=True).first()
    if row is None:
        raise WorkUnknown
    if row.read_at is None and row.post_uuid == actor.post:
        row.read_at = now
        row.save(update_fields=["read_at"])
        facts.record(WORK_READ, subject=row, actor=actor, at=now)


@transaction.atomic
def move_work(
    *,
    about_uuid: UUID,
    post: UUID,
    sender_fa: str,
    sender_en: str,
    note: str,
    due_at: datetime | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Hand an open line to another post, unread, with who sent it and why.

    :raises WorkUnknown: if nothing is open.
    """
    row = _open_row(about_uuid)
    before = row.post_uuid
    row.post_uuid, row.sender_fa, row.sender_en, row.note = post, sender_fa[:200], sender_en[:200], note
    row.due_at, row.order_at, row.read_at, row.arrived_at = due_at, due_at or now, None, now
    row.save()
    facts.record(WORK_MOVED, subject=row, actor=actor, at=now, before=before, post=post)


@transaction.atomic
def renew_work(*, about_uuid: UUID, sender: Post, note: str, actor: Actor, now: datetime) -> None:
    """Note something new on an open line, which is unread again; nothing happens when there is no such line."""
    row = models.WorkItem.objects.select_for_update().filter(about_uuid=about_uuid, closed_at__isnull=True).first()
    if row is not None:
        row.sender_fa, row.sender_en, row.from_post = sender.title_fa[:200], sender.title_en[:200], sender.uuid
        row.note, row.read_at = note, None
        row.save(update_fields=["sender_fa", "sender_en", "from_post", "note", "read_at"])
        facts.record(WORK_RENEWED, subject=row, actor=actor, at=now, sender=sender.uuid)


@transaction.atomic
def finish_work(*, about_uuid: UUID, actor: Actor, now: datetime) -> None:
    """Take what was dealt with off the worklist; nothing happens when it is not there."""
    row = models.WorkItem.objects.select_for_update().filter(about_uuid=about_uuid, closed_at__isnull=True).first()
    if row is not None:
        row.closed_at = now
        row.save(update_fields=["closed_at"])
        facts.record(WORK_DONE, subject=row, actor=actor, at=now)


@transaction.atomic
def set_due(*, about_uuid: UUID, due_at: datetime | None, actor: Actor, now: datetime) -> None:
    """Move the end of an open line's clock; nothing happens when there is no such line."""
    row = models.WorkItem.objects.select_for_update().filter(about_uuid=about_uuid, closed_at__isnull=True).first()
    if row is not None:
        row.due_at, row.order_at = due_at, due_at or row.arrived_at
        row.save(update_fields=["due_at", "order_at"])
        facts.record(WORK_DUE_SET, subject=row, actor=actor, at=now, due_at=due_at)
