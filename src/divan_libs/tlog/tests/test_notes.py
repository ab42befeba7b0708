"""Signed notes, with the published examples of the format as outside checks."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.tlog import canonical_base64, notes
from divan_libs.tlog.notes import NoteError, NoteSigner, NoteVerifier, SignatureType
from divan_libs.tlog.tests.conftest import refusal_of

# The example key and note in the documentation of Go's golang.org/x/mod/sumdb/note.
GO_SIGNER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_NOTE = (
    GO_TEXT + "\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# The example of C2SP signed-note, section "Verifier keys".
C2SP_VERIFIER = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
C2SP_NOTE = (
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
NOON = 1_700_000_000

texts = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1, max_size=40).map("{}\n".format)


def test_the_published_go_example_is_reproduced_to_the_byte():
    signer = NoteSigner.parse(GO_SIGNER)

    assert notes.sign_note(GO_TEXT, [signer]) == GO_NOTE
    assert signer.encode() == GO_SIGNER
    assert signer.verifier.encode() == GO_VERIFIER


@pytest.mark.parametrize(("key", "note"), [(GO_VERIFIER, GO_NOTE), (C2SP_VERIFIER, C2SP_NOTE)])
def test_published_notes_open(key, note):
    verifier = NoteVerifier.parse(key)

    opened = notes.open_note(note.encode(), [verifier])

    assert opened.text == note.partition("\n\n")[0] + "\n"
    assert [signature.verifier for signature in opened.signatures] == [verifier]
    assert verifier.encode() == key


@given(texts, st.binary(min_size=32, max_size=32), st.sampled_from(SignatureType))
def test_what_is_signed_opens_and_keys_survive_their_text(text, seed, kind):
    signer = NoteSigner("log.example/الف", kind, seed)

    opened = notes.open_note(notes.sign_note(text, [signer], at=NOON), [signer.verifier])

    assert opened.text == text
    assert NoteSigner.parse(signer.encode()) == signer
    assert NoteVerifier.parse(signer.verifier.encode()) == signer.verifier


def test_a_text_may_hold_empty_lines(log_key):
    text = "first\n\nsecond\n\n"

    assert notes.open_note(notes.sign_note(text, [log_key]), [log_key.verifier]).text == text


def test_signatures_of_unknown_keys_are_passed_over(log_key, bar_key):
    note = notes.sign_note("text\n", [bar_key, log_key], at=NOON)

    opened = notes.open_note(note, [log_key.verifier])

    assert [signature.verifier for signature in opened.signatures] == [log_key.verifier]


def test_sharing_a_name_or_a_key_id_with_a_known_key_is_not_being_it(log_key):
    stranger = NoteSigner(log_key.name, SignatureType.ED25519, b"S" * 32)
    signed_by_stranger = notes.sign_note("text\n", [stranger])
    line = notes.parse_note(signed_by_stranger).lines[0]
    renamed = notes.Note("text\n", (line._replace(name="other.example"),)).encode()

    for note, known in [(signed_by_stranger, log_key.verifier), (renamed, stranger.verifier)]:
        with pytest.raises(NoteError) as refusal:
            notes.open_note(note, [known])
        assert refusal.value.code == "tlog.note.unsigned"


def test_one_bad_signature_of_a_known_key_spoils_the_note(log_key, bar_key):
    note = notes.sign_note("text\n", [log_key, bar_key], at=NOON)
    parsed = notes.parse_note(note)
    spoiled_line = parsed.lines[1]._replace(signature=parsed.lines[0].signature + b"\x00" * 8)
    spoiled = notes.Note(parsed.text, (parsed.lines[0], spoiled_line)).encode()

    with pytest.raises(NoteError) as refusal:
        notes.open_note(spoiled, [log_key.verifier, bar_key.verifier])

    assert refusal.value.code == "tlog.note.signature-invalid"
    assert refusal.value.facts["name"] == bar_key.name
    assert len(notes.open_note(spoiled, [log_key.verifier]).signatures) == 1


def test_an_altered_text_does_not_open(log_key, bar_key):
    for signer in (log_key, bar_key):
        altered = notes.sign_note("ten rials\n", [signer], at=NOON).replace("ten", "two")
        with pytest.raises(NoteError) as refusal:
            notes.open_note(altered, [signer.verifier])
        assert refusal.value.code == "tlog.note.signature-invalid"


def test_the_type_byte_separates_two_uses_of_one_key():
    as_log = NoteSigner("name.example", SignatureType.ED25519, b"K" * 32)
    as_witness = NoteSigner("name.example", SignatureType.COSIGNATURE, b"K" * 32)

    assert as_log.verifier.public_key == as_witness.verifier.public_key
    assert as_log.verifier.key_id != as_witness.verifier.key_id
    with pytest.raises(NoteError) as refusal:
        notes.open_note(notes.sign_note("text\n", [as_witness], at=NOON), [as_log.verifier])
    assert refusal.value.code == "tlog.note.unsigned"


def test_a_cosignature_signs_header_time_and_text_and_carries_its_time(bar_key):
    body = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    blob = notes.parse_note(notes.sign_note(body, [bar_key], at=1_679_315_147)).lines[0].signature
    as_plain_key = NoteVerifier(bar_key.name, SignatureType.ED25519, bar_key.verifier.public_key)

    as_plain_key.verify(f"cosignature/v1\ntime 1679315147\n{body}", blob[8:])

    assert blob[:8] == (1_679_315_147).to_bytes(8, "big")
    assert bar_key.verifier.verify(body, blob).timestamp == 1_679_315_147


def test_a_cosignature_cannot_be_dated_anew(bar_key):
    blob = bar_key.sign("text\n", at=NOON)

    for dated in (NOON + 1, 1 << 63):
        with pytest.raises(NoteError) as refusal:
            bar_key.verifier.verify("text\n", dated.to_bytes(8, "big") + blob[8:])
        assert refusal.value.code == "tlog.note.signature-invalid"


def test_a_time_beyond_the_format_is_refused_even_when_signed(bar_key):
    beyond = 1 << 63
    key = Ed25519PrivateKey.from_private_bytes(bar_key.seed)
    blob = beyond.to_bytes(8, "big") + key.sign(f"cosignature/v1\ntime {beyond}\ntext\n".encode())

    with pytest.raises(NoteError) as refusal:
        bar_key.verifier.verify("text\n", blob)

    assert refusal.value.code == "tlog.note.signature-invalid"


@pytest.mark.parametrize("at", [None, 0, -1, 1 << 63])
def test_a_cosignature_needs_a_time(bar_key, at):
    with pytest.raises(NoteError) as refusal:
        notes.sign_note("text\n", [bar_key], at=at)

    assert refusal.value.code == "tlog.note.timestamp"


def test_witnesses_add_to_a_note_and_renew_their_own_line(log_key, bar_key):
    signed = notes.sign_note("text\n", [log_key])

    cosigned = notes.add_signatures(signed, [bar_key], at=NOON)
    renewed = notes.add_signatures(cosigned, [bar_key], at=NOON + 60)

    assert cosigned.startswith(signed)
    times = [s.timestamp for s in notes.open_note(renewed, [log_key.verifier, bar_key.verifier]).signatures]
    assert times == [None, NOON + 60]


def test_a_key_signing_twice_counts_once(log_key):
    parsed = notes.parse_note(notes.sign_note("text\n", [log_key]))

    opened = notes.open_note(notes.Note(parsed.text, parsed.lines * 3).encode(), [log_key.verifier] * 2)

    assert len(opened.signatures) == 1


def test_a_bad_second_signature_of_a_known_key_spoils_the_note_too(log_key):
    parsed = notes.parse_note(notes.sign_note("text\n", [log_key]))
    bad_line = parsed.lines[0]._replace(signature=bytes(64))

    with pytest.raises(NoteError) as refusal:
        notes.open_note(notes.Note(parsed.text, (*parsed.lines, bad_line)).encode(), [log_key.verifier])

    assert refusal.value.code == "tlog.note.signature-invalid"


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n— a AAAAAAA=\n",
        "text\n\n— a AAAAAAA=",
        "text\n\n- a AAAAAAA=\n",
        "text\n\n—a AAAAAAA=\n",
        "text\n\n— AAAAAAA=\n",
        "text\n\n— a  AAAAAAA=\n",
        "text\n\n— a+b AAAAAAA=\n",
        "text\n\n— a AAAAAA==\n",
        "text\n\n— a AAAAAAB=\n",
        "text\n\n— a AAAA AAA=\n",
        "te\txt\n\n— a AAAAAAA=\n",
        "text\r\n\n— a AAAAAAA=\n",
        b"\xff\n\n\xe2\x80\x94 a AAAAAAA=\n",
        "\ud800\n\n— a AAAAAAA=\n",
    ],
)
def test_malformed_notes_are_refused(note):
    with pytest.raises(NoteError) as refusal:
        notes.open_note(note, [])

    assert refusal.value.code == "tlog.note.malformed"


def test_notes_are_bounded():
    for note in ("x" * 1_000_001, "text\n\n" + "— a AAAAAAA=\n" * 101):
        with pytest.raises(NoteError) as refusal:
            notes.parse_note(note)
        assert refusal.value.code == "tlog.note.too-large"
    assert len(notes.parse_note("text\n\n" + "— a AAAAAAA=\n" * 100).lines) == 100


@pytest.mark.parametrize("text", ["", "no newline", "tab\there\n", "\ud800\n"])
def test_only_a_proper_text_is_signed(log_key, text):
    with pytest.raises(NoteError) as refusal:
        notes.sign_note(text, [log_key])

    assert refusal.value.code == "tlog.note.malformed"


def test_a_note_needs_a_signer():
    with pytest.raises(NoteError) as refusal:
        notes.sign_note("text\n", [])

    assert refusal.value.code == "tlog.note.unsigned"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "tlog.note.key"),
        ("PeterNeumann", "tlog.note.key"),
        ("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "tlog.note.key"),
        ("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "tlog.note.key"),
        ("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10Q=", "tlog.note.key"),
        ("PeterNeumann+c74f20a3+@@@@", "tlog.note.key"),
        ("PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "tlog.note.key-type"),
        ("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "tlog.note.key-name"),
        ("+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "tlog.note.key-name"),
    ],
)
def test_malformed_verifier_keys_are_refused(text, code):
    with pytest.raises(NoteError) as refusal:
        NoteVerifier.parse(text)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    "text", [GO_VERIFIER, GO_SIGNER[:-4], GO_SIGNER.replace("c74f", "c74e"), "PRIVATE+KEY+", GO_SIGNER + "\n"]
)
def test_malformed_signer_keys_are_refused_without_telling_them(text):
    with pytest.raises(NoteError) as refusal:
        NoteSigner.parse(text)

    assert refusal.value.code == "tlog.note.key"
    assert "AYEKFALV" not in str(refusal.value)


def test_keys_have_32_bytes_and_a_name():
    for make in (NoteSigner, NoteVerifier):
        for name, key, code in [("a", b"k", "tlog.note.key"), ("a b", b"k" * 32, "tlog.note.key-name")]:
            with pytest.raises(NoteError) as refusal:
                make(name, SignatureType.ED25519, key)
            assert refusal.value.code == code


def test_a_signer_does_not_print_its_seed(log_key):
    assert "LLLL" not in repr(log_key)


def test_two_keys_with_one_identity_are_ambiguous(log_key, monkeypatch):
    other = NoteVerifier(log_key.name, SignatureType.ED25519, NoteSigner("a", SignatureType.ED25519, b"O" * 32).seed)
    monkeypatch.setattr(NoteVerifier, "key_id", property(lambda _: b"same"))

    with pytest.raises(NoteError) as refusal:
        notes.open_note("text\n\n— a AAAAAAA=\n", [log_key.verifier, other])

    assert refusal.value.code == "tlog.note.ambiguous-key"


@given(st.binary(max_size=64))
def test_base64_has_one_spelling(data):
    text = canonical_base64.encode(data)

    assert canonical_base64.decode(text) == data
    for other in (text + "\n", " " + text, text + "=", text.rstrip("=") + "=" * 3):
        with pytest.raises(ValueError, match="base64"):
            canonical_base64.decode(other)


@pytest.mark.parametrize("text", ["AB==", "A", "AA", "AA=", "A_A=", "A-A=", "۱۲۳۴"])
def test_other_base64_is_refused(text):
    with pytest.raises(ValueError, match="base64"):
        canonical_base64.decode(text)


@given(st.one_of(st.text(), st.tuples(st.text(), st.text()).map(lambda two: f"{two[0]}+00000000+{two[1]}")))
def test_no_key_text_makes_the_reader_stumble(text):
    for read in (NoteVerifier.parse, NoteSigner.parse, lambda text: NoteSigner.parse(f"PRIVATE+KEY+{text}")):
        refusal = refusal_of(read, text)
        assert refusal is None or refusal.code in {"tlog.note.key", "tlog.note.key-type", "tlog.note.key-name"}


def test_a_name_that_no_text_can_hold_names_no_key():
    blob = canonical_base64.encode(bytes([SignatureType.ED25519]) + bytes(32))

    with pytest.raises(NoteError) as refusal:
        NoteVerifier.parse(f"\ud800+00000000+{blob}")

    assert refusal.value.code == "tlog.note.key-name"
