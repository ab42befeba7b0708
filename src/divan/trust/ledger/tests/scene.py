"""Facts to seal, and hands that change what is sealed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.messages import MESSAGE_QUEUED, queue_message
from divan.foundation.models import Fact, OutgoingMessage
from divan.trust.ledger import actions, models

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
GUARDED = ("foundation_fact", "ledger_ledgerentry", "ledger_loghead")


def let_happen(count: int = 1) -> list[UUID]:
    """Record a fact about each of some new messages, place the facts, and return the messages."""
    made = many_messages(count) if count > 50 else one_by_one(count)
    facts.place_facts()
    return made


def one_by_one(count: int) -> list[UUID]:
    """Record facts as the house does."""
    with transaction.atomic():
        about = models.LogHead(uuid=uuid4())
        return [
            queue_message(recipient="09120000000", text=f"letter {i}", about=about, actor=SYSTEM, now=NOW)
            for i in range(count)
        ]


def many_messages(count):
    """Write rows and their facts at once, for tests that need many: the same rows, in two statements."""
    messages = [
        OutgoingMessage(
            uuid=uuid4(),
            recipient="09120000000",
            text=f"letter {i}",
            about_kind="ledger.log",
            about_uuid=uuid4(),
            queued_at=NOW,
            next_attempt_at=NOW,
        )
        for i in range(count)
    ]
    OutgoingMessage.objects.bulk_create(messages)
    Fact.objects.bulk_create(
        Fact(
            uuid=uuid4(),
            kind=MESSAGE_QUEUED.code,
            subject_kind=row.subject_kind,
            subject_uuid=row.uuid,
            subject_sequence=1,
            subject_digest=facts.subject_digest(row),
            actor=SYSTEM.as_data(),
            at=NOW,
        )
        for row in messages
    )
    return [row.uuid for row in messages]


@contextmanager
def stopped_by(code: str, told: str = "") -> Iterator[None]:
    """Expect the sealer to stop with this code, and with this in its message."""
    with pytest.raises(actions.HistoryDoubtful) as stopped:
        yield
    assert stopped.value.code == code
    assert told in str(stopped.value)


def seal_all() -> int:
    """Seal until nothing is left; return how many facts were sealed."""
    total = 0
    while sealed := actions.seal_batch(actor=SYSTEM, now=NOW):
        total += sealed
    return total


def message(uuid: UUID) -> OutgoingMessage:
    """Return a message."""
    return OutgoingMessage.objects.get(uuid=uuid)


def by_hand(statement, *values):
    """Change the database as its owner could, with the guarding triggers off; return how many rows it touched."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        touched = cursor.rowcount
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return touched


Backup = tuple[list[dict[str, object]], list[dict[str, object]]]


def taken_back() -> Backup:
    """Return the head and the entries as they are, to be restored later."""
    return list(models.LogHead.objects.values()), list(models.LedgerEntry.objects.values())


def restore(heads: list[dict[str, object]], entries: list[dict[str, object]]) -> None:
    """Put an old head, its entries and no more facts than those into the place of the present ones."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE ledger_loghead, ledger_ledgerentry")
    by_hand("DELETE FROM foundation_fact WHERE position IS NULL OR position >= %s", len(entries))
    models.LogHead.objects.bulk_create(models.LogHead(**row) for row in heads)
    models.LedgerEntry.objects.bulk_create(models.LedgerEntry(**row) for row in entries)
