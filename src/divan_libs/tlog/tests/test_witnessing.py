"""What a witness answers, in the order and with the status that C2SP tlog-witness v1.0.0 states."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.tlog import canonical_base64, notes, witnessing
from divan_libs.tlog.checkpoints import CHECKPOINT_PATH, Checkpoint, parse_checkpoint, sign_checkpoint
from divan_libs.tlog.log import read_hashes
from divan_libs.tlog.notes import NoteError, NoteSigner, SignatureType, parse_note
from divan_libs.tlog.proofs import consistency_proof, tree_root
from divan_libs.tlog.tests.conftest import ORIGIN, entries_of, refusal_of
from divan_libs.tlog.witnessing import Submission, SubmissionRefused

NOON = 1_700_000_000
SIZES = (3, 7, 12)


@pytest.fixture
def heads(sealed, log_key):
    """The signed heads of one log at several sizes, and a reader of its hashes."""
    store = sealed(entries_of(SIZES[-1]))
    read = read_hashes(store, SIZES[-1])
    return {size: sign_checkpoint(Checkpoint(ORIGIN, size, tree_root(size, read)), [log_key]) for size in SIZES}, read


def judge(body, keys, last=None):
    submission = witnessing.parse_submission(body)
    head = witnessing.open_submission(submission, keys)
    witnessing.require_growth(submission, head.checkpoint, last)
    return head


def checkpoint_of(note):
    return parse_checkpoint(parse_note(note).text)


def test_a_head_that_extends_the_known_one_passes(heads, log_key):
    notes_by_size, read = heads
    keys = {ORIGIN: [log_key.verifier]}
    proof = tuple(consistency_proof(3, 7, read))
    body = Submission(3, proof, notes_by_size[7]).encode()

    head = judge(body, keys, checkpoint_of(notes_by_size[3]))

    assert body.startswith(b"old 3\n" + canonical_base64.encode(proof[0]).encode() + b"\n")
    assert witnessing.parse_submission(body) == Submission(3, proof, notes_by_size[7])
    assert head.checkpoint == checkpoint_of(notes_by_size[7])
    assert [line.name for line in head.log_lines] == [ORIGIN]
    judge(Submission(0, (), notes_by_size[7]).encode(), keys, None)
    judge(Submission(7, (), notes_by_size[7]).encode(), keys, checkpoint_of(notes_by_size[7]))


@pytest.mark.parametrize(
    ("known", "old", "size", "proof", "status", "code"),
    [
        (3, 8, 7, (), 400, "size-order"),
        (3, 0, 7, (), 409, "size-differs"),
        (7, 3, 7, "3-7", 409, "size-differs"),
        (12, 7, 7, (), 409, "size-differs"),
        (None, 3, 7, "3-7", 409, "size-differs"),
        (None, 0, 7, "3-7", 422, "proof"),
        (3, 3, 7, (), 422, "proof"),
        (3, 3, 7, "7-12", 422, "proof"),
        (7, 7, 7, "3-7", 422, "proof"),
    ],
)
def test_each_other_submission_has_its_status(heads, log_key, known, old, size, proof, status, code):
    notes_by_size, read = heads
    hashes = tuple(consistency_proof(*map(int, proof.split("-")), read)) if proof else ()
    last = checkpoint_of(notes_by_size[known]) if known else None

    with pytest.raises(SubmissionRefused) as refusal:
        judge(Submission(old, hashes, notes_by_size[size]).encode(), {ORIGIN: [log_key.verifier]}, last)

    assert (refusal.value.status, refusal.value.code) == (status, f"tlog.witness.{code}")
    if code == "size-differs":
        content_type, body = refusal.value.answer
        assert (content_type, body) == ("text/x.tlog.size", f"{known or 0}\n".encode())
        assert witnessing.read_size(content_type, body) == (known or 0)


def test_two_heads_of_one_size_are_a_conflict_without_a_size(heads, log_key):
    notes_by_size, _ = heads
    other = Checkpoint(ORIGIN, 7, b"o" * 32)
    last = checkpoint_of(notes_by_size[7])

    with pytest.raises(SubmissionRefused) as refusal:
        judge(Submission(7, (), sign_checkpoint(other, [log_key])).encode(), {ORIGIN: [log_key.verifier]}, last)

    assert (refusal.value.status, refusal.value.code) == (409, "tlog.witness.root-differs")
    assert witnessing.read_size(*refusal.value.answer) is None


def test_unknown_logs_and_foreign_signatures_are_told_apart(heads, log_key, bar_key):
    note = heads[0][7]
    impostor = NoteSigner(ORIGIN, SignatureType.ED25519, b"I" * 32)
    as_witness = NoteSigner(ORIGIN, SignatureType.COSIGNATURE, log_key.seed)
    checkpoint = checkpoint_of(note)
    forged = sign_checkpoint(checkpoint, [impostor])
    cosigned_only = sign_checkpoint(checkpoint, [as_witness], at=NOON)
    garbled = note[:-10] + ("A" if note[-10] != "A" else "B") + note[-9:]
    known = {ORIGIN: [log_key.verifier]}

    for body, keys, status in [
        (note, {"other.example": [log_key.verifier]}, 404),
        (forged, known, 403),
        (cosigned_only, {ORIGIN: [log_key.verifier, as_witness.verifier]}, 403),
        (garbled, known, 403),
    ]:
        with pytest.raises(SubmissionRefused) as refusal:
            judge(Submission(0, (), body).encode(), keys)
        assert refusal.value.status == status

    both = sign_checkpoint(checkpoint, [impostor, bar_key, log_key], at=NOON)
    assert [line.key_id for line in judge(Submission(0, (), both).encode(), known).log_lines] == [
        log_key.verifier.key_id
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.replace(b"old 3", b"old 03"),
        lambda body: body.replace(b"old 3", b"old -3"),
        lambda body: body.replace(b"old 3", b"old 9223372036854775808"),
        lambda body: body.replace(b"old 3", "old ۳".encode()),
        lambda body: body.replace(b"old ", b"OLD "),
        lambda body: body.replace(b"\n", b"\r\n", 1),
        lambda body: body.replace(b"=\n", b"\n", 1),
        lambda body: body.replace(b"\n\n", b"\n", 1),
        lambda body: body.replace(b"\n", b"\n" + b"A" * 43 + b"=\n" + b"\n", 1),
        lambda body: body.replace(b"old 3\n", b"old 3\n" + b"A" * 42 + b"A=\n" * 64),
        lambda body: body.replace(b"old 3\n", b"old 3\n" + (b"A" * 43 + b"=\n") * 61),
        lambda body: body.replace(b"old 3\n", b"old 3\nAAAA\n"),
        lambda body: body.replace(ORIGIN.encode() + b"\n7", ORIGIN.encode() + b"\n07"),
        lambda body: body[:-1],
        lambda body: body + b"more",
        lambda body: b"\xff" + body,
        lambda body: body[:0],
        lambda body: body[:5] + b"\n\n",
    ],
)
def test_what_is_not_the_format_is_a_bad_request(heads, log_key, change):
    notes_by_size, read = heads
    body = Submission(3, tuple(consistency_proof(3, 7, read)), notes_by_size[7]).encode()

    with pytest.raises(SubmissionRefused) as refusal:
        judge(change(body), {ORIGIN: [log_key.verifier]}, checkpoint_of(notes_by_size[3]))

    assert (refusal.value.status, refusal.value.code) == (400, "tlog.witness.malformed")


def test_the_answer_of_a_witness_is_believed_for_its_own_key_alone(heads, university_key, bar_key, log_key):
    text = parse_note(heads[0][7]).text
    lines = [notes.signature_line(text, key, at=NOON) for key in (bar_key, university_key)]
    answer = "".join(line.encode() for line in lines).encode()
    timeless = university_key.verifier.key_id + bytes(8) + lines[1].signature[8:]

    line, cosignature = witnessing.read_cosignatures(answer, text, university_key.verifier)

    assert (line, cosignature.timestamp) == (lines[1], NOON)
    for bad, verifier, code in [
        (answer, log_key.verifier, "tlog.note.unsigned"),
        (answer[:-1], university_key.verifier, "tlog.note.malformed"),
        (b"", university_key.verifier, "tlog.note.malformed"),
        (b"<html>", university_key.verifier, "tlog.note.malformed"),
        (
            f"— {university_key.name} {canonical_base64.encode(timeless)}\n".encode(),
            university_key.verifier,
            "tlog.note.signature-invalid",
        ),
    ]:
        with pytest.raises(NoteError) as refusal:
            witnessing.read_cosignatures(bad, text, verifier)
        assert refusal.value.code == code
    with pytest.raises(NoteError):
        witnessing.read_cosignatures(answer, text.replace("7", "8"), university_key.verifier)


@pytest.mark.parametrize(
    ("content_type", "body", "size"),
    [
        ("text/plain", b"10\n", None),
        ("text/x.tlog.size", b"", None),
        ("text/x.tlog.size", b"0\n", 0),
        ("text/x.tlog.size", b"50\n", 50),
        ("text/x.tlog.size", b"50", None),
        ("text/x.tlog.size", b"050\n", None),
        ("text/x.tlog.size", b"50\n50\n", None),
        ("text/x.tlog.size; charset=utf-8", b"51\n", 51),
        ("text/x.tlog.size", b"9223372036854775808\n", None),
    ],
)
def test_the_size_in_a_conflict_is_read_strictly(content_type, body, size):
    assert witnessing.read_size(content_type, body) == size


@given(st.data())
def test_no_request_and_no_answer_makes_either_side_stumble(data):
    key = NoteSigner(ORIGIN, SignatureType.ED25519, b"L" * 32)
    good = Submission(0, (), sign_checkpoint(Checkpoint(ORIGIN, 1, b"r" * 32), [key])).encode()
    place = data.draw(st.integers(0, len(good)))
    body = good[:place] + data.draw(st.binary(max_size=6)) + good[place + data.draw(st.integers(0, 6)) :]

    refusal = refusal_of(judge, body, {ORIGIN: [key.verifier]})

    assert refusal is None or refusal.status in {400, 403, 404, 409, 422}
    for read in (notes.parse_note, notes.parse_signature_lines):
        refusal = refusal_of(read, data.draw(st.one_of(st.binary(), st.text())))
        assert refusal is None or refusal.code in {"tlog.note.malformed", "tlog.note.too-large"}


def test_where_a_remembered_head_is_read():
    digest = "d7612c54297eaa3e5a7756b17ce3adc5bed251af8059d72bbb8b0075c67b85e9"

    assert witnessing.remembered_at("log.example") == f"{digest}/{CHECKPOINT_PATH}"
