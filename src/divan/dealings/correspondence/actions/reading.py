"""Who has come to have a letter, and that somebody read it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.values import LETTER_READ
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.people.values import Post


def note_reader(letter: models.Letter, post: UUID, now: datetime) -> None:
    """Note, in the running transaction, that a letter came to a post; a second time changes nothing."""
    models.Reader.objects.get_or_create(letter=letter, post_uuid=post, defaults={"since": now})


@transaction.atomic
def note_reading(*, letter: UUID, post: Post, what: str, actor: Actor, now: datetime) -> None:
    """Write into the log that somebody read, printed or took a letter (``what``), after asking whether they may.

    :raises LetterUnknown: if the letter is not for this post.
    """
    queries.get_letter_for(letter, post, now)
    row = models.Letter.objects.get(uuid=letter)
    facts.record(LETTER_READ, subject=row, actor=actor, at=now, changes_nothing=True, what=what)
