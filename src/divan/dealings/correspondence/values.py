"""What correspondence speaks in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from divan.foundation.errors import Refusal
from divan.foundation.kinds import FactKind


class Direction(StrEnum):
    """Which way a letter goes."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    INTERNAL = "internal"


class Urgency(StrEnum):
    """How soon a letter or a task wants attention: عادی، فوری، آنی."""

    ORDINARY = "ordinary"
    URGENT = "urgent"
    IMMEDIATE = "immediate"


class LetterState(StrEnum):
    """Where a letter stands: it has its number, its document is signed, the secretariat has filed it."""

    NUMBERED = "numbered"
    SIGNED = "signed"
    FILED = "filed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterNumber:
    """A number from a secretariat's register: code of the register, Jalali year, and the gapless count in that year."""

    register: str
    year: int
    count: int

    def __str__(self) -> str:
        return f"{self.register}/{self.year}/{self.count}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter as others see it."""

    uuid: UUID
    number: LetterNumber
    direction: Direction
    body_uuid: UUID
    subject: str
    recipient: str
    signer_name: str
    signer_title: str
    registered_at: datetime
    state: LetterState
    about_kind: str
    about_uuid: UUID
    document_uuid: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """One line of a worklist."""

    uuid: UUID
    post_uuid: UUID
    about_kind: str
    about_uuid: UUID
    case_uuid: UUID | None
    number: str
    title_fa: str
    title_en: str
    step_fa: str
    step_en: str
    sender_fa: str
    sender_en: str
    note: str
    urgency: Urgency
    arrived_at: datetime
    due_at: datetime | None
    read_at: datetime | None

    def title(self, language: str) -> str:
        """Return the title in a language."""
        return self.title_en if language == "en" else self.title_fa

    def step(self, language: str) -> str:
        """Return what is to be done, in a language."""
        return self.step_en if language == "en" else self.step_fa

    def sender(self, language: str) -> str:
        """Return from whom it came, in a language."""
        return self.sender_en if language == "en" else self.sender_fa


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWork:
    """What a context puts into a worklist."""

    about_kind: str
    about_uuid: UUID
    case_uuid: UUID | None = None
    number: str
    title_fa: str
    title_en: str
    step_fa: str
    step_en: str
    sender_fa: str = ""
    sender_en: str = ""
    note: str = ""
    urgency: Urgency = Urgency.ORDINARY
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPage:
    """A page of a worklist, and where the next one begins; ``after`` is empty on the last."""

    items: tuple[WorkItem, ...]
    after: str
    open_count: int
    unread_count: int = field(default=0)


class LetterUnknown(Refusal):
    """No such letter, or not for this reader."""

    code = "correspondence.letter-unknown"
    status = 404


class RegisterUnknown(Refusal):
    """The body has no secretariat register."""

    code = "correspondence.register-unknown"


class WorkUnknown(Refusal):
    """There is no such line in the worklist of this post."""

    code = "correspondence.work-unknown"
    status = 404


class LetterNotSigned(Refusal):
    """Only a fully signed letter can be filed."""

    code = "correspondence.letter-not-signed"


REGISTER_OPENED = FactKind("correspondence.register-opened", "A secretariat register was opened for a body.")
LETTER_NUMBERED = FactKind(
    "correspondence.letter-numbered", "A letter got its number from the register, before it was signed."
)
LETTER_SIGNED = FactKind("correspondence.letter-signed", "The signed document of a numbered letter was put to it.")
LETTER_FILED = FactKind("correspondence.letter-filed", "The secretariat filed a signed letter.")
WORK_ARRIVED = FactKind("correspondence.work-arrived", "A case, letter or duty came to the worklist of a post.")
WORK_READ = FactKind(
    "correspondence.work-read", "The holder of the post opened a line of the worklist for the first time."
)
WORK_MOVED = FactKind(
    "correspondence.work-moved", "A line of a worklist went to another post, by escalation or referral."
)
WORK_DUE_SET = FactKind("correspondence.work-due-set", "The end of the clock of a line of a worklist moved.")
WORK_DONE = FactKind("correspondence.work-done", "A line left the worklist because it was acted upon or fell away.")
