"""The constants published with RFC 6962's reference hasher, and the folding of levels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.tlog import hashing
from divan_libs.tlog.tests import reference


@pytest.mark.parametrize(
    ("computed", "published"),
    [
        (hashing.EMPTY_ROOT, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (hashing.leaf_hash(b""), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (hashing.leaf_hash(b"L123456"), "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"),
        (hashing.node_hash(b"N123", b"N456"), "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"),
    ],
)
def test_hashes_are_those_published_with_rfc_6962(computed, published):
    assert computed.hex() == published


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=6).map(lambda entries: (entries * 64)[:64]))
def test_a_perfect_level_folds_to_the_root_of_the_rfc(entries):
    assert hashing.perfect_root([hashing.leaf_hash(entry) for entry in entries]) == reference.root(entries)


def test_no_roots_join_to_the_empty_root():
    assert hashing.join_right_to_left([]) == hashing.EMPTY_ROOT
