"""Who may call what, how, for which purpose and until when (X-Road rights, with a purpose, a legal basis and an end).

A permit names a subject (a subsystem or a group of them), a service, a method and a glob over the service path. It may
be held to hours of the week, to a rate and a daily quota of each consumer, and may hide fields of the answers. In globs
``*`` stands for any run of characters but ``/``, ``**`` (or more) for any run at all; ``\\*`` and ``\\\\`` are the two
escapes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from divan_libs.envelope.addresses import AddressError, ClientId, GroupId, ServiceId, climbs, normalise_path
from divan_libs.envelope.errors import EnvelopeError

ANY_METHOD = "*"
ANY_PATH = "**"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyHours:
    """Hours of some days of the week in the local time of the province.

    ``days`` count as ISO 8601 does (Monday is 1, Saturday 6). ``starts`` is included, ``ends`` is not; midnight as an
    end means the end of the day.
    """

    days: tuple[int, ...]
    starts: time = time(0)
    ends: time = time(0)

    def __post_init__(self) -> None:
        clocks = (self.starts, self.ends)
        are_days = self.days and set(self.days) <= set(range(1, 8))
        if not are_days or any(clock.tzinfo for clock in clocks) or (self.ends != time(0) and self.starts >= self.ends):
            raise EnvelopeError("exchange.permit.hours", days=self.days)

    def cover(self, local: datetime) -> bool:
        """Tell whether that moment of local time lies in these hours."""
        clock = local.time()
        return local.isoweekday() in self.days and self.starts <= clock and (self.ends == time(0) or clock < self.ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """A right given to a subsystem or a group. ``starts_at`` is included, ``ends_at`` is not; None means no end.

    Method ``*`` with glob ``**`` is the right to the whole service. ``hours`` hold it to times of the week, none
    meaning always. ``rate_per_minute`` (``burst`` calls at once, a tenth of the rate if not told) and ``daily_quota``
    hold each consumer, also each of a group. ``hidden`` are RFC 6901 pointers, with ``*`` for every member, to what is
    taken out of JSON answers.
    """

    id: str
    subject: ClientId | GroupId
    service: ServiceId
    method: str
    path_glob: str
    purpose: str
    legal_basis: str
    starts_at: datetime
    ends_at: datetime | None = None
    hours: tuple[WeeklyHours, ...] = ()
    rate_per_minute: int | None = None
    burst: int | None = None
    daily_quota: int | None = None
    hidden: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        moments = [self.starts_at] if self.ends_at is None else [self.starts_at, self.ends_at]
        if any(moment.utcoffset() is None for moment in moments) or (self.ends_at and self.starts_at >= self.ends_at):
            raise EnvelopeError("exchange.permit.period", permit=self.id)
        limits = (self.rate_per_minute, self.burst, self.daily_quota)
        if any(limit is not None and limit < 1 for limit in limits) or (self.burst and not self.rate_per_minute):
            raise EnvelopeError("exchange.permit.limit", permit=self.id)
        if not all(pointer.startswith("/") and len(pointer) > 1 for pointer in self.hidden):
            raise EnvelopeError("exchange.permit.hidden", permit=self.id)

    @property
    def covers_whole_service(self) -> bool:
        """Whether the permit needs neither method nor path to be known."""
        return self.method == ANY_METHOD and self.path_glob == ANY_PATH

    def is_valid_at(self, at: datetime) -> bool:
        """Tell whether the permit holds at that moment."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)

    def is_open_at(self, at: datetime, zone: ZoneInfo) -> bool:
        """Tell whether that moment lies in the permit's hours, in the local time of ``zone``."""
        if not self.hours:
            return True
        local = at.astimezone(zone)
        return any(hours.cover(local) for hours in self.hours)

    @property
    def is_limited(self) -> bool:
        """Whether calls under it are counted."""
        return self.rate_per_minute is not None or self.daily_quota is not None

    def covers(self, method: str, normalised_path: str) -> bool:
        """Tell whether the permit covers that method (in any case) and that normalised path (in its own case)."""
        return self.method.upper() in (ANY_METHOD, method.upper()) and matches(self.path_glob, normalised_path)


_TOKEN = re.compile(r"\*{2,}|\*|\\[*\\]|.", re.DOTALL)
_Tokens = tuple[tuple[str, str], ...]
_WILD = ("any", "step")


def _tokens(glob: str) -> _Tokens:
    kinds = []
    for found in _TOKEN.findall(glob):
        if found.startswith("*"):
            kinds.append(("any" if len(found) > 1 else "step", ""))
        else:
            kinds.append(("literal", found[-1] if found in (r"\*", r"\\") else found))
    return tuple(kinds)


