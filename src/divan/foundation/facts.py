"""Facts: recorded with the change they speak of, placed by one sequencer, read after a position."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from divan.foundation import locks
from divan.foundation.actors import Actor
from divan.foundation.canonical import digest, plain
from divan.foundation.faults import power_may_fail
from divan.foundation.kinds import FactKind
from divan.foundation.models import Fact, FactCursor

CHANNEL = "divan_facts"
"""The PostgreSQL channel on which a new fact wakes its readers."""

# One statement in place of three through the ORM, in a third of their time: every action records several facts.
_RECORD = """
    WITH recorded AS (
        INSERT INTO foundation_fact
            (uuid, kind, subject_kind, subject_uuid, subject_sequence, subject_digest, actor, at, data)
        SELECT %(uuid)s, %(kind)s, %(subject_kind)s, %(subject_uuid)s, coalesce(last.subject_sequence, 0) + 1,
            CASE WHEN %(changes_nothing)s THEN coalesce(last.subject_digest, %(digest)s) ELSE %(digest)s END,
            %(actor)s, %(at)s, %(data)s
        FROM (SELECT) AS one LEFT JOIN LATERAL (
            SELECT subject_sequence, subject_digest FROM foundation_fact
            WHERE subject_uuid = %(subject_uuid)s ORDER BY subject_sequence DESC LIMIT 1
        ) AS last ON true
        RETURNING id
    )
    SELECT pg_notify(%(channel)s, '') FROM recorded
"""


class Subject(Protocol):
    """A row that facts speak of."""

    @property
    def subject_kind(self) -> str:
        """Return the kind under which the row is registered."""

    @property
    def uuid(self) -> UUID:
        """Return the row's public identifier."""

    def subject_state(self) -> Mapping[str, object]:
        """Return the row's canonical state: all that must not change silently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRecord:
    """A placed fact as its readers see it."""

    uuid: UUID
    position: int
    kind: str
    subject_kind: str
    subject_uuid: UUID
    subject_sequence: int
    subject_digest: bytes
    actor: Mapping[str, str]
    at: datetime
    data: Mapping[str, object]

    def canonical(self) -> dict[str, object]:
        """Return what a commitment to this fact covers: every field."""
        return {
            "uuid": self.uuid,
            "position": self.position,
            "kind": self.kind,
            "subject": [self.subject_kind, self.subject_uuid, self.subject_sequence],
            "subject_digest": self.subject_digest,
            "actor": self.actor,
            "at": self.at,
            "data": self.data,
        }


def subject_digest(subject: Subject) -> bytes:
    """Return the SHA-256 (32 bytes) of a subject's canonical state."""
    return digest({"kind": subject.subject_kind, "uuid": subject.uuid, "state": subject.subject_state()})


def identifier_at(at: datetime) -> UUID:
    """Return a new identifier that begins with a time: a UUID of version 7 (RFC 9562), 74 bits of it random.

    Facts are many and only ever added. Under identifiers that grow with time, the indexes over them, here and in the
    ledger, are written at their end; under random ones every page of a large index is written again and again.
    """
    milliseconds = int(at.timestamp() * 1000) & (1 << 48) - 1
    chance = secrets.randbits(74)
    return UUID(int=milliseconds << 80 | 7 << 76 | chance >> 62 << 64 | 2 << 62 | chance & (1 << 62) - 1)


