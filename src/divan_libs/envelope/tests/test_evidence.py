"""Evidence: records, frames, roots, proofs, rotation, recovery and audit."""

import errno
import os
from dataclasses import replace

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from divan_libs.envelope.evidence.audit import audit_directory, audit_segment
from divan_libs.envelope.evidence.frames import scan, write_group
from divan_libs.envelope.evidence.proofs import Evidence, MerklePath, evidence_in, verify_message
from divan_libs.envelope.evidence.records import (
    Closing,
    EvidenceError,
    Intent,
    Kind,
    MessageSignature,
    Outcome,
    SignedRoot,
    canonical,
    digest,
    in_doubt,
)
from divan_libs.envelope.evidence.recovery import recover
from divan_libs.envelope.evidence.segments import DiskFull, read_segment
from divan_libs.envelope.keys import SoftSigner, is_signed
from divan_libs.envelope.tests.evidence_makers import (
    NOW,
    PUBLIC,
    SIGNER,
    abandon,
    closing,
    codes,
    ended,
    intent,
    new_log,
    opened,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.dictionaries(st.text("abcxyz_", min_size=1), texts | st.none() | st.integers(-(2**53) + 1, 2**53 - 1)))
def test_payloads_are_canonical_json(document):
    assert canonical(document) == rfc8785.dumps(document)


def test_records_survive_being_written_and_read():
    assert Intent.decode(intent("a")).encode() == intent("a")
    assert Closing.decode(closing("a")).intent == digest(intent("a"))
    for payload in (b"", b"[]", b"{}", b"\xff", closing("a")):
        with pytest.raises(EvidenceError) as refused:
            Intent.decode(payload)
        assert refused.value.code == "exchange.evidence.payload"


def test_in_doubt_are_the_intents_without_an_end():
    records = [(Kind.INTENT, intent("a")), (Kind.INTENT, intent("b")), (Kind.CLOSING, closing("a"))]

    assert in_doubt(records) == {"b": intent("b")}


groups = st.lists(st.lists(st.binary(max_size=40), min_size=1, max_size=4), min_size=1, max_size=5)


def segment_of(payload_groups):
    data = b""
    starts = []
    for group in payload_groups:
        starts.append(len(data))
        data += write_group([(Kind.INTENT, payload) for payload in group], len(data))
    return data, starts


@given(groups, st.data())
def test_a_cut_tail_loses_only_what_was_cut(payload_groups, data):
    octets, _ = segment_of(payload_groups)
    cut = data.draw(st.integers(0, len(octets)))

    found = scan(octets[:cut])

    whole = [frame for frame in scan(octets).frames if frame.offset + 20 + len(frame.payload) <= cut]
    assert found.frames == whole
    assert found.end + found.torn == cut


@settings(max_examples=200)
@given(groups, st.data())
def test_a_changed_octet_is_damage_if_a_later_group_was_written_and_a_torn_tail_otherwise(payload_groups, data):
    octets, starts = segment_of(payload_groups)
    place = data.draw(st.integers(0, len(octets) - 1))
    changed = bytearray(octets)
    changed[place] ^= data.draw(st.integers(1, 255))

    if place < starts[-1]:
        with pytest.raises(EvidenceError) as refused:
            scan(bytes(changed))
        assert refused.value.code == "exchange.evidence.damaged"
        assert refused.value.facts["offset"] <= place
    else:
        found = scan(bytes(changed))
        assert found.torn > 0
        assert found.end <= place


def test_every_message_is_proven_by_its_root(tmp_path):
    log = new_log(tmp_path)
    names = [f"m{number}" for number in range(11)]
    log.commit([opened(name) for name in names])
    log.commit([ended(name) for name in names[:7]])
    log.seal()
    log.commit([ended(name) for name in names[7:]])
    log.close()

    proven = list(evidence_in(read_segment(log.path).records))

    assert [Intent.decode(evidence.intent).request_id for evidence in proven] == names
    for evidence in proven:
        again = Evidence.from_document(evidence.as_document())
        opened_record, closed_record = verify_message(again, PUBLIC)
        assert opened_record.purpose == "آزمون"
        assert closed_record.outcome == Outcome.ANSWERED
    assert [evidence.root.batch for evidence in proven] == [1] * 7 + [2] * 4
    assert codes(tmp_path) == []


