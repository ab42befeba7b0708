"""What the worklist speaks in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from divan.dealings.correspondence.values.letters import Secrecy, Urgency


class Folder(StrEnum):
    """The folders of a worklist: all that is open, parts of it, what was referred and waits elsewhere, what is done."""

    ALL = "all"
    UNREAD = "unread"
    OVERDUE = "overdue"
    TODAY = "today"
    FLAGGED = "flagged"
    SENT = "sent"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFilters:
    """What narrows a folder: kind, urgency, words of number, subject and sender, words of the sender, days of arrival.

    ``since`` is included, ``until`` is not.
    """

    kind: str = ""
    urgency: str = ""
    text: str = ""
    sender: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """One line of a worklist. ``is_withheld``: its secrecy is above the reader's clearance, so it says nothing."""

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
    secrecy: Secrecy = Secrecy.ORDINARY
    from_post: UUID | None = None
    flagged_at: datetime | None = None
    closed_at: datetime | None = None
    is_withheld: bool = False

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
    secrecy: Secrecy = Secrecy.ORDINARY
    from_post: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPage:
    """A page of a worklist, and where the next one begins; ``after`` is empty on the last."""

    items: tuple[WorkItem, ...]
    after: str
    open_count: int
    unread_count: int = field(default=0)
    counts: Mapping[Folder, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """Filters of the worklist under a name."""

    uuid: UUID
    name: str
    filters: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """That the open lines of a post go to another: how far it has come, and which lines stay, by refusal code."""

    uuid: UUID
    from_post: UUID
    to_post: UUID
    reason: str
    asked_by: UUID
    asked_at: datetime
    moved: int
    stayed: tuple[tuple[UUID, str], ...]
    ended_at: datetime | None
