"""A message is known again, and a number that comes twice is noticed."""

from __future__ import annotations

from divan_libs.ece.keys import idempotency_key, number_key
from divan_libs.ece.reading import read_message

from .specimens import RECEIPT_XML, xml

LETTER = read_message(xml())


def key_of(*changes: tuple[str, str]) -> str:
    return idempotency_key(read_message(xml(*changes)))


def test_the_same_bytes_have_the_same_key():
    assert idempotency_key(LETTER) == key_of()
    assert len(key_of()) == 64


def test_whatever_changes_in_the_bytes_changes_the_key():
    changed = [
        key_of(),
        key_of(("تعمیر پل", "تعمیر راه")),
        key_of(("6-5/46/93", "6-5/46/94")),
        key_of(("2014-08-11", "2014-08-12")),
        key_of(('<Sender Organization="فرمانداری', '<Sender Organization="بخشداری')),
        key_of(("<Subject>", " <Subject>")),
        idempotency_key(read_message(RECEIPT_XML.encode())),
    ]

    assert len(set(changed)) == len(changed)


def test_a_corrected_letter_under_the_same_number_is_noticed():
    corrected = read_message(
        xml(
            ("تعمیر پل", "تعمیر راه"),
            ("2014-08-11T11:53:00", "2014-08-12T11:53:00"),
            ("6-5/46/93", "6-5/46/93 "),
            ('<Sender Organization="فرمانداری', '<Sender Organization="فرمانداري'),
        )
    )

    assert number_key(corrected.message) == number_key(LETTER.message)
    assert idempotency_key(corrected) != idempotency_key(LETTER)


def test_the_same_number_of_another_jalali_year_or_sender_is_another():
    others = [
        xml(("2014-08-11", "2015-08-11")),
        xml(('<Sender Organization="فرمانداری', '<Sender Organization="بخشداری')),
        xml(("6-5/46/93", "6-5/46/94")),
        xml(("2014-08-11T11:53:00", "نامعلوم")),
        RECEIPT_XML.encode(),
    ]

    assert number_key(LETTER.message) not in {number_key(read_message(one).message) for one in others}
    assert number_key(read_message(xml(("2014-08-11", "2015-03-20"))).message) == number_key(LETTER.message)
