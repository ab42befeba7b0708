"""A log of its own for each test, and facts to seal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import transaction

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.messages import MESSAGE_QUEUED, queue_message
from divan.foundation.models import Fact, OutgoingMessage
from divan.trust.ledger import actions, models
from divan.trust.ledger.apps import LedgerApp, LedgerOptions

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[LedgerOptions]:
    """Let the ledger work in a folder of the test, as settings would under ``DIVAN_DATA``."""
    app = apps.get_app_config("ledger")
    assert isinstance(app, LedgerApp)
    kept = app.options
    app.options = replace(
        kept,
        directory=tmp_path / "log",
        key_file=tmp_path / "keys" / "log.key",
        verifier_file=tmp_path / "trust" / "log.vkey",
        origin="log.divan.test",
    )
    yield app.options
    app.options = kept


@pytest.fixture
def open_log(log: LedgerOptions) -> LedgerOptions:
    """Open the log and place the fact that says so."""
    actions.open_log(actor=SYSTEM, now=NOW)
    facts.place_facts()
    return log


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


@pytest.fixture
def happen(transactional_db: None) -> Callable[[int], list[UUID]]:
    """Record some facts about some messages, place them, and return the messages."""

    def happen(count: int = 1) -> list[UUID]:
        made = many_messages(count) if count > 50 else one_by_one(count)
        facts.place_facts()
        return made

    return happen


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
