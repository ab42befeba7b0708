"""What correspondence does."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.correspondence import models, queries, rules
from divan.dealings.correspondence.values import (
    LETTER_FILED,
    LETTER_NUMBERED,
    LETTER_SIGNED,
    REGISTER_OPENED,
    WORK_ARRIVED,
    WORK_DONE,
    WORK_DUE_SET,
    WORK_MOVED,
    WORK_READ,
    Direction,
    Letter,
    LetterState,
    LetterUnknown,
    NewWork,
    RegisterUnknown,
    WorkItem,
    WorkUnknown,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.registers.people.values import Post, Unit
from divan_libs.persian.jalali import jalali_year


@transaction.atomic
def open_register(*, body: Unit, code: str, actor: Actor, now: datetime) -> None:
    """Open the secretariat register of a body, or do nothing when it has one."""
    units: Any = models.Register._meta.get_field("body").related_model
    unit = units._default_manager.get(uuid=body.uuid)
    register, is_new = models.Register.objects.get_or_create(body=unit, defaults={"uuid": uuid4(), "code": code})
    if is_new:
        facts.record(REGISTER_OPENED, subject=register, actor=actor, at=now, code=code)


@transaction.atomic
def number_letter(
    *,
    body_code: str,
    subject: str,
    wording: str,
    recipient: str,
    signer: UUID,
    signer_name: str,
    signer_post: Post,
    about_kind: str,
    about_uuid: UUID,
    actor: Actor,
    now: datetime,
) -> Letter:
    """Register an outgoing letter: take the next number of the body's register, in the transaction of the signature.

    The register's row is locked to the end of the transaction: a signature that fails gives the number back by rolling
    back, and no two letters get one number.

    :raises RegisterUnknown: if the body has no register.
    """
    register = models.Register.objects.select_related("body").filter(body__code=body_code).first()
    if register is None:
        raise RegisterUnknown(body=body_code)
    year = jalali_year(now)
    models.RegisterYear.objects.get_or_create(register=register, year=year)
    line = models.RegisterYear.objects.select_for_update().get(register=register, year=year)
    line.last += 1
    line.save(update_fields=["last"])
    power_may_fail("letter.after-number")
    row = models.Letter.objects.create(
        uuid=uuid4(),
        register=register,
        year=year,
        count=line.last,
        direction=Direction.OUTGOING,
        subject=subject[:300],
        wording=wording,
        recipient=recipient[:200],
        signer=signer,
        signer_post=signer_post.uuid,
        signer_name=signer_name,
        signer_title=signer_post.title_fa,
        registered_at=now,
        state=LetterState.NUMBERED,
        about_kind=about_kind,
        about_uuid=about_uuid,
    )
    facts.record(LETTER_NUMBERED, subject=row, actor=actor, at=now, register=register.code, year=year, count=line.last)
    return queries.get_letter(row.uuid)


@transaction.atomic
def put_document(*, letter: UUID, document: UUID, actor: Actor, now: datetime) -> Letter:
    """Put the signed document to its numbered letter; a second time changes nothing.

    :raises LetterUnknown: if there is no such letter.
    """
    row = models.Letter.objects.select_for_update().filter(uuid=letter).first()
    if row is None:
        raise LetterUnknown
    if row.state == LetterState.NUMBERED:
        row.state, row.document_uuid = LetterState.SIGNED, document
        row.save(update_fields=["state", "document_uuid"])
        facts.record(LETTER_SIGNED, subject=row, actor=actor, at=now, document=document)
    return queries.get_letter(letter)


@transaction.atomic
def file_letter(*, letter: UUID, actor: Actor, now: datetime) -> Letter:
    """File a signed letter and take it off the secretariat's worklist.

    :raises LetterUnknown: if there is no such letter.
    :raises LetterNotSigned: if it is not fully signed, or filed before.
    """
    row = models.Letter.objects.select_for_update().filter(uuid=letter).first()
    if row is None:
        raise LetterUnknown
    rules.require_signed(LetterState(row.state))
    row.state = LetterState.FILED
    row.save(update_fields=["state"])
    facts.record(LETTER_FILED, subject=row, actor=actor, at=now)
    finish_work(about_uuid=letter, actor=actor, now=now)
    return queries.get_letter(letter)


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
