"""The authorities behind signatures: who issues certificates, who stamps the time, whom the house trusts.

In a rehearsal the installation plays them all, with keys of its own that say so; in production they are outside.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from divan.trust.signing.apps import SigningOptions
from divan.trust.signing.values import AuthorityAbsent, KeysUnusable
from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.encoding import read_certificates, write_certificates
from divan_libs.pki.errors import KeyFileExists, PkiError
from divan_libs.pki.keys import FileKey, generate_private_key
from divan_libs.pki.timestampers import HttpTimestamper, LocalTimestamper, Timestamper
from divan_libs.pki.timestamps import TimestampAuthority

AUTHORITY = "authority"
TIMESTAMPER = "timestamper.pem"
SUMMARY_KEY = "summary.pem"
ROOTS = "signing-roots.pem"
SUMMARY_PUBLIC_KEY = "summary-key.pem"
TIMESTAMP_SECONDS = 10.0


def establish(options: SigningOptions, now: datetime) -> tuple[bytes, bytes]:
    """Make what is missing of the installation's keys; return trusted roots and the public summary key, both PEM.

    Safe to repeat and to run twice at once: no key is ever replaced.

    :raises AuthorityAbsent: in production, when no roots are configured.
    :raises KeysUnusable: when a file is there and cannot be used.
    """
    try:
        if options.rehearsal:
            authority = RehearsalAuthority.establish(options.key_directory / AUTHORITY, now)
            _establish_timestamper(options.key_directory / TIMESTAMPER, authority, now)
            if options.trusted_roots is None:
                _hand_out(options.trust_directory / ROOTS, write_certificates([authority.root]))
        _make_summary_key(options.key_directory / SUMMARY_KEY)
        public = summary_key(options).public_key()
        published = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        _hand_out(options.trust_directory / SUMMARY_PUBLIC_KEY, published)
        return write_certificates(trusted_roots(options)), published
    except PkiError as error:
        raise KeysUnusable(reason=error.code, detail=str(error)) from error


def rehearsal_authority(options: SigningOptions, now: datetime) -> RehearsalAuthority:
    """Return the authority that issues certificates in a rehearsal.

    :raises AuthorityAbsent: in production.
    :raises KeysUnusable: when it was not prepared.
    """
    directory = options.key_directory / AUTHORITY
    if not options.rehearsal:
        raise AuthorityAbsent
    if not directory.is_dir():
        raise KeysUnusable(reason="signing.not-prepared")
    try:
        return RehearsalAuthority.establish(directory, now)
    except PkiError as error:
        raise KeysUnusable(reason=error.code, detail=str(error)) from error


def trusted_roots(options: SigningOptions) -> Sequence[x509.Certificate]:
    """Return the certificates to which signatures and timestamps must lead.

    :raises AuthorityAbsent: when none are configured.
    :raises KeysUnusable: when the file cannot be read.
    """
    path = options.trusted_roots
    if path is None:
        if not options.rehearsal:
            raise AuthorityAbsent
        path = options.trust_directory / ROOTS
    try:
        return read_certificates(path.read_bytes())
    except (OSError, PkiError) as error:
        raise KeysUnusable(detail=str(error)) from error


def timestamper(options: SigningOptions, clock: Callable[[], datetime]) -> Timestamper:
    """Return where timestamps come from; ``clock`` is only for the rehearsal's own authority.

    :raises KeysUnusable: when that was not prepared.
    :raises AuthorityAbsent: in production without a configured authority.
    """
    if options.timestamp_address:
        return HttpTimestamper(options.timestamp_address, timeout=TIMESTAMP_SECONDS)
    if not options.rehearsal:
        raise AuthorityAbsent
    try:
        key = FileKey.open(options.key_directory / TIMESTAMPER)
    except PkiError as error:
        raise KeysUnusable(reason=error.code, detail=str(error)) from error
    return LocalTimestamper(TimestampAuthority(key, key.chain), clock)


def summary_key(options: SigningOptions) -> ec.EllipticCurvePrivateKey:
    """Return the key that signs the summaries in square codes.

    :raises KeysUnusable: when it is missing, damaged, or open to others.
    """
    path = options.key_directory / SUMMARY_KEY
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                raise KeysUnusable(reason="pki.key.exposed", detail=str(path))
            key = load_pem_private_key(file.read(), None)
    except (OSError, ValueError) as error:
        raise KeysUnusable(reason="pki.key.unreadable", detail=str(error)) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise KeysUnusable(reason="pki.key.unsupported", detail=str(path))
    return key


def public_summary_key(pem: str) -> ec.EllipticCurvePublicKey:
    """Return a public summary key as the house recorded it.

    :raises KeysUnusable: if it is none.
    """
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise KeysUnusable(reason="pki.key.unsupported")
    return key


def _establish_timestamper(path: Path, authority: RehearsalAuthority, now: datetime) -> None:
    if path.exists():
        return
    private_key = generate_private_key()
    certificate = authority.issue_timestamper(private_key.public_key(), now=now)
    with suppress(KeyFileExists):
        FileKey.create(path, private_key, certificate, authority.chain)


def _make_summary_key(path: Path) -> None:
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = generate_private_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = _written(path, pem, 0o600)
    try:
        # A link fails where the name is taken: of two makers one wins, and a key that has signed is never replaced.
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    _sync(path.parent)


def _hand_out(path: Path, content: bytes) -> None:
    with suppress(FileNotFoundError):
        if path.read_bytes() == content:
            return
    path.parent.mkdir(parents=True, exist_ok=True)
    _written(path, content, 0o644).replace(path)
    _sync(path.parent)


def _written(path: Path, content: bytes, mode: int) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        os.fchmod(file.fileno(), mode)
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
