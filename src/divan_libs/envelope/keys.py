"""ECDSA P-256 keys of the exchange: loading, naming, and the two forms of signature it uses."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from divan_libs.envelope.errors import EnvelopeError

_ALGORITHM = ECDSA(hashes.SHA256())
_COORDINATE = 32
_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"


class Signer(Protocol):
    """Signs with a key that need not lie in this process (a file now, a token later)."""

    @property
    def key_id(self) -> str:
        """The id of the public key; see :func:`key_id`."""

    @property
    def certificates(self) -> Sequence[bytes]:
        """The certificate of the key and those of the authorities above it, in DER; none for a bare key."""

    def sign(self, message: bytes) -> bytes:
        """Return the ECDSA P-256/SHA-256 signature, DER."""


def key_id(public_key: EllipticCurvePublicKey) -> str:
    """Return the name of a public key: SHA-256 over its SubjectPublicKeyInfo, hex, first 16 octets."""
    info = public_key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(info).hexdigest()[:32]


class SoftSigner:
    """A signer whose key lies in memory."""

    def __init__(self, private_key: EllipticCurvePrivateKey, certificates: Sequence[bytes] = ()) -> None:
        if not isinstance(private_key.curve, SECP256R1):
            raise EnvelopeError("exchange.key.curve", curve=private_key.curve.name)
        self._key = private_key
        self.certificates = tuple(certificates)
        self._id = key_id(private_key.public_key())

    @classmethod
    def from_pem(cls, pem: bytes) -> SoftSigner:
        """Read an unencrypted PKCS#8 key, and the certificates that stand behind it: its own first.

        :raises EnvelopeError: ``exchange.key.unreadable``, ``exchange.key.curve``, or ``exchange.key.certificate`` if
            the first certificate is that of another key.
        """
        try:
            loaded = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError) as error:
            raise EnvelopeError("exchange.key.unreadable") from error
        if not isinstance(loaded, EllipticCurvePrivateKey):
            raise EnvelopeError("exchange.key.curve", curve=type(loaded).__name__)
        return cls(loaded, certificates_of(pem, loaded.public_key()))

    @property
    def key_id(self) -> str:
        """The id of the public key."""
        return self._id

    def public_key(self) -> EllipticCurvePublicKey:
        """Return the key that verifies."""
        return self._key.public_key()

    def sign(self, message: bytes) -> bytes:
        """Return the ECDSA P-256/SHA-256 signature, DER."""
        return self._key.sign(message, _ALGORITHM)


def certificates_of(pem: bytes, public_key: EllipticCurvePublicKey) -> list[bytes]:
    """Return the certificates of a PEM text in DER; the first must be that of the key.

    :raises EnvelopeError: ``exchange.key.unreadable`` or ``exchange.key.certificate``.
    """
    if _CERTIFICATE not in pem:
        return []
    try:
        certificates = x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise EnvelopeError("exchange.key.unreadable") from error
    if certificates[0].public_key() != public_key:
        raise EnvelopeError("exchange.key.certificate")
    return [certificate.public_bytes(serialization.Encoding.DER) for certificate in certificates]


def load_public_key(pem: bytes) -> EllipticCurvePublicKey:
    """Read a P-256 public key in PEM.

    :raises EnvelopeError: ``exchange.key.unreadable`` or ``exchange.key.curve``.
    """
    try:
        loaded = serialization.load_pem_public_key(pem)
    except ValueError as error:
        raise EnvelopeError("exchange.key.unreadable") from error
    if not isinstance(loaded, EllipticCurvePublicKey) or not isinstance(loaded.curve, SECP256R1):
        raise EnvelopeError("exchange.key.curve", curve=type(loaded).__name__)
    return loaded


def is_signed(public_key: EllipticCurvePublicKey, signature: bytes, message: bytes) -> bool:
    """Tell whether the DER signature over the message was made with that key."""
    try:
        public_key.verify(signature, message, _ALGORITHM)
    except InvalidSignature:
        return False
    return True


def to_jose(signature: bytes) -> bytes:
    """Return a DER signature in the fixed-length form of RFC 7518 section 3.4, which is also that of XML signatures."""
    r, s = decode_dss_signature(signature)
    return r.to_bytes(_COORDINATE) + s.to_bytes(_COORDINATE)


def from_jose(signature: bytes) -> bytes:
    """Return the DER form of a fixed-length signature.

    :raises EnvelopeError: ``exchange.signature.length``.
    """
    if len(signature) != 2 * _COORDINATE:
        raise EnvelopeError("exchange.signature.length", length=len(signature))
    r, s = int.from_bytes(signature[:_COORDINATE]), int.from_bytes(signature[_COORDINATE:])
    return encode_dss_signature(r, s)
