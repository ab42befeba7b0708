"""Canonical bytes are those of RFC 8785, whichever way they are made."""

from __future__ import annotations

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from divan.foundation.canonical import canonical_bytes

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_the_quick_way_and_the_long_way_write_the_same(value):
    assert canonical_bytes(value) == rfc8785.dumps(value)


def test_names_beyond_the_basic_plane_are_sorted_by_utf_16_units():
    assert canonical_bytes({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'.encode()
    assert canonical_bytes({"b": '\x00\x1f\n"\\/', "نام": "علی"}) == rfc8785.dumps(
        {"b": '\x00\x1f\n"\\/', "نام": "علی"}
    )
