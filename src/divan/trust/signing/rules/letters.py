"""The words of a letter: its code, what stands on its page, what it says to machines, and when to try again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from divan.trust.signing.values import Letterhead, LetterPaper, ScanPaper, SignerRef
from divan_libs.persian.jalali import TEHRAN, format_jalali
from divan_libs.persian.text import normalize, persian_digits

CLAIMS_NAME = "letter.json"
RECEIPT_NAME = "decision.tlog-proof"
CLAIMS_SCHEMA = "divan/letter/v1"

LEFT_TO_RIGHT = "\u200e"

LONGEST_PAUSE = timedelta(minutes=5)

_NUMBER = re.compile(
    # A number that no Latin letter or sign of an address touches, nor stands before or behind it.
    r"(?<![A-Za-z0-9@:/._+&?=#-])(?<![A-Za-z] )\d+(?:[.,:/-]\d+)*"
    r"(?![A-Za-z0-9@/_&?=#-])(?![.:,-][A-Za-z0-9])(?! [A-Za-z])"
)


def in_words(text: str, language: str) -> str:
    """Return a text as a letter shows it: in Persian with Persian letters and digits, save in Latin codes."""
    if language != "fa":
        return text
    return digits_in_words("\n".join(map(normalize, text.split("\n"))), language)


def digits_in_words(text: str, language: str) -> str:
    """Return a text that is normal already with its lone numbers as a letter shows them."""
    return _NUMBER.sub(_number_in_words, text) if language == "fa" else text


def _number_in_words(found: re.Match[str]) -> str:
    # Between digits that follow a Persian letter a dash counts as a sign of its own, and the groups would stand in
    # reverse order. A mark that the text had against that is gone: normal text has none. One dash may be a span of
    # pages or days, which is read from the right.
    return (LEFT_TO_RIGHT if found[0].count("-") > 1 else "") + persian_digits(found[0])


def number_in_words(number: str, language: str) -> str:
    """Return a letter's number as it is printed."""
    return persian_digits(number) if language == "fa" else number


def day_in_words(day: date, language: str) -> str:
    """Return the day of a letter as it is printed, Jalali in both languages."""
    return format_jalali(day, "numeric", "fa") if language == "fa" else format_jalali(day, "long", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterText:
    """What stands in a letter, as its row keeps it."""

    uuid: UUID
    code: str
    title: str
    language: str
    letterhead: Letterhead
    number: str
    dated_on: date
    requested_at: datetime
    recipient: str
    copies: tuple[str, ...]
    signer: SignerRef
    fields: Mapping[str, str]
    co_signers: tuple[SignerRef, ...] = ()
    references: tuple[str, ...] = ()
    paper: LetterPaper | ScanPaper | None = None


def page_data(letter: LetterText, *, address: str, square_code: str, rehearsal: bool) -> dict[str, object]:
    """Return what the layout ``letter.typ`` draws; ``square_code`` is SVG, ``address`` where people go."""
    language = letter.language

    def shown(text: str) -> str:
        return in_words(text, language)

    return {
        "language": language,
        "title": shown(letter.title),
        "body_name": shown(letter.letterhead.body_name),
        "parent_body": shown(letter.letterhead.parent_body),
        "address": shown(letter.letterhead.address),
        "email": letter.letterhead.email,
        "number_in_words": number_in_words(letter.number, language),
        "date_in_words": day_in_words(letter.dated_on, language),
        "number": letter.number,
        "recipient": shown(letter.recipient),
        "signer_name": shown(letter.signer.name),
        "signer_title": shown(letter.signer.title),
        "organization": shown(letter.signer.organization),
        "copies": [shown(copy) for copy in letter.copies],
        "references": [shown(one) for one in letter.references],
        "code": letter.code,
        "verify_address": address.partition("://")[2] or address,
        "qr": square_code,
        "rehearsal": rehearsal,
        "fields": {name: shown(value) for name, value in letter.fields.items()},
    }


def claims_file(letter: LetterText) -> bytes:
    """Return ``letter.json``, the letter for machines, embedded before the signature.

    It carries what the national document id (SHAMS 1.2) asks for: number, time of registration (19 characters, local),
    GUID, the signer's national code, the organisation's e-mail address and national id.
    """
    content: dict[str, object] = {
        "schema": CLAIMS_SCHEMA,
        "guid": str(letter.uuid),
        "code": letter.code,
        "number": letter.number,
        "dated_on": letter.dated_on.isoformat(),
        "registered_at": letter.requested_at.astimezone(TEHRAN).strftime("%Y-%m-%dT%H:%M:%S"),
        "title": letter.title,
        "language": letter.language,
        "recipient": letter.recipient,
        "copies": list(letter.copies),
        "signer_name": letter.signer.name,
        "signer_title": letter.signer.title,
        "signer_code": letter.signer.national_code,
        "organization": letter.signer.organization,
        "organization_legal_id": letter.signer.legal_id,
        "organization_email": letter.letterhead.email,
    }
    if letter.references:
        content["references"] = list(letter.references)
    if letter.co_signers:
        content["signers"] = [
            {"name": one.name, "title": one.title, "code": one.national_code, "organization": one.organization}
            for one in (letter.signer, *letter.co_signers)
        ]
    if isinstance(letter.paper, LetterPaper):
        paper = letter.paper
        content |= {"attachments": paper.attachments, "secrecy": paper.secrecy, "urgency": paper.urgency}
    if isinstance(letter.paper, ScanPaper):
        content["signed_by_hand"] = [asdict(one) for one in letter.paper.signers]
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def hash_of(content: bytes) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts that met an outside trouble: 2 s, doubling, at most 5 minutes."""
    return min(timedelta(seconds=2 ** min(attempts, 10)), LONGEST_PAUSE)
