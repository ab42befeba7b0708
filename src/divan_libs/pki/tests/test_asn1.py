from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.pki.asn1 import core, is_der


class Leaf(core.Sequence):  # type: ignore[misc]  # asn1crypto publishes no types
    _fields: ClassVar = [("text", core.OctetString), ("number", core.Integer, {"default": 1})]


class Leaves(core.SetOf):  # type: ignore[misc]  # as above
    _child_spec = Leaf


class Branch(core.Sequence):  # type: ignore[misc]  # as above
    _fields: ClassVar = [("leaves", Leaves), ("rest", core.OctetString)]


def branch(size):
    return Branch({"leaves": [{"text": b"a"}], "rest": bytes(size)})


@given(st.integers(0, 70_000))
def test_what_was_read_is_written_as_it_was(size):
    encoded = branch(size).dump()

    assert Branch.load(encoded).dump() == encoded
    assert is_der(encoded)


@pytest.mark.parametrize("total", [0x80, 0x0180, 0x0A80, 0x8080])
def test_a_length_that_ends_in_0x80_is_not_taken_for_an_indefinite_one(total, monkeypatch):
    encoded = next(value.dump() for value in map(branch, range(total - 40, total)) if len(value.contents) == total)
    value = Branch.load(encoded)
    assert value._header[-1:] == b"\x80"
    forced = []
    monkeypatch.setattr(Branch, "_set_contents", lambda *_, force=False: forced.append(force))

    assert value.dump() == encoded
    assert forced == []


def test_a_changed_value_is_still_encoded_anew():
    for size in range(90, 140):
        value = Branch.load(branch(size).dump())
        value["leaves"].append({"text": b"more", "number": 7})

        again = Branch.load(value.dump())

        assert [leaf["text"].native for leaf in again["leaves"]] == [b"a", b"more"]


def test_a_value_of_indefinite_length_is_still_written_as_der():
    encoded = b"\x30\x80\x31\x00\x04\x01a\x00\x00"

    assert Branch.load(encoded).dump() == b"\x30\x05\x31\x00\x04\x01a"


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [
        (b"\x30\x00", True),
        (b"\x30\x00after", True),
        (b"\x30\x80\x00\x00", False),
        (b"\x30\x04\x31\x80\x00\x00", False),
        (b"\x04\x81\x80" + bytes(128), True),
        (b"\xbf\x81\x01\x02\x30\x00", True),
        (b"\x30\x04\x30\x05\x00\x00", False),
        (b"\x30\x05\x00", False),
        (b"", False),
    ],
)
def test_der_knows_no_indefinite_length(encoded, expected):
    assert is_der(encoded) is expected


@given(st.binary(max_size=200))
def test_der_is_decided_for_any_bytes(encoded):
    assert is_der(encoded) in {True, False}


def test_nesting_beyond_all_measure_is_not_der():
    encoded = b"\x05\x00"
    for _ in range(100):
        encoded = core.Sequence(contents=encoded).dump()

    assert is_der(encoded) is False
