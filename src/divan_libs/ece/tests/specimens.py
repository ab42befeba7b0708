"""Invented letters, and the smallest files of each type that letters carry."""

from __future__ import annotations

import io
import string
import zipfile
from base64 import b64encode
from datetime import UTC, datetime

from hypothesis import strategies as st

from divan_libs.ece.contents import Content
from divan_libs.ece.moments import jalali_moment_at, moment_at
from divan_libs.ece.sniffing import part_of
from divan_libs.ece.values import (
    Classification,
    ClassificationLevel,
    Letter,
    Party,
    Priority,
    PriorityLevel,
    Receipt,
    Receiver,
    ReceiveType,
    RelatedLetter,
    RelationKind,
    Software,
)
from divan_libs.ece.words import CLASSIFICATION_WRITTEN, PRIORITY_WRITTEN, RELATION_WRITTEN
from divan_libs.persian.text import normalize

PDF_BYTES = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer <<>>\n%%EOF\n"
TIFF_BYTES = b"II*\0\x08\0\0\0\0\0\0\0\0\0"
JPEG_BYTES = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xd9"
PNG_BYTES = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
GIF_BYTES = b"GIF89a\x01\0\x01\0\0\0\0;"
DOC_BYTES = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "WordDocument".encode("utf-16-le") + bytes(600)
TEXT_BYTES = "متن سادهٔ پیوست\n".encode()

NOON = datetime(2026, 11, 22, 8, 30, 15, tzinfo=UTC)
SOFTWARE = Software(developer="شرکت نمونه", version="5.7", guid="55ddea2e-0000-4000-8000-00000000abcd")


def docx_bytes() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    return file.getvalue()


def part(data: bytes, description: str = ""):
    return part_of(Content.of_bytes(data), description=description)


def letter(**changed) -> Letter:
    usual = {
        "software": SOFTWARE,
        "sender": Party(
            organization="فرمانداری نمونه",
            department="دبیرخانه",
            position="فرماندار",
            name="مهتاب آذری",
            code="125;234",
        ),
        "receivers": (
            Receiver(organization="استانداری نمونه", department="", position="معاون", name="", code="817;;"),
            Receiver(organization="بخشداری نمونه", code="3", receive_type=ReceiveType.COPY),
        ),
        "letter_no": "1405/12/الف",
        "written_at": moment_at(NOON),
        "related": (
            RelatedLetter(
                kind=RelationKind.REPLY,
                relation_name="عطف",
                relation_code="0",
                letter_no="۱۴۰۵/۷",
                dated=moment_at(NOON),
                sender=Party(organization="استانداری نمونه"),
            ),
        ),
        "subject": 'درخواست <راه> روستایی & "پل"',
        "priority": Priority(level=PriorityLevel.URGENT, name="فوری", code="2"),
        "classification": Classification(level=ClassificationLevel.NORMAL, name="عادی", code="1"),
        "keywords": ("راه", "پل"),
        "origins": (part(PDF_BYTES, "متن نامه"),),
        "attachments": (part(JPEG_BYTES, "عکس"), part(TIFF_BYTES)),
    }
    return Letter(**usual | changed)


def receipt(**changed) -> Receipt:
    usual = {
        "software": SOFTWARE,
        "sent_code": "5",
        "receiver": Party(organization="استانداری نمونه", department="دبیرخانهٔ مرکزی", code="8"),
        "letter_no": "1405/12/الف",
        "letter_dated": jalali_moment_at(NOON),
        "registration_no": "۱۴۰۵/۹۹",
        "registered_at": jalali_moment_at(NOON),
        "description": "ثبت شد",
    }
    return Receipt(**usual | changed)


def xml(*changes: tuple[str, str]) -> bytes:
    """Return a letter as the format has it, with texts replaced; each must be there."""
    text = FAULTLESS
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


def base64_of(data: bytes) -> str:
    return b64encode(data).decode()


FAULTLESS = f"""<?xml version="1.0" encoding="UTF-8"?>
<Letter xmlns="http://www.irica.com/ECE/1383-12/SendSchema">
 <Protocol Name="ECE" Version="1.01"/>
 <Software SoftwareDeveloper="شرکت نمونه" Version="5.7" GUID="55ddea2e-0000-4000-8000-00000000abcd"/>
 <Sender Organization="فرمانداری نمونه" Department="" Position="" Name="مهتاب آذری" Code="5"/>
 <Receiver Organization="استانداری نمونه" Department="" Position="" Name="معاون" Code="8" ReceiveType="Origin"/>
 <OtherReceivers>
  <OtherReceiver Organization="بخشداری" Department="" Position="" Name="" Code="" ReceiveType="Copy"/>
 </OtherReceivers>
 <LetterNo>6-5/46/93</LetterNo>
 <LetterDateTime ShowAs="gregorian">2014-08-11T11:53:00</LetterDateTime>
 <RelatedLetters><RelatedLetter>
  <RelationType Name="پیرو" Code="1"/>
  <RelatedLetterNo>12/3</RelatedLetterNo>
  <RelatedLetterDateTime ShowAs="gregorian">2014-08-01T10:00:00</RelatedLetterDateTime>
  <RelatedLetterSender Organization="استانداری نمونه" Department="" Position="" Name="" Code=""/>
 </RelatedLetter></RelatedLetters>
 <Subject>تعمیر پل</Subject>
 <Priority Name="عادی" Code="1"/>
 <Classification Name="عادی" Code="1"/>
 <Keywords><Keyword>پل</Keyword></Keywords>
 <Origins><Origin ContentType="application/pdf" Extension="pdf" Description="متن نامه">
{base64_of(PDF_BYTES)}</Origin></Origins>
 <Attachments><Attachment ContentType="image/jpeg" Extension="jpg" Description="">
{base64_of(JPEG_BYTES)}</Attachment></Attachments>
</Letter>
"""

