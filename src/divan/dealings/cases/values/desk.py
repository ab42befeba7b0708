"""What officers have before them at the case desk, beyond the case itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

LONGEST_NOTE = 2_000
"""How long an internal note or the reason of a recusal may be, in letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswers:
    """The answers of a case as they stood when an officer last sent it back for correction, with the files by name."""

    step: str
    answers: Mapping[str, object]
    files: Mapping[UUID, str]
    kept_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNote:
    """An internal note of an officer; the applicant never reads it."""

    uuid: UUID
    author: UUID
    post: UUID
    text: str
    written_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Why the clocks of a case stand still, since when, and until when the law lets them.

    ``until`` is None for a correction or a payment, which end with what the applicant does.
    """

    reason: str
    starts_at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionLetter:
    """The letter that an officer of another body signed with an opinion."""

    task: UUID
    document: str
    letter: UUID
    signed_at: datetime
    issued_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarCase:
    """Another case of the same service that is over, of the same place or the same applicant."""

    uuid: UUID
    number: str
    outcome: str
    negative: bool
    decided_at: datetime
    is_same_applicant: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarCases:
    """The newest similar cases, and how often which outcome came among the newest of the same place."""

    newest: tuple[SimilarCase, ...]
    outcomes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitLine:
    """A permit in the list of the body that gave it."""

    uuid: UUID
    number: str
    holder: UUID
    service_code: str
    state: str
    starts_at: datetime
    ends_at: datetime | None
