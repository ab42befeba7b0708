"""What the ledger tells: receipts that a stranger can check, its state, its newest lines, its files."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.trust.ledger import actions, queries
from divan.trust.ledger.values import ReceiptImpossible, Standing
from divan_libs.tlog.notes import NoteVerifier
from divan_libs.tlog.receipts import parse_receipt, verify_receipt

from .scene import NOW, by_hand, seal_all

pytestmark = pytest.mark.django_db(transaction=True)


def verified(content, log):
    return verify_receipt(parse_receipt(content), [NoteVerifier.parse(log.verifier_file.read_text().strip())])


def test_a_receipt_proves_the_fact_to_whoever_has_the_public_key(open_log, happen):
    sent = happen(300)
    seal_all()
    (fact,) = facts.of_subject(sent[250])

    proved = verified(queries.find_receipt(fact.uuid), open_log)

    assert (proved.index, proved.checkpoint.origin, proved.checkpoint.size) == (251, "log.divan.test", 301)
    record = json.loads(proved.record)
    assert (record["uuid"], record["kind"], record["position"]) == (str(fact.uuid), "foundation.message-queued", 251)
    assert record["subject"] == ["foundation.message", str(sent[250]), 1]


def test_no_receipt_before_the_fact_is_sealed_and_published(open_log, happen, monkeypatch):
    (sent,) = happen(1)
    (fact,) = facts.of_subject(sent)

    assert queries.find_receipt(uuid4()) is None
    assert queries.find_receipt(fact.uuid) is None
    with monkeypatch.context() as before_a_power_cut:
        before_a_power_cut.setattr("divan.trust.ledger.actions.sealing.publish_settled", lambda _: None)
        actions.seal_batch(actor=SYSTEM, now=NOW)
    assert queries.find_receipt(fact.uuid) is None
    seal_all()
    assert queries.find_receipt(fact.uuid) is not None


def test_once_the_salt_is_erased_the_receipt_proves_the_entry_alone(open_log, happen):
    (sent,) = happen(1)
    seal_all()
    (fact,) = facts.of_subject(sent)
    given_before = queries.find_receipt(fact.uuid)
    actions.erase_salt(fact=fact.uuid, actor=SYSTEM, now=NOW)

    assert verified(queries.find_receipt(fact.uuid), open_log).record is None
    assert verified(given_before, open_log).record is not None


def test_an_altered_fact_or_file_gives_no_receipt(open_log, happen):
    sent = happen(2)
    seal_all()
    first, second = (facts.of_subject(uuid)[0] for uuid in sent)
    by_hand("UPDATE foundation_fact SET data = '{}' WHERE uuid = %s", first.uuid)

    with pytest.raises(ReceiptImpossible) as refused:
        queries.find_receipt(first.uuid)
    assert refused.value.facts["reason"] == "tlog.commitment.differs"
    assert queries.find_receipt(second.uuid) is not None

    (open_log.directory / "tile" / "0" / "000.p" / "3").write_bytes(bytes(96))
    with pytest.raises(ReceiptImpossible) as refused:
        queries.find_receipt(second.uuid)
    assert refused.value.facts["reason"] == "tlog.proof.root-differs"


def test_the_state_counts_what_waits(log, happen):
    happen(2)
    closed = queries.log_state()
    actions.open_log(actor=SYSTEM, now=NOW)
    seal_all()
    happen(4)

    state = queries.log_state()

    assert (closed.is_open, closed.size, closed.pending, closed.standing) == (False, 0, 2, None)
    assert (state.is_open, state.size, state.published_size, state.pending) == (True, 2, 2, 5)
    assert (state.standing, state.doubt, state.sealed_at) == (Standing.LEVEL, "", NOW)
    assert state.checkpoint.encode() == queries.read_published("checkpoint")


def test_the_newest_lines_come_first(open_log, happen):
    sent = happen(5)
    assert queries.list_recent(3) == []
    seal_all()
    happen(1)

    recent = queries.list_recent(3)

    assert [line.position for line in recent] == [5, 4, 3]
    assert [line.subject_uuid for line in recent] == sent[:1:-1]
    assert {line.fact_kind for line in recent} == {"foundation.message-queued"}
    assert not any(line.is_erased for line in recent)


def test_published_files_are_read_by_the_names_the_log_writes_and_by_no_other(open_log, happen):
    happen(300)
    seal_all()
    open_log.directory.parent.joinpath("secret").write_text("of the installation")
    open_log.directory.joinpath("index.html").write_text("of a stranger")

    assert queries.read_published("checkpoint") == (open_log.directory / "checkpoint").read_bytes()
    assert len(queries.read_published("tile/0/000")) == 8192
    assert len(queries.read_published("tile/0/001.p/45")) == 45 * 32
    for path in (
        "",
        ".",
        "tile",
        "tile/0",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/000.p",
        "tile/0/007",
        "tile//0/000",
        "tile/0/../0/000",
        "../secret",
        "../keys/log.key",
        "tile/0/x000/000",
        "index.html",
        ".staging",
        "checkpoint/",
        "tile/0/000\x00",
        "tile/0/٠٠٠",
    ):
        assert queries.read_published(path) is None, path