RECEIPT_XML = """<?xml version="1.0"?>
<Letter>
 <Protocol Name="ECE" Version="1.01"/>
 <Software SoftwareDeveloper="شرکت نمونه" Version="5.7" GUID="55ddea2e-0000-4000-8000-00000000abcd"/>
 <SentCode>5</SentCode>
 <LetterReceiver Organization="استانداری نمونه" Department="" Position="" Name="" Code="8"/>
 <LetterNo>6-5/46/93</LetterNo>
 <LetterDateTime ShowAs="jalali">1393/05/20</LetterDateTime>
 <RegistrationNo>۱۴۰۵/۹۹</RegistrationNo>
 <RegistrationDateTime>1393/05/21 09:10</RegistrationDateTime>
</Letter>
"""

# Letters of the alphabet, digits of three scripts, what XML escapes, ZWNJ, a letter beyond 16 bits.
_SIGNS = "آابپتجخدرزسشعفقکگلمنوهی" + "0۱٢" + string.ascii_letters + " \u200c<>&\"'];\n\t" + "\U0001f4dc"
lines = st.text(st.sampled_from(_SIGNS), max_size=30).map(normalize)
names = lines.map(lambda text: normalize(text.replace("\n", " ")).rstrip("; "))
codes = st.text(st.sampled_from(string.digits + ';-{}abc" <'), max_size=12).map(str.strip)
filled = lines.filter(bool)
# Since 1402 clocks in Tehran are never put back, so each local time is one moment.
moments = st.integers(1_700_000_000, 4_000_000_000).map(lambda second: moment_at(datetime.fromtimestamp(second, UTC)))
files = st.sampled_from([PDF_BYTES, TIFF_BYTES, JPEG_BYTES, PNG_BYTES, GIF_BYTES, DOC_BYTES, docx_bytes()])
# What follows a file's mark may be anything: readers look for the mark.
parts = st.builds(lambda data, more, said: part(data + more, said), files, st.binary(max_size=300), names)
parties = st.builds(Party, organization=names, department=names, position=names, name=names, code=codes)


def _graded(kind, written):
    pairs = [kind(level=level, name=name, code=code) for level, (name, code) in written.items()]
    return st.sampled_from(pairs)


receivers = st.builds(
    Receiver,
    organization=names.filter(bool),
    department=names,
    position=names,
    name=names,
    code=codes,
    receive_type=st.sampled_from(ReceiveType),
)
related = st.builds(
    lambda kind, number, dated, sender: RelatedLetter(
        kind=kind,
        relation_name=RELATION_WRITTEN[kind][0],
        relation_code=RELATION_WRITTEN[kind][1],
        letter_no=number,
        dated=dated,
        sender=sender,
    ),
    st.sampled_from(RelationKind),
    filled,
    st.none() | moments,
    parties,
)
letters = st.builds(
    letter,
    software=st.builds(Software, developer=names.filter(bool), version=codes, guid=st.uuids().map(str)),
    sender=parties.filter(lambda party: party.organization),
    receivers=st.builds(
        lambda first, others: (Receiver(**first | {"receive_type": ReceiveType.MAIN}), *others),
        receivers.map(lambda one: {name: getattr(one, name) for name in ("organization", "name", "code")}),
        st.lists(receivers, max_size=3),
    ),
    letter_no=filled,
    written_at=moments,
    related=st.lists(related, max_size=2).map(tuple),
    subject=filled,
    priority=_graded(Priority, PRIORITY_WRITTEN),
    classification=_graded(Classification, CLASSIFICATION_WRITTEN),
    keywords=st.lists(filled, max_size=3).map(tuple),
    origins=st.lists(parts, min_size=1, max_size=2).map(tuple),
    attachments=st.lists(parts, max_size=2).map(tuple),
)
receipts = st.builds(
    receipt,
    sent_code=lines,
    receiver=parties.filter(lambda party: party.organization),
    letter_no=filled,
    registration_no=filled,
    description=lines,
    software=st.builds(Software, developer=names.filter(bool), version=codes, guid=st.uuids(version=4).map(str)),
)
