"""What letters are spoken of in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from divan_libs.persian.text import search_text


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


class Secrecy(StrEnum):
    """The class of secrecy of a letter, rising: عادی، محرمانه، خیلی محرمانه، سری، به‌کلی سری."""

    ORDINARY = "ordinary"
    CONFIDENTIAL = "confidential"
    HIGHLY_CONFIDENTIAL = "highly-confidential"
    SECRET = "secret"  # noqa: S105 (a class of secrecy)
    TOP_SECRET = "top-secret"  # noqa: S105 (as above)

    @property
    def rank(self) -> int:
        """Where the class stands, from 0."""
        return list(Secrecy).index(self)

    @property
    def readable(self) -> tuple[Secrecy, ...]:
        """The classes that a clearance of this class opens."""
        return tuple(Secrecy)[: self.rank + 1]


class LetterState(StrEnum):
    """Where a letter stands; see the model for the two ways through these."""

    DRAFT = "draft"
    CIRCULATING = "circulating"
    NUMBERED = "numbered"
    SIGNED = "signed"
    FILED = "filed"
    DISPATCHED = "dispatched"
    REGISTERED = "registered"
    CLOSED = "closed"
    DISCARDED = "discarded"


class RecipientRole(StrEnum):
    """Whether somebody gets the letter or a copy (رونوشت) of it."""

    MAIN = "main"
    COPY = "copy"


class PartyKind(StrEnum):
    """What a party to a letter is for the house."""

    BODY = "body"
    UNIT = "unit"
    POST = "post"
    PERSON = "person"
    OUTSIDE = "outside"


class RelationKind(StrEnum):
    """How a letter refers to another: it answers it (عطف), follows an own one (پیرو), or revokes one."""

    ANSWERS = "answers"
    FOLLOWS = "follows"
    REVOKES = "revokes"


class StepKind(StrEnum):
    """What a draft needs of a post."""

    PARAPH = "paraph"
    SIGNATURE = "signature"


class StepState(StrEnum):
    """Where a step of a draft's route stands."""

    WAITING = "waiting"
    OPEN = "open"
    DONE = "done"
    RETURNED = "returned"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterNumber:
    """A number from a register: code of the register, Jalali year, the gapless count in it, and how it is written.

    ``written`` follows the register's formula; empty means code, year and count.
    """

    register: str
    year: int
    count: int
    written: str = ""

    def __str__(self) -> str:
        return self.written or f"{self.register}/{self.year}/{self.count}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who writes or gets a letter: what it is for the house, and the names as the letter has them."""

    kind: PartyKind
    uuid: UUID | None = None
    organization: str = ""
    department: str = ""
    title: str = ""
    name: str = ""
    code: str = ""

    def is_like(self, other: Party) -> bool:
        """Whether another party is this one as far as the names on letters tell."""
        if self.uuid is not None and other.uuid is not None:
            return self.uuid == other.uuid
        own, theirs = (search_text(one.organization or one.name) for one in (self, other))
        return bool(own) and own == theirs

    def as_data(self) -> dict[str, str]:
        """Return what a row keeps of the party."""
        said = {name: getattr(self, name) for name in ("organization", "department", "title", "name", "code")}
        return {"kind": str(self.kind), **({"uuid": str(self.uuid)} if self.uuid else {}), **said}

    def __str__(self) -> str:
        said = (self.name, self.title, self.department, self.organization)
        return "، ".join(dict.fromkeys(one for one in said if one))


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientLine:
    """A recipient to write into a letter."""

    party: Party
    role: RecipientRole = RecipientRole.MAIN
    text: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A recipient of a letter, and what is known of its having read and answered it."""

    uuid: UUID
    party: Party
    role: RecipientRole
    text: str
    hidden: bool
    read_at: datetime | None
    answered_by: UUID | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationLine:
    """A relation to another letter, by the number that the letter names; ``other`` if that letter is in the house."""

    kind: RelationKind
    number: str
    year: int | None = None
    dated_on: date | None = None
    other: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFile:
    """A file of a letter."""

    uuid: UUID
    role: str
    file_uuid: UUID
    name: str
    description: str
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterStep:
    """A paraph or signature on the route of a letter."""

    uuid: UUID
    letter: UUID
    round: int
    rank: int
    kind: StepKind
    post: UUID
    state: StepState
    opened_at: datetime | None
    acted_by: UUID | None
    acted_for: UUID | None
    acted_at: datetime | None
    version: int | None
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter as lists and neighbours see it. ``number`` is None while it is a draft."""

    uuid: UUID
    number: LetterNumber | None
    direction: Direction
    body_uuid: UUID
    subject: str
    recipient: str
    signer_name: str
    signer_title: str
    registered_at: datetime | None
    state: LetterState
    about_kind: str
    about_uuid: UUID | None
    document_uuid: UUID | None
    secretariat_uuid: UUID | None = None
    kind: str = "letter"
    secrecy: Secrecy = Secrecy.ORDINARY
    urgency: Urgency = Urgency.ORDINARY
    sender: Party | None = None
    their_number: str = ""
    their_date: date | None = None
    received_at: datetime | None = None
    received_by: str = ""
    keywords: tuple[str, ...] = ()
    deadline_at: datetime | None = None
    version: int = 0
    pages: int = 0
    drafter: UUID | None = None
    drafter_post: UUID | None = None
    drafted_at: datetime | None = None
    signed_by_hand: bool = False
    scan_uuid: UUID | None = None
    backdated: str = ""
    closed_at: datetime | None = None
    closing: str = ""

    @property
    def number_text(self) -> str:
        """The number as it is written, or nothing."""
        return str(self.number) if self.number else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterContent:
    """All that a letter holds, for whoever may read it."""

    letter: Letter
    body_html: str
    wording: str
    paper: dict[str, object]
    recipients: tuple[Recipient, ...]
    relations: tuple[RelationLine, ...]
    files: tuple[LetterFile, ...]
    steps: tuple[LetterStep, ...] = field(default=())
