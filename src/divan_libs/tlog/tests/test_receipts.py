"""Receipts: the C2SP file, what is believed in it and when."""

import base64
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.tlog import receipts
from divan_libs.tlog.checkpoints import Checkpoint, CheckpointError, sign_checkpoint
from divan_libs.tlog.commitments import CommitmentError, Opening
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.hashing import leaf_hash, node_hash
from divan_libs.tlog.notes import NoteError, add_signatures
from divan_libs.tlog.policies import PolicyError, parse_policy
from divan_libs.tlog.proofs import ProofError
from divan_libs.tlog.receipts import LogProof, Receipt, ReceiptError
from divan_libs.tlog.tests.conftest import ORIGIN, entries_of, refusal_of

NOON = 1_700_000_000
OPENING = Opening(b"s" * 32, '{"تصمیم":"موافقت"}'.encode())


@pytest.fixture
def decision(sealed):
    """A store in which entry 7 of 300 commits to a decision."""
    entries = entries_of(300)
    entries[7] = OPENING.entry()
    return sealed(entries)


@pytest.fixture
def receipt(decision, log_key):
    note = decision.read("checkpoint").decode()
    return receipts.issue_receipt(decision, note, [log_key.verifier], 7, OPENING)


def test_a_receipt_proves_its_record(receipt, log_key):
    verified = receipts.verify_receipt(receipts.parse_receipt(receipt.encode()), [log_key.verifier])

    assert verified.record == OPENING.record
    assert verified.entry == OPENING.entry()
    assert (verified.index, verified.checkpoint.origin, verified.checkpoint.size) == (7, ORIGIN, 300)


def test_the_file_is_a_plain_c2sp_proof(receipt):
    lines = receipt.encode().split("\n")

    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1].startswith("extra ")
    assert lines[2] == "index 7"
    assert lines[3:12] == [base64.b64encode(value).decode() for value in receipt.proof]
    assert lines[12] == ""
    assert "\n".join(lines[13:]) == receipt.checkpoint_note
    assert json.loads(base64.b64decode(lines[1].removeprefix("extra "))) == {
        "kind": "divan/receipt/v1",
        "entry": base64.b64encode(receipt.entry).decode(),
        "salt": base64.b64encode(OPENING.salt).decode(),
        "record": base64.b64encode(OPENING.record).decode(),
    }


def test_without_the_salt_the_entry_is_still_proved(decision, log_key):
    note = decision.read("checkpoint").decode()
    erased = receipts.issue_receipt(decision, note, [log_key.verifier], 7)

    verified = receipts.verify_receipt(receipts.parse_receipt(erased.encode()), [log_key.verifier])

    assert verified.entry == OPENING.entry()
    assert verified.record is None


def test_witnesses_can_be_required(receipt, log_key, university_key, bar_key):
    note = add_signatures(receipt.checkpoint_note, [university_key], at=1_700_000_000)
    seen = Receipt(receipt.entry, receipt.index, receipt.proof, note, receipt.opening)
    verifiers = [log_key.verifier, university_key.verifier, bar_key.verifier]

    verified = receipts.verify_receipt(seen, verifiers, origin=ORIGIN, quorum=1)

    assert [cosignature.timestamp for cosignature in verified.cosignatures] == [1_700_000_000]
    with pytest.raises(CheckpointError) as refusal:
        receipts.verify_receipt(seen, verifiers, quorum=2)
    assert refusal.value.code == "tlog.checkpoint.quorum"


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"index": 8}, ProofError, "tlog.proof.root-differs"),
        ({"index": 300}, ProofError, "tlog.proof.index-out-of-range"),
        ({"entry": b"another"}, ProofError, "tlog.proof.root-differs"),
        ({"proof": ()}, ProofError, "tlog.proof.length"),
        ({"opening": Opening(b"t" * 32, OPENING.record)}, CommitmentError, "tlog.commitment.differs"),
        ({"opening": Opening(OPENING.salt, b"refused")}, CommitmentError, "tlog.commitment.differs"),
    ],
)
def test_a_changed_receipt_proves_nothing(receipt, log_key, changes, error, code):
    parts = {name: getattr(receipt, name) for name in ("entry", "index", "proof", "checkpoint_note", "opening")}

    with pytest.raises(error) as refusal:
        receipts.verify_receipt(Receipt(**{**parts, **changes}), [log_key.verifier])

    assert refusal.value.code == code


def test_a_receipt_under_a_changed_checkpoint_proves_nothing(receipt, log_key, bar_key):
    changed = receipt.checkpoint_note.replace("\n300\n", "\n301\n")
    forged = Receipt(receipt.entry, receipt.index, receipt.proof, changed, receipt.opening)

    with pytest.raises(NoteError) as refusal:
        receipts.verify_receipt(forged, [log_key.verifier])
    assert refusal.value.code == "tlog.note.signature-invalid"
    with pytest.raises(NoteError) as refusal:
        receipts.verify_receipt(receipt, [bar_key.verifier])
    assert refusal.value.code == "tlog.note.unsigned"


@pytest.mark.parametrize("bit", [0x01, 0x02, 0x20, 0x80])
def test_a_receipt_with_any_bit_flipped_is_refused_or_says_what_it_said(log_key, bit):
    checkpoint = Checkpoint(ORIGIN, 2, node_hash(leaf_hash(b"first"), leaf_hash(OPENING.entry())))
    note = sign_checkpoint(checkpoint, [log_key])
    text = Receipt(OPENING.entry(), 1, (leaf_hash(b"first"),), note, OPENING).encode().encode()
    refused = 0

    for position, byte in enumerate(text):
        altered = text[:position] + bytes([byte ^ bit]) + text[position + 1 :]
        try:
            verified = receipts.verify_receipt(receipts.parse_receipt(altered), [log_key.verifier])
        except TlogError:
            refused += 1
        else:
            assert (verified.entry, verified.index, verified.record) == (OPENING.entry(), 1, OPENING.record)
            assert verified.checkpoint == checkpoint

    assert refused >= len(text) - 4