def proof_of_one(directory):
    log = new_log(directory)
    log.commit([opened("a"), opened("b")])
    log.commit([ended("a"), ended("b")])
    log.close()
    return next(evidence_in(read_segment(log.path).records))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda e: replace(e, closing=e.closing.replace(b"200", b"201")), "proof"),
        (lambda e: replace(e, intent=e.intent.replace(b"GET", b"PUT")), "proof"),
        (lambda e: replace(e, path=MerklePath(1, 2, e.path.hashes)), "proof"),
        (lambda e: replace(e, path=MerklePath(0, 1, ())), "proof"),
        (lambda e: replace(e, root=replace(e.root, signed_at=0)), "signature"),
        (lambda e: replace(e, root=replace(e.root, root="00" * 64)), "signature"),
        (lambda e: replace(e, root=replace(e.root, signature="zz")), "signature"),
        (lambda e: replace(e, root=replace(e.root, key="other")), "signature"),
    ],
)
def test_evidence_that_was_changed_proves_nothing(tmp_path, change, code):
    changed = change(proof_of_one(tmp_path))

    with pytest.raises(EvidenceError) as refused:
        verify_message(changed, PUBLIC)

    assert refused.value.code == f"exchange.evidence.{code}"


def test_another_key_proves_nothing(tmp_path):
    evidence = proof_of_one(tmp_path)
    stranger = SoftSigner(ec.generate_private_key(ec.SECP256R1())).public_key()

    with pytest.raises(EvidenceError) as refused:
        verify_message(evidence, stranger)

    assert refused.value.code == "exchange.evidence.signature"


@pytest.mark.parametrize("document", [{}, {"path": 1}, {"path": ["zz"]}])
def test_what_is_no_evidence_is_refused(document):
    with pytest.raises(EvidenceError) as refused:
        Evidence.from_document(document)
    assert refused.value.code == "exchange.evidence.payload"


def test_a_full_segment_hands_what_is_under_way_to_its_successor(tmp_path):
    log = new_log(tmp_path, segment_bytes=1)
    log.commit([opened("a"), opened("b")])
    log.commit([ended("a")])
    first = log.path
    log.maintain()
    log.commit([ended("b")])
    log.close()

    assert read_segment(first).finished
    assert log.path != first
    assert [kind for kind, _ in read_segment(log.path).records] == [
        Kind.HEADER,
        Kind.INTENT,
        Kind.CLOSING,
        Kind.ROOT,
        Kind.END,
    ]
    assert len(list(evidence_in(read_segment(first).records))) == 1
    assert len(list(evidence_in(read_segment(log.path).records))) == 1
    assert codes(tmp_path) == []
    assert recover(tmp_path, SIGNER, now=NOW).completed == []


def test_a_full_batch_is_signed_between_groups_and_kept_with_the_next(tmp_path):
    log = new_log(tmp_path, batch=2)
    log.commit([opened("a"), opened("b"), opened("c")])
    log.commit([ended("a"), ended("b")])
    log.maintain()
    log.maintain()
    log.commit([ended("c")])
    log.close()

    kinds = [kind for kind, _ in read_segment(log.path).records]

    assert kinds[-5:] == [Kind.CLOSING, Kind.ROOT, Kind.CLOSING, Kind.ROOT, Kind.END]
    assert codes(tmp_path) == []


def rewritten(path, change):
    """Write the segment anew with changed records and right checksums, as a forger with the file would."""
    data = b""
    for kind, payload in change(read_segment(path).records):
        data += write_group([(kind, payload)], len(data))
    path.write_bytes(data)


def without(kind, number=0):
    def change(records):
        places = [place for place, record in enumerate(records) if record[0] is kind]
        return [record for place, record in enumerate(records) if place != places[number]]

    return change


def replacing(old, new):
    return lambda records: [(kind, payload.replace(old, new)) for kind, payload in records]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (without(Kind.CLOSING), {"root", "open"}),
        (without(Kind.INTENT), {"intent"}),
        (without(Kind.ROOT), {"chain"}),
        (without(Kind.ROOT, -1), {"unsealed"}),
        (without(Kind.HEADER), {"payload", "chain"}),
        (replacing(b'"status":200', b'"status":500'), {"root"}),
        (replacing(b'"method":"GET"', b'"method":"PUT"'), {"intent"}),
        (replacing(b'"run":"run-1"', b'"run":"run-2"'), {"name", "chain", "signature"}),
        (lambda records: [*records[:3], records[2], *records[3:]], {"repeated"}),
    ],
)
def test_a_forged_segment_is_found_out(tmp_path, change, expected):
    log = new_log(tmp_path)
    for name in ("a", "b"):
        log.commit([opened(name)])
        log.commit([ended(name)])
        log.seal()
    log.close()
    assert codes(tmp_path) == []

    rewritten(log.path, change)

    assert expected <= set(codes(tmp_path))


