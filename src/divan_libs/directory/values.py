"""What a directory tells of staff, and what can be said against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Weight(StrEnum):
    """How far a finding reaches: it is only told, it keeps its entry out, or it keeps the whole answer out."""

    NOTICE = "notice"
    ENTRY = "entry"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Finding:
    """What somebody should look at; ``entry`` is a user name or the directory's identifier, never a national code.

    National codes, mobile numbers and addresses are not repeated in ``value``: findings are printed and kept in logs.
    """

    entry: str
    field: str
    code: str
    weight: Weight
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A person as the directory tells it; ``directory_id`` stays the same when the person is renamed or moved there.

    ``is_left_alone`` says that something is wrong with it: it ends nobody and changes nothing.
    """

    directory_id: str
    username: str = ""
    national_code: str = ""
    first_name: str = ""
    last_name: str = ""
    mobile: str = ""
    mail: str = ""
    post: str = ""
    unit: str = ""
    is_enabled: bool = True
    is_left_alone: bool = False

    @property
    def label(self) -> str:
        """How a report names the entry."""
        return self.username or self.directory_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """An entry that the house has met before, and whose it is; ``post`` is the one that the directory gave last."""

    national_code: str
    username: str = ""
    mail: str = ""
    post: str = ""
    is_ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """A person as the house knows them; ``username`` is that of the staff account, ``posts`` are those held now."""

    first_name: str = ""
    last_name: str = ""
    mobile: str = ""
    is_confirmed: bool = False
    username: str = ""
    is_open: bool = False
    posts: frozenset[str] = frozenset()

    @property
    def works_here(self) -> bool:
        """Whether anything would end with them: a post, or an open account of staff."""
        return self.is_open or bool(self.posts)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPost:
    """A post with who holds it ("" for nobody), and the codes of its unit and of those above it."""

    holder: str = ""
    units: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands before a synchronisation: links by directory identifier, persons by national code, posts by code.

    ``usernames`` tells whose a user name is, by national code.
    """

    links: Mapping[str, Linked] = field(default_factory=dict)
    persons: Mapping[str, KnownPerson] = field(default_factory=dict)
    posts: Mapping[str, KnownPost] = field(default_factory=dict)
    usernames: Mapping[str, str] = field(default_factory=dict)


class Deed(StrEnum):
    """What a synchronisation does for one person."""

    PERSON_MADE = "person-made"
    PERSON_CHANGED = "person-changed"
    LINKED = "linked"
    LINK_CHANGED = "link-changed"
    ACCOUNT_MADE = "account-made"
    ACCOUNT_REOPENED = "account-reopened"
    POST_LEFT = "post-left"
    POST_GIVEN = "post-given"
    ENDED_DISABLED = "ended-disabled"
    ENDED_GONE = "ended-gone"


ENDS = frozenset({Deed.ENDED_DISABLED, Deed.ENDED_GONE})
"""The deeds by which somebody stops working here."""


@dataclass(frozen=True, slots=True)
class Line:
    """What is done for one person, in one transaction: the entry as it will stand, whose it is, and the deeds."""

    entry: Entry
    deeds: tuple[Deed, ...]
    leaves: str = ""

    @property
    def ends(self) -> bool:
        """Whether the person stops working here."""
        return bool(ENDS & set(self.deeds))


@dataclass(frozen=True, slots=True)
class Plan:
    """What a synchronisation would do, those who end first, with everything that was found."""

    lines: tuple[Line, ...]
    findings: tuple[Finding, ...]

    @property
    def hindrances(self) -> tuple[Finding, ...]:
        """The findings that keep the whole answer out."""
        return tuple(one for one in self.findings if one.weight is Weight.ALL)
