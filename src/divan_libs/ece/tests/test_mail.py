"""A message in a mail: as this exchange sends it, and as others do."""

from __future__ import annotations

import email
from email import policy
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from divan_libs.ece.errors import EceRefusal
from divan_libs.ece.mail import MailDeviation, compose_mail, read_mail
from divan_libs.ece.reading import read_message
from divan_libs.ece.values import Letter, Receipt
from divan_libs.ece.writing import letter_bytes, receipt_bytes

from .specimens import FAULTLESS, NOON, RECEIPT_XML, letter, receipt, xml

FROM, TO = "ece@sender.example", "ece@receiver.example"
D = MailDeviation


def composed(message: Letter | Receipt, data: bytes, **changed):
    usual = {"sender": FROM, "recipients": [TO], "now": NOON, "message_id": "<1@sender.example>"}
    return compose_mail(message, data, **usual | changed)


def foreign_mail(*attachments, headers=(("X-ECE_send", "1.01"),), subject="ece-x") -> bytes:
    mail = MIMEMultipart()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = FROM, TO, subject, "<2@other.example>"
    for name, value in headers:
        mail[name] = value
    mail.attach(MIMEText("نامه پیوست است", "plain", "utf-8"))
    for one in attachments:
        mail.attach(one)
    return mail.as_bytes()


def attachment(data: bytes, name: str = "ECE_XML.XML", media_type: str = "application/octet-stream", way="base64"):
    part = MIMEBase(*media_type.split("/"))
    if way == "base64":
        part.set_payload(data)
        email.encoders.encode_base64(part)
    elif way == "quoted-printable":
        part.set_payload(data)
        email.encoders.encode_quopri(part)
    else:
        part.set_payload(data.decode("ascii"))
    if name:
        part.add_header("Content-Disposition", "attachment", filename=name)
    return part


def test_a_letter_is_mailed_as_the_exchange_has_it():
    data = letter_bytes(letter())

    mail = composed(letter(), data, in_reply_to="<0@receiver.example>")

    sent = email.message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert (sent["X-ECE_SEND"], sent["X-ECE-GEN-DATE"]) == ("1.01", "Sun, 22 Nov 2026 08:30:15 +0000")
    assert (sent["From"], sent["To"]) == (FROM, TO)
    assert (sent["Message-ID"], sent["In-Reply-To"]) == ("<1@sender.example>", "<0@receiver.example>")
    assert sent["Subject"] == 'ece-درخواست <راه> روستایی & "پل"'
    (enclosed,) = sent.iter_attachments()
    assert (enclosed.get_filename(), enclosed.get_content_type()) == ("ECE_XML.XML", "application/xml")
    assert enclosed.get_content() == data
    assert sent.get_body().get_content().splitlines() == [
        "Sender: فرمانداری نمونه - دبیرخانه - فرماندار - مهتاب آذری",
        "Receiver: استانداری نمونه - معاون; بخشداری نمونه",
        "Letter No: 1405/12/الف",
        "Letter Date: 2026-11-22T12:00:15",
        'Subject: درخواست <راه> روستایی & "پل"',
        "Priority: urgent",
    ]


def test_what_is_mailed_is_read_without_a_deviation():
    for message, data in ((letter(), letter_bytes(letter())), (receipt(), receipt_bytes(receipt()))):
        mail = read_mail(composed(message, data).as_bytes())

        (enclosed,) = mail.enclosed
        assert enclosed.xml == data
        assert enclosed.reading == read_message(data)
        assert mail.deviations == ()
        assert (mail.message_id, mail.sender, mail.recipients) == ("<1@sender.example>", FROM, (TO,))


def test_the_body_of_a_receipt_tells_both_numbers():
    mail = composed(receipt(), receipt_bytes(receipt()))

    assert mail["Subject"] == "ece-receipt ۱۴۰۵/۹۹"
    assert "Receipt of: 1405/12/الف\n" in mail.get_body().get_content()
    assert "Registration No: ۱۴۰۵/۹۹\n" in mail.get_body().get_content()


def test_a_subject_of_two_lines_makes_no_header():
    mail = composed(letter(subject="یک\nBcc: thief@example.org"), b"<Letter/>")

    assert mail["Bcc"] is None
    assert mail["Subject"] == "ece-یک Bcc: thief@example.org"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"recipients": []}, "ece.mail.no-recipient"),
        ({"sender": "a@b.example\nBcc: c@d.example"}, "ece.mail.address"),
        ({"recipients": ["a@b.example\r\nBcc: c@d.example"]}, "ece.mail.address"),
        ({"message_id": "<1@x>\nBcc: c@d.example"}, "ece.mail.address"),
    ],
)
def test_what_would_make_another_mail_is_refused(changed, code):
    with pytest.raises(EceRefusal) as refusal:
        composed(letter(), b"<Letter/>", **changed)

    assert refusal.value.code == code


ASCII_LETTER = FAULTLESS.encode("ascii", "xmlcharrefreplace").replace(b'encoding="UTF-8"', b"")
TNEF = attachment(b"\x78\x9f\x3e\x22" + FAULTLESS.encode(), "winmail.dat", "application/ms-tnef")

