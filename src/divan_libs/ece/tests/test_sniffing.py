"""The type of a file comes from its bytes."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.ece.contents import Content
from divan_libs.ece.sniffing import EXTENSIONS, extension_agrees, media_type_of, type_agrees

from .specimens import (
    DOC_BYTES,
    GIF_BYTES,
    JPEG_BYTES,
    PDF_BYTES,
    PNG_BYTES,
    TEXT_BYTES,
    TIFF_BYTES,
    docx_bytes,
)


def zip_bytes() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("run.exe", "MZ")
    return file.getvalue()


TYPES = {
    PDF_BYTES: "application/pdf",
    b"\n\n" + PDF_BYTES: "application/pdf",
    TIFF_BYTES: "image/tiff",
    b"MM\0*\0\0\0\x08": "image/tiff",
    JPEG_BYTES: "image/jpeg",
    PNG_BYTES: "image/png",
    GIF_BYTES: "image/gif",
    DOC_BYTES: "application/msword",
    DOC_BYTES[:512]: "application/x-ole-storage",
    docx_bytes(): "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    zip_bytes(): "application/zip",
    TEXT_BYTES: "text/plain",
    b"\xef\xbb\xbf" + TEXT_BYTES: "text/plain",
    b"MZ and BM are letters too": "text/plain",
    b"BM is the name of a firm": "text/plain",
    b"MZ\x90\0\x03\0\0\0": "application/x-msdownload",
    b"MZ\x90\0 %PDF-1.7": "application/x-msdownload",
    b"\x7fELF\x02\x01": "application/x-executable",
    b"#!/bin/sh\n": "text/x-script",
    b"<!DOCTYPE html><script>": "text/html",
    b"  <HTML>": "text/html",
    b'<?xml version="1.0"?><a/>': "application/xml",
    b"<svg onload='x'>": "image/svg+xml",
    b"{\\rtf1 }": "application/rtf",
    b"": "application/octet-stream",
    b"\0\0\0": "application/octet-stream",
    b"\xd3\xe1\xc7\xe3": "application/octet-stream",
}


@pytest.mark.parametrize("data", TYPES, ids=[f"{at}-{kind}" for at, kind in enumerate(TYPES.values())])
def test_bytes_tell_their_type(data):
    assert media_type_of(Content.of_bytes(data)) == TYPES[data]


def test_a_long_text_may_be_cut_inside_a_letter_and_a_picture_may_not_follow_it():
    text = ("م" * 40_000).encode()

    assert media_type_of(Content.of_bytes(b"x" + text)) == "text/plain"
    assert media_type_of(Content.of_bytes(b"x" + text[:1001])) == "application/octet-stream"


@given(st.binary(max_size=200))
def test_any_bytes_have_a_type(data):
    assert "/" in media_type_of(Content.of_bytes(data))


@pytest.mark.parametrize(
    ("declared", "real", "agrees"),
    [
        ("application/pdf", "application/pdf", True),
        ("Application/PDF; name=x.pdf", "application/pdf", True),
        ("image/jpg", "image/jpeg", True),
        ("image/pjpeg", "image/jpeg", True),
        ("image/jpeg", "image/png", False),
        ("application/msword", "application/x-ole-storage", True),
        ("application/vnd.ms-excel", "application/x-ole-storage", True),
        ("application/pdf", "application/x-msdownload", False),
        ("application/vnd.oasis.opendocument.text", "application/zip", True),
        ("", "application/pdf", False),
    ],
)
def test_a_declared_type_is_compared_with_the_real_one(declared, real, agrees):
    assert type_agrees(declared, real) is agrees


def test_extensions_are_compared_with_the_real_type():
    assert all(extension_agrees(extension, real) for real, known in EXTENSIONS.items() for extension in known)
    assert not extension_agrees("pdf", "application/x-msdownload")
    assert not extension_agrees("exe", "application/x-msdownload")
    assert extension_agrees("xls", "application/x-ole-storage")


def test_content_in_a_file_and_in_memory_is_the_same(tmp_path):
    data = bytes(range(256)) * 300
    (tmp_path / "file").write_bytes(data)

    filed, held = Content.of_file(tmp_path / "file"), Content.of_bytes(data)

    assert filed == held
    assert (filed.read(), filed.head(3), filed.tail(3)) == (held.read(), data[:3], data[-3:])
    assert filed.tail(10**9) == data