def record(
    kind: FactKind, *, subject: Subject, actor: Actor, at: datetime, changes_nothing: bool = False, **data: object
) -> UUID:
    """Write down that something happened, in the running transaction, and wake the readers after its commit.

    The caller has already saved the subject, and holds its row lock or has just created it: the sequence number of the
    subject is taken here and is unique. A fact that ``changes_nothing``, such as a look, repeats the digest of the fact
    before it: computed anew, it would cover a silent change of the row.

    :raises RuntimeError: outside a transaction, where a fact could outlive the change it speaks of.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a fact is recorded in the transaction of its change")
    power_may_fail("fact.before-record")
    uuid = identifier_at(at)
    known: dict[str, Any] = {
        "uuid": uuid,
        "kind": kind.code,
        "subject_kind": subject.subject_kind,
        "subject_uuid": subject.uuid,
        "changes_nothing": changes_nothing,
        "digest": subject_digest(subject),
        "actor": Jsonb(actor.as_data()),
        "at": at,
        "data": Jsonb(plain(data)),
        "channel": CHANNEL,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, known)
    return uuid


def place_facts(*, limit: int = 5000) -> int:
    """Give the facts that have none their gapless position, oldest first; return how many were placed.

    Only one sequencer places at a time. A fact that commits late is placed late: nothing is ever skipped, because the
    question is "which has no position", never "which came after".
    """
    with transaction.atomic():
        if not locks.try_hold("foundation.sequencer"):
            return 0
        with connection.cursor() as cursor:
            cursor.execute(
                """
                WITH fresh AS (
                    SELECT id, row_number() OVER (ORDER BY id) AS step
                    FROM foundation_fact WHERE position IS NULL ORDER BY id LIMIT %s
                ), top AS (SELECT coalesce(max(position), -1) AS position FROM foundation_fact)
                UPDATE foundation_fact f SET position = top.position + fresh.step
                FROM fresh, top WHERE f.id = fresh.id
                """,
                [limit],
            )
            placed = int(cursor.rowcount)
            power_may_fail("fact.before-position-commit")
    return placed


NOT_PLACED = -1
"""The position of a record whose fact waits for the sequencer."""


def _as_record(fact: Fact) -> FactRecord:
    return FactRecord(
        uuid=fact.uuid,
        position=NOT_PLACED if fact.position is None else fact.position,
        kind=fact.kind,
        subject_kind=fact.subject_kind,
        subject_uuid=fact.subject_uuid,
        subject_sequence=fact.subject_sequence,
        subject_digest=bytes(fact.subject_digest),
        actor=fact.actor,
        at=fact.at,
        data=fact.data,
    )


_FIELDS = (
    "uuid",
    "position",
    "kind",
    "subject_kind",
    "subject_uuid",
    "subject_sequence",
    "subject_digest",
    "actor",
    "at",
    "data",
)


def after(position: int, *, limit: int = 1000, kinds: Iterable[FactKind] | None = None) -> list[FactRecord]:
    """Return the facts after a position in their order, at most ``limit``; -1 means from the first."""
    rows = Fact.objects.filter(position__gt=position).order_by("position")
    if kinds is not None:
        rows = rows.filter(kind__in=[kind.code for kind in kinds])
    # Without making model instances of it: readers of every fact, the sealer first, take thousands at once.
    found = rows.values_list(*_FIELDS)[:limit]
    return [FactRecord(**dict(zip(_FIELDS, values, strict=True))) for values in found]


def at_position(position: int) -> FactRecord | None:
    """Return the fact at a position, or None."""
    fact = Fact.objects.filter(position=position).first()
    return _as_record(fact) if fact else None


def of_subject(subject_uuid: UUID) -> list[FactRecord]:
    """Return the placed facts of one subject, oldest first."""
    rows = Fact.objects.filter(subject_uuid=subject_uuid, position__isnull=False).order_by("subject_sequence")
    return [_as_record(fact) for fact in rows]


def of_subjects(subject_uuids: Iterable[UUID]) -> list[FactRecord]:
    """Return the facts of several subjects in the order in which they happened, placed or not."""
    rows = Fact.objects.filter(subject_uuid__in=list(subject_uuids)).order_by("at", "id")
    return [_as_record(fact) for fact in rows]


def find_by_uuid(fact_uuid: UUID) -> FactRecord | None:
    """Return a placed fact by its identifier, or None when it is unknown or not placed yet."""
    fact = Fact.objects.filter(uuid=fact_uuid, position__isnull=False).first()
    return _as_record(fact) if fact else None


def recorded_for(subject_uuid: UUID) -> list[str]:
    """Return the kinds recorded for a subject, placed or not, in their order."""
    rows = Fact.objects.filter(subject_uuid=subject_uuid).order_by("subject_sequence")
    return list(rows.values_list("kind", flat=True))


def last_position() -> int:
    """Return the highest position given so far, -1 when there is none."""
    top = Fact.objects.filter(position__isnull=False).order_by("-position").values_list("position", flat=True).first()
    return -1 if top is None else top


def follow(name: str, handle: Callable[[FactRecord], None], *, kinds: Iterable[FactKind], limit: int = 200) -> int:
    """Hand the facts of some kinds that a reader has not seen to it, each with its cursor in one transaction.

    Returns how many facts were handled, at most ``limit``. What lies between the wanted facts is passed over by the
    database and never seen again, so a reader of a seldom kind is at the end of a long log after one look. A crash
    between two facts repeats none and skips none. Only one process follows under a name at a time.
    """
    with transaction.atomic():
        if not locks.try_hold(f"foundation.reader.{name}"):
            return 0
        cursor, _ = FactCursor.objects.get_or_create(name=name)
        top = last_position()
        if top <= cursor.position:
            return 0
        batch = after(cursor.position, limit=limit, kinds=kinds)
        for fact in batch:
            handle(fact)
        reached = batch[-1].position if batch else top
        if len(batch) < limit:
            # Every wanted fact up to the top was seen; some may have been placed behind it meanwhile.
            reached = max(top, reached)
        FactCursor.objects.filter(name=name).update(position=reached)
    return len(batch)


SubjectLoader = Callable[[Iterable[UUID]], Iterable[Subject]]
_LOADERS: dict[str, SubjectLoader] = {}


def register_subject(kind: str, loader: SubjectLoader) -> None:
    """Declare how the live rows of a kind are loaded, so that their digests can be recomputed."""
    _LOADERS[kind] = loader


def subject_kinds() -> frozenset[str]:
    """Return the kinds of subjects whose live rows can be recomputed."""
    return frozenset(_LOADERS)


def live_digests(kind: str, uuids: Iterable[UUID]) -> dict[UUID, bytes]:
    """Return the digests of live rows by identifier; a row that is gone is absent."""
    return {subject.uuid: subject_digest(subject) for subject in _LOADERS[kind](uuids)}


def live_subjects(kind: str, uuids: Iterable[UUID]) -> list[Subject]:
    """Return the live rows of a kind that are there."""
    return list(_LOADERS[kind](uuids))


def last_digests(
    *, after_uuid: UUID | None = None, limit: int = 1000
) -> Iterator[tuple[str, UUID, int, int | None, bytes]]:
    """Yield (subject kind, uuid, sequence, position, digest) of each subject's newest fact, by subject identifier."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT ON (subject_uuid) subject_kind, subject_uuid, subject_sequence, position, subject_digest
            FROM foundation_fact WHERE %s::uuid IS NULL OR subject_uuid > %s::uuid
            ORDER BY subject_uuid, subject_sequence DESC LIMIT %s
            """,
            [after_uuid, after_uuid, limit],
        )
        for kind, uuid, sequence, position, recorded in cursor.fetchall():
            yield kind, uuid, sequence, position, bytes(recorded)


def subjects_of(model: type) -> SubjectLoader:
    """Return a loader that reads a model's rows by their ``uuid``."""

    def load(uuids: Iterable[UUID]) -> Iterable[Subject]:
        rows: Iterable[Subject] = model.objects.filter(uuid__in=list(uuids))  # type: ignore[attr-defined]  # every model has objects
        return rows

    return load


def first_reaching(subject_uuid: UUID, kind: FactKind, name: str, least: int) -> FactRecord | None:
    """Return the first fact of a kind of a subject, placed or not, whose number ``name`` is at least so much."""
    rows = Fact.objects.filter(subject_uuid=subject_uuid, kind=kind.code, **{f"data__{name}__gte": least})
    fact = rows.order_by("subject_sequence").first()
    return _as_record(fact) if fact else None


def newest_of(subject_uuid: UUID, *, limit: int) -> list[FactRecord]:
    """Return the newest facts of a subject, placed or not, newest first."""
    rows = Fact.objects.filter(subject_uuid=subject_uuid).order_by("-subject_sequence")
    return [_as_record(fact) for fact in rows[:limit]]
