"""The ZIP archive of a container: written the same way every time, read as if an enemy had made it."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO

from divan_libs.asic.errors import AsicError

MEDIA_TYPE = "application/vnd.etsi.asic-e+zip"
MIMETYPE = "mimetype"
MOST_FILES = 64
MOST_OCTETS = 64 * 1024 * 1024
"""All files of a container together, unpacked."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_LOCAL_HEADER = b"PK\x03\x04"


def write_archive(files: Mapping[str, bytes]) -> bytes:
    """Return the archive: ``mimetype`` first and stored, then the files in order; the same files, the same octets.

    :raises AsicError: ``asic.archive.name``.
    """
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.comment = f"mimetype={MEDIA_TYPE}".encode()
        for name, octets in {MIMETYPE: MEDIA_TYPE.encode(), **files}.items():
            _require_name(name)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_STORED if name == MIMETYPE else zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, octets)
    return packed.getvalue()


def read_archive(packed: bytes) -> dict[str, bytes]:
    """Return the files of a container by their names; folders are left out.

    :raises AsicError: ``asic.archive``, ``asic.archive.name`` or ``asic.mimetype``.
    """
    try:
        with zipfile.ZipFile(BytesIO(packed)) as archive:
            files = _read(archive, packed)
    except AsicError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, RuntimeError, OSError) as error:
        raise AsicError("asic.archive", reason=type(error).__name__) from error
    if files.get(MIMETYPE, b"").strip() != MEDIA_TYPE.encode():
        raise AsicError("asic.mimetype")
    return files


def _read(archive: zipfile.ZipFile, packed: bytes) -> dict[str, bytes]:
    entries = archive.infolist()
    # What stands before the first file or between two is read by some tools and not by others.
    if not packed.startswith(_LOCAL_HEADER) or len(entries) > MOST_FILES:
        raise AsicError("asic.archive", reason="layout", files=len(entries))
    _require_apart(archive, entries)
    room = MOST_OCTETS
    files: dict[str, bytes] = {}
    folded: set[str] = set()
    for entry in entries:
        name = entry.orig_filename
        _require_name(name.removesuffix("/"))
        if name.casefold() in folded or stat.S_ISLNK(entry.external_attr >> 16):
            raise AsicError("asic.archive.name", name=name)
        folded.add(name.casefold())
        if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _METHODS or entry.file_size > room:
            raise AsicError("asic.archive", reason="entry", name=name)
        if name.endswith("/"):
            continue
        with archive.open(entry) as source:
            # The declared size is a claim; never more is unpacked than there is room for.
            octets = source.read(room + 1)
        room -= len(octets)
        if room < 0:
            raise AsicError("asic.archive", reason="size", name=name)
        files[name] = octets
    return files


def _require_apart(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Refuse entries that share octets: a small archive would unpack to any size."""
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    ends = [entry.header_offset for entry in ordered[1:]] + [archive.start_dir]
    for entry, end in zip(ordered, ends, strict=True):
        if entry.header_offset + 30 + len(entry.orig_filename.encode()) + entry.compress_size > end:
            raise AsicError("asic.archive", reason="overlap", name=entry.orig_filename)


def _require_name(name: str) -> None:
    parts = name.split("/")
    plain = name.isascii() and name.isprintable() and not set(name) & set('\\:*?"<>|%#&')
    if not plain or any(part in {"", ".", ".."} for part in parts) or len(name) > 200:
        raise AsicError("asic.archive.name", name=name)
