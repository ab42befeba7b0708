"""The bytes of a file inside a letter: in memory while small, in a file of the caller's when large."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Self


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes that can be opened again and again; equal when their hashes are.

    A file behind it belongs to the caller, who must leave it as it is for as long as this value is used.
    """

    sha256: str
    size: int
    kept: bytes | Path = field(repr=False, compare=False)

    @classmethod
    def of_bytes(cls, data: bytes) -> Self:
        """Return the content of these bytes."""
        return cls(hashlib.sha256(data).hexdigest(), len(data), data)

    @classmethod
    def of_file(cls, path: Path) -> Self:
        """Return the content of a file.

        :raises OSError: when it cannot be read.
        """
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
            return cls(digest.hexdigest(), file.tell(), path)

    def open(self) -> BinaryIO:
        """Open it for reading."""
        return io.BytesIO(self.kept) if isinstance(self.kept, bytes) else self.kept.open("rb")

    def read(self) -> bytes:
        """Return the whole of it."""
        return self.kept if isinstance(self.kept, bytes) else self.kept.read_bytes()

    def head(self, size: int) -> bytes:
        """Return its first bytes."""
        with self.open() as file:
            return file.read(size)

    def tail(self, size: int) -> bytes:
        """Return its last bytes."""
        with self.open() as file:
            file.seek(max(0, self.size - size))
            return file.read(size)
