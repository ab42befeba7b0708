"""Who a certificate names: its fingerprint and the fields of its subject.

Where the Iranian hierarchy puts the national code is not published for certain, so the places are a value
(`SubjectMapping`) and not a constant; the default is what is commonly reported: subject serialNumber (2.5.4.5).
"""

import unicodedata
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

NATIONAL_CODE_DIGITS = 10
LEGAL_ID_DIGITS = 11
FIELD_LIMIT = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectMapping:
    """The object identifiers under which a hierarchy of certificates writes what we read."""

    common_name: str = "2.5.4.3"
    national_code: str = "2.5.4.5"
    organization: str = "2.5.4.10"
    legal_id: str = "2.5.4.97"
    title: str = "2.5.4.12"


DEFAULT_MAPPING = SubjectMapping()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom a certificate names; an absent or unreadable field is None.

    ``national_code`` has ten Latin digits, ``legal_id`` eleven; their check digits are not examined here.
    """

    common_name: str | None
    national_code: str | None
    organization: str | None
    legal_id: str | None
    title: str | None


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of the certificate's DER form, 64 lower-case hexadecimal digits."""
    return certificate.fingerprint(SHA256()).hex()


def serial_number(certificate: x509.Certificate) -> str:
    """Return the certificate's serial number in lower-case hexadecimal, an even count of digits, as `openssl` does."""
    digits = f"{certificate.serial_number:x}"
    return digits if len(digits) % 2 == 0 else f"0{digits}"


def read_subject(certificate: x509.Certificate, mapping: SubjectMapping = DEFAULT_MAPPING) -> Subject:
    """Read the subject of a certificate; a field that stands twice counts as unreadable, since it names two people."""
    found: dict[str, list[str]] = {}
    for attribute in certificate.subject:
        if isinstance(attribute.value, str):
            found.setdefault(attribute.oid.dotted_string, []).append(attribute.value)

    def only(oid: str) -> str | None:
        values = found.get(oid, [])
        return values[0] if len(values) == 1 else None

    return Subject(
        common_name=only(mapping.common_name),
        national_code=read_code(only(mapping.national_code), NATIONAL_CODE_DIGITS),
        organization=only(mapping.organization),
        legal_id=read_code(only(mapping.legal_id), LEGAL_ID_DIGITS),
        title=only(mapping.title),
    )


def read_code(text: str | None, digits: int) -> str | None:
    """Read a code of so many digits as certificates write it, or return None if the text is none.

    Persian and Arabic digits become Latin; lost leading zeros (at most two: spreadsheets and integer columns eat them)
    are put back; the prefix of ETSI EN 319 412-1, such as ``IDCIR-`` or ``NTRIR-``, is dropped.
    """
    if text is None:
        return None
    code = text.strip()
    head, dash, tail = code.partition("-")
    if dash and len(head) == 5 and head.isascii() and head.isalpha():
        code = tail
    latin = "".join(_latin_digit(character) for character in code)
    if not digits - 2 <= len(latin) <= digits or not (latin.isascii() and latin.isdigit()):
        return None
    return latin.zfill(digits)


def is_same_code(first: str | None, second: str | None, digits: int = NATIONAL_CODE_DIGITS) -> bool:
    """Tell whether two writings mean the same code; what cannot be read equals nothing, not even itself."""
    code = read_code(first, digits)
    return code is not None and code == read_code(second, digits)


def _latin_digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)