READ = {
    "another vendor's": (foreign_mail(attachment(xml(), "a1b2c3.xml")), [D.ATTACHMENT_NAME]),
    "the name in small letters": (foreign_mail(attachment(xml(), "ece_xml.xml")), []),
    "a Persian name": (foreign_mail(attachment(xml(), "نامه.xml")), [D.ATTACHMENT_NAME]),
    "no name": (foreign_mail(attachment(xml(), "", "application/xml")), [D.ATTACHMENT_NAME]),
    "a name that says PDF": (foreign_mail(attachment(xml(), "x.pdf", "application/pdf")), [D.ATTACHMENT_NAME]),
    "quoted-printable": (foreign_mail(attachment(xml(), way="quoted-printable")), []),
    "no encoding": (foreign_mail(attachment(ASCII_LETTER, way="none")), []),
    "no mark": (foreign_mail(attachment(xml()), headers=()), [D.MARK_MISSING]),
    "a mark of another version": (
        foreign_mail(attachment(xml()), headers=(("x-ece_SEND", "1.0"),)),
        [D.MARK_VERSION],
    ),
    "TNEF beside it": (foreign_mail(TNEF, attachment(xml())), [D.TNEF_IGNORED]),
    "pictures beside it": (foreign_mail(attachment(b"\x89PNG", "logo.png", "image/png"), attachment(xml())), []),
    "an HTML page beside it": (
        foreign_mail(attachment(b"<html><p>x</p></html>", "", "text/html"), attachment(xml())),
        [],
    ),
    "UTF-16": (
        foreign_mail(attachment(FAULTLESS.replace("UTF-8", "utf-16").encode("utf-16"))),
        [],
    ),
    "as the body itself": (
        b"Message-ID: <3@x>\r\nX-ECE_SEND: 1.01\r\nContent-Type: text/xml\r\n\r\n" + ASCII_LETTER,
        [D.ATTACHMENT_NAME, D.BODY_READ],
    ),
}


@pytest.mark.parametrize("name", READ)
def test_a_mail_of_others_is_read(name):
    data, deviations = READ[name]

    mail = read_mail(data)

    (reading,) = mail.readings
    assert reading.message.subject == "تعمیر پل"
    assert sorted(mail.deviations) == sorted(deviations)


def test_a_forwarded_mail_is_looked_into():
    inner = email.message_from_bytes(foreign_mail(attachment(xml())))
    outer = MIMEMultipart()
    forwarded = MIMEBase("message", "rfc822")
    forwarded.attach(inner)
    outer.attach(forwarded)

    mail = read_mail(outer.as_bytes())

    assert [reading.message.subject for reading in mail.readings] == ["تعمیر پل"]
    assert mail.deviations == (D.MARK_MISSING,)


def test_a_letter_and_a_receipt_in_one_mail_are_both_read_and_a_broken_one_hides_none():
    broken = attachment(b"<Letter><Subject>", "broken.xml")
    data = foreign_mail(broken, attachment(xml()), attachment(RECEIPT_XML.encode(), "r.xml"))

    mail = read_mail(data)

    assert [one.refusal and one.refusal.code for one in mail.enclosed] == ["ece.xml.not-well-formed", None, None]
    assert [type(reading.message) for reading in mail.readings] == [Letter, Receipt]
    assert mail.enclosed[0].xml == b"<Letter><Subject>"
    assert mail.deviations == (D.ATTACHMENTS_MORE, D.ATTACHMENT_NAME)


def test_headers_in_encoded_words_are_decoded():
    mail = read_mail(foreign_mail(attachment(xml()), subject="=?utf-8?b?ZWNlLdm+2YQ=?="))

    assert mail.subject == "ece-پل"


def nested(depth: int) -> bytes:
    return (
        b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth))
        + b"Content-Type: text/xml\r\n\r\n<Letter/>"
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "ece.mail.no-message"),
        (b"Subject: lunch?\r\n\r\nat noon", "ece.mail.no-message"),
        (foreign_mail(TNEF), "ece.mail.no-message"),
        (foreign_mail(attachment(b"<html/>", "", "text/html")), "ece.mail.no-message"),
        (foreign_mail(*[attachment(b"x", f"{n}.txt") for n in range(220)]), "ece.mail.too-many-parts"),
        (foreign_mail(*[attachment(b"<Letter/>", "a.xml") for n in range(21)]), "ece.mail.too-many-messages"),
        (b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\n" * 500_000, "ece.mail.too-many-parts"),
        (b"X: y\r\n" * 500_000 + b"\r\n", "ece.mail.too-many-parts"),
        (nested(1500), "ece.mail.unreadable"),
    ],
)
def test_a_mail_that_brings_nothing_or_too_much_is_refused(data, code):
    with pytest.raises(EceRefusal) as refusal:
        read_mail(data)

    assert refusal.value.code == code


def test_a_mail_beyond_the_limit_is_refused():
    with pytest.raises(EceRefusal) as refusal:
        read_mail(bytes(1001), most_bytes=1000)

    assert (refusal.value.code, refusal.value.facts) == ("ece.mail.too-large", {"size": 1001, "most": 1000})


MAIL = foreign_mail(attachment(xml(), "نامه.xml"), attachment(RECEIPT_XML.encode(), "r.xml"))


@given(st.integers(0, len(MAIL)), st.integers(0, 40), st.binary(max_size=12))
@settings(deadline=None, max_examples=300)
def test_a_damaged_mail_is_read_or_refused_and_nothing_else(start, length, put):
    try:
        mail = read_mail(MAIL[:start] + put + MAIL[start + length :])
    except EceRefusal as refusal:
        code = refusal.code
    else:
        code = "ece." if mail.enclosed else ""

    assert code.startswith("ece.")
