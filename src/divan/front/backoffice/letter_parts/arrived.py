"""The part of a letter's page that shows how a received letter came: from whom, under which number, by which way."""

from __future__ import annotations

from collections.abc import Mapping

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.values import Direction, TermCategory
from divan.front.backoffice.letter_parts.composing import Part, Reading
from divan.front.texts.words import word


def build(reading: Reading) -> Mapping[str, object] | None:
    """Return how a letter came; nothing for one that the body wrote itself."""
    letter = reading.content.letter
    if letter.direction is not Direction.INCOMING or letter.secretariat_uuid is None:
        return None

    def said(category: TermCategory, code: str) -> str:
        return queries.term_text(letter.body_uuid, category, code, reading.language)

    state = str(reading.content.paper.get("state", ""))
    return {
        "letter": letter,
        "sender": str(letter.sender or ""),
        "channel": word("letter-channel", letter.received_by) if letter.received_by else "",
        "paper": said(TermCategory.PAPER_STATE, state) if state else "",
        "kind": said(TermCategory.LETTER_KIND, letter.kind),
        "keeps": queries.keeps(reading.post, letter.secretariat_uuid),
    }


PART = Part(template="arrived", build=build)
