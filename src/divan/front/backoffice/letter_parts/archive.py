"""The part of a letter's page that tells in which files it lies, and who sees who read it."""

from __future__ import annotations

from collections.abc import Mapping

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.values import LetterState
from divan.front.backoffice.archive_sections import keeps_archive
from divan.front.backoffice.letter_parts.composing import Part, Reading
from divan.front.backoffice.people_named import Names
from divan.front.texts.words import word


def build(reading: Reading) -> Mapping[str, object] | None:
    """Return where the letter lies and what the visitor may do; nothing of drafts and of letters of other bodies."""
    letter, post = reading.content.letter, reading.post
    unnumbered = {LetterState.DRAFT, LetterState.CIRCULATING, LetterState.DISCARDED}
    if letter.state in unnumbered or letter.body_uuid != post.unit.body_uuid:
        return None
    erased = queries.find_erasure(letter.uuid)
    names = Names({erased.proposed_by, erased.decided_by} if erased else (), (), reading.language)
    return {
        "letter": letter,
        "places": queries.list_places(letter.uuid, post, reading.now),
        "erased": erased,
        "deed": word("disposal-outcome", erased.deed) if erased else "",
        "proposed_by": names.person(erased.proposed_by) if erased else "",
        "decided_by": names.person(erased.decided_by) if erased else "",
        "sees_list": erased is not None and keeps_archive(post),
        "sees_readings": queries.may_see_readings(letter, post),
    }


PART = Part(template="archive", build=build)
