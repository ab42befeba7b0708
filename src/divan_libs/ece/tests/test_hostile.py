"""What could make a reader follow, remember or compute without bound is refused, with a code and its line."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from divan_libs.ece.errors import EceRefusal
from divan_libs.ece.limits import DEFAULT_LIMITS, Limits
from divan_libs.ece.reading import read_message

from .specimens import FAULTLESS, PDF_BYTES, base64_of, xml

PDF_TEXT = base64_of(PDF_BYTES)
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))

REFUSED = {
    "nothing": (b"", "ece.xml.empty", None),
    "blanks": (b" \n ", "ece.xml.not-well-formed", 2),
    "no XML": (PDF_BYTES, "ece.xml.not-well-formed", 1),
    "a letter that breaks off": (FAULTLESS[:900].encode(), "ece.xml.not-well-formed", 16),
    "something behind the letter": (FAULTLESS.encode() + b"<Letter/>", "ece.xml.not-well-formed", 27),
    "billion laughs": (
        f'<?xml version="1.0"?>\n<!DOCTYPE Letter [<!ENTITY l0 "ha">{LAUGHS}]>\n<Letter>&l11;</Letter>'.encode(),
        "ece.xml.doctype",
        2,
    ),
    "quadratic blow-up": (
        f'<!DOCTYPE Letter [<!ENTITY a "{"a" * 50_000}">]>\n<Letter>{"&a;" * 50_000}</Letter>'.encode(),
        "ece.xml.doctype",
        1,
    ),
    "a file of the server": (
        b'<!DOCTYPE Letter [<!ENTITY f SYSTEM "file:///etc/passwd">]><Letter><Subject>&f;</Subject></Letter>',
        "ece.xml.doctype",
        1,
    ),
    "a parameter entity": (
        b'\n<!DOCTYPE Letter [<!ENTITY % r SYSTEM "http://192.0.2.1/x.dtd"> %r;]><Letter/>',
        "ece.xml.doctype",
        2,
    ),
    "an outside document type": (
        b'<!DOCTYPE Letter PUBLIC "-//X//X" "http://192.0.2.1/x.dtd"><Letter/>',
        "ece.xml.doctype",
        1,
    ),
    "an entity of nowhere": (xml(("تعمیر پل", "&secret;")), "ece.xml.entity", 18),
    "an unknown encoding": (b'<?xml version="1.0" encoding="x-none"?><Letter/>', "ece.xml.encoding", 1),
    "an encoding of several bytes": (b'<?xml version="1.0" encoding="shift-jis"?><Letter/>', "ece.xml.encoding", 1),
    "bytes that are no UTF-8": (xml(("تعمیر پل", "x")).replace(b">x<", b">\xc3\x28<"), "ece.xml.not-well-formed", 18),
    "a control character": (xml(("تعمیر پل", "x")).replace(b">x<", b">\x02<"), "ece.xml.not-well-formed", 18),
    "a deep tree": (b"<Letter>" + b"\n<a>" * 100_000, "ece.xml.too-deep", 17),
    "very many elements": (b"<Letter>" + b"\n<a/>" * 100_000, "ece.xml.too-many-elements", 20_001),
    "very many instructions": (b"<Letter>" + b"\n<?a?>" * 100_000, "ece.xml.too-many-elements", 20_001),
    "very many attributes": (
        b"<Letter><Sender " + b" ".join(b'a%d=""' % n for n in range(25)) + b"/></Letter>",
        "ece.xml.too-many-attributes",
        1,
    ),
    "a long attribute": (xml(("مهتاب آذری", "x" * 4001)), "ece.xml.too-long", 5),
    "an endless attribute": (b'<Letter a="' + b"x" * 5_000_000, "ece.xml.too-long", 1),
    "an endless comment": (b"<Letter><!--" + b"x" * 5_000_000, "ece.xml.too-long", 1),
    "an endless name": (b"<" + b"x" * 5_000_000, "ece.xml.too-long", 1),
    "a long name": (b"<Letter><" + b"x" * 101 + b"/></Letter>", "ece.xml.too-long", 1),
    "a long subject": (xml(("تعمیر پل", "x" * 20_001)), "ece.xml.too-long", 18),
    "text in small pieces": (
        b"<Letter>" + b"\n".join(b"<a>" + b"x" * 15_000 + b"</a>" for _ in range(200)),
        "ece.xml.too-long",
        134,
    ),
    "another document": (b"<html><body/></html>", "ece.message.root", 1),
    "a letter of another kind": (b"<Letter><Body>Dear all</Body></Letter>", "ece.message.root", 1),
    "very many receivers": (
        xml(("<OtherReceivers>", "<OtherReceivers>" + '<OtherReceiver Name="x"/>' * 2000)),
        "ece.message.too-many",
        None,
    ),
    "very many files": (
        xml(("<Attachments>", "<Attachments>" + "<Attachment>AAAA</Attachment>" * 200)),
        "ece.message.too-many-parts",
        24,
    ),
    "base64 with a foreign sign": (xml((PDF_TEXT, PDF_TEXT[:8] + "\n*" + PDF_TEXT[8:])), "ece.part.base64", 24),
    "base64 in Persian": (xml((PDF_TEXT, "\n\nسلام")), "ece.part.base64", 25),
    "base64 that breaks off": (xml((PDF_TEXT, PDF_TEXT[:-3])), "ece.part.base64", 23),
    "base64 with something behind its end": (xml((PDF_TEXT, "AA==AAAA")), "ece.part.base64", 23),
    "base64 of web addresses": (xml((PDF_TEXT, "-_-_")), "ece.part.base64", 23),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_message_is_refused_with_its_code_and_line(name, tmp_path):
    data, code, line = REFUSED[name]

    with pytest.raises(EceRefusal) as refusal:
        read_message(data, folder=tmp_path)

    assert refusal.value.code == code
    assert line is None or refusal.value.line == line
    assert list(tmp_path.iterdir()) == []


def test_wrong_base64_is_refused_at_its_element_and_leaves_no_file(tmp_path):
    large = base64_of(PDF_BYTES + bytes(900_000))
    message = xml((PDF_TEXT, large + "\n!"))

    with pytest.raises(EceRefusal) as refusal:
        read_message(message, folder=tmp_path)

    assert (refusal.value.place, refusal.value.line) == ("Letter/Origins/Origin", 24)
    assert list(tmp_path.iterdir()) == []


def test_files_are_removed_when_the_letter_is_refused_after_them(tmp_path):
    large = base64_of(PDF_BYTES + bytes(900_000))
    message = xml((PDF_TEXT, large), ("<Keyword>پل</Keyword>", "<Keyword>x</Keyword>" * 201))

    with pytest.raises(EceRefusal) as refusal:
        read_message(message, folder=tmp_path)

    assert (refusal.value.code, refusal.value.facts) == (
        "ece.message.too-many",
        {"of": "keywords", "count": 201, "most": 200},
    )
    assert list(tmp_path.iterdir()) == []


def test_a_part_inside_a_part_is_no_second_file():
    nested = f"{PDF_TEXT}<Attachments><Attachment>!!</Attachment></Attachments>"

    reading = read_message(xml((PDF_TEXT, nested)))

    assert reading.message.origins[0].content.read() == PDF_BYTES
    assert [one.place for one in reading.deviations] == ["Letter/Origins/Origin/Attachments"]


def test_the_size_of_a_message_is_counted_while_it_comes():
    class Endless(io.RawIOBase):
        taken = 0

        def read(self, size: int = -1) -> bytes:
            self.taken += size
            return b"<!---->" * (size // 7)

    source = Endless()

    with pytest.raises(EceRefusal) as refusal:
        read_message(_After(b"<Letter>", source), limits=Limits(message_bytes=300_000))

    assert refusal.value.code == "ece.message.too-large"
    assert source.taken <= 400_000


class _After(io.RawIOBase):
    def __init__(self, head: bytes, rest: io.RawIOBase) -> None:
        self._head, self._rest = head, rest

    def read(self, size: int = -1) -> bytes:
        head, self._head = self._head, b""
        return head or self._rest.read(size)


# 200 MB of base64 in one attachment, made while it is read: the whole of it is never in memory.
MEMORY = """
import io, resource, sys, tempfile
from pathlib import Path
from divan_libs.ece.errors import EceRefusal
from divan_libs.ece.limits import Limits
from divan_libs.ece.reading import read_message

