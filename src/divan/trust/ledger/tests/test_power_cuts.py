"""A power cut between any two writes of the sealer, a restored backup, a lost folder: never a second history."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.elsewhere import await_released, database_url

from divan.foundation.actors import SYSTEM
from divan.trust.ledger import actions, models, queries
from divan.trust.ledger.adapters import keys
from divan.trust.ledger.values import Fault, Standing
from divan_libs.tlog.checkpoints import Checkpoint, sign_checkpoint

from .scene import NOW, by_hand, restore, seal_all, stopped_by, taken_back

pytestmark = pytest.mark.django_db(transaction=True)

POINTS = ("ledger.staged", "ledger.committed", "ledger.tiles-published", "ledger.checkpoint-published")


def seal_elsewhere(folder: Path, *, cut: str) -> int:
    """Seal in another process on the same database, with the power cut at a point; return its exit code."""
    environment = os.environ | {"DIVAN_DATABASE_URL": database_url(), "DIVAN_DATA": str(folder), "DIVAN_FAULT": cut}
    program = Path(__file__).with_name("sealing_process.py")
    command = [sys.executable, str(program), str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr.decode()
    await_released()
    return done.returncode


def tree(directory: Path) -> dict[str, bytes]:
    """Return the published files by path, without partial tiles: how many of them there are depends on the batches."""
    paths = ((path.relative_to(directory).as_posix(), path) for path in directory.rglob("*") if path.is_file())
    return {name: path.read_bytes() for name, path in paths if ".p/" not in name}


@pytest.mark.parametrize("point", POINTS)
def test_a_power_cut_is_finished_by_the_next_sealing(open_log, happen, point):
    happen(300)
    seal_all()
    happen(250)

    assert seal_elsewhere(open_log.directory.parent, cut=point) == -signal.SIGKILL
    staged = {entry.position: bytes(entry.salt) for entry in models.LedgerEntry.objects.all()}
    assert actions.seal_batch(actor=SYSTEM, now=NOW) == (250 if point == "ledger.staged" else 0)

    state = queries.log_state()
    assert (state.size, state.published_size, state.standing) == (551, 551, Standing.LEVEL)
    assert {entry.position: bytes(entry.salt) for entry in models.LedgerEntry.objects.all()} == staged
    assert queries.fsck() == []


@pytest.mark.parametrize("point", ["ledger.committed", "ledger.tiles-published"])
def test_the_very_first_batch_survives_a_power_cut(open_log, happen, point):
    happen(3)

    assert seal_elsewhere(open_log.directory.parent, cut=point) == -signal.SIGKILL
    seal_all()

    assert queries.log_state().published_size == 4
    assert queries.fsck() == []


def test_a_log_cut_at_every_point_is_the_log_that_was_never_cut(open_log, happen, tmp_path):
    happen(280)
    for point in POINTS:
        assert seal_elsewhere(open_log.directory.parent, cut=point) == -signal.SIGKILL
        happen(20)
    seal_all()
    untouched = tmp_path / "untouched"

    shutil.move(open_log.directory, untouched)
    actions.seal_batch(actor=SYSTEM, now=NOW)

    assert tree(untouched) == tree(open_log.directory)
    assert {"checkpoint", "tile/0/000", "tile/entries/000"} == set(tree(untouched))
    assert queries.fsck() == []


def test_what_waits_for_publication_after_a_power_cut_is_said(open_log, happen):
    happen(3)
    seal_elsewhere(open_log.directory.parent, cut="ledger.committed")

    assert queries.log_state().standing is Standing.BEHIND
    assert [finding.code for finding in queries.fsck()] == [Fault.UNPUBLISHED]


def test_a_lost_folder_is_published_again_as_it_was(open_log, happen, monkeypatch):
    monkeypatch.setattr("divan.trust.ledger.adapters.publication.CHUNK", 256)
    happen(700)
    seal_all()
    before = tree(open_log.directory)
    shutil.rmtree(open_log.directory)

    actions.seal_batch(actor=SYSTEM, now=NOW)

    assert tree(open_log.directory) == before
    assert queries.fsck() == []


def test_a_restored_backup_older_than_the_published_log_is_refused(open_log, happen):
    happen(3)
    seal_all()
    backup = taken_back()
    happen(3)
    seal_all()
    published = tree(open_log.directory)
    restore(*backup)

    with stopped_by("ledger.older-than-published", "settled=4 published=7"):
        actions.seal_batch(actor=SYSTEM, now=NOW)

    assert tree(open_log.directory) == published
    assert Fault.OLDER_THAN_PUBLISHED in {finding.code for finding in queries.fsck()}


def test_an_empty_database_founds_no_second_log_over_a_published_one(open_log, happen):
    happen(3)
    seal_all()
    restore([], [])

    with stopped_by("ledger.older-than-published", "settled=nothing"):
        actions.seal_batch(actor=SYSTEM, now=NOW)
    with stopped_by("ledger.older-than-published", "settled=nothing"):
        actions.open_log(actor=SYSTEM, now=NOW)

    assert [finding.code for finding in queries.fsck()] == [Fault.OLDER_THAN_PUBLISHED]


def test_a_published_checkpoint_of_another_history_stops_the_sealer(open_log, happen, tmp_path):
    happen(3)
    seal_all()
    other = other_history(tmp_path, size=4)
    (open_log.directory / "checkpoint").write_text(other)
    happen(1)

    with stopped_by("ledger.history-differs", "size=4"):
        actions.seal_batch(actor=SYSTEM, now=NOW)

    assert (open_log.directory / "checkpoint").read_text() == other
    assert queries.log_state().standing is Standing.DIFFERENT


def other_history(tmp_path: Path, *, size: int) -> str:
    signer = keys.read_key(tmp_path / "keys" / "log.key")
    return sign_checkpoint(Checkpoint(signer.name, size, b"\x07" * 32), [signer])


def test_a_checkpoint_signed_by_a_stranger_stops_the_sealer(open_log, happen):
    happen(3)
    seal_all()
    path = open_log.directory / "checkpoint"
    path.write_text(path.read_text().replace("\n4\n", "\n5\n"))

    with stopped_by("ledger.checkpoint-invalid"):
        actions.seal_batch(actor=SYSTEM, now=NOW)

    assert queries.log_state().doubt == "ledger.checkpoint-invalid"
    assert Fault.CHECKPOINT_INVALID in {finding.code for finding in queries.fsck()}


def test_an_altered_edge_of_the_tree_is_never_signed_over(open_log, happen):
    happen(3)
    seal_all()
    tile = open_log.directory / "tile" / "0" / "000.p" / "4"
    tile.write_bytes(bytes(128))
    happen(1)

    with stopped_by("ledger.files-altered"):
        actions.seal_batch(actor=SYSTEM, now=NOW)

    assert queries.log_state().size == 4


def test_a_head_changed_behind_the_lock_stops_the_sealer(open_log, happen):
    happen(3)
    seal_all()
    by_hand("UPDATE ledger_loghead SET size = 3")

    with stopped_by("ledger.head-altered", "size=3 signed_size=4"):
        actions.seal_batch(actor=SYSTEM, now=NOW)

    assert Fault.HEAD_ALTERED in {finding.code for finding in queries.fsck()}


def test_facts_that_vanished_stop_the_sealer_before_their_positions_are_given_again(open_log, happen):
    happen(3)
    seal_all()
    by_hand("DELETE FROM foundation_fact WHERE position >= 2")

    with stopped_by("ledger.facts-lost", "facts=2 sealed=4"):
        actions.seal_batch(actor=SYSTEM, now=NOW)


def test_a_sealed_fact_that_was_given_a_new_position_stops_the_sealer(open_log, happen):
    happen(3)
    seal_all()
    by_hand("UPDATE foundation_fact SET position = 4 WHERE position = 1")

    with stopped_by("ledger.fact-sealed-twice", "sealed_at_position=1"):
        actions.seal_batch(actor=SYSTEM, now=NOW)

    assert [(finding.code, finding.position) for finding in queries.fsck()] == [(Fault.FACT_MISSING, 1)]


def test_entries_that_vanished_stop_the_sealer(open_log, happen):
    happen(3)
    seal_all()
    by_hand("DELETE FROM ledger_ledgerentry WHERE position = 3")

    with stopped_by("ledger.entries-lost", "entries=3 sealed=4"):
        actions.seal_batch(actor=SYSTEM, now=NOW)


def test_a_key_that_is_gone_exposed_or_anothers_stops_the_sealer(open_log, happen):
    happen(1)
    open_log.key_file.chmod(0o644)
    with stopped_by("ledger.key-exposed"):
        actions.seal_batch(actor=SYSTEM, now=NOW)
    open_log.key_file.unlink()
    with stopped_by("ledger.key-missing"):
        actions.seal_batch(actor=SYSTEM, now=NOW)
    with stopped_by("ledger.key-missing"):
        actions.open_log(actor=SYSTEM, now=NOW)
    keys.make_key(open_log.key_file, "log.divan.test")
    with stopped_by("ledger.key-of-another-log"):
        actions.seal_batch(actor=SYSTEM, now=NOW)

    assert queries.log_state().size == 0


def test_after_a_loss_for_good_the_house_goes_on_under_a_new_name_and_the_scar_stays(open_log, happen, tmp_path):
    happen(3)
    seal_all()
    old, verifier = models.LogHead.objects.get().uuid, open_log.verifier_file.read_text()
    backup = taken_back()
    happen(3)
    seal_all()
    restore(*backup)
    by_hand("DELETE FROM ledger_ledgerentry")
    by_hand("DELETE FROM ledger_loghead")
    open_log.key_file.rename(tmp_path / "old.key")
    for option, value in (("directory", tmp_path / "new"), ("origin", "second.divan.test")):
        object.__setattr__(open_log, option, value)

    actions.open_log(actor=SYSTEM, now=NOW)
    happen(1)
    seal_all()

    assert open_log.verifier_file.read_text() != verifier
    assert (queries.log_state().origin, queries.log_state().size) == ("second.divan.test", 6)
    (found,) = queries.fsck()
    assert (found.code, found.subject_kind, found.subject_uuid) == (Fault.ROW_MISSING, "ledger.log", old)
