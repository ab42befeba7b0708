"""The key of a witness, in a file that nobody else may touch."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.notes import NoteSigner, SignatureType


class KeyUnusable(Exception):
    """There is no key, it is damaged, others may read it, or one is there already; the message says which."""


def make_key(path: Path, name: str) -> NoteSigner:
    """Write a new key for a witness, mode 0600, and return it.

    :raises KeyUnusable: if a key is there: a key that has vouched is never written over; or if the name is none.
    """
    seed = Ed25519PrivateKey.generate().private_bytes_raw()
    try:
        signer = NoteSigner(name, SignatureType.COSIGNATURE, seed)
    except TlogError as error:
        raise KeyUnusable(
            f"{name!r} cannot name a witness: no spaces, no plus signs, as in witness.example/w1"
        ) from error
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyUnusable(f"{path} is there already; a key that has vouched is not written over") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(signer.encode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return signer


def read_key(path: Path) -> NoteSigner:
    """Return the key of the witness.

    :raises KeyUnusable: if it is missing, damaged, of another kind, or open to others than its owner.
    """
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(10_000).strip()
    except FileNotFoundError as error:
        raise KeyUnusable(f"{path} is missing; `divan witness keygen` makes one") from error
    except (OSError, ValueError) as error:
        raise KeyUnusable(f"{path} cannot be read: {error}") from error
    if mode & 0o077:
        raise KeyUnusable(f"others may touch {path}: chmod 600 {path}")
    try:
        signer = NoteSigner.parse(text)
    except TlogError as error:
        raise KeyUnusable(f"{path} holds no key ({error.code})") from error
    if signer.kind is not SignatureType.COSIGNATURE:
        raise KeyUnusable(f"{path} holds the key of a log, not of a witness")
    return signer
