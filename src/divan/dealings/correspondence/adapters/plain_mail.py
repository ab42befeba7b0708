"""An ordinary e-mail as a person or another office wrote it: who, about what, its words and its files."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parseaddr

from divan_libs.persian.text import normalize
from divan_libs.richtext import cleaning

LONGEST = 20_000
MOST_FILES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainMail:
    """What an e-mail says. Its sender is a claim: nothing in a mail proves who wrote it."""

    message_id: str
    name: str
    address: str
    subject: str
    words: str
    files: tuple[tuple[str, bytes], ...]


def read_plain_mail(data: bytes) -> PlainMail:
    """Read an e-mail leniently; what cannot be read of it is left out."""
    mail = email.message_from_bytes(data, policy=email.policy.default)
    name, address = parseaddr(_header(mail, "From"))
    return PlainMail(
        message_id=_header(mail, "Message-ID")[:150],
        name=normalize(name)[:200],
        address=address[:60],
        subject=normalize(_header(mail, "Subject"))[:300],
        words=_words(mail)[:LONGEST],
        files=tuple(_files(mail)),
    )


def _header(mail: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(mail.get(name, "")).split())
    except (MessageError, ValueError, IndexError, AttributeError):
        # A header that its own grammar refuses; the rest of the mail is read all the same.
        return ""


def _words(mail: EmailMessage) -> str:
    part = mail.get_body(("plain", "html"))
    if part is None:
        return ""
    try:
        text = str(part.get_content())
    except (LookupError, ValueError, KeyError):
        payload = part.get_payload(decode=True)
        text = payload.decode(errors="replace") if isinstance(payload, bytes) else ""
    text = text.replace("\0", "")
    return cleaning.plain_text(text) if part.get_content_type() == "text/html" else text.strip()


def _files(mail: EmailMessage) -> Iterator[tuple[str, bytes]]:
    given = 0
    for part in mail.walk():
        name = part.get_filename()
        if part.is_multipart() or not name or given == MOST_FILES:
            continue
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and content:
            given += 1
            yield " ".join(str(name).split())[:180], content
