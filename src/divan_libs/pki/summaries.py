"""The short signed summary of a letter that fits into its square code, so that a printed page can be checked offline.

The address behind the code is ``BASE/verify/CODE#SUMMARY``. A fragment never reaches the server; whoever holds the
public key compares number, day, signer and recipient with the printed page without any network. The summary covers the
code of the address too, so it cannot be carried to another letter.

Layout: version (1 byte, 1) · first 4 bytes of the key's SHA-256 · first 8 bytes of the decision's entry in the log ·
day (3 bytes, days since year 1) · number, signer, recipient, each UTF-8 behind its length (1 byte) · signature (r and
s, 32 bytes each). The signature is ECDSA P-256 with SHA-256 over a label, the code, and all that stands before it; the
whole is base64url without padding.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from divan_libs.pki.errors import PkiError

VERSION = 1
KEY_PREFIX = 4
ENTRY_PREFIX = 8
TEXT_LIMIT = 80
"""Bytes of UTF-8 that a name may take; longer ones are cut at a letter and end in an ellipsis."""

_LABEL = b"divan/letter-summary/v1\0"
_HEAD = 1 + KEY_PREFIX + ENTRY_PREFIX + 3
_INTEGER = 32
_ELLIPSIS = "…"


class SummaryInvalid(PkiError):
    """The summary proves nothing; ``reason`` is ``malformed``, ``unknown-key`` or ``altered``."""

    code = "pki.summary.invalid"

    def __init__(self, reason: str) -> None:
        super().__init__(f"invalid summary: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSummary:
    """What a square code says of its letter; ``entry`` is the beginning of the decision's entry in the log."""

    code: str
    number: str
    dated_on: date
    signer: str
    recipient: str
    entry: bytes


def write_summary(summary: LetterSummary, key: ec.EllipticCurvePrivateKey) -> str:
    """Sign a summary and return the fragment of the letter's address.

    :raises ValueError: if the number is longer than 80 bytes or the entry shorter than 8; a name is cut instead.
    """
    number = summary.number.encode()
    if len(number) > TEXT_LIMIT or len(summary.entry) < ENTRY_PREFIX:
        raise ValueError("the number is too long or the entry too short")
    content = b"".join(
        (
            bytes([VERSION]),
            _key_prefix(key.public_key()),
            summary.entry[:ENTRY_PREFIX],
            summary.dated_on.toordinal().to_bytes(3, "big"),
            *(bytes([len(text)]) + text for text in (number, _cut(summary.signer), _cut(summary.recipient))),
        )
    )
    signature = key.sign(_signed(summary.code, content), ec.ECDSA(SHA256(), deterministic_signing=True))
    integers = b"".join(value.to_bytes(_INTEGER, "big") for value in decode_dss_signature(signature))
    return _written(content + integers)


def verify_summary(code: str, fragment: str, keys: Iterable[ec.EllipticCurvePublicKey]) -> LetterSummary:
    """Return what a square code says, once one of the known keys is found to have signed it for this code.

    :raises SummaryInvalid: ``malformed``, ``unknown-key`` (signed by nobody known) or ``altered``.
    """
    content, signature = _taken_apart(fragment)
    known = [key for key in keys if _key_prefix(key) == content[1 : 1 + KEY_PREFIX]]
    if not known:
        raise SummaryInvalid("unknown-key")
    if not any(_holds(key, signature, _signed(code, content)) for key in known):
        raise SummaryInvalid("altered")
    try:
        number, signer, recipient = _texts(content[_HEAD:])
        dated_on = date.fromordinal(int.from_bytes(content[_HEAD - 3 : _HEAD], "big"))
    except (ValueError, IndexError) as error:
        raise SummaryInvalid("malformed") from error
    entry = content[1 + KEY_PREFIX : _HEAD - 3]
    return LetterSummary(code=code, number=number, dated_on=dated_on, signer=signer, recipient=recipient, entry=entry)


def read_address(address: str) -> tuple[str, str]:
    """Return code and fragment of the address in a square code.

    :raises SummaryInvalid: ``malformed``.
    """
    head, mark, fragment = address.partition("#")
    code = head.rstrip("/").rpartition("/")[2]
    if not (mark and code and fragment):
        raise SummaryInvalid("malformed")
    return code, fragment


def _taken_apart(fragment: str) -> tuple[bytes, bytes]:
    try:
        whole = base64.urlsafe_b64decode(fragment + "=" * (-len(fragment) % 4))
    except (binascii.Error, ValueError) as error:
        raise SummaryInvalid("malformed") from error
    # The decoder passes over strange letters and spare bits; only what we would have written ourselves counts.
    if _written(whole) != fragment or len(whole) < _HEAD + 3 + 2 * _INTEGER or whole[0] != VERSION:
        raise SummaryInvalid("malformed")
    return whole[: -2 * _INTEGER], whole[-2 * _INTEGER :]


def _written(whole: bytes) -> str:
    return base64.urlsafe_b64encode(whole).rstrip(b"=").decode()


def _holds(key: ec.EllipticCurvePublicKey, signature: bytes, signed: bytes) -> bool:
    first, second = (int.from_bytes(part, "big") for part in (signature[:_INTEGER], signature[_INTEGER:]))
    try:
        key.verify(encode_dss_signature(first, second), signed, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _signed(code: str, content: bytes) -> bytes:
    return _LABEL + code.encode() + b"\0" + content


def _key_prefix(key: ec.EllipticCurvePublicKey) -> bytes:
    encoded = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(encoded).digest()[:KEY_PREFIX]


def _texts(content: bytes) -> tuple[str, str, str]:
    found = []
    for _ in range(3):
        end = 1 + content[0]
        if end > len(content):
            raise ValueError("text cut off")
        found.append(content[1:end].decode())
        content = content[end:]
    if content:
        raise ValueError("more than three texts")
    return found[0], found[1], found[2]


def _cut(text: str) -> bytes:
    whole = text.encode()
    if len(whole) <= TEXT_LIMIT:
        return whole
    kept = whole[: TEXT_LIMIT - len(_ELLIPSIS.encode())].decode(errors="ignore")
    return (kept + _ELLIPSIS).encode()
