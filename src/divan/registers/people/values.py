"""What people speaks in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from divan.foundation.errors import Refusal
from divan.foundation.kinds import FactKind


class UnitKind(StrEnum):
    """What a node of the tree of bodies is."""

    BODY = "body"
    UNIT = "unit"


class UnitEventKind(StrEnum):
    """What becomes of a body or unit."""

    RENAMED = "renamed"
    MOVED = "moved"
    CLOSED = "closed"
    SUCCEEDED = "succeeded"


class UnitLevel(StrEnum):
    """For which span of the country a body or unit works."""

    PROVINCE = "province"
    COUNTY = "county"
    DISTRICT = "district"
    VILLAGE = "village"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as others see it."""

    uuid: UUID
    national_code: str
    first_name: str
    last_name: str
    father_name: str = ""
    birth_date: date | None = None
    mobile: str = ""

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A body or a unit inside one."""

    uuid: UUID
    code: str
    name_fa: str
    name_en: str
    kind: UnitKind
    level: UnitLevel
    body_uuid: UUID
    body_code: str
    place_code: str
    legal_id: str = ""
    email: str = ""
    address_fa: str = ""
    parent_body_fa: str = ""
    closed_at: datetime | None = None

    def name(self, language: str) -> str:
        """Return the name in a language."""
        return self.name_en if language == "en" and self.name_en else self.name_fa


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """By which decision a unit changes, and from which day on."""

    effective_on: date
    legal_basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitEvent:
    """What became of a unit: ``name_fa`` and ``name_en`` are its former names, ``other`` the unit above until then, or
    the successor.
    """

    kind: UnitEventKind
    effective_on: date
    legal_basis: str
    name_fa: str
    name_en: str
    other: Unit | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitNode:
    """A unit in the tree: how deep it stands, how many posts lie in it, and how many of them somebody holds."""

    unit: Unit
    depth: int
    parent: UUID | None
    posts: int = 0
    held: int = 0


class SubstituteScope(StrEnum):
    """What somebody who stands in does for the holder: everything, letters alone, or cases alone."""

    ALL = "all"
    LETTERS = "letters"
    CASES = "cases"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatLimit:
    """How far somebody who stands in acts for the holder: in what, and up to which class of secrecy ("" for all)."""

    scope: SubstituteScope = SubstituteScope.ALL
    secrecy: str = ""

    @property
    def opens_letters(self) -> bool:
        """Whether letters are within it."""
        return self.scope is not SubstituteScope.CASES

    @property
    def opens_cases(self) -> bool:
        """Whether cases are within it."""
        return self.scope is not SubstituteScope.LETTERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post: the seat in which a person acts, with its role code and its unit.

    ``limit`` says how far it is open to somebody who stands in for its holder; the holder's own has none.
    """

    uuid: UUID
    title_fa: str
    title_en: str
    role: str
    unit: Unit
    limit: SeatLimit | None = None

    def title(self, language: str) -> str:
        """Return the title in a language."""
        return self.title_en if language == "en" and self.title_en else self.title_fa


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A person in a post for a time (half-open); one who stands in does so for the holder named."""

    person: Person
    post: Post
    starts_at: datetime
    ends_at: datetime | None
    stands_in_for: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitution:
    """A person who stands in for the holder of a post from one moment to another (half-open)."""

    uuid: UUID
    post: Post
    holder: Person
    substitute: Person
    starts_at: datetime
    ends_at: datetime
    limit: SeatLimit = SeatLimit()


class PersonUnknown(Refusal):
    """No such person is in the register."""

    code = "people.person-unknown"
    status = 404


class PostUnknown(Refusal):
    """No such post is in the tree."""

    code = "people.post-unknown"
    status = 404


class UnitUnknown(Refusal):
    """No such body or unit is in the tree."""

    code = "people.unit-unknown"
    status = 404


class UnitClosed(Refusal):
    """The body or unit was closed; nothing of it changes any more."""

    code = "people.unit-closed"


class UnitUnfit(Refusal):
    """A unit cannot be changed so; ``reason`` is name, legal-basis, day, below-itself, no-parent or successor."""

    code = "people.unit-unfit"
    status = 422


class UnitOccupied(Refusal):
    """Somebody holds posts in the unit, or units stand below it; ``posts`` and ``units`` name them."""

    code = "people.unit-occupied"


class SubstituteUnfit(Refusal):
    """Nobody stands in for themselves, for no time, or for somebody without a post."""

    code = "people.substitute-unfit"
    status = 422


class SubstitutionUnknown(Refusal):
    """No such substitution, it is over, or it is not for one's own posts: the three are not told apart."""

    code = "people.substitution-unknown"
    status = 404


class PostTaken(Refusal):
    """The post is held by somebody else at that time."""

    code = "people.post-taken"


class ChartHindered(Refusal):
    """Rows of an organisation chart contradict each other or what stands; nothing of it is taken over."""

    code = "people.chart-hindered"
    status = 422


class OwnPost(Refusal):
    """A chart would give the person who takes it over a post, or change one that they hold."""

    code = "people.own-post"
    status = 403


class PostVacant(Refusal):
    """Nobody holds a post that must act."""

    code = "people.post-vacant"


class PostNotHeld(Refusal):
    """The person does not hold this post now."""

    code = "people.post-not-held"
    status = 403


PERSON_REGISTERED = FactKind("people.person-registered", "A person was entered from a register's answer.")
PERSON_UPDATED = FactKind("people.person-updated", "A person's entry was brought to a register's answer.")
UNIT_FOUNDED = FactKind(
    "people.unit-founded", "A body or a unit was entered in the tree, or brought to its newer description."
)
UNIT_CHANGED = FactKind("people.unit-changed", "A body or unit was renamed, moved or closed; the event tells by what.")
UNIT_EVENT_RECORDED = FactKind(
    "people.unit-event-recorded", "What became of a body or unit was written down, with day and legal basis."
)
POST_CREATED = FactKind("people.post-created", "A post was created in a unit.")
POST_CHANGED = FactKind("people.post-changed", "A post was brought to what the organisation chart says of it.")
HOLDING_CHANGED = FactKind(
    "people.holding-changed", "The personnel number under which a person holds a post was entered."
)
POST_GIVEN = FactKind("people.post-given", "A person was given a post from a moment on.")
SUBSTITUTE_APPOINTED = FactKind(
    "people.substitute-appointed", "A person was appointed to stand in for the holder of a post for a time."
)
SUBSTITUTION_ENDED = FactKind(
    "people.substitution-ended", "Standing in for the holder of a post ended before its time."
)
POST_LEFT = FactKind("people.post-left", "A person left a post at a moment.")
