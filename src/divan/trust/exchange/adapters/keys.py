"""Keys and certificates of the exchange in files: read by everybody, made here for a rehearsal only."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.x509 import Certificate

from divan.trust.exchange.apps import ExchangeOptions
from divan.trust.exchange.values import ExchangeNotPrepared
from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.keys import SoftSigner, certificates_of, load_public_key
from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.encoding import write_certificates
from divan_libs.pki.errors import PkiError
from divan_libs.pki.fingerprints import fingerprint
from divan_libs.pki.keys import FileKey, generate_private_key

SNAPSHOT_KEY = "snapshot-key.pem"
SEAL_KEY = "seal-key.pem"
CLIENT = "client.pem"
AUTHORITIES = "authorities.pem"
AUTHORITY = "authority"

SNAPSHOT = "snapshot.jws"
SNAPSHOT_PUBLIC_KEY = "snapshot-key.pub"
SERVER = "server.pem"
SHOWN = "shown.pem"
CALLERS = "callers.pem"
EVIDENCE_KEY = "evidence-key.pem"
EVIDENCE_PUBLIC_KEY = "evidence-key.pub"
SUBJECT_KEYS = "subject-keys.json"
EVIDENCE = "evidence"
ENVIRONMENT = "environment"

_Issue = Callable[[EllipticCurvePublicKey], Certificate]
_HOSTS = ("localhost", "127.0.0.1", "::1")
_RENEWED_BEFORE_END = timedelta(days=30)
_END_OF_KEY = b"-----END PUBLIC KEY-----"
_END_OF_PRIVATE_KEY = b"-----END PRIVATE KEY-----"


def snapshot_signer(told: ExchangeOptions) -> SoftSigner:
    """Return the key that signs snapshots.

    :raises ExchangeNotPrepared: if there is none, or it cannot be used.
    """
    return SoftSigner.from_pem(_read(told.control / SNAPSHOT_KEY))


def seal_signer(told: ExchangeOptions) -> SoftSigner:
    """Return the key with which this installation seals what it sends to others.

    :raises ExchangeNotPrepared: if there is none, or it cannot be used.
    """
    try:
        return SoftSigner.from_pem(_read(told.control / SEAL_KEY))
    except EnvelopeError as error:
        raise ExchangeNotPrepared(file=SEAL_KEY, reason=error.code) from error


def seal_public_key(told: ExchangeOptions) -> str:
    """Return, in PEM, the key by which others know our seal.

    :raises ExchangeNotPrepared: see :func:`seal_signer`.
    """
    return _public_pem(seal_signer(told).public_key()).decode("ascii")


def shown_fingerprint(told: ExchangeOptions) -> str:
    """Return the fingerprint of the certificate that our gateway shows to those of other installations.

    :raises ExchangeNotPrepared: if there is none, or it cannot be read.
    """
    try:
        return fingerprint(FileKey.open(told.gateway / SHOWN).certificate)
    except PkiError as error:
        raise ExchangeNotPrepared(file=SHOWN) from error


def own_authorities(told: ExchangeOptions) -> str:
    """Return the authorities, in PEM, that vouch for our gateway and its certificates.

    :raises ExchangeNotPrepared: if the file is missing.
    """
    return _read(told.gateway / AUTHORITIES).decode("ascii", "replace")


def trust_callers(told: ExchangeOptions, peers: Iterable[str]) -> None:
    """Make the gateway's file of who vouches for callers hold our own authorities and those of our peers.

    Where our own are not in the gateway's folder, its operator keeps that file himself.

    :raises OSError: if it cannot be written; the former file stays.
    """
    try:
        own = (told.gateway / AUTHORITIES).read_bytes()
    except FileNotFoundError:
        return
    write_file(told.gateway / CALLERS, b"\n".join((own, *(peer.encode("ascii") for peer in peers))))


def evidence_keys(told: ExchangeOptions) -> tuple[EllipticCurvePublicKey, ...]:
    """Return the public keys that may have signed evidence: the gateway's present one and its former ones.

    :raises ExchangeNotPrepared: if there is none, or one cannot be read.
    """
    path = told.gateway / EVIDENCE_PUBLIC_KEY
    pieces = _read(path).split(_END_OF_KEY)[:-1]
    try:
        keys = tuple(load_public_key(piece.strip() + b"\n" + _END_OF_KEY + b"\n") for piece in pieces)
    except EnvelopeError as error:
        raise ExchangeNotPrepared(file=path.name, reason=error.code) from error
    if not keys:
        raise ExchangeNotPrepared(file=path.name, reason="exchange.key.unreadable")
    return keys


def subject_keys(told: ExchangeOptions) -> Mapping[str, bytes]:
    """Return the keys of the hashes of persons, by their ids.

    :raises ExchangeNotPrepared: if there are none, or they cannot be read.
    """
    path = told.gateway / SUBJECT_KEYS
    try:
        return {str(name): bytes.fromhex(value) for name, value in json.loads(_read(path)).items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise ExchangeNotPrepared(file=path.name) from error


def newest_subject_key(told: ExchangeOptions) -> str:
    """Return the id of the key with which gateways hash persons from now on: the last one in the file.

    :raises ExchangeNotPrepared: see :func:`subject_keys`.
    """
    known = subject_keys(told)
    if not known:
        raise ExchangeNotPrepared(file=SUBJECT_KEYS)
    return list(known)[-1]


def client_fingerprint(told: ExchangeOptions) -> str:
    """Return the fingerprint of the certificate of our own subsystem.

    :raises ExchangeNotPrepared: if there is none, or it cannot be read.
    """
    try:
        return fingerprint(FileKey.open(told.control / CLIENT).certificate)
    except PkiError as error:
        raise ExchangeNotPrepared(file=CLIENT) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ExchangeNotPrepared(file=path.name) from error


def prepare_rehearsal(told: ExchangeOptions, now: datetime) -> None:
    """Make every key and certificate that is missing, and the settings of the gateway; safe to repeat.

    What is made: an authority, our client certificate, the certificates of the gateway (as a server, and the one it
    shows to others), the keys that sign snapshots, seals and evidence, and a key for the hashes of persons.
    Certificates near their end are issued anew.
    """
    for folder in (told.control, told.gateway, told.gateway / EVIDENCE):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority = RehearsalAuthority.establish(told.control / AUTHORITY, now)
    trusted = write_certificates((*authority.chain, authority.root))
    write_file(told.control / AUTHORITIES, trusted)
    write_file(told.gateway / AUTHORITIES, trusted)
    issue_client(told, authority, CLIENT, told.subsystem, now)
    _issue(told.gateway / SERVER, authority, now, lambda key: authority.issue_tls_server(key, _HOSTS, now=now))
    _issue(told.gateway / SHOWN, authority, now, lambda key: authority.issue_tls_client(key, told.server, now=now))
    _write_once(told.gateway / CALLERS, trusted)
    _signing_key(told.control / SEAL_KEY)
    _hand_out(_signing_key(told.control / SNAPSHOT_KEY), told.gateway / SNAPSHOT_PUBLIC_KEY)
    _hand_out(_evidence_key(told, authority, now), told.gateway / EVIDENCE_PUBLIC_KEY)
    _write_once(told.gateway / SUBJECT_KEYS, json.dumps({f"k{now:%Y%m%d}": secrets.token_hex(32)}).encode())
    write_file(told.gateway / ENVIRONMENT, _environment(told).encode())


def issue_client(told: ExchangeOptions, authority: RehearsalAuthority, name: str, subsystem: str, now: datetime) -> str:
    """Make key and certificate of a subsystem in ``control/NAME``, unless they are there; return the fingerprint."""
    path = told.control / name
    _issue(path, authority, now, lambda key: authority.issue_tls_client(key, subsystem, now=now))
    return fingerprint(FileKey.open(path).certificate)


def _issue(path: Path, authority: RehearsalAuthority, now: datetime, issue: _Issue) -> None:
    if path.exists() and FileKey.open(path).certificate.not_valid_after_utc - now > _RENEWED_BEFORE_END:
        return
    key = generate_private_key()
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    FileKey.create(draft, key, issue(key.public_key()), authority.chain)
    draft.replace(path)


def _signing_key(path: Path) -> EllipticCurvePrivateKey:
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    _write_once(path, generate_private_key().private_bytes(*form))
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, EllipticCurvePrivateKey)  # noqa: S101 (made above)
    return key


def _evidence_key(told: ExchangeOptions, authority: RehearsalAuthority, now: datetime) -> EllipticCurvePrivateKey:
    """Return the key that signs evidence; see that its certificate stands behind it in its file and lasts."""
    path = told.gateway / EVIDENCE_KEY
    key = _signing_key(path)
    pem = path.read_bytes()
    certificates = certificates_of(pem, key.public_key())
    if certificates and x509.load_der_x509_certificate(certificates[0]).not_valid_after_utc - now > _RENEWED_BEFORE_END:
        return key
    bare = pem[: pem.index(_END_OF_PRIVATE_KEY) + len(_END_OF_PRIVATE_KEY)] + b"\n"
    issued = authority.issue_witness(key.public_key(), told.server, now=now)
    write_file(path, bare + write_certificates((issued, *authority.chain)))
    return key


def _hand_out(key: EllipticCurvePrivateKey, path: Path) -> None:
    _write_once(path, _public_pem(key.public_key()))


def _public_pem(key: EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _environment(told: ExchangeOptions) -> str:
    at = told.gateway
    settings = {
        "SERVER": told.server,
        "CERTIFICATE": at / SERVER,
        "KEY": at / SERVER,
        "CLIENT_AUTHORITIES": at / CALLERS,
        "PROVIDER_CERTIFICATE": at / SHOWN,
        "PROVIDER_KEY": at / SHOWN,
        "SNAPSHOT": at / SNAPSHOT,
        "SNAPSHOT_KEY": at / SNAPSHOT_PUBLIC_KEY,
        "EVIDENCE": at / EVIDENCE,
        "SIGNING_KEY": at / EVIDENCE_KEY,
        "SUBJECT_KEYS": at / SUBJECT_KEYS,
    }
    return "".join(f"DIVAN_GATEWAY_{name}={value}\n" for name, value in settings.items())


def _write_once(path: Path, content: bytes) -> None:
    draft = _draft(path, content)
    try:
        # A link, unlike a rename, fails where the name is taken: of two makers exactly one wins.
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    _sync(path.parent)


def write_file(path: Path, content: bytes) -> None:
    """Put content durably under a name, as a whole; an equal file is not touched.

    :raises OSError: if it cannot be written; what was there stays.
    """
    with suppress(FileNotFoundError):
        if path.read_bytes() == content:
            return
    draft = _draft(path, content)
    try:
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    _sync(path.parent)


def _draft(path: Path, content: bytes) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
