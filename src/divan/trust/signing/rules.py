"""What signing decides: codes, the words of a letter, when to try again, and what a file proves."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from uuid import UUID

from divan.trust.signing.values import (
    Alteration,
    AlterationKind,
    Claims,
    Document,
    Letterhead,
    SignerRef,
    Standing,
    Verdict,
)
from divan_libs.persian.jalali import TEHRAN, format_jalali
from divan_libs.persian.text import latin_digits, normalize, persian_digits
from divan_libs.pki.verification import Modifications, PdfProblem, PdfVerdict

CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is taken for a digit."""
CODE_LETTERS = 12
CODE_GROUP = 4

CLAIMS_NAME = "letter.json"
RECEIPT_NAME = "decision.tlog-proof"
CLAIMS_SCHEMA = "divan/letter/v1"
CLAIMS_LIMIT = 65536
_CLAIM_LIMIT = 1000

LONGEST_PAUSE = timedelta(minutes=5)

_CONFUSED = str.maketrans({"I": "1", "L": "1", "O": "0"})
_NUMBER = re.compile(
    # A number that no Latin letter or sign of an address touches, nor stands before or behind it.
    r"(?<![A-Za-z0-9@:/._+&?=#-])(?<![A-Za-z] )\d+(?:[.,:/-]\d+)*"
    r"(?![A-Za-z0-9@/_&?=#-])(?![.:,-][A-Za-z0-9])(?! [A-Za-z])"
)
_UNREADABLE = {PdfProblem.UNREADABLE, PdfProblem.ENCRYPTED, PdfProblem.SIGNATURE_UNREADABLE}


def make_code(choose: Callable[[str], str]) -> str:
    """Return a new verification code, ``XXXX-XXXX-XXXX`` (60 bits); ``choose`` draws one letter of an alphabet."""
    letters = "".join(choose(CODE_ALPHABET) for _ in range(CODE_LETTERS))
    return "-".join(letters[at : at + CODE_GROUP] for at in range(0, CODE_LETTERS, CODE_GROUP))


def read_code(typed: str) -> str | None:
    """Return the code in what a person typed, or None: dashes, small letters, Persian digits, O for 0 pass."""
    letters = latin_digits(re.sub(r"[\s\u200c\u200e\u200f_.–-]", "", typed)).upper().translate(_CONFUSED)
    if len(letters) != CODE_LETTERS or any(letter not in CODE_ALPHABET for letter in letters):
        return None
    return "-".join(letters[at : at + CODE_GROUP] for at in range(0, CODE_LETTERS, CODE_GROUP))


def in_words(text: str, language: str) -> str:
    """Return a text as a letter shows it: in Persian with Persian letters and digits, save in Latin codes."""
    if language != "fa":
        return text
    return _NUMBER.sub(lambda found: persian_digits(found[0]), "\n".join(map(normalize, text.split("\n"))))


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
    content = {
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
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def read_claims(content: bytes | None) -> Claims | None:
    """Return what an embedded ``letter.json`` says, or None if there is none or it is not of our form."""
    if content is None or len(content) > CLAIMS_LIMIT:
        return None
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("schema") != CLAIMS_SCHEMA:
        return None
    said = {name: value for name, value in found.items() if isinstance(value, str) and len(value) <= _CLAIM_LIMIT}
    names = [part.name for part in fields(Claims)]
    return Claims(**{name: said[name] for name in names}) if said.keys() >= set(names) else None


def hash_of(content: bytes) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts that met an outside trouble: 2 s, doubling, at most 5 minutes."""
    return min(timedelta(seconds=2 ** min(attempts, 10)), LONGEST_PAUSE)


def alteration(issued: bytes, given: bytes) -> Alteration | None:
    """Say how a file differs from the issued one, or None if it does not."""
    if issued == given:
        return None
    at = _first_difference(issued, given)
    if at == len(issued):
        kind = AlterationKind.ADDED
    elif at == len(given):
        kind = AlterationKind.CUT
    else:
        kind = AlterationKind.CHANGED
    return Alteration(kind=kind, at=at, issued_size=len(issued), size=len(given))


def _first_difference(first: bytes, second: bytes) -> int:
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def standing(pdf: PdfVerdict, *, is_issued_file: bool, is_known: bool, contradictions: tuple[str, ...]) -> Standing:
    """Say what a file is: ``is_issued_file`` byte for byte, or ``is_known`` only by the document that it names."""
    if is_issued_file:
        if not pdf.is_valid:
            return Standing.DOUBTFUL
        return Standing.CONTRADICTED if contradictions else Standing.GENUINE
    if is_known:
        return Standing.DIFFERENT if pdf.is_valid else Standing.ALTERED
    if PdfProblem.NOT_A_PDF in pdf.problems:
        return Standing.NOT_A_PDF
    if _UNREADABLE.intersection(pdf.problems):
        return Standing.UNREADABLE
    if not pdf.signatures:
        return Standing.UNSIGNED
    if pdf.is_valid:
        return Standing.UNKNOWN
    untouched = pdf.intact and pdf.modifications is not Modifications.FORBIDDEN and pdf.covers_whole_document
    return Standing.UNTRUSTED if untouched else Standing.ALTERED


def contradictions(document: Document, signer_code: str, claims: Claims | None) -> tuple[str, ...]:
    """Name the fields in which the house's record disagrees with what the issued file says of itself."""
    if claims is None:
        return ("claims",)
    said = {
        "guid": str(document.uuid),
        "code": document.code,
        "number": document.number,
        "dated_on": document.dated_on.isoformat(),
        "title": document.title,
        "recipient": document.recipient,
        "signer_name": document.signer_name,
        "signer_title": document.signer_title,
        "signer_code": signer_code,
        "organization": document.organization,
    }
    return tuple(name for name, value in asdict(claims).items() if said[name] != value)


def verdict(
    pdf: PdfVerdict,
    *,
    claims: Claims | None,
    document: Document | None,
    signer_code: str,
    is_issued_file: bool,
    difference: Alteration | None,
    receipt: bytes | None,
) -> Verdict:
    """Put together what a file proves: while its signature holds it speaks for itself, else the house's record does."""
    disagreeing = contradictions(document, signer_code, claims) if document and is_issued_file else ()
    believed = claims if pdf.intact and pdf.trusted else None
    signed = pdf.signatures[0] if pdf.signatures else None
    signer = signed.signer if signed else None
    record = document

    def told(name: str) -> str:
        return str(getattr(believed or record, name, "") or "")

    return Verdict(
        standing=standing(
            pdf, is_issued_file=is_issued_file, is_known=document is not None, contradictions=disagreeing
        ),
        document=document,
        code=told("code"),
        number=told("number"),
        title=told("title"),
        dated_on=_day(believed.dated_on) if believed else (record.dated_on if record else None),
        recipient=told("recipient"),
        signer_name=told("signer_name") or _of(signer and signer.common_name),
        signer_title=told("signer_title") or _of(signer and signer.title),
        organization=told("organization") or _of(signer and signer.organization),
        signed_at=signed.signed_at if signed else None,
        timestamped_at=signed.timestamped_at if signed else None,
        certificate_serial=signed.certificate_serial if signed else "",
        problems=tuple(str(problem) for problem in pdf.problems),
        contradictions=disagreeing,
        alteration=difference,
        receipt=receipt,
    )


def _of(name: object) -> str:
    return str(name or "")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
