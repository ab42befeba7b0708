"""The catalogue as one looks through it: what is asked for, the tree, and by what it may be narrowed."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from divan.front.texts.words import word
from divan.registers.catalogue import queries as catalogue
from divan.registers.catalogue.values import OutlineEntry, ServiceListing, ServiceUnknown

PAGE = 40
"""Services on a page of the list; trees on a page of the tree."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for; everything empty means the whole catalogue."""

    query: str = ""
    body: str = ""
    event: str = ""
    group: str = ""
    delivery: str = ""
    after: str = ""

    @classmethod
    def of(cls, given: QueryDict) -> Wish:
        """Read the wish of an address."""
        names = {"query": "q", "body": "body", "event": "event", "group": "group", "delivery": "kind", "after": "after"}
        return cls(**{name: given.get(key, "").strip()[:200] for name, key in names.items()})

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked for but the whole catalogue."""
        return any((self.query, self.body, self.event, self.group, self.delivery))

    def address(self, after: str) -> str:
        """Return the query part of the address of the page behind a service."""
        given = {"q": self.query, "body": self.body, "event": self.event, "group": self.group, "kind": self.delivery}
        return "?" + urlencode({**{name: value for name, value in given.items() if value}, "after": after})


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter, with how many services have it."""

    code: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of the list: its name in the address, its words, and its values."""

    name: str
    label: str
    every: str
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class Branch:
    """A service in the tree with its parts below it."""

    entry: OutlineEntry
    parts: list[Branch] = field(default_factory=list)


def filters_of(entries: Iterable[OutlineEntry], wish: Wish) -> list[Filter]:
    """Return the filters with the values that occur, each with its count in the whole catalogue."""
    listed = list(entries)
    bodies = {entry.body_code: entry.body_name for entry in listed}
    counted = {
        "body": Counter(entry.body_code for entry in listed),
        "event": Counter(event for entry in listed for event in entry.life_events),
        "group": Counter(group for entry in listed for group in entry.audience_groups),
        "kind": Counter(entry.delivery for entry in listed),
    }
    chosen = {"body": wish.body, "event": wish.event, "group": wish.group, "kind": wish.delivery}
    said = {
        "body": (_("Body"), _("Every body")),
        "event": (_("Life event"), _("Every event")),
        "group": (_("For whom"), _("Everyone")),
        "kind": (_("Kind"), _("Every kind")),
    }
    named = {"event": "event", "group": "group", "kind": "delivery"}

    def label(name: str, code: str) -> str:
        return bodies.get(code, code) if name == "body" else word(named[name], code)

    return [
        Filter(
            name,
            *said[name],
            choices=[
                Choice(code, label(name, code), count, code == chosen[name])
                for code, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
            ],
        )
        for name, counts in counted.items()
        if len(counts) > 1 or chosen[name]
    ]


def trees_of(entries: Sequence[OutlineEntry], after: str) -> tuple[list[Branch], str]:
    """Return a page of the trees behind a service, and the code to go on from, empty at the end."""
    forest = catalogue.trees(entries)
    by_code = {entry.code: entry for entry in entries}
    start = forest.roots.index(after) + 1 if after in forest.roots else 0
    page = forest.roots[start : start + PAGE]

    def branch(code: str) -> Branch:
        return Branch(by_code[code], [branch(part) for part in forest.children.get(code, ())])

    return [branch(code) for code in page], page[-1] if start + PAGE < len(forest.roots) else ""


class Look:
    """One look through the catalogue; what the page shows is made only when it is not kept already."""

    def __init__(self, wish: Wish, language: str, *, inside: bool) -> None:
        self.wish = wish
        self.inside = inside
        self._language = language
        self._outline = catalogue.outline(language=language, inside=inside)
        self.digest = digest_of(self._outline)
        self.count = len(self._outline)

    @cached_property
    def filters(self) -> list[Filter]:
        """The filters with their values."""
        return filters_of(self._outline, self.wish)

    @cached_property
    def _trees(self) -> tuple[list[Branch], str]:
        return ([], "") if self.wish.is_narrowed else trees_of(self._outline, self.wish.after)

    @property
    def branches(self) -> list[Branch]:
        """The trees of this page; none where something is looked for."""
        return self._trees[0]

    @cached_property
    def _found(self) -> list[ServiceListing]:
        wish = self.wish
        if not wish.is_narrowed:
            return []
        try:
            return catalogue.list_services(
                language=self._language,
                query=wish.query,
                body=wish.body,
                life_event=wish.event,
                audience_group=wish.group,
                delivery=wish.delivery,
                inside=self.inside,
                after=wish.after,
                limit=PAGE + 1,
            )
        except ServiceUnknown:  # an address that somebody typed: nothing stands behind a service that never was
            return []

    @property
    def services(self) -> list[ServiceListing]:
        """The services of this page that were looked for."""
        return self._found[:PAGE]

    @property
    def onward(self) -> str:
        """The address of the next page, empty on the last."""
        code = self._found[PAGE - 1].code if len(self._found) > PAGE else self._trees[1]
        return self.wish.address(code) if code else ""


def digest_of(entries: Iterable[OutlineEntry]) -> str:
    """Return what changes whenever anything in the outline does: the name under which a made page is kept."""
    return hashlib.sha256("".join(entry.digest for entry in entries).encode()).hexdigest()[:32]
