"""A file inside a letter, decoded as it streams past: flat memory, wrong base64 refused where it stands."""

from __future__ import annotations

import binascii
import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import BinaryIO

from divan_libs.ece.contents import Content
from divan_libs.ece.errors import EceRefusal

KEPT_IN_MEMORY = 256 * 1024
"""A larger part goes to a file, where the caller names a folder."""

_SPACE = b" \t\r\n"
_FOREIGN = re.compile(rb"[^A-Za-z0-9+/= \t\r\n]")
_SIGN = re.compile(rb"[^ \t\r\n]")
_PADDING = re.compile(rb"=")
_UNBROKEN = 1000


class PartDecoder:
    """Takes the base64 text of one part piece by piece.

    ``most`` is how many bytes it may decode to. The sender breaks lines; a piece of 1000 characters without a break is
    remembered in ``unbroken``.
    """

    def __init__(self, *, place: str, line: int, most: int, folder: Path | None) -> None:
        self.size = 0
        self.unbroken = False
        self._place, self._line, self._most = place, line, most
        self._folder = folder
        self._pending = b""
        self._padded = False
        self._hash = hashlib.sha256()
        self._pieces: list[bytes] = []
        self._path: Path | None = None
        self._file: BinaryIO | None = None

    def feed(self, text: str) -> None:
        """Decode another piece.

        :raises EceRefusal: ``ece.part.base64`` with its line, ``ece.message.decoded-too-large``.
        """
        try:
            raw = text.encode("ascii")
        except UnicodeEncodeError as foreign:
            raise self._wrong(text[: foreign.start].count("\n")) from None
        packed = raw.translate(None, _SPACE)
        if len(packed) == len(raw) > _UNBROKEN:
            self.unbroken = True
        if packed:
            self._decode(packed, raw)
        self._line += raw.count(b"\n")

    def _decode(self, packed: bytes, raw: bytes) -> None:
        if self._padded:
            raise self._wrong(_lines_before(_SIGN, raw))
        waiting = self._pending + packed
        whole = len(waiting) - len(waiting) % 4
        try:
            decoded = binascii.a2b_base64(waiting[:whole], strict_mode=True)
        except binascii.Error:
            wrong = _FOREIGN if _FOREIGN.search(raw) else _PADDING
            raise self._wrong(_lines_before(wrong, raw)) from None
        self._pending = waiting[whole:]
        self._padded = waiting.endswith(b"=", 0, whole)
        self.size += len(decoded)
        if self.size > self._most:
            raise EceRefusal(
                "ece.message.decoded-too-large", place=self._place, line=self._line, part=self.size, left=self._most
            )
        self._keep(decoded)

    def _keep(self, decoded: bytes) -> None:
        self._hash.update(decoded)
        if self._file is None and self._folder is not None and self.size > KEPT_IN_MEMORY:
            handle, name = tempfile.mkstemp(prefix="ece-part-", dir=self._folder)
            self._path = Path(name)
            self._file = os.fdopen(handle, "wb")
            self._file.writelines(self._pieces)
            self._pieces.clear()
        if self._file is not None:
            self._file.write(decoded)
        else:
            self._pieces.append(decoded)

    def finish(self) -> Content:
        """Return what was decoded.

        :raises EceRefusal: ``ece.part.base64`` when the text breaks off.
        """
        if self._pending:
            raise self._wrong(0)
        if self._file is not None:
            self._file.close()
        kept = self._path or b"".join(self._pieces)
        self._pieces.clear()
        return Content(self._hash.hexdigest(), self.size, kept)

    def discard(self) -> None:
        """Remove the file, if one was begun."""
        if self._file is not None:
            self._file.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _wrong(self, lines_further: int) -> EceRefusal:
        return EceRefusal("ece.part.base64", place=self._place, line=self._line + lines_further)


def _lines_before(sign: re.Pattern[bytes], raw: bytes) -> int:
    found = sign.search(raw)
    return raw[: found.start()].count(b"\n") if found else 0
