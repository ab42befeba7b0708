"""Remarks (هامش) on the text of a letter, for whoever reads it in the house."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions.referring import acting_post
from divan.dealings.correspondence.actions.routing import said
from divan.dealings.correspondence.values import LetterUnknown, ReasonMissing, kinds
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.people.values import PostNotHeld

LONGEST_QUOTE = 500


def _readable_row(letter: UUID, *, actor: Actor, now: datetime) -> models.Letter:
    if actor.uuid is None:
        raise PostNotHeld
    queries.get_letter_for(letter, acting_post(actor, now), now)
    row = models.Letter.objects.select_for_update(of=("self",)).filter(uuid=letter).first()
    if row is None:
        raise LetterUnknown
    return row


@transaction.atomic
def add_remark(*, letter: UUID, text: str, quote: str = "", actor: Actor, now: datetime) -> UUID:
    """Write a remark on a letter; ``quote`` is the place of its text that it speaks of.

    :raises PostNotHeld: if the actor does not hold the post now.
    :raises LetterUnknown: if the letter is not for the actor's post.
    :raises ReasonMissing: without words.
    """
    row = _readable_row(letter, actor=actor, now=now)
    assert actor.uuid is not None and actor.post is not None  # noqa: S101, PT018 (the reader was asked for both)
    words = said(text)
    if not words:
        raise ReasonMissing
    remark = models.Remark.objects.create(
        uuid=uuid4(),
        letter=row,
        version=row.version,
        author=actor.uuid,
        author_post=actor.post,
        quote=said(quote)[:LONGEST_QUOTE],
        text=words,
        written_at=now,
    )
    facts.record(kinds.REMARK_WRITTEN, subject=remark, actor=actor, at=now, letter=letter)
    return remark.uuid


@transaction.atomic
def settle_remark(*, letter: UUID, remark: UUID, actor: Actor, now: datetime) -> None:
    """Note that a remark was dealt with, by its author or by who writes the letter; a second time changes nothing.

    :raises PostNotHeld: if the actor does not hold the post now.
    :raises LetterUnknown: if the letter is not for the actor's post, or the remark is neither its author's nor its
        drafter's to settle.
    """
    row = _readable_row(letter, actor=actor, now=now)
    found = models.Remark.objects.select_for_update(of=("self",)).filter(letter=row, uuid=remark).first()
    if found is None or actor.post not in {found.author_post, row.drafter_post}:
        raise LetterUnknown
    if found.settled_at is None:
        found.settled_at = now
        found.save(update_fields=["settled_at"])
        facts.record(kinds.REMARK_SETTLED, subject=found, actor=actor, at=now, letter=letter)
