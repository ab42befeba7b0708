"""What applicants say of their cases, and the bundles that gather several cases, as others see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A file that the applicant added to a case that runs."""

    uuid: UUID
    case: UUID
    note: str
    file: UUID
    name: str
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """How an applicant was served."""

    case: UUID
    stars: int
    words: str
    rated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """The ratings of a service together: how many, how many of each star (one to five), and their mean."""

    count: int
    by_stars: tuple[int, int, int, int, int]
    mean: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleRun:
    """A person's way through a bundle; ``parts`` are the cases that belong to it, by service, in its order."""

    uuid: UUID
    bundle: UUID
    code: str
    person: UUID
    language: str
    state: str
    answers: Mapping[str, bool]
    parts: Mapping[str, UUID]
    begun_at: datetime
    changed_at: datetime
    sent_at: datetime | None
