"""A message of the exchange as e-mail: one mail, one XML attachment, a plain body for whoever opens it by hand.

Moments and ids are arguments. What arrives is read leniently: the XML is found whatever it is called, however it is
encoded, wherever it stands in the mail.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.utils import format_datetime, getaddresses
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any

from divan_libs.ece.errors import EceRefusal
from divan_libs.ece.limits import DEFAULT_LIMITS, MIB, Limits
from divan_libs.ece.reading import read_message
from divan_libs.ece.values import PROTOCOL_VERSION, Letter, Party, Reading, Receipt

ATTACHMENT_NAME = "ECE_XML.XML"
MARK = "X-ECE_SEND"
GENERATED = "X-ECE-GEN-DATE"
MOST_MAIL_BYTES = 64 * MIB
"""A mail is held in memory several times over while it is taken apart; mailboxes take 25 to 50 MiB."""
_MOST_PARTS = 200
# Lines that may begin a part or a header; the parser makes an object of each before anybody could count them.
_BOUNDARY_LINES, _HEADER_LINES = 2000, 20_000
_HEADER_LINE = re.compile(rb"^[!-9;-~]{1,60}:", re.MULTILINE)
_MOST_MESSAGES = 20
_LONGEST_SUBJECT = 150
_TNEF = {"application/ms-tnef", "application/vnd.ms-tnef"}


class MailDeviation(StrEnum):
    """What of a mail was read although it is not as this exchange sends it."""

    MARK_MISSING = "mail-mark-missing"
    MARK_VERSION = "mail-mark-version"
    ATTACHMENT_NAME = "mail-attachment-name"
    ATTACHMENTS_MORE = "mail-attachments-more"
    TNEF_IGNORED = "mail-tnef-ignored"
    BODY_READ = "mail-body-read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """An XML attachment: its bytes as they arrived, with its reading or the reason why it was refused."""

    name: str
    xml: bytes
    reading: Reading | None
    refusal: EceRefusal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMail:
    """What a mail brought. Addresses are the mail's claims; nothing in a mail proves who sent it."""

    message_id: str
    in_reply_to: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    enclosed: tuple[Enclosed, ...]
    deviations: tuple[MailDeviation, ...]

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The letters and receipts that were read."""
        return tuple(one.reading for one in self.enclosed if one.reading is not None)


def compose_mail(
    message: Letter | Receipt,
    xml: bytes,
    *,
    sender: str,
    recipients: Sequence[str],
    now: datetime,
    message_id: str,
    in_reply_to: str = "",
) -> EmailMessage:
    """Return the mail that carries a message; ``xml`` is what :mod:`~divan_libs.ece.writing` wrote of it.

    A receipt names in ``in_reply_to`` the Message-ID of the mail that brought the letter.

    :raises EceRefusal: ``ece.mail.address`` when an address or id cannot stand in a header, ``ece.mail.no-recipient``.
    """
    if not recipients:
        raise EceRefusal("ece.mail.no-recipient")
    mail = EmailMessage(policy=policy.SMTP)
    try:
        mail["From"] = sender
        mail["To"] = ", ".join(recipients)
        mail["Message-ID"] = message_id
        if in_reply_to:
            mail["In-Reply-To"] = in_reply_to
    except (ValueError, IndexError) as wrong:
        raise EceRefusal("ece.mail.address") from wrong
    mail["Subject"] = _subject(message)
    mail["Date"] = format_datetime(now)
    mail[MARK] = PROTOCOL_VERSION
    mail[GENERATED] = format_datetime(now)
    mail.set_content("".join(f"{name}: {value}\n" for name, value in _summary(message)))
    mail.add_attachment(xml, maintype="application", subtype="xml", filename=ATTACHMENT_NAME)
    return mail


def _subject(message: Letter | Receipt) -> str:
    said = message.subject if isinstance(message, Letter) else f"receipt {message.registration_no}"
    return f"ece-{_one_line(said)}"[:_LONGEST_SUBJECT]


def _summary(message: Letter | Receipt) -> Iterator[tuple[str, str]]:
    if isinstance(message, Letter):
        yield "Sender", _named(message.sender)
        yield "Receiver", "; ".join(_named(receiver) for receiver in message.receivers)
        yield "Letter No", _one_line(message.letter_no)
        yield "Letter Date", _one_line(message.written_at.text)
        yield "Subject", _one_line(message.subject)
        yield "Priority", message.priority.level.value
    else:
        yield "Receipt of", _one_line(message.letter_no)
        yield "Receiver", _named(message.receiver)
        yield "Registration No", _one_line(message.registration_no)
        yield "Registration Date", _one_line(message.registered_at.text)


def _named(party: Party) -> str:
    return _one_line(" - ".join(filter(None, (party.organization, party.department, party.position, party.name))))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def read_mail(
    data: bytes, *, limits: Limits = DEFAULT_LIMITS, folder: Path | None = None, most_bytes: int = MOST_MAIL_BYTES
) -> ReceivedMail:
    """Read a mail and every XML attachment in it that may be a message of the exchange.

    An attachment that is refused does not hide the others; its refusal stands beside its bytes. Mails forwarded inside
    the mail are looked into. Large files of the letters go to ``folder``, as in
    :func:`~divan_libs.ece.reading.read_message`.

    :raises EceRefusal: ``ece.mail.too-large``, ``ece.mail.too-many-parts``, ``ece.mail.too-many-messages``,
        ``ece.mail.unreadable``; ``ece.mail.no-message`` when no part of it is XML.
    """
    if len(data) > most_bytes:
        raise EceRefusal("ece.mail.too-large", size=len(data), most=most_bytes)
    headers = sum(1 for _ in islice(_HEADER_LINE.finditer(data), _HEADER_LINES + 1))
    if data.count(b"\n--") > _BOUNDARY_LINES or headers > _HEADER_LINES:
        raise EceRefusal("ece.mail.too-many-parts", most=_MOST_PARTS)
    deviations: list[MailDeviation] = []
    try:
        # Headers of strangers break the parser of the modern policy; this one keeps them as they are.
        mail = message_from_bytes(data, policy=policy.compat32)
        found = list(_xml_parts(mail, deviations))
    except EceRefusal:
        raise
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as broken:
        raise EceRefusal("ece.mail.unreadable") from broken
    if not found:
        raise EceRefusal("ece.mail.no-message")
    enclosed = [_enclosed(name, xml, limits, folder) for name, xml in found]
    if len(enclosed) > 1:
        deviations.append(MailDeviation.ATTACHMENTS_MORE)
    if any(name.casefold() != ATTACHMENT_NAME.casefold() for name, _ in found):
        deviations.append(MailDeviation.ATTACHMENT_NAME)
    mark = _header(mail, MARK)
    if mark != PROTOCOL_VERSION:
        deviations.append(MailDeviation.MARK_VERSION if mark else MailDeviation.MARK_MISSING)
    return ReceivedMail(
        message_id=_header(mail, "Message-ID"),
        in_reply_to=_header(mail, "In-Reply-To"),
        sender=next(iter(_addresses(mail, "From")), ""),
        recipients=(*_addresses(mail, "To"), *_addresses(mail, "Cc")),
        subject=_header(mail, "Subject"),
        enclosed=tuple(enclosed),
        deviations=tuple(dict.fromkeys(deviations)),
    )


def _enclosed(name: str, xml: bytes, limits: Limits, folder: Path | None) -> Enclosed:
    try:
        reading = read_message(xml, limits=limits, folder=folder)
    except EceRefusal as refusal:
        return Enclosed(name=name, xml=xml, reading=None, refusal=refusal)
    return Enclosed(name=name, xml=xml, reading=reading, refusal=None)


def _xml_parts(mail: Message, deviations: list[MailDeviation]) -> Iterator[tuple[str, bytes]]:
    waiting: list[Any] = [mail]
    seen = given = 0
    while waiting:
        part = waiting.pop(0)
        seen += 1
        if seen > _MOST_PARTS:
            raise EceRefusal("ece.mail.too-many-parts", most=_MOST_PARTS)
        payload = part.get_payload()
        if isinstance(payload, list):
            waiting[:0] = payload
            continue
        name = _file_name(part)
        if part.get_content_type() in _TNEF or name.casefold() == "winmail.dat":
            deviations.append(MailDeviation.TNEF_IGNORED)
            continue
        content = _decoded(part)
        if not _may_be_message(content, name):
            continue
        if part is mail or (not name and part.get_content_maintype() == "text"):
            deviations.append(MailDeviation.BODY_READ)
        given += 1
        if given > _MOST_MESSAGES:
            raise EceRefusal("ece.mail.too-many-messages", most=_MOST_MESSAGES)
        yield name, content


def _may_be_message(content: bytes, name: str) -> bool:
    head = content[:4000].removeprefix(b"\xef\xbb\xbf").lstrip()
    is_wide = content.startswith((b"\xff\xfe<\0", b"\xfe\xff\0<"))
    if not (head.startswith(b"<") or is_wide):
        return False
    # Bodies in HTML begin with the same sign; a message has Letter for its root, or a name that says XML.
    return name.casefold().endswith((".xml", ".ece")) or b"letter" in head.lower() or head.startswith(b"<?xml")


def _decoded(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (binascii.Error, ValueError):
        return b""
    return content if isinstance(content, bytes) else b""


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename("") or ""
        return _decoded_words(name)
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


def _header(mail: Message, name: str) -> str:
    return _one_line(_decoded_words(str(mail.get(name, ""))))


def _decoded_words(text: str) -> str:
    try:
        return str(make_header(decode_header(text)))
    except (ValueError, LookupError, binascii.Error):
        return text


def _addresses(mail: Message, name: str) -> Iterator[str]:
    values = [str(value) for value in mail.get_all(name, [])]
    yield from (address for _, address in getaddresses(values) if address)
