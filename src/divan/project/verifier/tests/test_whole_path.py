"""Load, kill, start again, examine, follow from outside; then both verifiers check receipts of random entries."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps
from tests.elsewhere import database_url
from tests.launcher.test_witnesses import await_listener, free_base, program_of

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.project.configuration import Configuration
from divan.project.launcher import witnesses
from divan.project.verifier.judgement import Outcome, judge
from divan.project.verifier.trust import read_trust
from divan.project.verifier.watching import Watch, expectations, look_once
from divan.trust.ledger import actions, queries
from divan.trust.ledger.tests import sealing_process
from divan.trust.ledger.tests.scene import NOW, let_happen
from divan.trust.ledger.tests.test_power_cuts import seal_elsewhere

from .test_in_browser import asked, kept_page, open_browser

LOADED, SAMPLE = 600, 5


@pytest.fixture
def house(tmp_path, monkeypatch, transactional_db):
    """An opened log with the two witnesses of the rehearsal beside it; return its configuration and their keepers."""
    app = apps.get_app_config("ledger")
    options = replace(
        app.options,
        directory=tmp_path / "log",
        key_file=tmp_path / "keys" / "log.key",
        verifier_file=tmp_path / "trust" / "log.vkey",
        policy_file=tmp_path / "trust" / "log.policy",
        origin="log.divan.test",
    )
    monkeypatch.setattr(app, "options", options)
    actions.open_log(actor=SYSTEM, now=NOW)
    configuration = Configuration(data=tmp_path, port=free_base())
    witnesses.prepare(configuration)
    keepers = {
        name: subprocess.Popen(command, stderr=subprocess.DEVNULL)
        for name, command in witnesses.commands(configuration).items()
    }
    for name, port in witnesses.ports(configuration).items():
        await_listener(keepers[name], port)
    yield configuration, keepers
    for keeper in keepers.values():
        keeper.terminate()
        keeper.wait(20)


def ask_the_witnesses(folder: Path) -> None:
    environment = os.environ | {"DIVAN_DATABASE_URL": database_url(), "DIVAN_DATA": str(folder)}
    command = [sys.executable, sealing_process.__file__, str(folder), "witnesses"]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.slow
def test_receipts_of_random_entries_hold_after_kills_for_whoever_checks_them(house, tmp_path):
    configuration, keepers = house
    folder = configuration.data
    let_happen(LOADED)
    for cut in ("ledger.staged", "ledger.tiles-published"):
        assert seal_elsewhere(folder, cut=cut) == -signal.SIGKILL
    killed = next(iter(keepers))
    os.kill(program_of(keepers[killed]), signal.SIGKILL)
    assert seal_elsewhere(folder, cut="") == 0
    await_listener(keepers[killed], witnesses.ports(configuration)[killed])
    ask_the_witnesses(folder)

    state = queries.log_state()
    assert (state.size, state.published_size, state.cosigned_size) == (LOADED + 1, LOADED + 1, LOADED + 1)
    assert queries.fsck() == []
    trust = read_trust(folder / "trust")
    expected = expectations(trust, stalled_after=None, cosigned_within=3600)
    watch = Watch(source=str(folder / "log"), state=tmp_path / "watch.json", expected=expected)
    assert [seen.code for seen in look_once(watch)] == []

    chosen = random.Random(LOADED).sample(range(LOADED + 1), SAMPLE)  # noqa: S311 (a sample, no secret)
    receipts = {}
    for position in chosen:
        issued = queries.find_issued_receipt(facts.at_position(position).uuid)
        assert {one.name for one in issued.by} == {"university", "newspaper"}
        receipts[position] = tmp_path / f"{position}.tlog-proof"
        receipts[position].write_bytes(issued.content)
        judged = judge(issued.content, trust, now=datetime.now(UTC))
        assert (judged.outcome, judged.problems) == (Outcome.GENUINE, ())
    kept = kept_page(folder, tmp_path)

    with open_browser() as browser:
        window = browser.new_context(offline=True).new_page()
        window.goto(kept.as_uri())
        for position, path in receipts.items():
            said = asked(window, path)
            lines = [json.dumps(line) for line in said["lines"]]
            assert (said["outcome"], said["problems"]) == ("genuine", [])
            assert json.dumps(["position", {"number": str(position)}]) in lines
            assert [line[1] for line in said["lines"] if line[0] == "witness"] == [
                one.key_name for one in witnesses.WITNESSES
            ]
            assert "verify.not-proved.one-log" not in said["limits"]
