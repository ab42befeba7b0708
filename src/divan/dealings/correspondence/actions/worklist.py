"""What the worklist does: lines come, are read, move to another post, and leave."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from divan.dealings.correspondence import models
from divan.dealings.correspondence.queries.worklist import work_of_row
from divan.dealings.correspondence.values import (
    SEARCH_SAVED,
    WORK_ARRIVED,
    WORK_DONE,
    WORK_DUE_SET,
    WORK_FLAGGED,
    WORK_MOVED,
    WORK_READ,
    WORK_RENEWED,
    NewWork,
    SavedSearch,
    SearchUnfit,
    WorkItem,
    WorkUnknown,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.people.values import Post
from divan_libs.persian.text import normalize, search_text


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
    return work_of_row(row)


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
        row.sender_fa, row.sender_en, row.note, row.read_at = sender.title_fa[:200], sender.title_en[:200], note, None
        row.save(update_fields=["sender_fa", "sender_en", "note", "read_at"])
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


@transaction.atomic
def flag_work(*, work: UUID, flagged: bool, actor: Actor, now: datetime) -> None:
    """Flag an open line of the own post, or take its flag away; a second time changes nothing.

    :raises WorkUnknown: if there is no such open line in the actor's worklist.
    """
    row = models.WorkItem.objects.select_for_update().filter(uuid=work, closed_at=None).first()
    if row is None or row.post_uuid != actor.post:
        raise WorkUnknown
    if (row.flagged_at is not None) != flagged:
        row.flagged_at = now if flagged else None
        row.save(update_fields=["flagged_at"])
        facts.record(WORK_FLAGGED, subject=row, actor=actor, at=now, flagged=flagged)


MOST_SEARCHES = 20


@transaction.atomic
def save_search(*, name: str, filters: dict[str, str], actor: Actor, now: datetime) -> SavedSearch:
    """Keep filters of the worklist under a name, as a folder of the person; the same name is kept anew.

    :raises SearchUnfit: without a name, of nobody known, or beyond twenty.
    """
    words = normalize(name)[:60]
    if not words or actor.uuid is None:
        raise SearchUnfit
    own = models.SavedSearch.objects.select_for_update().filter(person=actor.uuid, ended_at=None)
    row = own.filter(name=words).first()
    if row is None and own.count() >= MOST_SEARCHES:
        raise SearchUnfit
    if row is None:
        row = models.SavedSearch(uuid=uuid4(), person=actor.uuid, name=words, saved_at=now)
    row.filters, row.saved_at = filters, now
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        # Another window has saved the name in this very moment.
        raise SearchUnfit from error
    facts.record(SEARCH_SAVED, subject=row, actor=actor, at=now)
    return SavedSearch(uuid=row.uuid, name=row.name, filters=dict(row.filters))


@transaction.atomic
def end_search(*, search: UUID, actor: Actor, now: datetime) -> None:
    """End a folder of one's own; nothing happens when there is none."""
    row = models.SavedSearch.objects.select_for_update().filter(uuid=search, ended_at=None).first()
    if row is not None and row.person == actor.uuid:
        row.ended_at = now
        row.save(update_fields=["ended_at"])
        facts.record(SEARCH_SAVED, subject=row, actor=actor, at=now, ends=True)
