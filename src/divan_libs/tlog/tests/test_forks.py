"""The proof that a log lied: what convicts it, and that nothing convicts an honest one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.tlog.checkpoints import Checkpoint, sign_checkpoint
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.forks import Fork, contradict, parse_fork, verify_fork
from divan_libs.tlog.notes import NoteSigner, SignatureType
from divan_libs.tlog.proofs import consistency_proof, tree_root
from divan_libs.tlog.tests import reference
from divan_libs.tlog.tests.conftest import ORIGIN, entries_of, refusal_of

KEY = NoteSigner(ORIGIN, SignatureType.ED25519, b"L" * 32)
NOON = 1_700_000_000


def history(salt=b"", count=40):
    entries = [salt + entry for entry in entries_of(count)]

    def read(level, index):
        return reference.root(entries[index << level : (index + 1) << level])

    return read


HONEST, OTHER = history(), history(b"x")


def head(read, size):
    return Checkpoint(ORIGIN, size, tree_root(size, read))


def path_between(read, old_size, size):
    """The proof with the first node that a perfect old tree leaves out."""
    proof = consistency_proof(old_size, size, read)
    return (tree_root(old_size, read), *proof) if old_size & (old_size - 1) == 0 else tuple(proof)


sizes = st.integers(2, 40).flatmap(lambda size: st.tuples(st.integers(1, size - 1), st.just(size)))


@given(sizes)
def test_a_rewritten_beginning_is_proved_by_the_longer_tree_itself(both):
    old_size, size = both
    first, second = head(HONEST, old_size), head(OTHER, size)
    notes = [sign_checkpoint(checkpoint, [KEY]) for checkpoint in (first, second)]
    fork = Fork(*notes, NOON, path_between(OTHER, old_size, size))

    assert verify_fork(parse_fork(fork.encode()), [KEY.verifier]) == (first, second)


@given(sizes, st.data())
def test_nothing_convicts_a_log_that_only_grew(both, data):
    old_size, size = both
    path = list(path_between(HONEST, old_size, size))
    place = data.draw(st.integers(0, len(path) - 1))
    forged = [*path[:place], data.draw(st.binary(min_size=32, max_size=32)), *path[place + 1 :]]

    for tried in (path, forged, path[:-1], [*path, path[0]], []):
        assert not contradict(head(HONEST, old_size), head(HONEST, size), tried)
    assert not contradict(head(HONEST, size), head(HONEST, size))
    assert not contradict(head(HONEST, size), head(OTHER, old_size), path)


def test_two_heads_of_one_size_need_no_path():
    first, second = (sign_checkpoint(head(read, 7), [KEY]) for read in (HONEST, OTHER))

    assert verify_fork(Fork(first, second, NOON), [KEY.verifier])[1].root == tree_root(7, OTHER)


@pytest.mark.parametrize("whose", ["another log's", "a forger's", "the same twice"])
def test_what_convicts_nobody_is_no_fork(whose):
    first = sign_checkpoint(head(HONEST, 7), [KEY])
    neighbour = NoteSigner("neighbour.example", SignatureType.ED25519, b"N" * 32)
    forger = NoteSigner(ORIGIN, SignatureType.ED25519, b"F" * 32)
    second, code = {
        "another log's": (
            sign_checkpoint(Checkpoint(neighbour.name, 7, b"r" * 32), [neighbour]),
            "tlog.checkpoint.wrong-origin",
        ),
        "a forger's": (sign_checkpoint(head(OTHER, 7), [forger]), "tlog.note.unsigned"),
        "the same twice": (first, "tlog.fork.none"),
    }[whose]

    with pytest.raises(TlogError) as refusal:
        verify_fork(Fork(first, second, NOON), [KEY.verifier, neighbour.verifier])

    assert refusal.value.code == code


@given(st.one_of(st.binary(), st.recursive(st.none() | st.text(), st.lists).map(str).map(str.encode)))
def test_no_file_makes_the_reader_stumble(data):
    good = Fork("a", "b", NOON, (b"h" * 32,)).encode()

    for hostile in (data, good.replace(b'"b"', data), b"[" * 50_000, good.replace(b"17", b"9" * 5000)):
        refusal = refusal_of(parse_fork, hostile)
        assert refusal is None or refusal.code == "tlog.fork.malformed"
