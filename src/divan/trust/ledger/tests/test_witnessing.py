"""Witnesses delay no seal, their cosignatures travel with the receipts, and what they remember convicts the log."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from tests.elsewhere import await_released, database_url

from divan.foundation import facts
from divan.trust.ledger import actions, jobs, models, queries
from divan.trust.ledger.adapters import keys
from divan_libs.tlog.checkpoints import CHECKPOINT_PATH, COSIGNED_PATH, Checkpoint, open_checkpoint, sign_checkpoint
from divan_libs.tlog.notes import NoteVerifier
from divan_libs.tlog.policies import open_by_policy, parse_policy
from divan_libs.tlog.receipts import parse_receipt, verify_receipt

from .neighbours import NAMES, policy_of, stranger, witness
from .scene import NOW, let_happen, restore, seal_all, stopped_by, taken_back

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def watched(open_log):
    """Let witnesses listen and be named by the policy; what is given stands in the place of one of them."""
    open_log.policy_file.parent.mkdir(exist_ok=True)
    with ExitStack() as stack:

        def watch(enough=2, **others):
            key = NoteVerifier.parse(open_log.verifier_file.read_text().strip())
            addresses = {
                name: others[name]
                if name in others
                else stack.enter_context(witness(name, key, open_log.key_file.parent))
                for name in NAMES
            }
            open_log.policy_file.write_text(policy_of(addresses, enough))
            return addresses

        yield watch


def published(log, path=CHECKPOINT_PATH):
    return (log.directory / path).read_bytes()


def standing():
    return {one.name: (one.cosigned_size, one.trouble, one.is_silent) for one in queries.list_witnesses()}


def ask(later=0):
    jobs.Cosigning().look(NOW + timedelta(seconds=later))


def test_the_head_is_cosigned_and_receipts_say_by_whom(open_log, happen, watched):
    watched()
    happen(3)
    seal_all()
    (fact,) = facts.of_subject(models.LogHead.objects.get().uuid)
    bare = queries.find_issued_receipt(fact.uuid)

    ask()

    policy = parse_policy(open_log.policy_file.read_bytes())
    key = NoteVerifier.parse(open_log.verifier_file.read_text().strip())
    for path in (CHECKPOINT_PATH, COSIGNED_PATH):
        opened = open_by_policy(published(open_log, path), policy, log_keys=[key], origin="log.divan.test")
        assert (opened.checkpoint.size, len(opened.cosignatures)) == (4, 3)
    assert standing() == dict.fromkeys(NAMES, (4, "", False))
    issued = queries.find_issued_receipt(fact.uuid)
    assert (bare.by, bare.needed, issued.needed, issued.size) == ((), 2, 2, 4)
    assert [one.name for one in issued.by] == list(NAMES)
    proved = verify_receipt(parse_receipt(issued.content), [key], policy=policy)
    assert {one.verifier.name for one in proved.cosignatures} == {f"witness.example/{name}" for name in NAMES}
    assert (queries.log_state().cosigned_size, queries.log_state().witnesses_needed) == (4, 2)


def test_what_witnesses_do_is_sealed_and_begets_no_end_of_heads(open_log, happen, watched):
    watched()
    happen(1)
    seal_all()
    ask()
    facts.place_facts()
    assert seal_all() == 3
    ask(2)
    facts.place_facts()

    assert seal_all() == 0
    rows = models.Witness.objects.all()
    assert [facts.recorded_for(row.uuid) for row in rows] == [["ledger.witness-vouches"]] * 3
    assert queries.find_cosigned().size == 5
    assert queries.fsck() == []


def test_one_that_is_down_slow_or_lying_costs_its_own_cosignature(open_log, happen, watched, monkeypatch):
    let_go = threading.Event()
    with stranger("200 OK", b"no cosignature\n") as liar, stranger("200 OK", b"", waits_for=let_go) as slow:
        watched(enough=1, university=liar, neighbour=slow)
        object.__setattr__(open_log, "witness_timeout", 0.6)
        happen(1)
        seal_all()

        ask()

        troubles = standing()
        assert troubles["newspaper"] == (2, "", False)
        assert troubles["university"] == (None, "tlog.cosigning.cosignature", True)
        assert troubles["neighbour"][1:] == ("tlog.cosigning.too-late", True)
        happen(1)
        assert seal_all() > 0, "a slow witness keeps nobody from sealing"
        assert [one.name for one in queries.find_cosigned().by] == ["newspaper"]


def test_without_enough_cosignatures_the_last_cosigned_head_stays_and_a_letter_waits_for_its_patience(
    open_log, happen, watched
):
    addresses = watched()
    happen(1)
    seal_all()
    ask()
    (sent,) = happen(1)
    seal_all()
    open_log.policy_file.write_text(policy_of(addresses | dict.fromkeys(NAMES[:2], "http://127.0.0.1:9"), 2))

    ask(20)

    (fact,) = facts.of_subject(sent)
    assert (queries.find_cosigned().size, queries.log_state().published_size) == (2, 6)
    assert (queries.find_issued_receipt(fact.uuid).by, standing()[NAMES[0]][2]) == ((), False)
    assert queries.find_receipt_to_keep(fact.uuid, now=NOW + timedelta(seconds=29)) is None
    assert queries.find_receipt_to_keep(fact.uuid, now=NOW + timedelta(seconds=30)) is not None
    ask(700)
    assert standing()[NAMES[0]] == (2, "tlog.remote.unreachable", True)
    assert facts.recorded_for(models.Witness.objects.get(name=NAMES[0]).uuid)[-1] == "ledger.witness-silent"


def test_a_database_and_files_older_than_what_a_witness_remembers_are_not_sealed_on(
    open_log, happen, watched, tmp_path
):
    addresses = watched()
    happen(1)
    seal_all()
    backup = taken_back()
    shutil.copytree(open_log.directory, tmp_path / "backup")
    happen(1)
    seal_all()
    ask()
    restore(*backup)
    shutil.rmtree(open_log.directory)
    shutil.move(tmp_path / "backup", open_log.directory)
    models.CosignedHead.objects.all().delete()
    let_happen(2)
    before = published(open_log)

    with stopped_by("ledger.older-than-witnessed", "settled=2 witnessed=3"):
        jobs.Sealer().look(NOW)

    assert (queries.log_state().size, published(open_log)) == (2, before)
    # With no witness in reach it goes on; the first that comes back says so.
    open_log.policy_file.write_text(policy_of(dict.fromkeys(NAMES, "http://127.0.0.1:9"), 2))
    sealer = jobs.Sealer()
    assert sealer.look(NOW) == 2
    open_log.policy_file.write_text(policy_of(addresses, 2))
    with stopped_by("ledger.witnessed-differs", "size=3"):
        jobs.Cosigning().look(NOW)


def test_a_second_head_of_one_size_is_proved_by_what_the_witness_holds(open_log, happen, watched):
    addresses = watched()
    happen(1)
    seal_all()
    signer = keys.read_key(open_log.key_file)
    forked = sign_checkpoint(Checkpoint(signer.name, 2, b"\x07" * 32), [signer])
    from divan_libs.tlog.cosigning import cosign  # noqa: PLC0415 (only here the log lies)

    cosign(forked, parse_policy(policy_of({NAMES[0]: addresses[NAMES[0]]}, 1)), lambda _: [])

    with stopped_by("ledger.witnessed-differs", "size=2 witness=newspaper"):
        ask()
    assert {name: trouble for name, (_, trouble, _) in standing().items()} == {
        "newspaper": "tlog.cosigning.root-differs",
        "university": "",
        "neighbour": "",
    }


def test_a_witness_that_only_claims_to_be_ahead_stops_nobody(open_log, happen, watched):
    with stranger("409 Conflict", b"999\n") as liar:
        watched(newspaper=liar)
        happen(1)
        seal_all()

        ask()
        jobs.Sealer().look(NOW)

        assert queries.find_cosigned().size == 2
        assert standing()["newspaper"][0] is None


def test_a_policy_that_cannot_be_read_keeps_nobody_from_sealing(open_log, happen):
    open_log.policy_file.write_text("witness x\n")
    happen(1)

    assert jobs.Sealer().look(NOW) == 2
    assert (queries.list_witnesses(), queries.log_state().witnesses_needed) == ([], 0)
    with pytest.raises(queries.read_policy.__globals__["PolicyUnreadable"]):
        jobs.Cosigning().look(NOW)


@pytest.mark.parametrize("point", ["ledger.cosigned-kept", "ledger.cosigned-published"])
def test_a_power_cut_between_keeping_and_publishing_cosignatures_is_made_good(open_log, happen, watched, point):
    watched()
    happen(1)
    seal_all()

    assert ask_elsewhere(open_log.directory.parent, cut=point) == -signal.SIGKILL
    ask(1)

    assert queries.find_cosigned().size == 2
    assert published(open_log) == published(open_log, COSIGNED_PATH) == queries.find_cosigned().note.encode()
    assert (
        len(open_checkpoint(published(open_log), (*queries.read_policy().verifiers, key_of(open_log))).cosignatures)
        == 3
    )
    assert queries.fsck() == []


def key_of(log):
    return NoteVerifier.parse(log.verifier_file.read_text().strip())


def ask_elsewhere(folder: Path, *, cut: str) -> int:
    environment = os.environ | {"DIVAN_DATABASE_URL": database_url(), "DIVAN_DATA": str(folder), "DIVAN_FAULT": cut}
    program = Path(__file__).with_name("sealing_process.py")
    command = [sys.executable, str(program), str(folder), "witnesses"]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr.decode()
    await_released()
    return done.returncode


def test_only_what_the_installation_says_is_kept(open_log, happen, watched):
    """An older head that comes late takes the place of no newer one."""
    watched()
    happen(1)
    seal_all()
    older = published(open_log).decode()
    happen(1)
    seal_all()
    ask()

    actions.keep_cosignatures(note=older, answers=[], is_enough=True, actor=actor(), now=NOW)

    assert queries.find_cosigned().size == 3


def actor():
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (one use)

    return SYSTEM
