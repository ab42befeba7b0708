"""Who read, printed or took a letter, as the log of the house has it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from divan.dealings.correspondence.queries.letters import SECRETARIAT_ROLE, get_letter_for
from divan.dealings.correspondence.queries.secretariats import heads_body
from divan.dealings.correspondence.values import LETTER_READ, Letter, LetterReading, LetterUnknown
from divan.foundation import facts
from divan.registers.people.values import Post

MOST_READINGS = 200
_MOST_FACTS = 2000


def may_see_readings(letter: Letter, post: Post) -> bool:
    """Whether a post sees who read a letter: the secretariat of its body, and whoever is in charge of that."""
    return post.unit.body_uuid == letter.body_uuid and (post.role == SECRETARIAT_ROLE or heads_body(post))


def list_readings(letter: UUID, post: Post, at: datetime) -> list[LetterReading]:
    """Return who read, printed or took a letter, newest first.

    :raises LetterUnknown: if the letter is not for this post, or the post does not see the log.
    """
    if not may_see_readings(get_letter_for(letter, post, at), post):
        raise LetterUnknown
    found = [one for one in facts.newest_of(letter, limit=_MOST_FACTS) if one.kind == LETTER_READ.code]
    return [
        LetterReading(at=one.at, what=str(one.data.get("what", "")), actor=dict(one.actor))
        for one in found[:MOST_READINGS]
    ]
