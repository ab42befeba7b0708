"""Whatever is altered in a drill is found by the check that answers for it; what is sound is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.apps import apps
from django.db import connection

from divan.foundation.actors import SYSTEM
from divan.project.journey import drill, tampering
from divan.project.journey.tampering import FSCK, MONITOR, SEALER, Tampered
from divan.trust.ledger import actions
from divan.trust.ledger.tests.scene import GUARDED, NOW, let_happen, seal_all

FOUND = [
    ("a message's text", FSCK, "ledger.row-altered"),
    ("a fact", FSCK, "ledger.fact-altered"),
    ("a salt", FSCK, "ledger.fact-altered"),
    ("a fact is back-dated", FSCK, "ledger.fact-altered"),
    ("entries in their bundle", FSCK, "ledger.bundle-altered"),
    ("a tile", FSCK, "ledger.tile-altered"),
    ("the last hour is deleted", FSCK, "ledger.entry-missing"),
    (
        "database and files are rolled back to yesterday",
        f"{SEALER}, {MONITOR}",
        "ledger.older-than-witnessed, tlog.following.rolled-back, tlog.following.withheld",
    ),
    ("the log is forked for one reader", MONITOR, "tlog.following.fork-seen-by-witness"),
    ("an entry is back-dated and the log rewritten over it", MONITOR, "tlog.following.fork"),
]


def guards(state: str) -> None:
    with connection.cursor() as cursor:
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} {state} TRIGGER USER")


@pytest.fixture
def bench(tmp_path, monkeypatch, settings, transactional_db):
    """A log of 121 entries, no triggers on its rows as in a scratch copy, and a witness that vouched for it."""
    app = apps.get_app_config("ledger")
    settings.LEDGER = replace(
        app.options,
        directory=tmp_path / "log",
        key_file=tmp_path / "keys" / "log.key",
        verifier_file=tmp_path / "trust" / "log.vkey",
        policy_file=tmp_path / "trust" / "log.policy",
        origin="log.divan.test",
    )
    monkeypatch.setattr(app, "options", settings.LEDGER)
    actions.open_log(actor=SYSTEM, now=NOW)
    let_happen(120)
    seal_all()
    guards("DISABLE")
    (tmp_path / "scratch").mkdir()
    with tampering.made_bench(tmp_path / "scratch") as made:
        yield made
    guards("ENABLE")


@pytest.mark.slow
def test_each_alteration_is_found_by_its_check_and_undone_before_the_next(bench):
    message = tampering.row_deed("a message's text", ("foundation_outgoingmessage", "text", "text || ' '"))
    before = tampering.untouched(bench)

    told = [deed(bench) for deed in (message, *tampering.DEEDS[3:])]

    assert (before.is_found, before.named) == (True, "121 entries, all sound")
    assert [(one.what, one.check, one.code) for one in told] == FOUND
    assert all(one.is_found and one.named for one in told)
    assert tampering.untouched(bench) == before


def test_a_copy_without_such_a_row_is_no_success(bench):
    lacking = tampering.DEEDS[0](bench)

    assert (lacking.is_found, lacking.check) == (False, FSCK)
    assert "run divan journey first" in lacking.named


def test_the_table_of_the_readme_names_check_and_code_and_what_was_missed():
    table = drill.as_markdown(
        [
            Tampered("nothing", f"{FSCK}, {MONITOR}", "", "9 entries, all sound", True),
            Tampered("a tile", FSCK, "ledger.tile-altered", "tile/0/000", True),
            Tampered("all", f"{SEALER}, {MONITOR}", "a.b, c.d", "9", True),
            Tampered("a salt", FSCK, "", "nothing", False),
        ]
    )

    assert table.splitlines()[2:] == [
        "| nothing | nothing to find | — |",
        "| a tile | `divan ledger fsck` | `ledger.tile-altered` |",
        "| all | the sealer at its start, `divan ledger monitor` | `a.b`, `c.d` |",
        "| a salt | **not found** | — |",
    ]
