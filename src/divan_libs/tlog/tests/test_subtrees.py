"""Subtree proofs against the draft's own recursion, and against the proofs of RFC 9162 that they generalise."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.tlog import proofs, subtrees
from divan_libs.tlog.hashing import leaf_hash, node_hash
from divan_libs.tlog.proofs import ProofError
from divan_libs.tlog.tests import reference

ENTRIES = [bytes([number]) for number in range(70)]


@cache
def read(level, index):
    return reference.root(ENTRIES[index << level : (index + 1) << level])


def subtrees_of(size):
    return [
        (start, end) for start in range(size) for end in range(start + 1, size + 1) if subtrees.is_subtree(start, end)
    ]


def is_refused(*claim):
    try:
        subtrees.verify_subtree_consistency(*claim)
    except ProofError:
        return True
    return False


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 8, 13, 16, 21, 31])
def test_every_subtree_of_a_log_is_proved_as_the_draft_says_and_no_other_claim_is(size):
    entries = ENTRIES[:size]
    root = reference.root(entries)
    for start, end in subtrees_of(size):
        own = reference.root(ENTRIES[start:end])

        proof = subtrees.subtree_consistency_proof(start, end, size, read)

        assert proof == reference.subtree_proof(start, end, entries)
        assert own == subtrees.subtree_root(start, end, read)
        subtrees.verify_subtree_consistency(start, end, size, proof, own, root)
        assert is_refused(start, end, size, proof, b"x" * 32, root)
        assert is_refused(start, end, size, proof, own, b"x" * 32)
        assert is_refused(start, end, size, [*proof, own], own, root)
        for place in range(len(proof)):
            assert is_refused(start, end, size, [*proof[:place], b"x" * 32, *proof[place + 1 :]], own, root)
            assert is_refused(start, end, size, proof[:place], own, root)


def test_they_are_the_proofs_of_the_rfc_where_both_exist():
    for size in (1, 6, 17, 33):
        entries = ENTRIES[:size]
        for number in range(size):
            assert subtrees.subtree_consistency_proof(number, number + 1, size, read) == reference.path(number, entries)
            assert subtrees.subtree_consistency_proof(0, number + 1, size, read) == reference.proof(number + 1, entries)


def test_an_entry_is_proved_against_the_root_of_its_subtree():
    for start, end in subtrees_of(21):
        root = reference.root(ENTRIES[start:end])
        for index in range(start, end):
            proof = subtrees.subtree_inclusion_proof(index, start, end, read)

            assert proof == reference.path(index - start, ENTRIES[start:end])
            subtrees.verify_subtree_inclusion(index, start, end, leaf_hash(ENTRIES[index]), proof, root)
            with pytest.raises(ProofError):
                subtrees.verify_subtree_inclusion(index, start, end, leaf_hash(b"other"), proof, root)


@cache
def alike(level):
    """The root over ``2**level`` leaves that are all the same, so that a log of any size fits into a test."""
    return leaf_hash(b"same") if level == 0 else node_hash(alike(level - 1), alike(level - 1))


def read_alike(level, _index):
    return alike(level)


sizes = st.integers(1, (1 << 63) - 1)


@given(sizes, st.data())
def test_proofs_hold_in_logs_of_any_size_that_the_formats_allow(size, data):
    root = proofs.tree_root(size, read_alike)
    index = data.draw(st.integers(0, size - 1))
    old_size = data.draw(st.integers(1, size))
    width = data.draw(st.integers(0, 62).map(lambda bits: 1 << bits).filter(lambda width: width <= size))
    start = data.draw(st.integers(0, size // width - 1)) * width
    end = start + data.draw(st.integers(width // 2 + 1, width))

    inclusion = proofs.inclusion_proof(index, size, read_alike)
    consistency = proofs.consistency_proof(old_size, size, read_alike)
    subtree = subtrees.subtree_consistency_proof(start, end, size, read_alike)

    assert len(inclusion) <= 63
    assert len(consistency) <= 64
    proofs.verify_inclusion(index, size, alike(0), inclusion, root)
    proofs.verify_consistency(old_size, size, consistency, proofs.tree_root(old_size, read_alike), root)
    own = subtrees.subtree_root(start, end, read_alike)
    subtrees.verify_subtree_consistency(start, end, size, subtree, own, root)
    with pytest.raises(ProofError):
        proofs.verify_inclusion(index, size, leaf_hash(b"other"), inclusion, root)
    if old_size < size:
        with pytest.raises(ProofError):
            proofs.verify_consistency(old_size, size, consistency, alike(64), root)


@pytest.mark.parametrize(("start", "end", "size"), [(0, 0, 4), (3, 2, 4), (1, 3, 4), (2, 5, 8), (0, 5, 4), (-2, 0, 4)])
def test_what_is_no_subtree_has_no_proof(start, end, size):
    for ask in (
        lambda: subtrees.subtree_consistency_proof(start, end, size, read),
        lambda: subtrees.verify_subtree_consistency(start, end, size, [], b"r" * 32, b"r" * 32),
    ):
        with pytest.raises(ProofError) as refusal:
            ask()
        assert refusal.value.code == "tlog.proof.no-subtree"
