"""What is written strictly is read back as it was, without a deviation, and fits the published schemas."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from lxml import etree

from divan_libs.ece.contents import Content
from divan_libs.ece.errors import EceRefusal
from divan_libs.ece.limits import Limits
from divan_libs.ece.reading import read_message
from divan_libs.ece.schemas import LETTER, RECEIPT, schema
from divan_libs.ece.sniffing import EXTENSIONS, part_of
from divan_libs.ece.values import (
    Classification,
    ClassificationLevel,
    Letter,
    Moment,
    Party,
    Receipt,
    Receiver,
    ReceiveType,
    Software,
)
from divan_libs.ece.writing import letter_bytes, receipt_bytes, write_letter

from .specimens import FAULTLESS, PDF_BYTES, RECEIPT_XML, TEXT_BYTES, letter, letters, part, receipt, receipts


def declared(one: Letter) -> Letter:
    """Return a letter as its reader sees it: each file with the type and extension that were written for it."""

    def said(file):
        extension = EXTENSIONS[file.media_type][0]
        return replace(file, declared_type=file.media_type, declared_extension=extension)

    return replace(one, origins=tuple(map(said, one.origins)), attachments=tuple(map(said, one.attachments)))


def validator(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.XML(schema(name)))


LETTERS, RECEIPTS = validator(LETTER), validator(RECEIPT)


@given(letters)
@settings(deadline=None)
def test_a_letter_is_read_back_as_it_was_written(written):
    message = letter_bytes(written)

    reading = read_message(message)

    assert reading.message == declared(written)
    assert reading.deviations == ()
    assert [one.content.read() for one in reading.message.origins] == [one.content.read() for one in written.origins]
    LETTERS.assertValid(etree.XML(message))


@given(receipts)
@settings(deadline=None)
def test_a_receipt_is_read_back_as_it_was_written(written: Receipt):
    message = receipt_bytes(written)

    reading = read_message(message)

    moments = {name: replace(getattr(written, name), shown_as=None) for name in ("registered_at",)}
    assert reading.message == replace(written, **moments)
    assert reading.deviations == ()
    RECEIPTS.assertValid(etree.XML(message))


def test_the_invented_letters_of_the_tests_are_faultless():
    assert read_message(FAULTLESS.encode()).deviations == ()
    LETTERS.assertValid(etree.XML(FAULTLESS.encode()))
    assert read_message(RECEIPT_XML.encode()).deviations == ()


def test_the_schema_refuses_what_the_format_does_not_have():
    for old, new in (
        ('Version="1.01"', 'Version="1.0.1"'),
        ('ShowAs="gregorian"', 'ShowAs="jalali"'),
        ("<LetterNo>6-5/46/93</LetterNo>", ""),
        ('ReceiveType="Copy"', 'ReceiveType="رونوشت"'),
    ):
        assert not LETTERS.validate(etree.XML(FAULTLESS.replace(old, new).encode()))


def test_the_written_tree_is_exactly_this():
    message = letter_bytes(letter(related=(), keywords=(), attachments=(), receivers=letter().receivers[:1])).decode()

    assert message == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Letter xmlns="http://www.irica.com/ECE/1383-12/SendSchema">\n'
        ' <Protocol Name="ECE" Version="1.01"/>\n'
        ' <Software SoftwareDeveloper="شرکت نمونه" Version="5.7" GUID="55ddea2e-0000-4000-8000-00000000abcd"/>\n'
        ' <Sender Organization="فرمانداری نمونه" Department="دبیرخانه" Position="فرماندار" Name="مهتاب آذری"'
        ' Code="125;234"/>\n'
        ' <Receiver Organization="استانداری نمونه" Department="" Position="معاون" Name="" Code="817;;"'
        ' ReceiveType="Origin"/>\n'
        " <LetterNo>1405/12/الف</LetterNo>\n"
        ' <LetterDateTime ShowAs="gregorian">2026-11-22T12:00:15</LetterDateTime>\n'
        ' <Subject>درخواست &lt;راه&gt; روستایی &amp; "پل"</Subject>\n'
        ' <Priority Name="فوری" Code="2"/>\n'
        ' <Classification Name="عادی" Code="1"/>\n'
        " <Origins>\n"
        '  <Origin ContentType="application/pdf" Extension="pdf" Description="متن نامه">\n'
        "JVBERi0xLjcKMSAwIG9iago8PD4+CmVuZG9iagp0cmFpbGVyIDw8Pj4KJSVFT0YK\n"
        "</Origin>\n"
        " </Origins>\n"
        " <Attachments>\n"
        " </Attachments>\n"
        "</Letter>\n"
    )


def test_persian_letters_are_written_in_their_stored_form():
    message = letter_bytes(letter(subject="عادي كتاب", sender=Party(organization="فرمانداري ; ")))

    assert "<Subject>عادی کتاب</Subject>".encode() in message
    assert '<Sender Organization="فرمانداری"'.encode() in message


def test_a_large_file_is_written_in_lines_of_76(tmp_path):
    (tmp_path / "scan").write_bytes(PDF_BYTES + bytes(1_000_000))
    large = part_of(Content.of_file(tmp_path / "scan"))
    file = io.BytesIO()

    written = write_letter(letter(origins=(large,)), file)

    reading = read_message(file.getvalue())
    assert (reading.sha256, reading.size) == (written.sha256, written.size)
    assert reading.message.origins[0].content == large.content
    lengths = {len(line) for line in file.getvalue().splitlines() if b" " not in line and b"<" not in line}
    assert max(lengths) == 76


MAIN = Receiver(organization="استانداری نمونه")


@pytest.mark.parametrize(
    ("changed", "code", "facts"),
    [
        ({"letter_no": " \u200e"}, "ece.write.incomplete", {"field": "letter_no"}),
        ({"subject": ""}, "ece.write.incomplete", {"field": "subject"}),
        ({"sender": Party(name="مهتاب")}, "ece.write.incomplete", {"field": "sender.organization"}),
        ({"receivers": ()}, "ece.write.incomplete", {"field": "receivers"}),
        ({"receivers": (MAIN, Receiver())}, "ece.write.incomplete", {"field": "receivers"}),
        (
            {"receivers": (replace(MAIN, receive_type=ReceiveType.COPY),)},
            "ece.write.incomplete",
            {"field": "receivers[0].receive_type"},
        ),
        ({"origins": ()}, "ece.write.incomplete", {"field": "origins"}),
        ({"keywords": ("",)}, "ece.write.incomplete", {"field": "keywords"}),
        ({"software": Software(developer="x", guid="1")}, "ece.write.incomplete", {"field": "software.guid"}),
        ({"software": Software()}, "ece.write.incomplete", {"field": "software.developer"}),
        (
            {"written_at": Moment(text="دیروز", shown_as=None, at=None)},
            "ece.write.date",
            {"field": "written_at"},
        ),
        (
            {"classification": Classification(level=ClassificationLevel.SECRET)},
            "ece.write.classification",
            {"level": "secret"},
        ),
        (
            {"related": (replace(letter().related[0], kind=None),)},
            "ece.write.relation",
            {},
        ),
        (
            {"origins": (replace(part(TEXT_BYTES), media_type="application/pdf"),)},
            "ece.write.part-type",
            {"part": 1, "media_type": "application/pdf"},
        ),
        (
            {"attachments": (part(b"MZ\x90\0\x03"),)},
            "ece.write.part-type",
            {"part": 2, "media_type": "application/x-msdownload"},
        ),
        ({"keywords": ("پل",) * 201}, "ece.write.too-many", {"of": "keywords", "count": 201, "most": 200}),
        ({"sender": Party(organization="ب" * 4001)}, "ece.write.too-long", {"most": 4000}),
        ({"sender": Party(organization="ب", code="\x01")}, "ece.write.character", {}),
        ({"subject": "\ufffe"}, "ece.write.character", {}),
    ],
)
def test_what_receivers_could_not_use_is_refused_before_the_first_byte(changed, code, facts):
    file = io.BytesIO()

    with pytest.raises(EceRefusal) as refusal:
        write_letter(letter(**changed), file)

    assert (refusal.value.code, refusal.value.facts) == (code, facts)
    assert file.getvalue() == b""


def test_files_beyond_the_limit_are_not_written():
    file = io.BytesIO()

    with pytest.raises(EceRefusal) as refusal:
        write_letter(letter(), file, limits=Limits(decoded_bytes=60))

    assert refusal.value.code == "ece.write.too-large"
    assert file.getvalue() == b""


@pytest.mark.parametrize("field", ["letter_no", "registration_no"])
def test_a_receipt_without_its_numbers_is_refused(field):
    with pytest.raises(EceRefusal) as refusal:
        receipt_bytes(receipt(**{field: ""}))

    assert (refusal.value.code, refusal.value.facts) == ("ece.write.incomplete", {"field": field})