@pytest.mark.parametrize(("path", "index"), [("tile/0/000", 1), ("tile/entries/000", 0), ("tile/1/000.p/1", 299)])
def test_an_altered_store_gives_no_receipt_that_depends_on_it(decision, log_key, path, index):
    data = bytearray(decision.files[path])
    data[2] ^= 1
    decision.files[path] = bytes(data)

    with pytest.raises(ProofError) as refusal:
        receipts.issue_receipt(decision, decision.read("checkpoint").decode(), [log_key.verifier], index)

    assert refusal.value.code == "tlog.proof.root-differs"


@given(st.integers(0, 2**63 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=5), st.none() | st.binary())
def test_proof_files_survive_their_text(index, hashes, extra):
    proof = LogProof(index, tuple(hashes), "origin\n1\nroot\n\n— name sig\n", extra)

    assert receipts.parse_log_proof(proof.encode()) == proof
    assert receipts.parse_log_proof(proof.encode().encode()) == proof


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v1",
        "c2sp.org/tlog-proof@v1\n",
        "c2sp.org/tlog-proof@v2\nindex 0\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nindex 0\n",
        "c2sp.org/tlog-proof@v1\nindex 0\n\n",
        "c2sp.org/tlog-proof@v1\nindex 00\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nindex -1\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nindex 9223372036854775808\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nindex x\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nindex 0\nextra AAAA\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nextra @@@@\nindex 0\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nextra AAAA\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nindex 0\n@\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\r\nindex 0\r\n\r\ncheckpoint\r\n",
        b"c2sp.org/tlog-proof@v1\nindex 0\n\n\xff\n",
    ],
)
def test_malformed_proof_files_are_refused(text):
    with pytest.raises(ReceiptError) as refusal:
        receipts.parse_log_proof(text)

    assert refusal.value.code == "tlog.receipt.malformed"


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        (None, "tlog.receipt.foreign"),
        (b"\xff", "tlog.receipt.foreign"),
        (b"[]", "tlog.receipt.foreign"),
        (b'{"entry":""}', "tlog.receipt.foreign"),
        (b"[" * 100_000, "tlog.receipt.foreign"),
        (b'{"kind":' + b"9" * 5_000 + b"}", "tlog.receipt.foreign"),
        (b'{"kind":"divan/receipt/v1"}', "tlog.receipt.malformed"),
        (b'{"kind":"divan/receipt/v1","entry":"","salt":""}', "tlog.receipt.malformed"),
        (b'{"kind":"divan/receipt/v1","entry":"","more":1}', "tlog.receipt.malformed"),
        (b'{"kind":"divan/receipt/v1","entry":7}', "tlog.receipt.malformed"),
        (b'{"kind":"divan/receipt/v1","entry":"@"}', "tlog.receipt.malformed"),
        (b'{"kind":"divan/receipt/v1","entry":"","salt":"","record":""}', "tlog.commitment.salt"),
    ],
)
def test_only_our_own_extra_line_makes_a_receipt(extra, code):
    text = LogProof(0, (), "checkpoint\n", extra).encode()

    with pytest.raises(TlogError) as refusal:
        receipts.parse_receipt(text)

    assert refusal.value.code == code


def test_a_proof_cannot_be_written_with_other_hashes():
    for proof in ({"index": 0, "hashes": (b"short",)}, {"index": -1, "hashes": ()}):
        with pytest.raises(ReceiptError) as refusal:
            LogProof(checkpoint_note="x\n", **proof)
        assert refusal.value.code == "tlog.receipt.malformed"


def test_a_policy_says_whose_cosignatures_a_receipt_needs(receipt, log_key, university_key, bar_key):
    keys = "".join(f"witness {key.name} {key.verifier.encode()}\n" for key in (university_key, bar_key))
    policy = parse_policy(f"{keys}group both all {university_key.name} {bar_key.name}\nquorum both\n")
    half = replace(receipt, checkpoint_note=add_signatures(receipt.checkpoint_note, [university_key], at=NOON))
    whole = replace(half, checkpoint_note=add_signatures(half.checkpoint_note, [bar_key], at=NOON + 60))

    verified = receipts.verify_receipt(whole, [log_key.verifier], policy=policy, not_after=NOON + 60)

    assert {seen.verifier.name: seen.timestamp for seen in verified.cosignatures} == {
        university_key.name: NOON,
        bar_key.name: NOON + 60,
    }
    for given_receipt, not_after in [(receipt, None), (half, None), (whole, NOON + 59)]:
        with pytest.raises(PolicyError) as refusal:
            receipts.verify_receipt(given_receipt, [log_key.verifier], policy=policy, not_after=not_after)
        assert refusal.value.code == "tlog.policy.unmet"


@given(st.data())
def test_no_file_makes_the_reader_stumble(data):
    text = LogProof(3, (b"h" * 32,), "checkpoint\n", b'{"kind":"divan/receipt/v1","entry":""}').encode().encode()
    place = data.draw(st.integers(0, len(text)))
    altered = text[:place] + data.draw(st.binary(max_size=8)) + text[place + data.draw(st.integers(0, 8)) :]

    for hostile in (altered, data.draw(st.binary()), data.draw(st.text())):
        refusal = refusal_of(lambda text: receipts.verify_receipt(receipts.parse_receipt(text), []), hostile)
        assert refusal is not None
        assert refusal.code.startswith("tlog.")
