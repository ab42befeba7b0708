"""What drafts, their templates and their way to signature are spoken of in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from divan.dealings.correspondence.values.letters import (
    Direction,
    LetterStep,
    Party,
    RecipientLine,
    RelationKind,
    Secrecy,
    StepKind,
    Urgency,
)

LONGEST_REMARK = 2000
MOST_RECIPIENTS = 200
MOST_ATTACHMENTS = 20


class PaperSize(StrEnum):
    """On what a letter is printed."""

    A4 = "a4"
    A5 = "a5"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftText:
    """The words of a draft; ``body_html`` is cleaned before it is kept."""

    subject: str
    body_html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftMarks:
    """What is noted of a draft beside its words; ``archive_class`` is the code of its class in the body's plan."""

    direction: Direction = Direction.OUTGOING
    kind: str = "letter"
    secrecy: Secrecy = Secrecy.ORDINARY
    urgency: Urgency = Urgency.ORDINARY
    keywords: tuple[str, ...] = ()
    deadline_at: datetime | None = None
    paper_size: PaperSize = PaperSize.A4
    archive_class: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftVersion:
    """A version of a draft as somebody left it."""

    version: int
    subject: str
    body_html: str
    author: UUID
    author_post: UUID
    written_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedDraft:
    """What saving did: the version that now stands, and the one that somebody saved in between, if any.

    Both are kept; ``between`` says that the marks of the later one were not taken over.
    """

    version: int
    between: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteStep:
    """A paraph or a signature to put on the route of a letter, in the order in which they stand."""

    kind: StepKind
    post: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The way of a letter to its signatures; with ``any_order`` the signatures come as each signer finds the time."""

    steps: tuple[RouteStep, ...]
    any_order: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A remark (هامش) on the text of a letter; ``quote`` is the place it speaks of."""

    uuid: UUID
    version: int
    author: UUID
    author_post: UUID
    quote: str
    text: str
    written_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateLines:
    """What a template changes of the letterhead of its body; what is empty stays as the body's register has it."""

    unit_name: str = ""
    phone: str = ""
    address: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A ready text with its letterhead, and with to whom it goes and who gets copies."""

    uuid: UUID
    unit: UUID
    name: str
    kind: str
    text: DraftText
    letterhead: TemplateLines
    recipients: tuple[RecipientLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondent:
    """Somebody outside the house, and how letters reach them; ``addresses`` holds one address by channel."""

    uuid: UUID
    kind: str
    party: Party
    legal_id: str
    channel: str
    addresses: dict[str, str] = field(default_factory=dict)
    closed_at: datetime | None = None
    successor: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientGroup:
    """A group of recipients that a body addresses at once."""

    uuid: UUID
    name: str
    members: tuple[Party, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRelation:
    """A relation as somebody names it: to a letter of the house, or by the number that is written."""

    kind: RelationKind
    number: str = ""
    year: int | None = None
    dated_on: datetime | None = None
    other: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenStep:
    """A step that waits for a post, with the version of the letter that it will be asked about."""

    step: LetterStep
    version: int
    is_first_signature: bool
    is_last: bool
    is_numbered: bool = False
