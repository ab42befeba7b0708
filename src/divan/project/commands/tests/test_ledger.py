"""`divan ledger`: what it prints and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from tests.elsewhere import await_released, database_url
from typer.testing import CliRunner

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.messages import queue_message
from divan.project.commands import ledger
from divan.project.launcher.troubles import CannotStart
from divan.trust.ledger import actions, queries
from divan.trust.ledger.apps import LedgerApp
from divan.trust.ledger.models import LogHead
from divan.trust.ledger.values import Part

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def log(tmp_path):
    app = apps.get_app_config("ledger")
    assert isinstance(app, LedgerApp)
    kept = app.options
    app.options = replace(
        kept, directory=tmp_path / "log", key_file=tmp_path / "log.key", verifier_file=tmp_path / "log.vkey"
    )
    yield app.options
    app.options = kept


def run(*arguments):
    app = typer.Typer()
    ledger.register(app)
    return CliRunner().invoke(app, ["ledger", *arguments])


def seal():
    facts.place_facts()
    return actions.seal_batch(actor=SYSTEM, now=NOW)


def test_a_log_that_is_not_opened_is_said_with_what_to_do(log):
    told = run("status")

    assert (told.exit_code, told.output) == (3, "not opened; 0 facts wait. Open it with `divan ledger open`\n")


def test_opening_says_where_the_log_stands(log):
    opened, again = run("open"), run("open")
    seal()
    told = run("status")

    assert (opened.exit_code, again.exit_code, told.exit_code) == (0, 0, 0)
    assert "0 entries sealed, 0 published" in opened.output
    assert f"{log.origin}: 1 entries sealed, 1 published, 0 facts wait" in told.output
    assert log.verifier_file.read_text().strip() in told.output
    assert told.output.endswith("published: level\n")


def test_a_log_that_cannot_be_believed_ends_with_one(log):
    run("open")
    (log.directory / "checkpoint").write_text("nonsense")

    told = run("status")

    assert told.exit_code == 1
    assert "ledger.checkpoint-invalid" in told.output


def test_opening_over_a_published_log_is_refused_in_one_line(log):
    run("open")
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE ledger_loghead")

    refused = run("open").exception

    assert isinstance(refused, CannotStart)
    assert str(refused).startswith("ledger.older-than-published ")


def test_a_whole_log_passes_the_examination(log):
    run("open")
    seal()

    told = run("fsck")

    assert told.exit_code == 0
    assert "Nothing was altered" in told.output


def test_findings_are_shown_with_place_and_meaning_and_end_with_one(log):
    run("open")
    seal()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE foundation_fact DISABLE TRIGGER fact_stands")
        cursor.execute("UPDATE foundation_fact SET data = '{}'")
        cursor.execute("ALTER TABLE foundation_fact ENABLE TRIGGER fact_stands")
    head = LogHead.objects.get()

    table, lines = run("fsck"), run("fsck", "--json")

    assert (table.exit_code, lines.exit_code) == (1, 1)
    assert "ledger.fact-altered" in table.output
    assert "1 findings: ledger.fact-altered 1" in table.output
    (finding,) = (json.loads(line) for line in lines.stdout.splitlines())
    assert (finding["code"], finding["position"]) == ("ledger.fact-altered", 0)
    assert (finding["subject_kind"], finding["subject_uuid"]) == ("ledger.log", str(head.uuid))


def test_salts_about_a_subject_are_erased_on_a_ground_and_the_log_still_holds(log):
    run("open")
    seal()
    about = str(LogHead.objects.get().uuid)

    groundless = run("forget", about, "--ground", " ", "--yes")
    unasked = run("forget", about, "--ground", "court order 12")
    erased = run("forget", about, "--ground", "court order 12", "--yes")
    stranger = run("forget", "00000000-0000-4000-8000-000000000000", "--ground", "court order 12", "--yes")

    assert isinstance(groundless.exception, CannotStart)
    assert unasked.exit_code == 1
    assert (erased.exit_code, erased.output) == (0, "1 salts erased; the log stands as it stood\n")
    assert isinstance(stranger.exception, CannotStart)
    seal()
    assert run("fsck").exit_code == 0


def test_an_interrupted_examination_is_gone_on_with_and_a_killed_one_too(log, tmp_path, monkeypatch):
    run("open")
    with transaction.atomic():
        about = LogHead.objects.get()
        for number in range(9):
            queue_message(recipient="09120000000", text=f"letter {number}", about=about, actor=SYSTEM, now=NOW)
    seal()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE foundation_outgoingmessage SET recipient = '09129999999' WHERE text = 'letter 7'")
    with monkeypatch.context() as patches:
        patches.setattr(queries, "fsck_in_steps", interrupted_at_the_facts)
        stopped = run("fsck")
    assert stopped.exit_code == 130
    assert "go on with `divan ledger fsck --resume`" in stopped.output

    went_on, ended = run("fsck", "--resume"), run("fsck", "--resume")

    assert (went_on.exit_code, ended.exit_code) == (1, 3), "it has ended: nothing is left to go on with"
    said = " ".join(went_on.output.split())
    assert "recipient was 09120000000, now 09129999999" in said
    assert "The first altered stands at position 8: ledger.row-altered foundation.message" in said
    assert fsck_elsewhere(tmp_path, cut="fsck.kept") == -signal.SIGKILL
    assert run("fsck", "--resume").exit_code == 1


def interrupted_at_the_facts(**how):
    for step in real_steps(**how):
        yield step
        if step.part is Part.FACTS:
            raise KeyboardInterrupt


real_steps = queries.fsck_in_steps


def fsck_elsewhere(folder: Path, *, cut: str) -> int:
    environment = os.environ | {"DIVAN_DATABASE_URL": database_url(), "DIVAN_FAULT": cut}
    command = [sys.executable, str(Path(__file__).with_name("examining_process.py")), str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=120, check=False)
    await_released()
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    return done.returncode


def test_what_was_kept_of_another_log_or_damaged_is_not_gone_on_with(log):
    run("open")
    seal()
    kept = Path(settings.DIVAN.data) / "fsck.json"
    kept.write_text('{"log": "another", "since": 0, "marks": {}, "findings": []}')
    another = run("fsck", "--resume")
    kept.write_text("[")
    damaged = run("fsck", "--resume")
    kept.unlink()

    assert (another.exit_code, damaged.exit_code) == (3, 3)
    assert "of another log" in another.output


def test_without_a_log_the_examination_ends_with_three(log):
    assert run("fsck").exit_code == 3


def test_published_files_out_of_reach_end_with_three_and_no_traceback(log, monkeypatch):
    run("open")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    for option, value in (("bucket", "s3://log/province"), ("bucket_endpoint", "http://127.0.0.1:9")):
        object.__setattr__(log, option, value)

    told, state = run("fsck"), run("status")

    assert (told.exit_code, state.exit_code) == (3, 1)
    assert "divan: the published files cannot be reached" in told.output
    assert "ledger.store-unreachable" in state.output