def _pattern(tokens: _Tokens) -> re.Pattern[str]:
    pieces = {"any": ".*", "step": "[^/]*"}
    return re.compile("".join(pieces.get(kind) or re.escape(letter) for kind, letter in tokens), re.DOTALL)


def _branching(tokens: _Tokens) -> int:
    """Count the wildcards at which a backtracking matcher must guess: not those that end at a slash or at the end."""
    following = (*tokens, ("end", ""))[1:]
    return sum(
        1
        for (kind, _), after in zip(tokens, following, strict=True)
        if (kind == "any" and after[0] != "end") or (kind == "step" and after not in (("end", ""), ("literal", "/")))
    )


def _state_machine(tokens: _Tokens) -> Callable[[str], bool]:
    """Return a matcher whose time grows with the length of the path alone (bit-parallel automaton)."""
    length = len(tokens)
    wild = sum(1 << place for place, (kind, _) in enumerate(tokens) if kind != "literal")
    wild_over_slash = sum(1 << place for place, (kind, _) in enumerate(tokens) if kind == "any")
    letters: dict[str, int] = {}
    for place, (kind, letter) in enumerate(tokens):
        if kind == "literal":
            letters[letter] = letters.get(letter, 0) | 1 << place

    def settle(states: int) -> int:
        while (reached := states | (states & wild) << 1) != states:
            states = reached
        return states

    def match(path: str) -> bool:
        states = settle(1)
        for letter in path:
            stay = states & (wild_over_slash if letter == "/" else wild)
            states = settle(stay | (states & letters.get(letter, 0)) << 1)
        return bool(states >> length & 1)

    return match


@lru_cache(maxsize=16384)
def compile_glob(glob: str) -> Callable[[str], Any]:
    """Return a predicate over normalised paths; anchored at both ends, case-sensitive.

    Globs at which a regular expression would have to guess twice get an automaton instead, so that no path, however
    it was made, can keep a gateway busy.
    """
    tokens = _tokens(glob)
    return _pattern(tokens).fullmatch if _branching(tokens) < 2 else _state_machine(tokens)


def matches(glob: str, path: str) -> bool:
    """Tell whether the glob covers the whole path."""
    return bool(compile_glob(glob)(path))


def overlap(first: str, second: str) -> bool:
    """Tell whether some path is covered by both globs."""
    one, other = _tokens(first), _tokens(second)
    waiting, met = [(0, 0)], {(0, 0)}
    while waiting:
        here, there = waiting.pop()
        if (here, there) == (len(one), len(other)):
            return True
        for step in _steps(one[here : here + 1], other[there : there + 1]):
            reached = here + step[0], there + step[1]
            if reached not in met:
                met.add(reached)
                waiting.append(reached)
    return False


def _steps(mine: _Tokens, yours: _Tokens) -> Iterable[tuple[int, int]]:
    """Yield how far two globs can go on together: past a wildcard at no letter, or by one letter that both take."""
    kind, letter = mine[0] if mine else ("end", "")
    other_kind, other_letter = yours[0] if yours else ("end", "")
    if kind in _WILD:
        yield 1, 0
    if other_kind in _WILD:
        yield 0, 1
    if kind == other_kind == "literal" and letter == other_letter:
        yield 1, 1
    elif kind == "literal" and (other_kind == "any" or (other_kind == "step" and letter != "/")):
        yield 1, 0
    elif other_kind == "literal" and (kind == "any" or (kind == "step" and other_letter != "/")):
        yield 0, 1


_UTC = ZoneInfo("UTC")


def decide(
    permits: Iterable[Permit],
    *,
    subject: ClientId,
    service: ServiceId,
    method: str | None,
    raw_path: str | None,
    at: datetime,
    groups: Collection[GroupId] = (),
    zone: ZoneInfo = _UTC,
) -> Permit | None:
    """Return the first permit that allows the call, or None; ``groups`` are those that the subject belongs to.

    Without a method and a path only a right to the whole service counts. A path that cannot be decoded, or in which
    some server could read a step above its parent, is covered by nothing.
    """
    mine = [
        permit
        for permit in permits
        if (permit.subject == subject or permit.subject in groups)
        and permit.service == service
        and permit.is_valid_at(at)
        and permit.is_open_at(at, zone)
    ]
    if method is None or raw_path is None:
        return next((permit for permit in mine if permit.covers_whole_service), None)
    try:
        path = normalise_path(raw_path)
    except AddressError:
        return None
    if climbs(path):
        return None
    return next((permit for permit in mine if permit.covers(method, path)), None)
