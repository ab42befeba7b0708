"""Commitments bind, hide, and are told apart from other hashes."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.tlog.commitments import CommitmentError, Opening

salts = st.binary(min_size=32, max_size=32)


@given(salts, st.binary())
def test_an_opening_opens_its_own_entry(salt, record):
    opening = Opening(salt, record)

    opening.require(opening.entry())

    assert opening.entry() == sha256(b"divan/commitment/v1\n" + salt + record).digest()


@given(salts, salts, st.binary(), st.binary())
def test_no_other_opening_does(salt, other_salt, record, other_record):
    if (salt, record) == (other_salt, other_record):
        return
    with pytest.raises(CommitmentError) as refusal:
        Opening(other_salt, other_record).require(Opening(salt, record).entry())

    assert refusal.value.code == "tlog.commitment.differs"


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_salt_has_32_bytes_so_that_it_ends_where_the_record_begins(length):
    with pytest.raises(CommitmentError) as refusal:
        Opening(b"s" * length, b"record")

    assert refusal.value.code == "tlog.commitment.salt"


def test_an_opening_does_not_print_its_salt():
    assert "ssss" not in repr(Opening(b"s" * 32, b"record"))
