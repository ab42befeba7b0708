"""Where the keys of signatories are: a port, and the one that keeps them in files.

A token (PKCS#11) fits the same port.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from cryptography import x509

from divan.trust.signing.values import KeysUnusable
from divan_libs.pki.errors import PkiError
from divan_libs.pki.keys import FileKey, Key, PrivateKey


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key with the certificates that lead from its own to a root, nearest first, without the root."""

    key: Key
    chain: tuple[x509.Certificate, ...]


class SigningKeys(Protocol):
    """A keeper of signatories' keys, each known by its signatory's identifier."""

    def find(self, signatory: UUID) -> SigningKey:
        """Return a signatory's key.

        :raises KeysUnusable: if it is not there or cannot be used now.
        """

    def keep(
        self, signatory: UUID, private_key: PrivateKey, certificate: x509.Certificate, chain: Sequence[x509.Certificate]
    ) -> None:
        """Keep a new key durably before its signatory is entered."""


class KeyFiles:
    """Keys in files of one folder (0700), each 0600, named by its signatory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory / "signatories"

    def find(self, signatory: UUID) -> SigningKey:
        """Read a signatory's key file.

        :raises KeysUnusable: if it is missing, damaged, or open to others.
        """
        try:
            key = FileKey.open(self._directory / f"{signatory}.pem")
        except PkiError as error:
            raise KeysUnusable(reason=error.code, detail=str(error)) from error
        return SigningKey(key, key.chain)

    def keep(
        self, signatory: UUID, private_key: PrivateKey, certificate: x509.Certificate, chain: Sequence[x509.Certificate]
    ) -> None:
        """Write a key file; a crash before its signatory is entered leaves a file that nobody names."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        FileKey.create(self._directory / f"{signatory}.pem", private_key, certificate, chain)
