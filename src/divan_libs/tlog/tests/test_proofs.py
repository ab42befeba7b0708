"""Proofs against the definitions of RFC 9162 and against the vectors of transparency-dev/merkle."""

import base64
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.tlog import proofs
from divan_libs.tlog.hashing import EMPTY_ROOT, leaf_hash
from divan_libs.tlog.proofs import ProofError
from divan_libs.tlog.tests import reference

REPOSITORY = Path(__file__).parents[4]
REAL_DATA = Path(os.environ.get("DIVAN_REAL_DATA", REPOSITORY.parent / "shared" / "data"))
VECTORS = REAL_DATA / "merkle_vectors"


def reader_of(entries):
    def read(level, index):
        count = 1 << level
        assert (index + 1) * count <= len(entries), "only whole subtrees of the log may be read"
        return reference.root(entries[index * count : (index + 1) * count])

    return read


def vectors_in(kind):
    files = sorted((VECTORS / kind).rglob("*.json"))
    if not files:
        return [
            pytest.param(None, marks=pytest.mark.skip(reason="set DIVAN_REAL_DATA to the folder of merkle_vectors"))
        ]
    return [pytest.param(json.loads(file.read_text()), id=str(file.relative_to(VECTORS))) for file in files]


def decoded(value):
    if value is None:
        return []
    return base64.b64decode(value) if isinstance(value, str) else [base64.b64decode(item) for item in value]


@pytest.mark.real_data
@pytest.mark.parametrize("vector", vectors_in("inclusion"))
def test_inclusion_is_judged_as_the_published_vectors_judge_it(vector):
    def verify():
        proofs.verify_inclusion(
            vector["leafIdx"],
            vector["treeSize"],
            decoded(vector["leafHash"]),
            decoded(vector["proof"]),
            decoded(vector["root"]),
        )

    if not vector["wantErr"]:
        verify()
        return
    with pytest.raises(ProofError):
        verify()


@pytest.mark.real_data
@pytest.mark.parametrize("vector", vectors_in("consistency"))
def test_consistency_is_judged_as_the_published_vectors_judge_it(vector):
    def verify():
        proofs.verify_consistency(
            vector["size1"],
            vector["size2"],
            decoded(vector["proof"]),
            decoded(vector["root1"]),
            decoded(vector["root2"]),
        )

    if not vector["wantErr"]:
        verify()
        return
    with pytest.raises(ProofError):
        verify()


logs = st.integers(1, 130).map(lambda count: [number.to_bytes(2, "big") for number in range(count)])


@given(logs, st.data())
def test_every_leaf_proves_its_place(entries, data):
    index = data.draw(st.integers(0, len(entries) - 1))

    proof = proofs.inclusion_proof(index, len(entries), reader_of(entries))

    assert proof == reference.path(index, entries)
    proofs.verify_inclusion(index, len(entries), leaf_hash(entries[index]), proof, reference.root(entries))


@given(logs, st.data())
def test_every_log_proves_its_beginnings(entries, data):
    old_size = data.draw(st.integers(1, len(entries)))

    proof = proofs.consistency_proof(old_size, len(entries), reader_of(entries))

    assert proof == reference.proof(old_size, entries)
    proofs.verify_consistency(
        old_size, len(entries), proof, reference.root(entries[:old_size]), reference.root(entries)
    )


@given(logs, st.data())
def test_a_proof_holds_for_no_other_place_size_leaf_or_hash(entries, data):
    size = len(entries)
    index = data.draw(st.integers(0, size - 1))
    proof = reference.path(index, entries)
    root = reference.root(entries)
    leaf = leaf_hash(entries[index])
    wrong_index = data.draw(st.integers(0, size - 1).filter(lambda value: value != index) if size > 1 else st.just(1))
    bit = data.draw(st.integers(0, 255))
    flipped = (int.from_bytes(leaf, "big") ^ (1 << bit)).to_bytes(32, "big")

    for place, count, hashed, hashes in [
        (wrong_index, size, leaf, proof),
        (index, size, flipped, proof),
        (index, size, leaf, [*proof, leaf]),
        (index, size, leaf, [leaf, *proof]),
    ]:
        with pytest.raises(ProofError):
            proofs.verify_inclusion(place, count, hashed, hashes, root)
    for position in range(len(proof)):
        with pytest.raises(ProofError):
            proofs.verify_inclusion(index, size, leaf, [*proof[:position], flipped, *proof[position + 1 :]], root)


