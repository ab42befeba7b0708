"""What the chapters of the story share: the people, the telephone, and what they have learned so far."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from divan.project.journey.narration import Narrator
from divan.project.journey.telephone import Telephone
from divan.project.journey.visitors import StoryBroken, Visitor
from divan.project.rehearsal.cast import CastMember, member
from divan_libs.persian.text import latin_digits

SERVICE = "rural-internet-coverage"
NUMBER = re.compile(r"\d{2}-\d{7,}-\d{2}")


@dataclass(slots=True)
class Play:
    """One run of the story. What is learned on the way stands in the fields, empty before."""

    base_url: str
    narrator: Narrator
    telephone: Telephone
    language: str = "fa"
    visitors: dict[str, Visitor] = field(default_factory=dict)
    case: str = ""
    """Identifier of the case, as it stands in addresses."""
    number: str = ""
    secret: str = ""
    code: str = ""
    """Verification code of the letter."""
    pdf: bytes = b""
    receipt: bytes = b""
    answered_before: int = 0
    checkpoint_before: bytes = b""

    def visitor(self, key: str) -> Visitor:
        """Return the browser of a member of the cast (or of a nameless one), opened at its first use."""
        if key not in self.visitors:
            self.visitors[key] = Visitor(key, self.base_url, language=self.language)
        return self.visitors[key]

    def close(self) -> None:
        """Close every browser."""
        for visitor in self.visitors.values():
            visitor.close()


def must(holds: object, otherwise: str) -> None:
    """Break the story unless something holds.

    :raises StoryBroken: saying what was expected.
    """
    if not holds:
        raise StoryBroken(otherwise)


def figures(text: str) -> str:
    """Return a text with its figures in Latin digits, whichever the page wrote."""
    return latin_digits(text)


def speak_english(visitor: Visitor) -> None:
    """Let a visitor choose English by the button at the top of every page."""
    page = visitor.open("/")
    if page.form(to="/language/") is not None and ("language", "en") in visitor.form(page, to="/language/").buttons:
        visitor.send(page, to="/language/", button=("language", "en"))


def person(key: str) -> CastMember:
    """Return a member of the cast."""
    return member(key)
