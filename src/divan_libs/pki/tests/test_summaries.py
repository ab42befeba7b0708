"""The summary in a square code: what is written is read, and nothing else is believed."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from divan_libs.pki.summaries import LetterSummary, SummaryInvalid, read_address, verify_summary, write_summary

KEY = ec.derive_private_key(1717, ec.SECP256R1())
KNOWN = (KEY.public_key(),)
STRANGER = ec.derive_private_key(1718, ec.SECP256R1())
SUMMARY = LetterSummary(
    code="7K3M-9QXD-R2TV",
    number="ICT/1405/27",
    dated_on=date(2026, 11, 22),
    signer="علی محمدی‌نژاد",
    recipient="مریم رضایی",
    entry=bytes(range(8)),
)
FRAGMENT = write_summary(SUMMARY, KEY)

names = st.text(max_size=26).filter(lambda name: len(name.encode(errors="replace")) <= 80 and name.isprintable())


def refused(code, fragment, keys=KNOWN):
    with pytest.raises(SummaryInvalid) as found:
        verify_summary(code, fragment, keys)
    return found.value.reason


@given(names, names, st.dates(), st.binary(min_size=8, max_size=32))
@settings(max_examples=40)
def test_what_is_written_is_read(signer, recipient, day, entry):
    summary = replace(SUMMARY, signer=signer, recipient=recipient, dated_on=day, entry=entry)

    found = verify_summary(summary.code, write_summary(summary, KEY), [STRANGER.public_key(), KEY.public_key()])

    assert found == replace(summary, entry=entry[:8])


def test_the_same_summary_gives_the_same_fragment_that_fits_an_address():
    assert write_summary(SUMMARY, KEY) == FRAGMENT
    assert set(FRAGMENT) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert len(FRAGMENT) < 220


def test_no_altered_bit_is_believed():
    whole = base64.urlsafe_b64decode(FRAGMENT + "=" * (-len(FRAGMENT) % 4))
    for place in range(len(whole)):
        altered = bytearray(whole)
        altered[place] ^= 1
        reason = refused(SUMMARY.code, base64.urlsafe_b64encode(bytes(altered)).rstrip(b"=").decode())
        assert reason == ("malformed" if place == 0 else "unknown-key" if place < 5 else "altered")


def test_a_summary_is_worth_nothing_on_another_letter():
    assert refused("0000-0000-0000", FRAGMENT) == "altered"


def test_a_strangers_summary_is_known_as_such():
    assert refused(SUMMARY.code, write_summary(SUMMARY, STRANGER)) == "unknown-key"
    assert refused(SUMMARY.code, FRAGMENT, ()) == "unknown-key"


@pytest.mark.parametrize("fragment", ["", "AQ", "!" * 200, FRAGMENT[:-1] + "=", FRAGMENT + "\n", "é" * 200])
def test_what_is_no_summary_is_malformed(fragment):
    assert refused(SUMMARY.code, fragment) == "malformed"


def test_a_signed_summary_with_broken_fields_is_malformed():
    written = write_summary(SUMMARY, KEY)
    content = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))[:-64]
    for broken in (content + b"\1x", content[:-1], content[:13] + b"\xff\xff\xff" + content[16:]):
        assert refused(SUMMARY.code, signed(broken)) == "malformed"


def signed(content):
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature  # noqa: PLC0415 (this test alone)
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 (as above)

    label = b"divan/letter-summary/v1\0" + SUMMARY.code.encode() + b"\0"
    signature = decode_dss_signature(KEY.sign(label + content, ec.ECDSA(SHA256())))
    integers = b"".join(value.to_bytes(32, "big") for value in signature)
    return base64.urlsafe_b64encode(content + integers).rstrip(b"=").decode()


def test_long_names_are_cut_at_a_letter():
    found = verify_summary(SUMMARY.code, write_summary(replace(SUMMARY, signer="ی" * 60), KEY), [KEY.public_key()])

    assert found.signer == "ی" * 38 + "…"


def test_a_number_is_never_cut():
    with pytest.raises(ValueError, match="too long"):
        write_summary(replace(SUMMARY, number="9" * 81), KEY)


@pytest.mark.parametrize("slash", ["", "/"])
def test_an_address_is_taken_apart(slash):
    assert read_address(f"https://divan.example/verify/{SUMMARY.code}{slash}#{FRAGMENT}") == (SUMMARY.code, FRAGMENT)


@pytest.mark.parametrize("address", ["", "https://divan.example/verify/A", "#x", "https://divan.example/verify/A#"])
def test_an_address_without_code_or_summary_is_malformed(address):
    with pytest.raises(SummaryInvalid):
        read_address(address)
