"""What is handed over, as the folder speaks of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID, uuid5


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """Whose archive it is, and when and by whom it was handed over."""

    uuid: str
    part_uuid: str
    system_uuid: str
    creator_code: str
    creator: str
    opened_at: datetime
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A class of the plan."""

    uuid: str
    code: str
    title: str
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A closed file; ``years`` and ``decision`` (destroy, transfer, assess) where it is not kept for ever."""

    uuid: str
    code: str
    number: int
    year: int
    title: str
    secrecy: str
    unit: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime
    closed_by: str
    decision: str = ""
    years: int | None = None
    due_on: date | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A volume of a file; ``also`` are the letters that lie in it and stand in the folder elsewhere."""

    uuid: str
    code: str
    title: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime
    closed_by: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A party to a letter: ``sender``, ``receiver`` or ``copy``."""

    role: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """That a letter was referred: ``state`` is ``open``, ``done``, ``refused`` or ``recalled``."""

    to: str
    by: str
    sent_at: datetime
    read_at: datetime | None
    state: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file of a letter, where its bytes lie now, and what they were known to be when they were stored."""

    uuid: str
    name: str
    media_type: str
    size: int
    sha256: str
    source: Path
    main: bool
    signed: bool
    stored_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A letter; ``refers`` are the letters of the same folder that it names, ``more`` goes into its JSON alone."""

    uuid: str
    number: str
    year: int
    count: int
    direction: str
    title: str
    secrecy: str
    registered_at: datetime
    filed_at: datetime
    filed_by: str
    parties: tuple[Party, ...]
    documents: tuple[Document, ...] = ()
    movements: tuple[Movement, ...] = ()
    keywords: tuple[str, ...] = ()
    refers: tuple[str, ...] = ()
    answered_by: str = ""
    closed_at: datetime | None = None
    closing: str = ""
    received_at: datetime | None = None
    dated_on: date | None = None
    due_on: date | None = None
    unit: str = ""
    more: tuple[tuple[str, object], ...] = ()


class FolderTaken(ValueError):
    """The folder exists; nothing is ever written over what was handed over."""


class DocumentAltered(ValueError):
    """The bytes of a document are missing, or are not those that were stored; ``uuid`` names it."""

    def __init__(self, uuid: str) -> None:
        super().__init__(uuid)
        self.uuid = uuid


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a finished folder holds; ``manifest`` is the SHA-256 of its list of checksums."""

    files: int
    letters: int
    documents: int
    size: int
    manifest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is wrong with a folder: a stable code, and where."""

    code: str
    place: str
    detail: str = ""


def document_uuid(letter: str, file: str) -> UUID:
    """Return the identifier of a file as a document of one letter, the same each time it is handed over."""
    return uuid5(UUID(letter), file)
