"""Files of a letter that are too large for one message come in parts and lie here until the letter itself comes."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from divan.dealings.correspondence.adapters.envelope import MOST_BYTES
from divan.dealings.correspondence.values import ParcelTooLarge, ParcelUnfit

PART_BYTES = 4 * 1024 * 1024
MOST_PARTS = MOST_BYTES // PART_BYTES + 1
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


def _folder_of(folder: Path, letter: str) -> Path:
    return folder / hashlib.sha256(letter.encode()).hexdigest()[:40]


def put_part(folder: Path, letter: str, sha256: str, number: int, content: bytes) -> None:
    """Keep a part of a file of a letter; again replaces it.

    :raises ParcelUnfit: if it names no file or no place in one.
    :raises ParcelTooLarge: if the part, or all that lie there, are larger than a letter may be.
    """
    if not _SHA256.fullmatch(sha256) or not 0 <= number < MOST_PARTS or not content:
        raise ParcelUnfit(place="part", reason="name")
    directory = _folder_of(folder, letter)
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = directory / f"{sha256}.{number:04d}"
    lying = sum(one.stat().st_size for one in directory.iterdir() if one != target)
    if len(content) > PART_BYTES or lying + len(content) > MOST_BYTES:
        raise ParcelTooLarge(limit=MOST_BYTES)
    made = directory / f".{target.name}.{os.getpid()}"
    with made.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    made.replace(target)


def find_file(folder: Path, letter: str, sha256: str, size: int) -> bytes | None:
    """Return a file of a letter whose parts have all come, or None."""
    parts = sorted(_folder_of(folder, letter).glob(f"{sha256}.*"))
    if sum(one.stat().st_size for one in parts) != size:
        return None
    content = b"".join(one.read_bytes() for one in parts)
    return content if hashlib.sha256(content).hexdigest() == sha256 else None


def forget(folder: Path, letter: str) -> None:
    """Remove the parts of a letter that was taken in."""
    shutil.rmtree(_folder_of(folder, letter), ignore_errors=True)


def clear_old(folder: Path, now: datetime, *, older_than: timedelta = timedelta(days=4)) -> int:
    """Remove parts whose letter never came; return of how many letters."""
    removed = 0
    for directory in folder.glob("*") if folder.exists() else ():
        if datetime.fromtimestamp(directory.stat().st_mtime, tz=now.tzinfo) < now - older_than:
            shutil.rmtree(directory, ignore_errors=True)
            removed += 1
    return removed
