"""Seals on documents that pass between houses: who wrote it, for whom, and when, provable without the connection.

A seal is a detached JWS in compact form (RFC 7515, appendix F; ES256): its payload is the document in canonical form
(RFC 8785), which travels beside it, and its header names the sender, the receiver and the moment, so that a sealed
document says nothing to anybody else and not for ever.
"""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.keys import Signer, from_jose, is_signed, key_id, to_jose

LONGEST_SEAL = 2000
_TYPE = "divan-seal+jws"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What the header of a seal that holds says; ``key`` is the id of the key that made it."""

    sender: str
    receiver: str
    sealed_at: datetime
    key: str


def seal_document(document: Mapping[str, object], *, sender: str, receiver: str, now: datetime, signer: Signer) -> str:
    """Return the seal of a document for one receiver.

    :raises EnvelopeError: ``exchange.seal.malformed`` if the document has no canonical form.
    """
    header: dict[str, Any] = {
        "alg": "ES256",
        "aud": receiver,
        "iat": int(now.timestamp()),
        "iss": sender,
        "kid": signer.key_id,
        "typ": _TYPE,
    }
    head = _encode(rfc8785.dumps(header))
    return b"..".join((head, _encode(to_jose(signer.sign(_signed(head, document)))))).decode("ascii")


def open_seal(seal: str, document: Mapping[str, object], *, keys: Iterable[EllipticCurvePublicKey]) -> Seal:
    """Return what a seal says, if it was made over this very document with one of these keys.

    :raises EnvelopeError: ``exchange.seal.malformed``, ``.key`` if none of the keys made it, ``.altered`` if it was
        made over another document.
    """
    head, header, signature = _taken_apart(seal)
    known = {key_id(key): key for key in keys}
    named = known.get(str(header["kid"]))
    if named is None:
        raise EnvelopeError("exchange.seal.key", seen=str(header["kid"])[:40])
    if not is_signed(named, signature, _signed(head, document)):
        raise EnvelopeError("exchange.seal.altered", key=key_id(named))
    return Seal(
        sender=str(header["iss"]),
        receiver=str(header["aud"]),
        sealed_at=datetime.fromtimestamp(int(str(header["iat"])), UTC),
        key=key_id(named),
    )


def sealed_octets(document: Mapping[str, object]) -> bytes:
    """Return the octets of a document over which its seal is made.

    :raises EnvelopeError: ``exchange.seal.malformed`` if the document has no canonical form.
    """
    try:
        return rfc8785.dumps(dict(document))  # type: ignore[arg-type]  # what JSON can hold
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeEncodeError) as error:
        raise EnvelopeError("exchange.seal.malformed", problem="document") from error


def _signed(head: bytes, document: Mapping[str, object]) -> bytes:
    return b".".join((head, _encode(sealed_octets(document))))


def _taken_apart(seal: str) -> tuple[bytes, Mapping[str, object], bytes]:
    parts = seal.encode("ascii", "replace").split(b".") if len(seal) <= LONGEST_SEAL else []
    if len(parts) != 3 or parts[1]:
        raise EnvelopeError("exchange.seal.malformed", problem="not a detached JWS")
    try:
        header = json.loads(_decode(parts[0]))
        signature = from_jose(_decode(parts[2]))
    except (ValueError, RecursionError) as error:
        raise EnvelopeError("exchange.seal.malformed", problem="not readable") from error
    if not isinstance(header, dict) or header.get("alg") != "ES256" or header.get("typ") != _TYPE or "crit" in header:
        raise EnvelopeError("exchange.seal.malformed", problem="not a seal's header")
    if (
        not {"iss", "aud", "kid"} <= header.keys()
        or type(header.get("iat")) is not int
        or not 0 <= header["iat"] < 2**40
    ):
        raise EnvelopeError("exchange.seal.malformed", problem="incomplete header")
    return parts[0], header, signature


def _encode(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


def _decode(data: bytes) -> bytes:
    try:
        return urlsafe_b64decode(data + b"=" * (-len(data) % 4))
    except binascii.Error as error:
        raise EnvelopeError("exchange.seal.malformed", problem="base64") from error
