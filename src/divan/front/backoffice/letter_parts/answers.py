"""The part of a letter's page that tells how many of its recipients read and answered it."""

from __future__ import annotations

from collections.abc import Mapping

from divan.dealings.correspondence.values import Direction
from divan.front.backoffice.letter_parts.composing import Part, Reading


def build(reading: Reading) -> Mapping[str, object] | None:
    """Return how many answers a letter of the house has; nothing for a draft, and for one that was received."""
    content = reading.content
    letter = content.letter
    if letter.number is None or letter.direction is Direction.INCOMING or not content.recipients:
        return None
    seen = [one for one in content.recipients if not one.hidden or letter.drafter_post == reading.post.uuid]
    if not seen:
        return None
    return {
        "letter": letter,
        "recipients": len(seen),
        "read": sum(one.read_at is not None for one in seen),
        "answered": sum(one.answered_at is not None for one in seen),
    }


PART = Part(template="answers", build=build)
