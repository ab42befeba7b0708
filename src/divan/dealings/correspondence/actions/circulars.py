"""Who read a letter of the house is noted at it, and those who did not answer are reminded by a letter."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions.addressing import add_relation
from divan.dealings.correspondence.actions.drafting import start_draft
from divan.dealings.correspondence.actions.referring import acting_post
from divan.dealings.correspondence.values import (
    RECIPIENT_READ,
    Direction,
    DraftMarks,
    DraftText,
    Letter,
    LetterUnknown,
    NobodyToRemind,
    RecipientLine,
    RelationKind,
    RelationLine,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail


@transaction.atomic
def note_recipient_read(*, referral: UUID, actor: Actor, now: datetime) -> None:
    """Note at the letter of another body of the house that its recipient read it: whoever got it referred opened it.

    For a letter that did not come through the house, and for one that was read before, do nothing.
    """
    letter = models.Referral.objects.filter(uuid=referral).values("letter_id")
    intake = models.Intake.objects.filter(letter_id__in=letter, dispatch_uuid__isnull=False).first()
    if intake is None or intake.dispatch_uuid is None:
        return
    sent = models.Dispatch.objects.filter(uuid=intake.dispatch_uuid).values("recipient_id")
    row = models.Recipient.objects.select_for_update().filter(id__in=sent, read_at=None).first()
    if row is not None:
        row.read_at = now
        row.save(update_fields=["read_at"])
        facts.record(RECIPIENT_READ, subject=row, actor=actor, at=now)


@transaction.atomic
def draft_reminder(
    *, letter: UUID, recipients: Collection[UUID], text: DraftText, actor: Actor, now: datetime
) -> Letter:
    """Begin a letter that follows another one, to those of its recipients who have not answered.

    :raises PostNotHeld: if the actor does not hold the post now.
    :raises LetterUnknown: if the post may not read the letter, or the house did not send it.
    :raises NobodyToRemind: if none of the chosen is left without an answer.
    """
    post = acting_post(actor, now)
    found = queries.get_letter_for(letter, post, now)
    if found.number is None or found.direction is Direction.INCOMING:
        raise LetterUnknown
    known = queries.list_standings(found, post)
    lines = tuple(
        RecipientLine(party=one.recipient.party)
        for one in known
        if one.recipient.uuid in recipients and one.recipient.answered_at is None
    )
    if not lines:
        raise NobodyToRemind
    marks = DraftMarks(direction=found.direction, secrecy=found.secrecy, urgency=found.urgency)
    draft = start_draft(text=text, marks=marks, recipients=lines, actor=actor, now=now)
    power_may_fail("reminder.after-draft")
    line = RelationLine(kind=RelationKind.FOLLOWS, number=found.number_text, year=found.number.year, other=found.uuid)
    add_relation(letter=draft.uuid, line=line, actor=actor, now=now)
    return queries.get_letter(draft.uuid)
