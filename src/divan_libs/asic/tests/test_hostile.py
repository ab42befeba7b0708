"""Archives and signatures that somebody made to harm are refused with a code, quickly and without unpacking them."""

from __future__ import annotations

import struct
import warnings
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.asic.archive import MEDIA_TYPE, read_archive
from divan_libs.asic.errors import CODES, AsicError
from divan_libs.asic.verification import verify_container
from divan_libs.asic.xades import SIGNATURES

from .makers import NOW, altered, batch, plain, world


def archive(*entries: tuple[str, bytes], mimetype: bytes = MEDIA_TYPE.encode(), mode: int = 0o100644) -> bytes:
    packed = BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        warnings.simplefilter("ignore")
        made.writestr("mimetype", mimetype)
        for name, octets in entries:
            entry = zipfile.ZipInfo(name)
            entry.filename, entry.orig_filename = name, name
            entry.external_attr, entry.compress_type = mode << 16, zipfile.ZIP_DEFLATED
            made.writestr(entry, octets)
    return packed.getvalue()


def lying_size() -> bytes:
    """A file that says it is small and is a hundred megabytes."""
    packed = bytearray(archive(("intent.json", b"0" * (100 << 20))))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = packed.rindex(mark)
        packed[place + at : place + at + 4] = struct.pack("<I", 10)
    return bytes(packed)


def overlapping() -> bytes:
    """Two names for the same octets."""
    packed = bytearray(archive(("a", b"0" * 1000), ("b", b"0" * 1000)))
    first = packed.index(b"PK\x03\x04", 10)
    place = packed.rindex(b"PK\x01\x02")
    packed[place + 42 : place + 46] = struct.pack("<I", first)
    return bytes(packed)


def encrypted() -> bytes:
    packed = bytearray(archive(("a", b"secret")))
    place = packed.rindex(b"PK\x01\x02")
    packed[place + 8] |= 1
    return bytes(packed)


@pytest.mark.parametrize(
    ("packed", "code"),
    [
        (b"", "asic.archive"),
        (b"PK\x03\x04", "asic.archive"),
        (b"#!/bin/sh\n" + plain(), "asic.archive"),
        (plain()[:-60], "asic.archive"),
        (archive(mimetype=b"application/zip"), "asic.mimetype"),
        (archive(("../../etc/passwd", b"x")), "asic.archive.name"),
        (archive(("/etc/passwd", b"x")), "asic.archive.name"),
        (archive(("a//b", b"x")), "asic.archive.name"),
        (archive(("a\\b", b"x")), "asic.archive.name"),
        (archive(("C:b", b"x")), "asic.archive.name"),
        (archive(("a\x00.json", b"x")), "asic.archive.name"),
        (archive(("a.json", b"1"), ("a.json", b"2")), "asic.archive.name"),
        (archive(("a.json", b"1"), ("A.json", b"2")), "asic.archive.name"),
        (archive(("link", b"/etc/passwd"), mode=0o120777), "asic.archive.name"),
        (archive(*[(f"{number}", b"x") for number in range(80)]), "asic.archive"),
        (archive(("a.json", b"0" * (65 << 20))), "asic.archive"),
        (lying_size(), "asic.archive"),
        (overlapping(), "asic.archive"),
        (encrypted(), "asic.archive"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_archive_that_was_made_to_harm_is_refused(packed, code):
    with pytest.raises(AsicError) as refused:
        read_archive(packed)

    assert refused.value.code == code


BOMB = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = b'<!DOCTYPE a SYSTEM "file:///etc/passwd">'


def judge(packed: bytes) -> tuple[str, ...]:
    return verify_container(packed, roots=[world().root], now=NOW + timedelta(minutes=1)).problems


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"<asic:XAdES", BOMB + b"<asic:XAdES", "asic.xml"),
        (b"<asic:XAdES", OUTSIDE + b"<asic:XAdES", "asic.xml"),
        (b"<asic:XAdES", b"<?go now?><asic:XAdES", "asic.xml"),
        (b'URI="/closing.json"', b'URI="/intent.json"', "asic.signature.malformed"),
        (b'URI="/closing.json"', b'URI="file:///etc/passwd"', "asic.signature.malformed"),
        (b'URI="/closing.json"', b'URI="http://127.0.0.1/"', "asic.signature.malformed"),
        (b'URI="/closing.json"', b'URI=""', "asic.signature.malformed"),
        (b'URI="/closing.json"', b'URI="#signature"', "asic.signature.malformed"),
        (b'Id="signature-value"', b'Id="signed-properties"', "asic.signature.malformed"),
        (b'Target="#signature"', b'Target="#signature-value"', "asic.signature.malformed"),
        (b"xml-exc-c14n#", b"xslt", "asic.signature.algorithm"),
    ],
)
def test_a_signature_that_was_made_to_harm_is_refused(old, new, code):
    assert code in judge(altered(plain(), SIGNATURES, old, new))


def wrapped(packed: bytes) -> bytes:
    """The old signature kept inside another one that refers to other files: a wrapping attack."""
    octets = read_archive(packed)[SIGNATURES]
    start, end = octets.index(b"<ds:Signature "), octets.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    old = octets[start:end]
    forged = old.replace(b'Id="signature"', b'Id="forged"').replace(b"#signature", b"#forged")
    forged = forged.replace(b"</ds:Object>", b"</ds:Object><ds:Object>" + old + b"</ds:Object>")
    return altered(packed, SIGNATURES, old, forged)


@pytest.mark.parametrize("make", [plain, lambda: batch(5, 1)])
def test_a_signature_wrapped_into_another_is_refused(make):
    assert judge(wrapped(make()))[0] == "asic.signature.malformed"


def test_a_second_copy_of_the_signed_properties_is_refused():
    octets = read_archive(plain())[SIGNATURES]
    start = octets.index(b"<xades:SignedProperties")
    end = octets.index(b"</xades:SignedProperties>") + len(b"</xades:SignedProperties>")
    copy = octets[start:end].replace(b'"signed-properties"', b'"other"')

    packed = altered(plain(), SIGNATURES, b"</xades:QualifyingProperties>", copy + b"</xades:QualifyingProperties>")

    assert judge(packed) == ("asic.signature.malformed",)


def test_a_chain_that_runs_in_a_circle_ends():
    chain = b'<HashStep id="STEP1">'
    packed = altered(batch(5, 1), "sig-hashchain.xml", chain, chain + b'<StepRef URI="#STEP0"></StepRef>')

    assert "asic.chain" in judge(packed)


@given(st.binary(max_size=400), st.integers(0, 5000))
def test_whatever_octets_come_there_is_a_verdict(noise, place):
    packed = bytearray(plain())
    place %= len(packed)
    packed[place : place + len(noise)] = noise

    assert set(judge(bytes(packed))) <= CODES.keys()
