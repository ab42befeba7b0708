"""The database's side of the log, read in runs of positions: entries, facts, and which salts were erased."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction

from divan.foundation import facts
from divan.foundation.facts import FactRecord
from divan.trust.ledger import models
from divan.trust.ledger.queries.published import record_of
from divan.trust.ledger.values import SALT_ERASED
from divan_libs.tlog.commitments import Opening
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.tiles import TILE_WIDTH

BATCH = 16 * TILE_WIDTH
"""Positions that are read at once."""


class StoredEntry(NamedTuple):
    """An entry as its row keeps it."""

    position: int
    fact_uuid: UUID
    salt: bytes | None
    commitment: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """Entries and facts of a run of positions, each by its position; and the facts among them whose salt was erased."""

    entries: dict[int, StoredEntry]
    facts: dict[int, FactRecord]
    erased: frozenset[UUID]

    def commitments(self) -> list[bytes]:
        """Return the commitments in their order."""
        return [entry.commitment for _, entry in sorted(self.entries.items())]


def read_sealed(start: int, end: int) -> Sealed:
    """Return what the database has of the positions from one up to, not including, another."""
    rows = models.LedgerEntry.objects.filter(position__gte=start, position__lt=end)
    entries = {
        position: StoredEntry(position, fact_uuid, None if salt is None else bytes(salt), bytes(commitment))
        for position, fact_uuid, salt, commitment in rows.values_list("position", "fact_uuid", "salt", "commitment")
    }
    found = facts.after(start - 1, limit=end - start)
    without_salt = [entry.fact_uuid for entry in entries.values() if entry.salt is None]
    about = facts.of_subjects(without_salt) if without_salt else []
    return Sealed(
        entries,
        {fact.position: fact for fact in found if fact.position < end},
        frozenset(fact.subject_uuid for fact in about if fact.kind == SALT_ERASED.code),
    )


def stored_commitments(start: int, size: int) -> Iterator[bytes]:
    """Yield the stored entries from a position up to a size, an empty one in the place of each that is missing."""
    for first in range(start, size, BATCH):
        end = min(first + BATCH, size)
        rows = models.LedgerEntry.objects.filter(position__gte=first, position__lt=end)
        known = dict(rows.values_list("position", "commitment"))
        yield from (bytes(known.get(position, b"")) for position in range(first, end))


def opens(salt: bytes, fact: FactRecord, entry: bytes) -> bool:
    """Whether salt and fact are what the entry commits to."""
    try:
        Opening(salt, record_of(fact)).require(entry)
    except (TlogError, ValueError, TypeError):
        # What a hand put into the fact may have no canonical form at all.
        return False
    return True


def live_digest(kind: str, uuid: UUID) -> Iterable[bytes | None]:
    """Return the digest of one row, none when it is gone, and a None when it cannot be read."""
    try:
        with transaction.atomic():
            return list(facts.live_digests(kind, [uuid]).values())
    except Exception:  # noqa: BLE001 (as above: whatever the alteration breaks, it is found)
        return [None]


def was_removed(subject_uuid: UUID) -> bool:
    """Tell whether the newest fact of a subject says that its row leaves: its data has ``removed`` true."""
    return any(fact.data.get("removed") is True for fact in facts.newest_of(subject_uuid, limit=1))


@contextmanager
def one_moment() -> Iterator[None]:
    """Read everything inside as of one moment, so that a row and its fact are seen both or neither.

    Inside a transaction of the caller's, whose moment cannot be chosen any more, that one stands.
    """
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
