"""Sealing: every fact once, in order, signed, published, and never two histories."""

from __future__ import annotations

import threading
from hashlib import sha256
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, connections, transaction

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.trust.ledger import actions, jobs, models, queries
from divan.trust.ledger.adapters import keys
from divan.trust.ledger.values import LOG_OPENED, EntryUnknown, LogNotOpened, Standing
from divan_libs.tlog.checkpoints import open_checkpoint
from divan_libs.tlog.commitments import SALT_SIZE, Opening
from divan_libs.tlog.hashing import EMPTY_ROOT
from divan_libs.tlog.log import read_entry
from divan_libs.tlog.notes import NoteVerifier

from .scene import NOW, seal_all

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_opened_log_is_published_empty_and_its_key_is_handed_out(log):
    state = actions.open_log(actor=SYSTEM, now=NOW)

    assert (state.is_open, state.size, state.root, state.standing) == (True, 0, EMPTY_ROOT.hex(), Standing.LEVEL)
    assert log.verifier_file.read_text() == state.verifier + "\n"
    assert log.key_file.stat().st_mode & 0o777 == 0o600
    opened = open_checkpoint((log.directory / "checkpoint").read_bytes(), [NoteVerifier.parse(state.verifier)])
    assert (opened.checkpoint.origin, opened.checkpoint.size) == ("log.divan.test", 0)


def test_opening_twice_is_opening_once(log):
    first = actions.open_log(actor=SYSTEM, now=NOW)
    again = actions.open_log(actor=SYSTEM, now=NOW)

    assert first.verifier == again.verifier
    assert facts.recorded_for(models.LogHead.objects.get().uuid) == ["ledger.log-opened"]


def test_every_fact_gets_the_entry_at_its_position(open_log, happen):
    happen(5)

    assert actions.seal_batch(actor=SYSTEM, now=NOW) == 6

    store = queries.published_store()
    for fact in facts.after(-1):
        entry = models.LedgerEntry.objects.get(position=fact.position)
        assert entry.fact_uuid == fact.uuid
        assert len(entry.salt) == SALT_SIZE
        opening = Opening(bytes(entry.salt), queries.record_of(fact))
        assert read_entry(store, 6, fact.position) == opening.entry() == bytes(entry.commitment)


def test_nothing_new_seals_nothing_and_leaves_the_checkpoint(open_log, happen):
    happen(3)
    seal_all()
    before = (open_log.directory / "checkpoint").read_bytes()

    assert jobs.seal(NOW) == 0
    assert (open_log.directory / "checkpoint").read_bytes() == before


def test_a_fact_that_is_not_placed_waits(open_log, happen):
    happen(1)
    seal_all()
    with transaction.atomic():
        facts.record(LOG_OPENED, subject=models.LogHead.objects.get(), actor=SYSTEM, at=NOW)

    assert actions.seal_batch(actor=SYSTEM, now=NOW) == 0
    facts.place_facts()
    assert actions.seal_batch(actor=SYSTEM, now=NOW) == 1


def test_more_than_a_batch_is_sealed_in_several(open_log, happen, monkeypatch):
    happen(299)

    assert [actions.seal_batch(actor=SYSTEM, now=NOW, limit=100) for _ in range(4)] == [100, 100, 100, 0]
    assert queries.log_state().published_size == 300
    assert not (open_log.directory / "tile" / "0" / "000.p").exists()
    assert queries.fsck() == []


def test_without_log_and_key_nothing_is_sealed_and_nothing_is_made(log, happen):
    happen(1)

    with pytest.raises(LogNotOpened):
        actions.seal_batch(actor=SYSTEM, now=NOW)

    assert not log.key_file.exists()
    assert models.LedgerEntry.objects.count() == 0


def test_a_key_that_was_put_there_opens_the_log_at_the_first_batch(log, happen):
    keys.make_key(log.key_file, log.origin)
    happen(2)

    assert actions.seal_batch(actor=SYSTEM, now=NOW) == 2
    assert queries.log_state().origin == "log.divan.test"


def test_two_sealers_at_once_make_one_history(open_log, happen, monkeypatch):
    happen(399)
    sealed = []
    failed = []
    start = threading.Barrier(2)

    def work() -> None:
        try:
            start.wait()
            while queries.log_state().size < 400:
                sealed.append(actions.seal_batch(actor=SYSTEM, now=NOW, limit=50))
        except BaseException as error:  # noqa: BLE001 (a thread reports to the test)
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert sum(sealed) == 400
    assert queries.log_state().published_size == 400
    assert queries.fsck() == []


def test_while_another_process_seals_nothing_is_done(open_log, happen):
    happen(1)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_key()])
            assert actions.seal_batch(actor=SYSTEM, now=NOW) == 0
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert actions.seal_batch(actor=SYSTEM, now=NOW) == 2


def lock_key() -> int:
    return int.from_bytes(sha256(queries.SEALER.encode()).digest()[:8], "big", signed=True)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_ledgerentry SET commitment = 'x' WHERE position = 0",
        "UPDATE ledger_ledgerentry SET salt = 'x' WHERE position = 0",
        "DELETE FROM ledger_ledgerentry WHERE position = 0",
        "UPDATE ledger_loghead SET size = 0",
        "UPDATE ledger_loghead SET size = size + 1, verifier = 'x'",
        "DELETE FROM ledger_loghead",
    ],
)
def test_the_database_refuses_to_change_what_is_sealed(open_log, happen, statement):
    happen(1)
    seal_all()

    with pytest.raises(DatabaseError, match="the log"), connection.cursor() as cursor:
        cursor.execute(statement)

    assert queries.fsck() == []


def test_an_erased_salt_leaves_the_log_whole_and_is_a_sealed_fact(open_log, happen):
    (sent,) = happen(1)
    seal_all()
    (fact,) = facts.of_subject(sent)

    actions.erase_salt(fact=fact.uuid, actor=SYSTEM, now=NOW)
    actions.erase_salt(fact=fact.uuid, actor=SYSTEM, now=NOW)
    facts.place_facts()
    seal_all()

    assert models.LedgerEntry.objects.get(fact_uuid=fact.uuid).salt is None
    assert facts.recorded_for(fact.uuid) == ["ledger.salt-erased"]
    assert queries.fsck() == []


def test_only_a_sealed_entry_can_lose_its_salt(open_log, happen):
    (sent,) = happen(1)
    (fact,) = facts.of_subject(sent)

    with pytest.raises(EntryUnknown):
        actions.erase_salt(fact=fact.uuid, actor=SYSTEM, now=NOW)
    with pytest.raises(EntryUnknown):
        actions.erase_salt(fact=UUID(int=0), actor=SYSTEM, now=NOW)
