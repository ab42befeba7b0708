"""Keys that sign. The port says what a key does; `FileKey` is the one that lies in a file.

A PKCS#11 token fits the same port: it signs, and hands out a public key and a certificate, never the private key.
"""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from divan_libs.pki.encoding import read_certificates, write_certificates
from divan_libs.pki.errors import (
    CertificateUnreadable,
    KeyFileExists,
    KeyFileExposed,
    KeyFileUnreadable,
    KeyMismatch,
    KeyUnsupported,
)

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey

HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}


class Key(Protocol):
    """A private key with the certificate that speaks for it, wherever the key itself may live."""

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate of this key."""

    @property
    def public_key(self) -> PublicKey:
        """The public half."""

    def sign(self, data: bytes, hash_name: str = "sha256") -> bytes:
        """Hash the data and sign the hash.

        Returns the DER ``ECDSA-Sig-Value`` (RFC 3279, 2.2.3) for an elliptic curve key and the PKCS#1 v1.5 block for an
        RSA key. ``hash_name`` is ``sha256``, ``sha384`` or ``sha512``.
        """


def generate_private_key() -> ec.EllipticCurvePrivateKey:
    """Make a new private key on the curve P-256, the default of the house."""
    return ec.generate_private_key(ec.SECP256R1())


def hash_of(hash_name: str) -> hashes.HashAlgorithm:
    """Return the hash of that name.

    :raises KeyUnsupported: if it is none of `HASHES`; SHA-1 and MD5 are not.
    """
    try:
        return HASHES[hash_name]()
    except KeyError:
        raise KeyUnsupported(hash_name) from None


class FileKey:
    """A key whose private half is held in memory and, usually, in one PEM file beside its certificates.

    Key, certificate and chain share a file so that they appear and are replaced together. The file is what
    ``ssl.SSLContext.load_cert_chain`` and nginx take for both key and certificate.

    :raises KeyMismatch: if the certificate belongs to another key.
    :raises KeyUnsupported: if the key is neither elliptic curve nor RSA.
    """

    def __init__(
        self, private_key: PrivateKey, certificate: x509.Certificate, chain: Sequence[x509.Certificate] = ()
    ) -> None:
        if not isinstance(private_key, PrivateKey):
            raise KeyUnsupported(type(private_key).__name__)
        if certificate.public_key() != private_key.public_key():
            raise KeyMismatch
        self._private_key = private_key
        self._certificate = certificate
        self._chain = tuple(chain)

    @classmethod
    def create(
        cls,
        path: Path,
        private_key: PrivateKey,
        certificate: x509.Certificate,
        chain: Sequence[x509.Certificate] = (),
        *,
        passphrase: bytes | None = None,
    ) -> "FileKey":
        """Write a key file that did not exist, mode 0600, and return the key.

        :raises KeyFileExists: if there is one; it is left untouched.
        """
        key = cls(private_key, certificate, chain)
        locked = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
        pem = private_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption_algorithm=locked
        )
        _write_new(path, pem + write_certificates((certificate, *chain)))
        return key

    @classmethod
    def open(cls, path: Path, *, passphrase: bytes | None = None) -> "FileKey":
        """Read a key file.

        :raises KeyFileExposed: if group or others may touch it.
        :raises KeyFileUnreadable: if it is missing, damaged, or the passphrase is wrong.
        :raises KeyMismatch: if its first certificate belongs to another key.
        """
        try:
            with path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode & 0o777
                if mode & 0o077:
                    raise KeyFileExposed(path, mode)
                pem = file.read()
            private_key = serialization.load_pem_private_key(pem, passphrase)
            certificate, *chain = read_certificates(pem)
        except (OSError, ValueError, TypeError, CertificateUnreadable) as error:
            raise KeyFileUnreadable(path, str(error)) from error
        if not isinstance(private_key, PrivateKey):
            raise KeyUnsupported(type(private_key).__name__)
        return cls(private_key, certificate, chain)

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate of this key."""
        return self._certificate

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The certificates above it, nearest first."""
        return self._chain

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        return self._private_key.public_key()

    @property
    def private_key(self) -> PrivateKey:
        """The private half, for those who issue certificates with it; ordinary signers need only `sign`."""
        return self._private_key

    def sign(self, data: bytes, hash_name: str = "sha256") -> bytes:
        """Hash and sign, see `Key.sign`. Elliptic curve signatures are deterministic (RFC 6979): same data, same bytes.

        :raises KeyUnsupported: if the hash is unknown.
        """
        digest = hash_of(hash_name)
        if isinstance(self._private_key, ec.EllipticCurvePrivateKey):
            return self._private_key.sign(data, ec.ECDSA(digest, deterministic_signing=True))
        return self._private_key.sign(data, padding.PKCS1v15(), digest)


def _write_new(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            # The mode given to open() is cut by the umask; it may only have become narrower, and must not stay so.
            os.fchmod(file.fileno(), 0o600)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a rename, fails where the name is taken: of two creators exactly one wins. If we stop before
        # it, a hidden draft remains and no key; after it, the key is whole.
        os.link(draft, path)
    except FileExistsError:
        raise KeyFileExists(path) from None
    finally:
        draft.unlink(missing_ok=True)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
