"""What places speaks in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from divan.foundation.errors import Refusal
from divan.foundation.kinds import FactKind


class Level(StrEnum):
    """A level of the administrative divisions, from the widest to the narrowest."""

    PROVINCE = "province"
    COUNTY = "county"
    DISTRICT = "district"
    RURAL_DISTRICT = "rural-district"
    CITY = "city"
    VILLAGE = "village"


CODE_LENGTH = {
    Level.PROVINCE: 2,
    Level.COUNTY: 4,
    Level.DISTRICT: 6,
    Level.CITY: 10,
    Level.RURAL_DISTRICT: 10,
    Level.VILLAGE: 16,
}
"""Digits of the Statistical Centre's code at each level; a child's code begins with its parent's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A division as others see it; ``ancestors`` are the wider divisions, nearest first."""

    uuid: UUID
    code: str
    name: str
    level: Level
    inhabitable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """One row of a source of divisions, checked in form."""

    code: str
    name: str
    level: Level
    parent_code: str
    inhabitable: bool = True


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row that was not taken, with its file and line and a coded reason."""

    file: str
    line: int
    code: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.code} {self.detail}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did."""

    read: int
    added: int
    changed: int
    unchanged: int
    closed: int
    faults: tuple[RowFault, ...]


class PlaceUnknown(Refusal):
    """No division has this code."""

    code = "places.place-unknown"
    status = 404


class SourceUnreadable(Refusal):
    """The source of divisions is not a folder with the expected files."""

    code = "places.source-unreadable"
    status = 422


class TooManyFaults(Refusal):
    """More rows are bad than may be left out; nothing was imported."""

    code = "places.too-many-faults"
    status = 422


DIVISIONS_IMPORTED = FactKind(
    "places.divisions-imported", "A list of administrative divisions was taken over, whole or not at all."
)
