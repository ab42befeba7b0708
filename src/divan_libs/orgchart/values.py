"""What a chart is made of, and what can be said against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 300 * 1024 * 1024
MAX_ROWS = 60_000


class Sheet(StrEnum):
    """The three tables of a chart."""

    UNITS = "units"
    POSTS = "posts"
    HOLDERS = "holders"


class ChartUnreadable(Exception):
    """The file is no chart; ``code`` is ``chart.file-`` and ``kind``, ``size``, ``shape`` or ``headings``."""

    def __init__(self, reason: str, **facts: object) -> None:
        self.code = f"chart.file-{reason}"
        self.facts = facts
        super().__init__(f"{self.code} {facts}")


@dataclass(frozen=True, slots=True)
class Finding:
    """What somebody should look at, by sheet, row and field; what ``hinders`` keeps the whole chart out.

    Codes and mobile numbers of persons are not repeated in ``value``: findings are printed and kept in logs.
    """

    sheet: Sheet
    row: int
    column: str
    code: str
    value: str = ""
    hinders: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """A body or unit; ``place`` is a code or a name as written. An empty optional cell leaves what stands."""

    row: int = 0
    code: str
    name_fa: str = ""
    name_en: str = ""
    kind: str = ""
    level: str = ""
    place: str = ""
    parent: str = ""
    legal_id: str = ""
    email: str = ""
    address_fa: str = ""
    parent_body_fa: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRow:
    """A post in a unit, with the post it answers to where that is not the head of its unit."""

    row: int = 0
    code: str
    title_fa: str = ""
    title_en: str = ""
    role: str = ""
    unit: str = ""
    superior: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderRow:
    """A person in a post from a day on; without a day, from the moment of the import."""

    row: int = 0
    post: str
    national_code: str
    first_name: str = ""
    last_name: str = ""
    father_name: str = ""
    birth_date: date | None = None
    mobile: str = ""
    personnel_number: str = ""
    starts_on: date | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """The rows of a chart, with what was found while reading them."""

    units: tuple[UnitRow, ...] = ()
    posts: tuple[PostRow, ...] = ()
    holders: tuple[HolderRow, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """A person as the house knows them; one whom the civil registry confirmed keeps its names."""

    first_name: str = ""
    last_name: str = ""
    father_name: str = ""
    birth_date: date | None = None
    mobile: str = ""
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Who holds a post now, since when, under which personnel number."""

    national_code: str
    starts_at: datetime
    personnel_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands before an import, by code; ``places`` gives the divisions that a written place may mean.

    ``closed`` are the codes of units that were closed; nothing of them changes, and nothing is put into them.
    """

    units: Mapping[str, UnitRow] = field(default_factory=dict)
    posts: Mapping[str, PostRow] = field(default_factory=dict)
    persons: Mapping[str, KnownPerson] = field(default_factory=dict)
    seats: Mapping[str, Seat] = field(default_factory=dict)
    left_at: Mapping[str, datetime] = field(default_factory=dict)
    places: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()


class Deed(StrEnum):
    """What an import does to one row."""

    UNIT_MADE = "unit-made"
    UNIT_CHANGED = "unit-changed"
    POST_MADE = "post-made"
    POST_CHANGED = "post-changed"
    PERSON_MADE = "person-made"
    PERSON_CHANGED = "person-changed"
    HOLDING_BEGUN = "holding-begun"
    HOLDING_ENDED = "holding-ended"
    HOLDING_CHANGED = "holding-changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One deed, the row of the file that asks for it, the code it is about, and which fields change."""

    deed: Deed
    sheet: Sheet
    row: int
    code: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seating:
    """A person to be seated in a post at a moment, after the present holder, if any, has left it."""

    holder: HolderRow
    at: datetime
    ends: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do: rows as they will stand, parents first, the deeds in order, and all findings."""

    units: tuple[UnitRow, ...]
    posts: tuple[PostRow, ...]
    persons: tuple[HolderRow, ...]
    seatings: tuple[Seating, ...]
    renumbered: tuple[HolderRow, ...]
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]

    @property
    def hindrances(self) -> tuple[Finding, ...]:
        """The findings that keep the chart out."""
        return tuple(one for one in self.findings if one.hinders)
