"""What is spoken of when a received letter is registered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from divan.dealings.correspondence.values.letters import (
    Letter,
    Party,
    RecipientLine,
    RelationLine,
    Secrecy,
    Urgency,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backdating:
    """That a letter is registered under an earlier day than today's, and why."""

    day: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What the clerk registers: what was read of the letter, corrected where it was read wrongly.

    ``to_post`` gets the letter referred at once, ``instruction`` and ``note`` go with it. ``reserved`` is a number that
    was reserved for it, ``archive_class`` the code of its class in the classification plan. ``double_reason`` says why
    it is registered although one like it was registered before.
    """

    register: str
    subject: str
    sender: Party
    kind: str = "letter"
    their_number: str = ""
    their_date: date | None = None
    secrecy: Secrecy = Secrecy.ORDINARY
    urgency: Urgency = Urgency.ORDINARY
    keywords: tuple[str, ...] = ()
    deadline_at: datetime | None = None
    recipients: tuple[RecipientLine, ...] = ()
    relations: tuple[RelationLine, ...] = ()
    paper_state: str = ""
    archive_class: str = ""
    pages: int = 0
    to_post: UUID | None = None
    instruction: str = ""
    note: str = ""
    reserved: UUID | None = None
    backdating: Backdating | None = None
    double_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Double:
    """A letter, or something that waits, which is like one that arrived: by number and sender, or by its file.

    ``letter`` is None where the one who looks may not read it, or where it is not registered yet.
    """

    letter: Letter | None
    intake: UUID | None
    by_file: bool
