"""What the archive is spoken of in: its plan, its files, what keeps them and what disposes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from divan.dealings.correspondence.values.letters import Letter, Secrecy


class After(StrEnum):
    """What happens to the files of a class when their time is over."""

    KEEP = "keep"
    DESTROY = "destroy"
    TRANSFER = "transfer"
    ASSESS = "assess"


class DisposalState(StrEnum):
    """Where a list of files to be disposed of stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    DONE = "done"


DISPOSALS = (After.DESTROY, After.TRANSFER)
"""What may be done with a file: its content is erased here at once, or after it was handed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """A class as a plan describes it; ``years`` is None for ever, ``parent`` the code of the class above or empty."""

    code: str
    title_fa: str
    title_en: str = ""
    parent: str = ""
    years: int | None = None
    after: After = After.KEEP
    legal_basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveClass:
    """A class of a body's classification plan, ``depth`` steps below its top."""

    uuid: UUID
    body: UUID
    code: str
    parent: str
    title_fa: str
    title_en: str
    years: int | None
    after: After
    legal_basis: str
    depth: int
    has_classes: bool
    files: int

    def title(self, language: str) -> str:
        """Return the title in a language."""
        return self.title_en if language == "en" and self.title_en else self.title_fa


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFile:
    """A file (پرونده). ``due_on`` is the first day on which its time is over, None for ever or while it is open."""

    uuid: UUID
    body: UUID
    class_uuid: UUID
    class_code: str
    class_fa: str
    class_en: str
    number: int
    title: str
    secrecy: Secrecy
    after: After
    legal_basis: str
    opened_by: UUID
    opened_at: datetime
    closed_by: UUID | None
    closed_at: datetime | None
    disposed_at: datetime | None
    disposal: str
    due_on: date | None

    @property
    def code(self) -> str:
        """What people call the file by: the code of its class and its number in it."""
        return f"{self.class_code}/{self.number}"

    def class_title(self, language: str) -> str:
        """Return the title of its class in a language."""
        return self.class_en if language == "en" and self.class_en else self.class_fa


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveVolume:
    """A volume (جلد) of a file, with how many letters lie in it."""

    uuid: UUID
    number: int
    opened_at: datetime
    closed_at: datetime | None
    letters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A letter as it lies in a volume; ``letter`` is None where whoever looks may not read it."""

    uuid: UUID
    volume: int
    filed_by: UUID
    filed_at: datetime
    letter: Letter | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a letter lies: the file, and the volume's number."""

    filing: UUID
    file: ArchiveFile
    volume: int
    filed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHold:
    """That a file is kept while a proceeding lasts."""

    uuid: UUID
    reason: str
    laid_by: UUID
    laid_at: datetime
    lifted_by: UUID | None
    lifted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisposalItem:
    """A file on a list, as it was when the list was proposed; ``outcome`` is empty until it was carried out.

    ``outcome`` is what was done (``destroy``, ``transfer``), or why it was not: ``held``, ``reopened``,
    ``not-handed-over``.
    """

    file: UUID
    code: str
    title: str
    secrecy: Secrecy
    deed: After
    legal_basis: str
    closed_on: date
    due_on: date
    letters: int
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisposalList:
    """A list of files to be disposed of."""

    uuid: UUID
    body: UUID
    state: DisposalState
    items: tuple[DisposalItem, ...]
    proposed_by: UUID
    proposed_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    reason: str
    done_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """How the content of a letter was disposed of: when, with which file, by which law, and who wanted it.

    ``disposal`` is the list; it and the two persons are unknown where no list names the file.
    """

    at: datetime
    deed: After
    file: ArchiveFile
    legal_basis: str
    disposal: UUID | None
    proposed_by: UUID | None
    decided_by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFile:
    """A file whose time is over; ``handed_over`` says whether it was exported since it was closed."""

    file: ArchiveFile
    letters: int
    is_held: bool
    handed_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterReading:
    """That somebody read, printed or took a letter, as the log has it."""

    at: datetime
    what: str
    actor: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What an export holds."""

    files: int
    letters: int
    documents: int
    size: int
    left_out: int
    manifest: str