class Stream(io.RawIOBase):
    head = b'<Letter><LetterNo>1</LetterNo><Origins><Origin ContentType="application/pdf">'
    tail = b'</Origin></Origins></Letter>'
    left, served = int(sys.argv[1]), 0
    line = (b'JVBERi0x' * 9 + b'QUJD' + b'\\n') * 800
    def read(self, size=-1):
        if self.head:
            data, self.head = self.head, b''
        elif self.left > 0:
            data = self.line
            self.left -= len(data)
        else:
            data, self.tail = self.tail, b''
        self.served += len(data)
        return data

# What is imported and what the first reading sets up is not counted.
with tempfile.TemporaryDirectory() as name:
    small = Stream()
    small.left = 400_000
    read_message(small, folder=Path(name))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    stream = Stream()
    try:
        reading = read_message(stream, folder=Path(name), limits=eval(sys.argv[2]))
        told = reading.message.origins[0].content.size
    except EceRefusal as refusal:
        told = refusal.code
    print(told, stream.served, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def memory_of(size: int, limits: str) -> tuple[str, int, int]:
    """Return what came of reading so many bytes of base64, how many were asked for, and KiB of memory it took."""
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(size), limits], capture_output=True, text=True, check=True, timeout=120
    )
    told, served, kibibytes = done.stdout.split()
    return told, int(served), int(kibibytes)


