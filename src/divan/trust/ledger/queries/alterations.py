"""What exactly was altered: the one field of a row or a fact that, put back, gives the digest that was sealed.

A digest tells that something differs, not what. But an alteration is mostly of one field, and what the field held
stands somewhere still: in the facts about the row, in other rows of the table, among a few usual values. Each is tried;
the one that gives the sealed digest is proved to be what was there. Nothing is said where none does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from uuid import UUID

from django.db import models as database

from divan.foundation import facts
from divan.foundation.canonical import canonical_bytes, digest, plain
from divan.foundation.facts import FactRecord
from divan.foundation.kinds import FACT_KINDS
from divan.trust.ledger.queries.sealed import StoredEntry
from divan_libs.tlog.commitments import Opening

MOST_TRIED = 20_000
"""Values tried for one alteration, about a second of work."""
NEIGHBOURS = 100
"""Values of the same column that are tried, the most frequent ones."""

Known = dict[str, object]
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alteration:
    """The field that was altered, what it holds now, and what it held when it was sealed."""

    field: str
    seen: str
    expected: str


def alteration_of_row(kind: str, uuid: UUID) -> Alteration | None:
    """Return what was altered of a live row since its newest fact, None where it cannot be told."""
    row = next(iter(facts.live_subjects(kind, [uuid])), None)
    told = facts.newest_of(uuid, limit=50)
    if row is None or not told:
        return None
    sealed = told[0].subject_digest
    state = plain(row.subject_state())
    if not isinstance(state, dict):
        return None

    def holds(changed: Known) -> bool:
        return digest({"kind": kind, "uuid": uuid, "state": changed}) == sealed

    said = [value for fact in told for value in _scalars([fact.data, fact.at])]
    return _search(state, holds, lambda path: chain(said, _neighbours(row, path)))


def alteration_of_fact(fact: FactRecord, entry: StoredEntry) -> Alteration | None:
    """Return what was altered of a fact since it was sealed as this entry, None where it cannot be told."""
    known = plain(fact.canonical())
    if not isinstance(known, dict) or entry.salt is None:
        return None
    salt = entry.salt

    def holds(changed: Known) -> bool:
        return Opening(salt, canonical_bytes(changed)).entry() == entry.commitment

    others = facts.newest_of(fact.subject_uuid, limit=50)
    is_known = fact.subject_kind in facts.subject_kinds()
    live = facts.live_digests(fact.subject_kind, [fact.subject_uuid]) if is_known else {}
    said = [value for other in others for value in _scalars(other.canonical())]
    pool = [str(entry.fact_uuid), *(one.hex() for one in live.values()), *said, *FACT_KINDS]
    return _search(known, holds, lambda _path: pool)


def _search(
    state: Known, holds: Callable[[Known], bool], values_for: Callable[[Path], Iterable[object]]
) -> Alteration | None:
    tries = (
        (path, current, value)
        for path, current in _leaves(state)
        for value in _different(current, chain(_usual(current), filter(_is_scalar, values_for(path))))
    )
    for path, current, value in islice(tries, MOST_TRIED):
        if holds(_replaced(state, path, value)):
            name = ".".join(str(step) for step in path)
            return Alteration(field=name, seen=_said(current), expected=_said(value))
    return None


def _different(current: object, values: Iterable[object]) -> Iterator[object]:
    """Yield each value once that is not the current one; a 1 is no True here, as it is none in a digest."""
    told = {(type(current), current)}
    for value in values:
        if (key := (type(value), value)) not in told:
            told.add(key)
            yield value


def _said(value: object) -> str:
    return "nothing" if value is None else str(value)


def _is_scalar(value: object) -> bool:
    return value is None or isinstance(value, str | int | bool)


def _leaves(value: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Yield every scalar of a state with the way to it."""
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _leaves(inner, (*path, str(name)))
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, index))
    elif _is_scalar(value):
        yield path, value


def _replaced(state: object, path: Path, value: object) -> Known:
    """Return the state with another value at a place; what lies beside it is shared, not copied."""
    if not path:
        return value  # type: ignore[return-value]  # only ever the innermost call
    step, *rest = path
    inner = _replaced(state[step], tuple(rest), value)  # type: ignore[index]  # the way was found in this state
    if isinstance(state, list):
        return [*state[: int(step)], inner, *state[int(step) + 1 :]]  # type: ignore[return-value]  # as above
    assert isinstance(state, dict)  # noqa: S101 (as above)
    return {**state, str(step): inner}


def _usual(current: object) -> Iterator[object]:
    yield from (None, "", True, False)
    if isinstance(current, bool) or not isinstance(current, int):
        yield from range(10)
        return
    yield from (current + step for step in range(-20, 21))
    yield from (current * 10, current // 10, current * 100, current // 100, current * 1000, current // 1000)
    yield from range(100)


def _scalars(value: object) -> Iterator[object]:
    """Yield all scalars of what a fact says, as they stand in a state."""
    for _, found in _leaves(plain(value)):
        yield found


def _neighbours(row: object, path: Path) -> Iterator[object]:
    """Yield what other rows of the table hold in this column, the most frequent first."""
    if not isinstance(row, database.Model) or len(path) != 1:
        return
    names = {one.name for one in row._meta.concrete_fields if not one.is_relation}
    if path[0] not in names:
        return
    rows = type(row)._default_manager.values_list(str(path[0]), flat=True)
    frequent = rows.annotate(times=database.Count("pk")).order_by("-times")
    yield from (plain(value) for value in frequent[:NEIGHBOURS])
