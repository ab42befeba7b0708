"""What secretariats and their registers are spoken of in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from divan.dealings.correspondence.values.letters import Direction

LARGEST_CREST = 512 * 1024
"""Bytes of a crest as it is handed in."""


class NumberPart(StrEnum):
    """A part of a letter's number; a register's formula has up to six."""

    SECRETARIAT = "secretariat"
    REGISTER = "register"
    YEAR = "year"
    SHORT_YEAR = "short-year"
    COUNT = "count"
    UNIT = "unit"
    KIND = "kind"
    DIRECTION = "direction"
    CLASS = "class"
    TEXT = "text"


class TermCategory(StrEnum):
    """The categories of basic information that a body defines for itself (the 1382 rules for secretariats)."""

    LETTER_KIND = "letter-kind"
    SUBJECT_KIND = "subject-kind"
    SENDING = "sending"
    PAPER_STATE = "paper-state"
    COPY_TEXT = "copy-text"
    INSTRUCTION = "instruction"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberFormula:
    """How a register's numbers are written: up to six parts, what stands between, and the text of a text part.

    Exactly one part is the count; the year is one of the others, so that a number is never written twice.
    """

    parts: tuple[NumberPart, ...] = (NumberPart.REGISTER, NumberPart.YEAR, NumberPart.COUNT)
    separator: str = "/"
    text: str = ""
    digits: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Secretariat:
    """A secretariat of a body."""

    uuid: UUID
    body_uuid: UUID
    body_code: str
    unit_uuid: UUID
    code: str
    name_fa: str
    name_en: str
    central: bool
    ece_address: str
    settings: dict[str, object]
    closed_at: datetime | None

    def name(self, language: str) -> str:
        """Return the name in a language."""
        return self.name_en if language == "en" and self.name_en else self.name_fa


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A register of a secretariat."""

    uuid: UUID
    code: str
    body_uuid: UUID
    secretariat: UUID | None
    name_fa: str
    name_en: str
    formula: NumberFormula
    takes: tuple[Direction, ...]
    closed_at: datetime | None

    def name(self, language: str) -> str:
        """Return the name in a language; a register without one is known by its code."""
        return (self.name_en if language == "en" and self.name_en else self.name_fa) or self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word of a body's basic information."""

    uuid: UUID
    category: TermCategory
    code: str
    text_fa: str
    text_en: str

    def text(self, language: str) -> str:
        """Return the word in a language."""
        return self.text_en if language == "en" and self.text_en else self.text_fa


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterYear:
    """A Jalali year of a register: how far it has counted, and when it was closed."""

    year: int
    last: int
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservedNumber:
    """A number taken before there was a letter for it."""

    uuid: UUID
    register: str
    year: int
    count: int
    state: str
    reason: str
    reserved_by: UUID
    reserved_at: datetime
    ended_at: datetime | None
    letter: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class YearEvent:
    """That a year of a register was begun or closed by hand; ``before`` is what then proved the year before.

    That is its year and last number, the counts of letters, reserved and void numbers, and the numbers missing.
    """

    at: datetime
    begins: bool
    by: UUID | None
    reason: str
    before: tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What has the numbers of a register's year, from 1 to the last: letters, reservations, void ones; and the gaps."""

    year: int
    last: int
    letters: int
    reserved: int
    void: int
    gaps: tuple[int, ...]
