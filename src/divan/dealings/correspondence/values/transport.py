"""What is spoken of when letters arrive and leave."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from divan.dealings.correspondence.values.letters import (
    Party,
    Recipient,
    RecipientLine,
    RelationLine,
    Secrecy,
    Urgency,
)


class Channel(StrEnum):
    """By which way a letter leaves or arrives; the last four only bring letters."""

    INTERNAL = "internal"
    EXCHANGE = "exchange"
    ECE = "ece"
    FOLDER = "folder"
    POST = "post"
    COURIER = "courier"
    FAX = "fax"
    BY_HAND = "by-hand"
    SCAN = "scan"
    COUNTER = "counter"
    E_MAIL = "e-mail"
    PORTAL = "portal"

    @property
    def is_carried(self) -> bool:
        """Whether people carry it, so that its going is noted by hand with its evidence."""
        return self in {Channel.POST, Channel.COURIER, Channel.FAX, Channel.BY_HAND}

    @property
    def sends(self) -> bool:
        """Whether letters leave by it."""
        return self not in {Channel.SCAN, Channel.COUNTER, Channel.E_MAIL, Channel.PORTAL}


class IntakeState(StrEnum):
    """Where something that arrived stands; ``broken`` is what could not be read and waits for a person."""

    WAITING = "waiting"
    REGISTERED = "registered"
    REFUSED = "refused"
    DOUBLE = "double"
    BROKEN = "broken"


class DispatchState(StrEnum):
    """Where the sending of a letter to one recipient stands."""

    DESK = "desk"
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    REGISTERED = "registered"
    REFUSED = "refused"
    DEAD = "dead"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeFile:
    """A stored file that came with a letter: the letter itself (``origin``), an ``attachment``, or the ``envelope``."""

    file_uuid: UUID
    name: str
    role: str = "attachment"
    description: str = ""
    pages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """Where what came leaves its format: a stable code, the place, and what was read instead."""

    code: str
    place: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A letter as it came by some channel, as far as it was understood.

    ``recipients`` are as the letter names them; ``to_post`` is the post of the house that they mean, where known.
    ``original`` is the stored file as it came (an ECE message, a mail), ``receipt`` what the channel needs to answer.
    ``applicant`` is the person who wrote it in the portal, reading pages in ``language``. ``problem`` says that it
    could not be read.
    """

    sender: Party | None = None
    their_number: str = ""
    their_date: date | None = None
    subject: str = ""
    wording: str = ""
    secrecy: Secrecy = Secrecy.ORDINARY
    urgency: Urgency = Urgency.ORDINARY
    keywords: tuple[str, ...] = ()
    recipients: tuple[RecipientLine, ...] = ()
    relations: tuple[RelationLine, ...] = ()
    to_post: UUID | None = None
    applicant: UUID | None = None
    language: str = "fa"
    original: UUID | None = None
    files: tuple[IntakeFile, ...] = ()
    receipt: dict[str, object] = field(default_factory=dict)
    dispatch: UUID | None = None
    deviations: tuple[Deviation, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Something that arrived at a secretariat, and what became of it."""

    uuid: UUID
    secretariat: UUID
    channel: Channel
    key: str
    arrived_at: datetime
    state: IntakeState
    arrived: Arrived
    letter: UUID | None
    ended_by: UUID | None
    ended_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """The sending of a letter to one recipient, as the dispatch desk sees it."""

    uuid: UUID
    letter: UUID
    recipient: Recipient
    secretariat: UUID
    channel: Channel
    target: str
    key: str
    state: DispatchState
    evidence: dict[str, str]
    queued_at: datetime | None
    sent_at: datetime | None
    sent_by: UUID | None
    delivered_at: datetime | None
    their_number: str
    their_registered_at: datetime | None
    problem: str
    problem_text: str
    attempts: int
    next_attempt_at: datetime | None
    waits_for: str = ""