def test_200_megabytes_are_refused_early_in_flat_memory():
    told, served, kibibytes = memory_of(200_000_000, "Limits()")

    assert told == "ece.message.decoded-too-large"
    assert served < DEFAULT_LIMITS.decoded_bytes * 77 / 57 + 200_000
    assert kibibytes < 8 * 1024


@pytest.mark.slow
def test_200_megabytes_are_read_in_flat_memory_where_they_are_allowed():
    told, served, kibibytes = memory_of(200_000_000, "Limits(message_bytes=10**9, decoded_bytes=10**9)")

    assert int(told) > 147_000_000
    assert served > 200_000_000
    assert kibibytes < 8 * 1024


def edits(text: str) -> Iterator[st.SearchStrategy[str]]:
    """Yield strategies that cut, double or replace a stretch of the letter."""
    place = st.integers(0, len(text))
    yield st.tuples(place, place).map(lambda ends: text[: min(ends)] + text[max(ends) :])
    yield st.tuples(place, place).map(lambda ends: text[: max(ends)] + text[min(ends) :])
    yield st.tuples(place, st.text(max_size=8)).map(lambda put: text[: put[0]] + put[1] + text[put[0] :])


@given(st.one_of(*edits(FAULTLESS)).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b"\xff\xfe<\0")
@settings(deadline=None, max_examples=400)
def test_a_damaged_letter_is_read_or_refused_and_nothing_else(data):
    try:
        reading = read_message(data)
    except EceRefusal as refusal:
        reading, code = None, refusal.code
    else:
        code = "ece."

    assert code.startswith("ece.")
    assert reading is None or reading.size == len(data)


def test_a_refusal_repeats_nothing_of_the_letter():
    with pytest.raises(EceRefusal) as refusal:
        read_message(xml((PDF_TEXT, "0499370899*")))

    assert "0499370899" not in str(refusal.value)