@given(logs, st.data())
def test_a_rewritten_beginning_has_no_consistency_proof(entries, data):
    old_size = data.draw(st.integers(1, len(entries)))
    rewritten = data.draw(st.integers(0, old_size - 1))
    history = [*entries]
    history[rewritten] = b"another"
    proof = proofs.consistency_proof(old_size, len(history), reader_of(history))

    with pytest.raises(ProofError) as refusal:
        proofs.verify_consistency(
            old_size, len(history), proof, reference.root(entries[:old_size]), reference.root(history)
        )

    assert refusal.value.code == "tlog.proof.root-differs"


@pytest.mark.parametrize(
    ("index", "size", "leaf", "proof", "code"),
    [
        (1, 1, b"l" * 32, [], "tlog.proof.index-out-of-range"),
        (-1, 1, b"l" * 32, [], "tlog.proof.index-out-of-range"),
        (0, 0, b"l" * 32, [], "tlog.proof.index-out-of-range"),
        (0, 1, b"l" * 31, [], "tlog.proof.hash-size"),
        (0, 2, b"l" * 32, [b"p" * 33], "tlog.proof.hash-size"),
        (0, 2, b"l" * 32, [], "tlog.proof.length"),
        (0, 1, b"l" * 32, [b"p" * 32], "tlog.proof.length"),
        (0, 1, b"l" * 32, [], "tlog.proof.root-differs"),
    ],
)
def test_each_way_an_inclusion_proof_fails_has_its_code(index, size, leaf, proof, code):
    with pytest.raises(ProofError) as refusal:
        proofs.verify_inclusion(index, size, leaf, proof, b"r" * 32)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("old_size", "size", "proof", "code"),
    [
        (0, 1, [], "tlog.proof.size-order"),
        (0, 0, [], "tlog.proof.size-order"),
        (3, 2, [], "tlog.proof.size-order"),
        (2, 2, [b"p" * 32], "tlog.proof.length"),
        (3, 4, [], "tlog.proof.length"),
        (3, 4, [b"p" * 32] * 9, "tlog.proof.length"),
        (1, 2, [b"p"], "tlog.proof.hash-size"),
        (3, 4, [b"p" * 32] * 3, "tlog.proof.root-differs"),
    ],
)
def test_each_way_a_consistency_proof_fails_has_its_code(old_size, size, proof, code):
    with pytest.raises(ProofError) as refusal:
        proofs.verify_consistency(old_size, size, proof, b"1" * 32, b"2" * 32)

    assert refusal.value.code == code


def test_equal_sizes_need_equal_roots():
    proofs.verify_consistency(5, 5, [], b"r" * 32, b"r" * 32)

    with pytest.raises(ProofError) as refusal:
        proofs.verify_consistency(5, 5, [], b"r" * 32, b"s" * 32)

    assert refusal.value.code == "tlog.proof.root-differs"


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_no_proof_is_made_for_an_entry_the_log_does_not_hold(index, size):
    with pytest.raises(ProofError) as refusal:
        proofs.inclusion_proof(index, size, reader_of([b"a", b"b", b"c"]))

    assert refusal.value.code == "tlog.proof.index-out-of-range"


@pytest.mark.parametrize(("old_size", "size"), [(0, 3), (4, 3)])
def test_no_proof_is_made_from_the_empty_or_a_longer_log(old_size, size):
    with pytest.raises(ProofError) as refusal:
        proofs.consistency_proof(old_size, size, reader_of([b"a", b"b", b"c"]))

    assert refusal.value.code == "tlog.proof.size-order"


@given(st.integers(0, 70))
def test_the_root_is_that_of_the_rfc(count):
    entries = [bytes([number]) for number in range(count)]

    assert proofs.tree_root(count, reader_of(entries)) == reference.root(entries)


def test_the_empty_log_has_the_empty_root():
    assert proofs.tree_root(0, reader_of([])) == EMPTY_ROOT
