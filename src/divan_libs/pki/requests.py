"""Requests for certificates (PKCS#10, RFC 2986): what they ask for, and whether who asks holds the key."""

import hashlib
from dataclasses import dataclass
from urllib.parse import unquote

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from divan_libs.pki.authority import SUBSYSTEM_URN
from divan_libs.pki.errors import RequestUnfit
from divan_libs.pki.keys import PublicKey

LARGEST = 16 * 1024
_RSA_BITS = range(2048, 8193)
_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_HASHES = (hashes.SHA256, hashes.SHA384, hashes.SHA512)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRequest:
    """A request that holds: the key, its hex SHA-256, the names that it wants to bear, and itself in PEM."""

    public_key: PublicKey
    key: str
    names: frozenset[str]
    pem: str


def read_request(content: bytes) -> CertificateRequest:
    """Read a request in PEM or DER, and see that it is signed with its own key and that the key is strong.

    :raises RequestUnfit: ``reason`` is ``size``, ``private-key`` (somebody sent their secret), ``unreadable``,
        ``signature``, ``hash``, ``key-kind`` or ``key-weak``.
    """
    if len(content) > LARGEST:
        raise RequestUnfit("size")
    if b"PRIVATE KEY-----" in content:
        raise RequestUnfit("private-key")
    try:
        request = x509.load_pem_x509_csr(content) if b"-----BEGIN" in content else x509.load_der_x509_csr(content)
        public_key = request.public_key()
        names = _names(request)
        pem = request.public_bytes(Encoding.PEM).decode("ascii")
    except (ValueError, UnsupportedAlgorithm) as error:
        raise RequestUnfit("unreadable") from error
    if not isinstance(public_key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
        raise RequestUnfit("key-kind")
    _require_strong(public_key)
    if not isinstance(request.signature_hash_algorithm, _HASHES):
        raise RequestUnfit("hash")
    if not request.is_signature_valid:
        raise RequestUnfit("signature")
    return CertificateRequest(public_key=public_key, key=key_digest(public_key), names=names, pem=pem)


def key_digest(public_key: PublicKey) -> str:
    """Return the hex SHA-256 of a public key's DER form."""
    return hashlib.sha256(public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _names(request: x509.CertificateSigningRequest) -> frozenset[str]:
    """Return every name that the request wants to bear; of what names no subsystem, its whole text."""
    found = {str(one.value) for one in request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)}
    try:
        others = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset(found)
    for one in others:
        text = str(one.value)
        is_subsystem = isinstance(one, x509.UniformResourceIdentifier) and text.startswith(SUBSYSTEM_URN)
        found.add(unquote(text.removeprefix(SUBSYSTEM_URN)) if is_subsystem else text)
    return frozenset(found)


def _require_strong(public_key: PublicKey) -> None:
    if isinstance(public_key, rsa.RSAPublicKey):
        if public_key.key_size not in _RSA_BITS or public_key.public_numbers().e < 65537:
            raise RequestUnfit("key-weak")
    elif not isinstance(public_key.curve, _CURVES):
        raise RequestUnfit("key-weak")
