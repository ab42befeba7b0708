"""Checkpoints: strict reading, and who must have signed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.tlog import checkpoints, notes
from divan_libs.tlog.checkpoints import Checkpoint, CheckpointError
from divan_libs.tlog.hashing import EMPTY_ROOT
from divan_libs.tlog.notes import NoteError, NoteSigner, NoteVerifier, SignatureType
from divan_libs.tlog.tests import reference
from divan_libs.tlog.tests.conftest import ORIGIN

NOON = 1_700_000_000

# A published log: the test data of transparency-dev/tessera (its fifteen entries, public key and last checkpoint).
TESSERA_VERIFIER = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
TESSERA_ENTRIES = b"one two three four five six seven eit nain ten ileven twelf threeten fourten fivten".split()
TESSERA_CHECKPOINT = """example.com/log/testdata
15
rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=

— example.com/log/testdata M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=
"""

lines = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1, max_size=20)


@pytest.fixture
def head():
    return Checkpoint(ORIGIN, 9, b"r" * 32)


def test_the_checkpoint_of_a_published_log_opens_over_its_entries():
    opened = checkpoints.open_checkpoint(TESSERA_CHECKPOINT, [NoteVerifier.parse(TESSERA_VERIFIER)])

    assert opened.checkpoint == Checkpoint("example.com/log/testdata", 15, reference.root(TESSERA_ENTRIES))


@given(lines, st.integers(1, 2**63 - 1), st.binary(min_size=32, max_size=32), st.lists(lines, max_size=3))
def test_a_checkpoint_survives_its_text(origin, size, root, extensions):
    checkpoint = Checkpoint(origin, size, root, tuple(extensions))

    assert checkpoints.parse_checkpoint(checkpoint.body()) == checkpoint
    assert checkpoints.parse_checkpoint(checkpoint.body().encode()) == checkpoint


def test_the_text_is_origin_size_and_root():
    assert Checkpoint("example.com/log", 0, EMPTY_ROOT).body() == (
        "example.com/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    )


ROOT = "cnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI="


@pytest.mark.parametrize(
    "body",
    [
        "",
        "origin\n9\n",
        f"origin\n9\n{ROOT}",
        f"\n9\n{ROOT}\n",
        f"origin\n09\n{ROOT}\n",
        f"origin\n+9\n{ROOT}\n",
        f"origin\n-9\n{ROOT}\n",
        f"origin\n 9\n{ROOT}\n",
        f"origin\n۹\n{ROOT}\n",
        f"origin\n9223372036854775808\n{ROOT}\n",
        f"origin\n9\n{ROOT[:-1]}\n",
        "origin\n9\ncnI=\n",
        f"origin\n9\n{ROOT[:-2]}J=\n",
        f"origin\n0\n{ROOT}\n",
        f"origin\n9\n{ROOT}\n\n",
        f"origin\n9\n{ROOT}\nextension\n\nmore\n",
        f"origin\r\n9\n{ROOT}\n",
        b"\xff\n9\n" + ROOT.encode() + b"\n",
    ],
)
def test_only_the_one_spelling_of_a_checkpoint_is_read(body):
    with pytest.raises(CheckpointError) as refusal:
        checkpoints.parse_checkpoint(body)

    assert refusal.value.code == "tlog.checkpoint.malformed"


def test_witnesses_are_listed_with_their_times(head, log_key, university_key, bar_key):
    note = checkpoints.sign_checkpoint(head, [log_key])
    note = notes.add_signatures(note, [university_key], at=NOON)
    verifiers = [log_key.verifier, university_key.verifier, bar_key.verifier]

    opened = checkpoints.open_checkpoint(note, verifiers, origin=ORIGIN, quorum=1)

    assert opened.checkpoint == head
    assert [(seen.verifier, seen.timestamp) for seen in opened.cosignatures] == [(university_key.verifier, NOON)]


def test_a_quorum_is_of_different_witnesses(head, log_key, university_key, bar_key):
    alias = NoteSigner("alias.example/university", SignatureType.COSIGNATURE, university_key.seed)
    note = checkpoints.sign_checkpoint(head, [log_key, university_key, alias], at=NOON)
    verifiers = [log_key.verifier, university_key.verifier, alias.verifier, bar_key.verifier]

    with pytest.raises(CheckpointError) as refusal:
        checkpoints.open_checkpoint(note, verifiers, quorum=2)

    assert refusal.value.code == "tlog.checkpoint.quorum"
    assert refusal.value.facts == {"required": 2, "seen": 1}
    both = notes.add_signatures(note, [bar_key], at=NOON)
    assert len(checkpoints.open_checkpoint(both, verifiers, quorum=2).cosignatures) == 2


def test_the_log_is_no_witness_of_itself(head, log_key):
    double = NoteSigner("witness.example/double", SignatureType.COSIGNATURE, log_key.seed)
    note = checkpoints.sign_checkpoint(head, [log_key, double], at=NOON)

    opened = checkpoints.open_checkpoint(note, [log_key.verifier, double.verifier])

    assert opened.cosignatures == ()


def test_witnesses_do_not_stand_in_for_the_log(head, university_key, bar_key):
    note = checkpoints.sign_checkpoint(head, [university_key, bar_key], at=NOON)

    with pytest.raises(CheckpointError) as refusal:
        checkpoints.open_checkpoint(note, [university_key.verifier, bar_key.verifier])

    assert refusal.value.code == "tlog.checkpoint.log-signature-missing"


def test_a_witness_named_like_the_log_does_not_stand_in_for_it(head, bar_key):
    namesake = NoteSigner(ORIGIN, SignatureType.COSIGNATURE, bar_key.seed)
    note = checkpoints.sign_checkpoint(head, [namesake], at=NOON)

    with pytest.raises(CheckpointError) as refusal:
        checkpoints.open_checkpoint(note, [namesake.verifier])

    assert refusal.value.code == "tlog.checkpoint.log-signature-missing"


def test_the_key_of_one_log_does_not_sign_for_another(log_key):
    note = checkpoints.sign_checkpoint(Checkpoint("other.example", 9, b"r" * 32), [log_key])

    with pytest.raises(CheckpointError) as refusal:
        checkpoints.open_checkpoint(note, [log_key.verifier])

    assert refusal.value.code == "tlog.checkpoint.log-signature-missing"


def test_another_log_than_the_one_asked_for_is_refused(head, log_key):
    note = checkpoints.sign_checkpoint(head, [log_key])

    with pytest.raises(CheckpointError) as refusal:
        checkpoints.open_checkpoint(note, [log_key.verifier], origin="other.example")

    assert refusal.value.code == "tlog.checkpoint.wrong-origin"


def test_an_unsigned_checkpoint_does_not_open(head, log_key, bar_key):
    note = checkpoints.sign_checkpoint(head, [log_key])

    with pytest.raises(NoteError) as refusal:
        checkpoints.open_checkpoint(note, [bar_key.verifier])

    assert refusal.value.code == "tlog.note.unsigned"
