"""Cases that are opened from letters, as others see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterApplicant:
    """Whom a letter asks for: a person of the register by national code, or one who is entered with these names."""

    national_code: str
    first_name: str = ""
    last_name: str = ""
    mobile: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOpening:
    """Which service a letter asks for, for whom, and what of the letter is taken over into the answers.

    ``wording_to`` is the question that the words of the letter answer, ``files_to`` the question of each of its files;
    what is not named stays with the letter.
    """

    service_code: str
    applicant: LetterApplicant
    language: str = "fa"
    wording_to: str = ""
    files_to: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpening:
    """That a case was opened from a letter: by whom, and in which post."""

    case: UUID
    letter: UUID
    entered_by: UUID
    entered_in: UUID
    entered_at: datetime
