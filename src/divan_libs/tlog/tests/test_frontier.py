"""The frontier against the recursive definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.tlog.frontier import Frontier, FrontierError
from divan_libs.tlog.hashing import EMPTY_ROOT, leaf_hash
from divan_libs.tlog.tests import reference


@given(st.lists(st.binary(max_size=4), max_size=70))
def test_appending_gives_the_root_of_the_rfc_at_every_size(entries):
    frontier = Frontier()
    roots = [frontier.root()]
    for entry in entries:
        frontier = frontier.append(leaf_hash(entry))
        roots.append(frontier.root())

    assert roots == [reference.root(entries[:size]) for size in range(len(entries) + 1)]
    assert frontier == Frontier().extend(leaf_hash(entry) for entry in entries)


def test_appending_leaves_the_old_frontier_as_it_was():
    before = Frontier().append(leaf_hash(b"a"))

    before.append(leaf_hash(b"b"))

    assert before.size == 1
    assert before.root() == reference.root([b"a"])


def test_a_frontier_holds_one_hash_for_each_perfect_subtree():
    assert len(Frontier().extend([leaf_hash(b"same")] * 4095).hashes) == 12
    assert len(Frontier().extend([leaf_hash(b"same")] * 4096).hashes) == 1


def test_the_empty_frontier_has_the_empty_root():
    assert Frontier().root() == EMPTY_ROOT


@pytest.mark.parametrize(
    ("size", "hashes"), [(1, ()), (0, (b"h" * 32,)), (2, (b"h" * 31,)), (3, (b"h" * 32,)), (-1, ())]
)
def test_a_frontier_must_fit_its_size(size, hashes):
    with pytest.raises(FrontierError) as refusal:
        Frontier(size, hashes)

    assert refusal.value.code == "tlog.frontier.shape"
