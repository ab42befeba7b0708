"""What finding letters is spoken of in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from divan.dealings.correspondence.values.letters import Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFilters:
    """What a search asks for: words or numbers of a letter, and what narrows it; empty ones narrow nothing.

    ``since`` and ``until`` are days, both included. ``sender`` and ``recipient`` are words of their names.
    """

    text: str = ""
    direction: str = ""
    kind: str = ""
    urgency: str = ""
    secrecy: str = ""
    state: str = ""
    sender: str = ""
    recipient: str = ""
    keyword: str = ""
    secretariat: UUID | None = None
    unit: UUID | None = None
    with_files: bool = False
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of a letter's text around what was looked for: runs of text, each with whether it is a hit."""

    runs: tuple[tuple[str, bool], ...]
    file_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLetter:
    """A letter that a search found, with the subject marked and a passage of its text or of an attached file."""

    letter: Letter
    subject: Passage
    passage: Passage | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPage:
    """A page of what a search found, newest first; ``after`` is where the next begins, empty on the last.

    ``count`` is how many were found, on the first page only, up to the most that are counted.
    """

    items: tuple[FoundLetter, ...]
    after: str
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPlace:
    """Where a letter stands in lists: its moment and its row."""

    at: datetime
    row: int
