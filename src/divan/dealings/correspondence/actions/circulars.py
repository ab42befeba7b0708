"""Those who did not answer a circular are reminded by a letter that follows it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.actions.addressing import add_relation
from divan.dealings.correspondence.actions.drafting import start_draft
from divan.dealings.correspondence.actions.referring import acting_post
from divan.dealings.correspondence.values import (
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
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail


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
