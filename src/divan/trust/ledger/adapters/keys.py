"""The key of the log in a file, and the public key as strangers take it."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from divan_libs.tlog.notes import NoteSigner, SignatureType


class KeyMissing(Exception):
    """There is no key file."""


class KeyExposed(Exception):
    """Group or others may touch the key file."""


def make_key(path: Path, origin: str) -> NoteSigner:
    """Write a new Ed25519 key for a log, mode 0600; of two makers one wins, and both get the key of the winner."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    signer = NoteSigner(origin, SignatureType.ED25519, Ed25519PrivateKey.generate().private_bytes_raw())
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _write_durably(draft, signer.encode() + "\n", 0o600)
        # A link, unlike a rename, fails where the name is taken: a key that has signed is never overwritten.
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    _sync_directory(path.parent)
    return read_key(path)


def read_key(path: Path) -> NoteSigner:
    """Return the key of the log.

    :raises KeyMissing: if there is no file.
    :raises KeyExposed: if others than the owner may touch it.
    :raises NoteError: ``tlog.note.key`` or ``tlog.note.key-type`` if it holds no key.
    """
    try:
        with path.open() as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                raise KeyExposed(path)
            text = file.read().strip()
    except FileNotFoundError as error:
        raise KeyMissing(path) from error
    return NoteSigner.parse(text)


def hand_out(path: Path, verifier: str) -> None:
    """Write the public key for strangers, one line; an equal file is not touched."""
    with suppress(FileNotFoundError):
        if path.read_text() == verifier + "\n":
            return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _write_durably(draft, verifier + "\n", 0o644)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    _sync_directory(path.parent)


def handed_out(path: Path) -> str | None:
    """Return the public key that strangers were given, or None."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return None


def _write_durably(path: Path, text: str, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
