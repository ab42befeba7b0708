"""Personal data leave when their time is over, as facts, so that a row without them is no finding."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import transaction

from divan.foundation import facts, files, messages, retention
from divan.foundation.actors import SYSTEM
from divan.foundation.apps import options
from divan.foundation.models import OutgoingMessage, StoredFile

NOON = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(db, monkeypatch, tmp_path):
    monkeypatch.setattr(apps.get_app_config("foundation"), "options", replace(options(), files_directory=tmp_path))
    return tmp_path


def stored(content: bytes = b"an invented page") -> StoredFile:
    kept = files.store_made(name="page.pdf", content=content, media_type="application/pdf", actor=SYSTEM, now=NOON)
    return StoredFile.objects.get(uuid=kept.uuid)


def assert_digest_holds(row) -> None:
    newest = facts.of_subjects([row.uuid])[-1]
    assert newest.subject_digest == facts.live_digests(row.subject_kind, [row.uuid])[row.uuid]


def test_an_old_message_loses_number_and_text_and_its_digest_still_holds():
    about = StoredFile.objects.create(
        uuid=uuid4(), sha256="0" * 64, size=1, media_type="image/png", name="a.png", stored_at=NOON, claimed=True
    )
    with transaction.atomic():
        messages.queue_message(recipient="09990100001", text="سلام", about=about, actor=SYSTEM, now=NOON)

    assert retention.let_go(NOON + retention.MESSAGE_LIFE) == 0
    assert retention.let_go(NOON + retention.MESSAGE_LIFE + timedelta(seconds=1)) == 1

    row = OutgoingMessage.objects.get()
    assert (row.recipient, row.text) == ("", "")
    assert facts.recorded_for(row.uuid) == ["foundation.message-queued", "foundation.message-erased"]
    assert_digest_holds(row)
    assert retention.let_go(NOON + timedelta(days=400)) == 0


def test_an_upload_that_nothing_claimed_leaves_with_its_bytes():
    row = stored()

    assert retention.let_go(NOON + retention.UNCLAIMED_LIFE) == 0
    assert retention.let_go(NOON + retention.UNCLAIMED_LIFE + timedelta(seconds=1)) == 1

    row.refresh_from_db()
    assert row.name == ""
    assert not files.path_of(row.sha256).exists()
    assert_digest_holds(row)


def test_bytes_that_somebody_else_handed_in_too_stay_for_them():
    unclaimed, claimed = stored(), stored()
    files.claim(claimed.uuid)

    assert retention.let_go(NOON + timedelta(days=3)) == 1

    unclaimed.refresh_from_db()
    assert unclaimed.name == ""
    assert files.read_file(claimed.uuid) == b"an invented page"
