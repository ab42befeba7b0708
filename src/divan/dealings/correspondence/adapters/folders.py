"""Letters by folders, for products that read and write files.

The house writes into ``to-product`` and reads ``from-product``; both sides write files under another name and rename
the one that counts last. ``KEY.json`` is the letter, its files stand in it by SHA-256 and beside it as
``KEY.N.suffix``; ``KEY.receipt.json`` is a receipt; ``NAME.xml`` is a letter or receipt of ECE. What the house has read
is renamed: to ``….done``, or to ``….failed`` with the code of the fault in ``….error.json``.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from divan.dealings.correspondence.adapters.envelope import MOST_BYTES, write_envelope
from divan.dealings.correspondence.values import Parcel, ParcelUnfit

OUT, IN = "to-product", "from-product"
MOST_AT_ONCE = 100
_NAME = re.compile(r"[0-9A-Za-z._-]{1,120}")
_KINDS = {".receipt.json": "receipt", ".error.json": "error", ".json": "letter", ".xml": "ece"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A file that a product has finished: a ``letter``, a ``receipt``, or ``ece``."""

    path: Path
    kind: str
    key: str


def put_parcel(folder: Path, parcel: Parcel) -> None:
    """Put a letter for a product, its files first; again replaces it by the same.

    :raises OSError: when the folder cannot be written.
    """
    for number, one in enumerate(parcel.files, start=1):
        suffix = Path(one.name).suffix.lower()
        plain = suffix if re.fullmatch(r"\.[a-z0-9]{1,5}", suffix) else ".bin"
        put_file(folder, f"{parcel.key}.{number}{plain}", one.content or b"")
    envelope = write_envelope(_without_contents(parcel))
    put_file(folder, f"{parcel.key}.json", json.dumps(envelope, ensure_ascii=False, sort_keys=True).encode())


def _without_contents(parcel: Parcel) -> Parcel:
    return replace(parcel, files=tuple(replace(one, content=None) for one in parcel.files))


def put_receipt(folder: Path, key: str, said: Mapping[str, object]) -> None:
    """Put a receipt for a product.

    :raises OSError: when the folder cannot be written.
    """
    put_file(folder, f"{key}.receipt.json", json.dumps(said, ensure_ascii=False, sort_keys=True).encode())


def put_file(folder: Path, name: str, content: bytes) -> None:
    """Put a file for a product, whole and durable before it bears its name.

    :raises OSError: when the folder cannot be written.
    """
    directory = folder / OUT
    directory.mkdir(parents=True, exist_ok=True)
    made = directory / f".{name}.part"
    with made.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    made.replace(directory / name)
    known = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(known)
    finally:
        os.close(known)


def waiting_files(folder: Path) -> Iterator[Waiting]:
    """Yield what a product has finished, oldest first.

    :raises OSError: when the folder cannot be read.
    """
    directory = folder / IN
    directory.mkdir(parents=True, exist_ok=True)
    found = sorted(
        (one for one in directory.iterdir() if _NAME.fullmatch(one.name) and not one.name.startswith(".")),
        key=lambda one: (one.lstat().st_mtime, one.name),
    )
    count = 0
    for path in found:
        suffix, kind = next(((end, kind) for end, kind in _KINDS.items() if path.name.endswith(end)), ("", ""))
        if kind in {"", "error"} or not stat.S_ISREG(path.lstat().st_mode):
            continue
        yield Waiting(path=path, kind=kind, key=path.name.removesuffix(suffix))
        count += 1
        if count == MOST_AT_ONCE:
            return


def read_bounded(path: Path, most: int = MOST_BYTES) -> bytes:
    """Return the bytes of a file that a product wrote; a link is not followed.

    :raises ParcelUnfit: if it is no file, or too large.
    :raises OSError: when it cannot be read.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        told = os.fstat(handle)
        if not stat.S_ISREG(told.st_mode) or told.st_size > most:
            raise ParcelUnfit(place=path.name[:80], reason="too-large")
        return file.read(most + 1)[:most]


def with_contents(path: Path, parcel: Parcel) -> Parcel:
    """Return a parcel with the bytes of its files, found beside it by their SHA-256.

    :raises ParcelUnfit: if one is not there.
    :raises OSError: when one cannot be read.
    """
    key = path.name.removesuffix(".json")
    beside: dict[str, bytes] = {}
    for one in sorted(path.parent.glob(f"{key}.*"))[:200]:
        if _NAME.fullmatch(one.name) and not one.name.endswith(".json") and stat.S_ISREG(one.lstat().st_mode):
            content = read_bounded(one)
            beside[hashlib.sha256(content).hexdigest()] = content
    files = []
    for place, file in enumerate(parcel.files):
        content_of = file.content if file.content is not None else beside.get(file.sha256)
        if content_of is None or len(content_of) != file.size:
            raise ParcelUnfit(place=f"files.{place}", reason="missing")
        files.append(replace(file, content=content_of))
    return replace(parcel, files=tuple(files))


def finish(waiting: Waiting, *, failed: Mapping[str, object] | None = None) -> None:
    """Rename what was read so that it is not read again; a failure says why beside it.

    :raises OSError: when the folder cannot be written.
    """
    path = waiting.path
    if failed is not None:
        reason = path.with_name(f"{waiting.key}.error.json")
        made = path.with_name(f".{reason.name}.part")
        made.write_text(json.dumps(failed, ensure_ascii=False, sort_keys=True), "utf-8")
        made.replace(reason)
    path.replace(path.with_name(f"{path.name}.{'failed' if failed is not None else 'done'}"))