def test_a_segment_that_grows_audits_clean(tmp_path):
    log = new_log(tmp_path)
    log.commit([opened("a")])
    log.commit([ended("a"), opened("b")])

    assert audit_segment(log.path, PUBLIC) == []
    abandon(log)


def test_a_failed_write_is_not_hidden(tmp_path):
    def broken(_):
        raise OSError(5, "no sync")

    log = new_log(tmp_path)
    log._segment._sync = broken

    with pytest.raises(OSError, match="no sync"):
        log.commit([opened("a")])
    abandon(log)


def test_a_root_says_what_it_covers(tmp_path):
    evidence = proof_of_one(tmp_path)

    assert SignedRoot.decode(evidence.root.encode()) == evidence.root
    assert (evidence.root.first, evidence.root.count) == (0, 2)
    assert evidence.root.run == "run-1"


def test_a_message_may_have_a_signature_of_its_own(tmp_path):
    log = new_log(tmp_path)
    log.commit([opened("a"), opened("b")])
    log.commit([ended("a"), ended("b")], sign={"b"})
    log.close()

    [payload] = [payload for kind, payload in read_segment(log.path).records if kind is Kind.SIGNATURE]
    signature = MessageSignature.decode(payload)
    assert signature.request_id == "b"
    assert is_signed(PUBLIC, bytes.fromhex(signature.signature), signature.signed_octets())
    assert codes(tmp_path) == []
    rewritten(log.path, replacing(b'"request_id":"b","signature"', b'"request_id":"a","signature"'))
    assert set(codes(tmp_path)) == {"signature"}


class Disk:
    """A disk that has room for so many octets; a reserve that is given up makes room."""

    def __init__(self, folder, room):
        self.folder, self.room = folder, room

    def write(self, descriptor, data):
        used = sum(path.stat().st_size for path in self.folder.iterdir())
        if used + len(data) > self.room:
            half = data[: max(self.room - used, 0) // 2]
            if not half:
                raise OSError(errno.ENOSPC, "No space left on device")
            return os.write(descriptor, half)
        return os.write(descriptor, data)


def test_a_full_disk_ends_what_is_under_way_and_begins_nothing(tmp_path):
    disk = Disk(tmp_path, 1 << 30)
    log = new_log(tmp_path, reserve_bytes=10_000, write=disk.write)
    log.commit([opened("a"), opened("b")])
    assert not log.is_full
    disk.room = sum(path.stat().st_size for path in tmp_path.iterdir()) + 100

    log.commit([ended("a")])
    assert log.is_full
    log.commit([ended("b")])
    log.seal()

    assert codes(tmp_path) == []
    assert len(list(evidence_in(read_segment(log.path).records))) == 2
    disk.room = 0
    with pytest.raises(DiskFull):
        log.commit([opened("c")])
    assert codes(tmp_path) == []
    log.abandon()


def test_a_log_goes_on_when_there_is_room_again(tmp_path, monkeypatch):
    disk = Disk(tmp_path, 1 << 30)
    log = new_log(tmp_path, reserve_bytes=1000, segment_bytes=1500, write=disk.write)
    log.commit([opened("a")])
    disk.room = 2000
    log.commit([opened("b"), ended("a")])
    assert (log.is_full, log.needs_maintenance) == (True, False)

    disk.room = 1 << 30
    log.seal()
    assert not log.is_full
    log.maintain()
    log.commit([ended("b")])
    log.close()

    assert codes(tmp_path) == []
    assert not list(tmp_path.glob("*.reserve"))
    assert len(list(tmp_path.glob("*.evidence"))) == 2


def test_a_successor_for_which_there_is_no_room_is_not_begun(tmp_path):
    disk = Disk(tmp_path, 1 << 30)
    log = new_log(tmp_path, reserve_bytes=1000, segment_bytes=1, write=disk.write)
    log.commit([opened("a")])
    disk.room = sum(path.stat().st_size for path in tmp_path.iterdir())

    log.maintain()

    assert log.is_full
    assert not list(tmp_path.glob("*.unborn"))
    log.commit([ended("a")])
    log.close()
    assert codes(tmp_path) == []


def test_evidence_of_a_former_key_still_holds(tmp_path):
    proof_of_one(tmp_path)
    present = SoftSigner(ec.generate_private_key(ec.SECP256R1())).public_key()

    assert audit_directory(tmp_path, present, PUBLIC) == []
    assert {finding.code for finding in audit_directory(tmp_path, present)} == {"exchange.evidence.signature"}
