"""Whatever is altered, behind the house's back and past its triggers, is found and named."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.messages import MESSAGE_SENT
from divan.foundation.models import Fact
from divan.trust.ledger import actions, models, queries
from divan.trust.ledger.values import MEANINGS, Fault, Finding, Part
from divan_libs.tlog.commitments import Opening

from .scene import NOW, by_hand, message, seal_all, stopped_by

pytestmark = pytest.mark.django_db(transaction=True)


def found() -> list[tuple[Fault, int | None, str, UUID | None]]:
    return [(it.code, it.position, it.subject_kind, it.subject_uuid) for it in queries.fsck()]


def test_a_whole_log_has_no_findings(open_log, happen):
    happen(20)
    seal_all()
    happen(2)

    assert queries.fsck() == []


def test_a_log_that_was_never_opened_is_said(log):
    assert queries.fsck() == [Finding(code=Fault.NOT_OPENED)]


def test_an_altered_row_is_found_with_the_fact_that_speaks_of_it(open_log, happen):
    sent = happen(5)
    seal_all()

    assert by_hand("UPDATE foundation_outgoingmessage SET text = 'another' WHERE uuid = %s", sent[2]) == 1

    assert found() == [(Fault.ROW_ALTERED, 3, "foundation.message", sent[2])]


def test_a_removed_row_is_found(open_log, happen):
    sent = happen(5)
    seal_all()

    by_hand("DELETE FROM foundation_outgoingmessage WHERE uuid = %s", sent[4])

    assert found() == [(Fault.ROW_MISSING, 5, "foundation.message", sent[4])]


def test_a_row_whose_newest_fact_says_removed_may_be_gone(open_log, happen):
    (sent,) = happen(1)
    with transaction.atomic():
        facts.record(MESSAGE_SENT, subject=message(sent), actor=SYSTEM, at=NOW, removed=True)
        message(sent).delete()
    facts.place_facts()
    seal_all()

    assert queries.fsck() == []


def test_a_row_changed_with_its_fact_is_no_finding(open_log, happen):
    (sent,) = happen(1)
    seal_all()
    with transaction.atomic():
        row = message(sent)
        row.text = "as it should be"
        row.save()
        facts.record(MESSAGE_SENT, subject=row, actor=SYSTEM, at=NOW)

    assert queries.fsck() == []


def test_an_altered_row_is_found_before_its_newest_fact_is_placed(open_log, happen):
    (sent,) = happen(1)
    with transaction.atomic():
        facts.record(MESSAGE_SENT, subject=message(sent), actor=SYSTEM, at=NOW)
    by_hand("UPDATE foundation_outgoingmessage SET text = 'another'")

    assert found() == [(Fault.ROW_ALTERED, None, "foundation.message", sent)]


def test_a_row_that_its_own_code_cannot_read_any_more_is_found_and_its_neighbours_are_still_judged(
    open_log, happen, monkeypatch
):
    sent = happen(3)
    seal_all()
    by_hand("UPDATE foundation_outgoingmessage SET text = 'another' WHERE uuid = %s", sent[2])
    original = type(message(sent[0])).subject_state

    def brittle(row):
        if getattr(row, "uuid", None) == sent[0]:
            raise ValueError
        return original(row)

    monkeypatch.setattr(type(message(sent[0])), "subject_state", brittle)

    assert set(found()) == {
        (Fault.ROW_ALTERED, 1, "foundation.message", sent[0]),
        (Fault.ROW_ALTERED, 3, "foundation.message", sent[2]),
    }


@pytest.mark.parametrize(
    "change",
    [
        "data = '{\"about\": []}'",
        "at = at + interval '1 microsecond'",
        "kind = 'foundation.message-failed'",
        'actor = \'{"kind": "system", "post": "x"}\'',
        "subject_digest = sha256(subject_digest)",
    ],
)
def test_an_altered_fact_is_found(open_log, happen, change):
    sent = happen(5)
    seal_all()

    by_hand(f"UPDATE foundation_fact SET {change} WHERE position = 4")  # noqa: S608 (the test's own words)

    assert (Fault.FACT_ALTERED, 4, "foundation.message", sent[3]) in found()


def test_a_row_altered_together_with_the_digest_in_its_fact_is_found_by_the_fact(open_log, happen):
    sent = happen(5)
    seal_all()
    by_hand("UPDATE foundation_outgoingmessage SET text = 'another' WHERE uuid = %s", sent[1])
    digest = facts.subject_digest(message(sent[1]))
    by_hand("UPDATE foundation_fact SET subject_digest = %s WHERE position = 2", digest)

    assert found() == [(Fault.FACT_ALTERED, 2, "foundation.message", sent[1])]


def test_row_fact_salt_and_entry_altered_together_are_found_by_the_published_log(open_log, happen):
    sent = happen(5)
    seal_all()
    by_hand("UPDATE foundation_outgoingmessage SET text = 'another' WHERE uuid = %s", sent[1])
    by_hand("UPDATE foundation_fact SET subject_digest = %s WHERE position = 2", facts.subject_digest(message(sent[1])))
    opening = Opening(bytes(32), queries.record_of(facts.at_position(2)))
    by_hand(
        "UPDATE ledger_ledgerentry SET salt = %s, commitment = %s WHERE position = 2", opening.salt, opening.entry()
    )

    assert found() == [
        (Fault.ENTRY_ALTERED, 2, "foundation.message", sent[1]),
        (Fault.FACT_ALTERED, 2, "foundation.message", sent[1]),
    ]


def test_each_of_several_altered_entries_is_named(open_log, happen):
    happen(600)
    seal_all()
    by_hand("UPDATE ledger_ledgerentry SET commitment = sha256(commitment) WHERE position IN (7, 9, 300)")

    assert [(code, position) for code, position, _, _ in found()] == [
        (Fault.ENTRY_ALTERED, 7),
        (Fault.ENTRY_ALTERED, 9),
        (Fault.ENTRY_ALTERED, 300),
    ]


def test_a_removed_fact_is_found(open_log, happen):
    happen(5)
    seal_all()
    sealed = models.LedgerEntry.objects.get(position=3)
    by_hand("DELETE FROM foundation_fact WHERE position = 3")

    (finding,) = queries.fsck()
    assert (finding.code, finding.position, finding.detail) == (Fault.FACT_MISSING, 3, f"fact {sealed.fact_uuid}")


def test_two_facts_that_changed_places_are_found(open_log, happen):
    sent = happen(5)
    seal_all()
    by_hand("UPDATE foundation_fact SET position = 100 WHERE position = 2")
    by_hand("UPDATE foundation_fact SET position = 2 WHERE position = 3")
    by_hand("UPDATE foundation_fact SET position = 3 WHERE position = 100")

    assert found() == [
        (Fault.FACT_ALTERED, 2, "foundation.message", sent[2]),
        (Fault.FACT_ALTERED, 3, "foundation.message", sent[1]),
    ]


def test_a_removed_entry_is_found(open_log, happen):
    sent = happen(5)
    seal_all()
    by_hand("DELETE FROM ledger_ledgerentry WHERE position = 3")

    assert found() == [(Fault.ENTRY_MISSING, 3, "foundation.message", sent[2])]


def test_an_entry_that_names_another_fact_is_found(open_log, happen):
    happen(5)
    seal_all()
    stranger = uuid4()
    by_hand("UPDATE ledger_ledgerentry SET fact_uuid = %s WHERE position = 3", stranger)

    (finding,) = queries.fsck()
    assert (finding.code, finding.position, finding.detail) == (Fault.ENTRY_ALTERED, 3, f"names fact {stranger}")


def test_a_salt_erased_by_hand_is_found(open_log, happen):
    sent = happen(5)
    seal_all()
    by_hand("UPDATE ledger_ledgerentry SET salt = NULL WHERE position = 3")

    assert found() == [(Fault.SALT_MISSING, 3, "foundation.message", sent[2])]


def test_an_altered_salt_is_found(open_log, happen):
    sent = happen(5)
    seal_all()
    by_hand("UPDATE ledger_ledgerentry SET salt = sha256(salt) WHERE position = 3")

    assert found() == [(Fault.FACT_ALTERED, 3, "foundation.message", sent[2])]


def flip(position: int) -> Callable[[bytes], bytes]:
    return lambda data: data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]


@pytest.mark.parametrize(
    ("path", "alter", "fault"),
    [
        ("tile/0/000", flip(100), Fault.TILE_ALTERED),
        ("tile/0/001.p/45", flip(0), Fault.TILE_ALTERED),
        ("tile/1/000.p/1", flip(31), Fault.TILE_ALTERED),
        ("tile/0/000", lambda _: None, Fault.TILE_MISSING),
        ("tile/entries/000", flip(40), Fault.BUNDLE_ALTERED),
        ("tile/entries/001.p/45", lambda data: data[:-1], Fault.BUNDLE_ALTERED),
        ("tile/entries/001.p/45", lambda _: None, Fault.BUNDLE_MISSING),
        ("checkpoint", lambda _: None, Fault.CHECKPOINT_MISSING),
        ("checkpoint", lambda data: data.replace(b"\n301\n", b"\n300\n"), Fault.CHECKPOINT_INVALID),
        ("checkpoint", lambda data: data[:20], Fault.CHECKPOINT_INVALID),
        ("tile/0/002", lambda _: bytes(8192), Fault.STRAY_FILE),
        ("index.html", lambda _: b"hello", Fault.STRAY_FILE),
    ],
)
def test_an_altered_published_file_is_found_and_named(open_log, happen, path, alter, fault):
    happen(300)
    seal_all()
    target = open_log.directory / path
    altered = alter(target.read_bytes() if target.exists() else b"")
    if altered is None:
        target.unlink()
    else:
        target.write_bytes(altered)

    findings = queries.fsck()

    assert (fault, path) in {(finding.code, finding.path) for finding in findings}
    assert {finding.path for finding in findings} - {"", path} == set()


def test_an_entry_altered_in_both_places_is_laid_at_both_doors(open_log, happen):
    happen(5)
    seal_all()
    stored = models.LedgerEntry.objects.get(position=3).commitment
    bundle = open_log.directory / "tile" / "entries" / "000.p" / "6"
    bundle.write_bytes(bundle.read_bytes().replace(bytes(stored), bytes(32)))
    by_hand("UPDATE ledger_ledgerentry SET commitment = %s WHERE position = 3", bytes(32))

    assert {finding.code for finding in queries.fsck()} == {
        Fault.BUNDLE_ALTERED,
        Fault.ENTRY_ALTERED,
        Fault.FACT_ALTERED,
    }


def test_entries_are_still_measured_by_the_settled_checkpoint_when_the_published_one_is_gone(open_log, happen):
    sent = happen(5)
    seal_all()
    (open_log.directory / "checkpoint").unlink()
    by_hand("UPDATE ledger_ledgerentry SET commitment = %s WHERE position = 3", bytes(32))

    assert found() == [
        (Fault.CHECKPOINT_MISSING, None, "", None),
        (Fault.ENTRY_ALTERED, 3, "foundation.message", sent[2]),
    ]


def test_entries_altered_between_settling_and_publishing_do_not_lead_to_the_settled_root(open_log, happen, monkeypatch):
    happen(5)
    with monkeypatch.context() as before_a_power_cut:
        before_a_power_cut.setattr("divan.trust.ledger.actions.sealing.publish_settled", lambda _: None)
        actions.seal_batch(actor=SYSTEM, now=NOW)
    opening = Opening(bytes(32), queries.record_of(facts.at_position(3)))
    by_hand(
        "UPDATE ledger_ledgerentry SET salt = %s, commitment = %s WHERE position = 3", opening.salt, opening.entry()
    )

    assert [finding.code for finding in queries.fsck()] == [Fault.UNPUBLISHED, Fault.ENTRY_ALTERED]
    with stopped_by("ledger.files-altered", "root-differs"):
        actions.seal_batch(actor=SYSTEM, now=NOW)


def test_another_key_in_the_database_than_strangers_have_is_found(open_log, happen):
    happen(1)
    seal_all()
    open_log.verifier_file.write_text("log.divan.test+00000000+x\n")

    assert [finding.code for finding in queries.fsck()] == [Fault.KEY_DIFFERS]


def test_rows_that_no_context_knows_are_said_once_for_each_kind(open_log, happen):
    happen(3)
    by_hand("UPDATE foundation_fact SET subject_kind = 'gone.thing' WHERE position IN (1, 2)")

    assert found() == [(Fault.ROW_UNCHECKED, None, "gone.thing", None)]


def test_the_examination_goes_on_beside_the_sealer(open_log, happen):
    happen(300)
    seal_all()

    def seal_meanwhile(part: Part, done: int, _total: int) -> None:
        if done and part is not Part.ROWS:
            happen(150)
            seal_all()

    assert queries.fsck(seal_meanwhile) == []
    assert queries.log_state().size > 451
    assert queries.fsck() == []


def test_progress_is_told_for_each_part(open_log, happen):
    happen(300)
    seal_all()
    told = []

    queries.fsck(lambda *step: told.append(step))

    assert {part for part, _, _ in told} == set(Part)
    assert [step for step in told if step[1] == step[2]] == [
        (Part.FILES, 301, 301),
        (Part.FACTS, 301, 301),
        (Part.ROWS, 301, 301),
    ]


def test_every_fault_has_a_meaning():
    assert set(MEANINGS) == set(Fault)
    assert all(re.fullmatch(r"[A-Z].*\.", meaning) for meaning in MEANINGS.values())


def test_nothing_is_written_by_an_examination(open_log, happen):
    happen(10)
    seal_all()
    files = sorted((path, path.stat().st_mtime_ns) for path in open_log.directory.rglob("*"))
    rows = list(models.LedgerEntry.objects.values()), list(Fact.objects.values())

    queries.fsck()

    assert sorted((path, path.stat().st_mtime_ns) for path in open_log.directory.rglob("*")) == files
    assert (list(models.LedgerEntry.objects.values()), list(Fact.objects.values())) == rows
