"""What a letter exchange says: letters, receipts, and what was odd about a message that was read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from divan_libs.ece.contents import Content

PROTOCOL_NAME = "ECE"
PROTOCOL_VERSION = "1.01"

_GUID = re.compile(r"\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?", re.IGNORECASE)


class ReceiveType(StrEnum):
    """For what a receiver gets the letter, with the word that the format writes."""

    MAIN = "Origin"
    COPY = "Copy"


class Calendar(StrEnum):
    """The calendar in which a date is said to be shown."""

    GREGORIAN = "gregorian"
    JALALI = "jalali"
    HIJRI = "hijri"


class PriorityLevel(StrEnum):
    """How urgent a letter is: عادی, فوری, خیلی فوری (آنی)."""

    NORMAL = "normal"
    URGENT = "urgent"
    IMMEDIATE = "immediate"


class ClassificationLevel(StrEnum):
    """How secret a letter is, in rising order: عادی, محرمانه, خیلی محرمانه, سری, به‌کلی سری."""

    NORMAL = "normal"
    CONFIDENTIAL = "confidential"
    HIGHLY_CONFIDENTIAL = "highly-confidential"
    SECRET = "secret"  # noqa: S105 (a level of secrecy, not a password)
    TOP_SECRET = "top-secret"  # noqa: S105 (as above)


class RelationKind(StrEnum):
    """How a letter refers to another: in reply to it (عطف), or further to it (پیرو)."""

    REPLY = "reply"
    FOLLOW_UP = "follow-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Software:
    """The program that wrote the message. ``guid`` is text as it stood; writers disagree on its form."""

    developer: str = ""
    version: str = ""
    guid: str = ""

    @property
    def uuid(self) -> UUID | None:
        """The GUID in whichever of its forms, or None."""
        found = _GUID.fullmatch(self.guid.strip())
        return UUID("".join(found.groups())) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who sends or receives: the organisation, the department, the post and its holder.

    ``code`` means something to the program that wrote it and to nobody else; it may be a list with semicolons.
    """

    organization: str = ""
    department: str = ""
    position: str = ""
    name: str = ""
    code: str = ""

    @property
    def is_empty(self) -> bool:
        """True when nothing is said of it."""
        return not (self.organization or self.department or self.position or self.name or self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver(Party):
    """One who receives the letter, as addressee or as a copy."""

    receive_type: ReceiveType = ReceiveType.MAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date or time of a letter: as it was written, and as it was understood.

    ``text`` and ``shown_as`` are what the message says (None: no calendar, or an unknown one); ``at`` is what they
    mean, in the time of Tehran, or None when the text cannot be read as a date. Without ``has_time`` it is a day.
    """

    text: str
    shown_as: Calendar | None
    at: datetime | None
    has_time: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """The urgency as it was understood, beside the name and the code that the message gives."""

    level: PriorityLevel = PriorityLevel.NORMAL
    name: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """The classification as it was understood, beside the name and the code that the message gives."""

    level: ClassificationLevel = ClassificationLevel.NORMAL
    name: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedLetter:
    """Another letter that this one refers to; ``kind`` is None when the word for it is unknown."""

    kind: RelationKind | None
    relation_name: str = ""
    relation_code: str = ""
    letter_no: str = ""
    dated: Moment | None = None
    sender: Party = field(default_factory=Party)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A file of the letter. ``media_type`` is what its bytes are; what the message claims stands beside it.

    Files that are to be written come from :func:`divan_libs.ece.sniffing.part_of`.
    """

    content: Content
    media_type: str
    description: str = ""
    declared_type: str = ""
    declared_extension: str = ""
    is_placeholder: bool = False
    """The sender's program put an empty page where a letter has no body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter message. ``receivers`` begins with the main addressee."""

    sender: Party
    receivers: tuple[Receiver, ...]
    letter_no: str
    written_at: Moment
    subject: str
    origins: tuple[Part, ...]
    """The letter itself: a signed PDF, images of its pages, a document."""
    attachments: tuple[Part, ...] = ()
    related: tuple[RelatedLetter, ...] = ()
    priority: Priority = field(default_factory=Priority)
    classification: Classification = field(default_factory=Classification)
    keywords: tuple[str, ...] = ()
    software: Software = field(default_factory=Software)
    protocol_version: str = PROTOCOL_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The receiving secretariat's word that it registered a letter. Provisional: known from one program alone."""

    receiver: Party
    letter_no: str
    """The sender's number of the letter."""
    letter_dated: Moment
    registration_no: str
    """The receiver's number of the same letter."""
    registered_at: Moment
    sent_code: str = ""
    description: str = ""
    software: Software = field(default_factory=Software)
    protocol_version: str = PROTOCOL_VERSION


class DeviationCode(StrEnum):
    """What of a message was read although the format has it otherwise."""

    ATTRIBUTE_CASE = "attribute-case"
    ATTRIBUTE_MISSING = "attribute-missing"
    ATTRIBUTE_REPEATED = "attribute-repeated"
    ATTRIBUTE_UNKNOWN = "attribute-unknown"
    BASE64_UNBROKEN = "base64-unbroken"
    CLASSIFICATION_CODE = "classification-code"
    CLASSIFICATION_UNKNOWN = "classification-unknown"
    CONTENT_TYPE_CASE = "content-type-case"
    CONTENT_TYPE_DIFFERS = "content-type-differs"
    DATE_CALENDAR = "date-calendar"
    DATE_FORM = "date-form"
    DATE_SHOWN_AS = "date-shown-as"
    DATE_UNREADABLE = "date-unreadable"
    DECLARATION_QUOTES = "declaration-quotes"
    ELEMENT_CASE = "element-case"
    ELEMENT_MISSING = "element-missing"
    ELEMENT_ORDER = "element-order"
    ELEMENT_REPEATED = "element-repeated"
    ELEMENT_UNKNOWN = "element-unknown"
    ENCODING = "encoding"
    EXTENSION_CASE = "extension-case"
    EXTENSION_DIFFERS = "extension-differs"
    EXTENSION_DOT = "extension-dot"
    GUID_FORM = "guid-form"
    KEYWORD_ATTRIBUTE = "keyword-attribute"
    LETTERS_FOREIGN = "letters-foreign"
    MORE = "more"
    NAMES_TRAILING = "names-trailing"
    NAMESPACE_MISSING = "namespace-missing"
    NAMESPACE_OTHER = "namespace-other"
    PART_EMPTY = "part-empty"
    PART_PLACEHOLDER = "part-placeholder"
    PRIORITY_CODE = "priority-code"
    PRIORITY_UNKNOWN = "priority-unknown"
    PROCESSING_INSTRUCTION = "processing-instruction"
    PROTOCOL_NAME = "protocol-name"
    PROTOCOL_VERSION = "protocol-version"
    RECEIVER_EMPTY = "receiver-empty"
    RECEIVER_REPEATED = "receiver-repeated"
    RECEIVE_TYPE_UNKNOWN = "receive-type-unknown"
    RECEIVE_TYPE_WORD = "receive-type-word"
    RELATION_CODE = "relation-code"
    RELATION_UNKNOWN = "relation-unknown"
    ROOT_NAME = "root-name"
    TEXT_UNEXPECTED = "text-unexpected"
    TYPE_UNKNOWN = "type-unknown"


@dataclass(frozen=True, slots=True)
class Deviation:
    """One oddity that was accepted: where it stands and, in words for an officer of the secretariat, what was read."""

    code: DeviationCode
    place: str
    line: int
    read: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A message that was read, what was odd about it, and the SHA-256 of its bytes as they arrived."""

    message: Letter | Receipt
    deviations: tuple[Deviation, ...]
    sha256: str
    size: int
