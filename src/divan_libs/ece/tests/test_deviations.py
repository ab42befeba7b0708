"""Each known oddity of other programs: what is read in spite of it, and that it is reported where it stands."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest

from divan_libs.ece.limits import Limits
from divan_libs.ece.reading import read_message
from divan_libs.ece.values import DeviationCode, Receipt

from .deviation_cases import CASES, ONE_OTHER, PDF_TEXT, D
from .specimens import FAULTLESS, PDF_BYTES, RECEIPT_XML, xml


@pytest.mark.parametrize("name", CASES)
def test_a_deviation_is_read_and_reported(name):
    changes, deviations, told, expected = CASES[name]

    reading = read_message(xml(*changes))

    assert told(reading.message) == expected
    found = [(one.code, one.place) for one in reading.deviations]
    assert sorted(found) == sorted(deviations)


def test_every_deviation_has_its_case():
    shown = {code for _, deviations, _, _ in CASES.values() for code, _ in deviations}
    elsewhere = {D.ENCODING, D.ROOT_NAME, D.MORE}

    assert set(DeviationCode) - shown == elsewhere


@pytest.mark.parametrize("encoding", ["windows-1256", "utf-16"])
def test_a_letter_in_another_encoding_is_read(encoding):
    text = FAULTLESS.replace('encoding="UTF-8"', f'encoding="{encoding}"').replace("ی", "ي").replace("ۀ", "ه")

    reading = read_message(text.encode(encoding))

    assert reading.message.subject == "تعمیر پل"
    assert D.ENCODING in {one.code for one in reading.deviations}


def test_a_deviation_names_its_line():
    reading = read_message(xml(("<Subject>", "<SUBJECT>"), ("</Subject>", "</SUBJECT>")))

    (deviation,) = reading.deviations
    assert FAULTLESS.splitlines()[deviation.line - 1] == " <Subject>تعمیر پل</Subject>"


def test_of_very_many_deviations_only_some_are_reported():
    many = xml(("<OtherReceivers>", "<OtherReceivers>" + ONE_OTHER.replace("Copy", "Bcc") * 50))

    reading = read_message(many, limits=Limits(deviations=10))

    assert [one.code for one in reading.deviations] == [D.RECEIVE_TYPE_UNKNOWN] * 10 + [D.MORE]
    assert len(reading.message.receivers) == 52


def test_a_receipt_is_told_from_a_letter_by_what_it_holds():
    reading = read_message(RECEIPT_XML.encode())

    assert isinstance(reading.message, Receipt)
    assert (reading.message.letter_no, reading.message.registration_no) == ("6-5/46/93", "۱۴۰۵/۹۹")
    assert reading.message.registered_at.at.isoformat() == "2014-08-12T09:10:00+04:30"
    assert reading.message.receiver.organization == "استانداری نمونه"


def test_a_receipt_under_another_root_and_namespace_is_read():
    other = RECEIPT_XML.replace("<Letter>", '<Receipt xmlns="urn:receive">').replace("</Letter>", "</Receipt>")

    reading = read_message(other.encode())

    assert [one.code for one in reading.deviations] == [D.NAMESPACE_OTHER, D.ROOT_NAME]
    assert reading.message.registration_no == "۱۴۰۵/۹۹"


def test_large_files_go_to_the_callers_folder(tmp_path: Path):
    large = PDF_BYTES + bytes(600_000)
    message = xml((PDF_TEXT, b64encode(large).decode()))

    reading = read_message(message, folder=tmp_path)

    (path,) = tmp_path.iterdir()
    assert reading.message.origins[0].content.kept == path
    assert path.read_bytes() == large
    assert isinstance(reading.message.attachments[0].content.kept, bytes)
