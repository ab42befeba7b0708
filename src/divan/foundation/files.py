"""Files: checked, scanned and only then stored under their SHA-256."""

from __future__ import annotations

import hashlib
import os
import socket
import struct
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from uuid import UUID, uuid4

from django.db import transaction

from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.apps import options
from divan.foundation.errors import NotFound, Refusal, Trouble
from divan.foundation.faults import power_may_fail
from divan.foundation.kinds import FactKind
from divan.foundation.models import StoredFile

FILE_STORED = FactKind("foundation.file-stored", "A file was checked, scanned and stored under its SHA-256.")

MAX_UPLOAD = 10 * 1024 * 1024
"""Bytes that a person may hand in at once; the form tells it before."""

_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)
SUFFIXES = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
}


class FileEmpty(Refusal):
    """The file holds no bytes."""

    code = "foundation.file-empty"
    status = 422


class FileTooLarge(Refusal):
    """The file is larger than may be handed in."""

    code = "foundation.file-too-large"
    status = 413


class FileTypeUnknown(Refusal):
    """The bytes are of no type that is accepted, whatever the name says."""

    code = "foundation.file-type-unknown"
    status = 422


class FileMislabelled(Refusal):
    """The name promises another type than the bytes hold."""

    code = "foundation.file-mislabelled"
    status = 422


class FileInfected(Refusal):
    """The scanner found something in the file."""

    code = "foundation.file-infected"
    status = 422


class ScannerSilent(Trouble):
    """The scanner did not answer; an unscanned file is not stored."""

    code = "foundation.scanner-silent"


class Scanner(Protocol):
    """Somebody who looks for malware."""

    def find(self, content: Iterable[bytes]) -> str:
        """Return the name of what was found in the content, or an empty text.

        :raises ScannerSilent: when no verdict can be had.
        """


class ClamScanner:
    """A clamd behind a socket: ``unix:/path`` or ``host:port``, asked by INSTREAM."""

    def __init__(self, address: str) -> None:
        self._address = address

    def find(self, content: Iterable[bytes]) -> str:
        """Stream the content to clamd and read its verdict."""
        try:
            with self._connect() as line:
                line.sendall(b"zINSTREAM\0")
                for piece in content:
                    line.sendall(struct.pack("!I", len(piece)) + piece)
                line.sendall(struct.pack("!I", 0))
                verdict = b""
                while not verdict.endswith(b"\0") and (part := line.recv(4096)):
                    verdict += part
        except OSError as error:
            raise ScannerSilent from error
        text = verdict.rstrip(b"\0").decode(errors="replace")
        if text.endswith(" FOUND"):
            return text.removeprefix("stream: ").removesuffix(" FOUND")
        if text.endswith(" OK") or text == "stream: OK":
            return ""
        raise ScannerSilent(answer=text[:100])

    def _connect(self) -> socket.socket:
        if self._address.startswith("unix:"):
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(20)
            line.connect(self._address.removeprefix("unix:"))
            return line
        host, _, port = self._address.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSummary:
    """A stored file as others see it."""

    uuid: UUID
    name: str
    media_type: str
    size: int
    sha256: str


def path_of(sha256: str) -> Path:
    """Return where the bytes of this SHA-256 lie."""
    return options().files_directory / sha256[:2] / sha256[2:4] / sha256


def store_upload(
    *,
    name: str,
    content: Iterable[bytes],
    actor: Actor,
    now: datetime,
    limit: int = MAX_UPLOAD,
    scanner: Scanner | None = None,
) -> FileSummary:
    """Check, scan and store what a person handed in.

    :raises FileEmpty, FileTooLarge, FileTypeUnknown, FileMislabelled, FileInfected: nothing is kept.
    :raises ScannerSilent: nothing is kept; the person may try again.
    """
    directory = options().files_directory / "incoming"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=directory, delete=True) as incoming:
        size = 0
        for piece in content:
            size += len(piece)
            if size > limit:
                raise FileTooLarge(limit=limit)
            incoming.write(piece)
        if not size:
            raise FileEmpty(name=name)
        incoming.flush()
        media_type = _media_type(name, incoming.name)
        found = (scanner or ClamScanner(options().scanner_address)).find(_pieces(incoming.name))
        if found:
            raise FileInfected(found=found)
        return _keep(incoming.name, name=name, media_type=media_type, actor=actor, now=now)


def store_made(*, name: str, content: bytes, media_type: str, actor: Actor, now: datetime) -> FileSummary:
    """Store bytes that the house itself made, such as an issued document; whoever keeps them claims them."""
    directory = options().files_directory / "incoming"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=directory, delete=True) as made:
        made.write(content)
        made.flush()
        return _keep(made.name, name=name, media_type=media_type, actor=actor, now=now)


def store_received(
    *,
    name: str,
    content: bytes,
    media_type: str,
    actor: Actor,
    now: datetime,
    scanner: Scanner | None = None,
) -> FileSummary:
    """Scan and store bytes that came with a letter of another system, whose type was read from them.

    :raises FileEmpty, FileInfected: nothing is kept.
    :raises ScannerSilent: nothing is kept; the letter may be sent again.
    """
    if not content:
        raise FileEmpty(name=name)
    found = (scanner or ClamScanner(options().scanner_address)).find(
        content[start : start + 65536] for start in range(0, len(content), 65536)
    )
    if found:
        raise FileInfected(found=found)
    return store_made(name=name, content=content, media_type=media_type, actor=actor, now=now)


def _media_type(name: str, path: str) -> str:
    with Path(path).open("rb") as incoming:
        head = incoming.read(16)
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            if not name.lower().endswith(SUFFIXES[media_type]):
                raise FileMislabelled(name=name, media_type=media_type)
            return media_type
    raise FileTypeUnknown(name=name)


def _pieces(path: str) -> Iterator[bytes]:
    with Path(path).open("rb") as content:
        while piece := content.read(65536):
            yield piece


def _keep(path: str, *, name: str, media_type: str, actor: Actor, now: datetime) -> FileSummary:
    sha256 = hashlib.sha256()
    size = 0
    for piece in _pieces(path):
        sha256.update(piece)
        size += len(piece)
    target = path_of(sha256.hexdigest())
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Bytes first, row second: a power cut between them leaves bytes that no row names, which the sweep removes;
    # the other order would leave a row without its bytes.
    with Path(path).open("rb") as content:
        os.fsync(content.fileno())
    if not target.exists():
        linked = target.with_suffix(f".{uuid4().hex}")
        os.link(path, linked)
        linked.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    power_may_fail("file.before-row")
    with transaction.atomic():
        row = StoredFile.objects.create(
            uuid=uuid4(), sha256=sha256.hexdigest(), size=size, media_type=media_type, name=name[:200], stored_at=now
        )
        facts.record(FILE_STORED, subject=row, actor=actor, at=now, size=size, media_type=media_type)
    return _summary(row)


def _summary(row: StoredFile) -> FileSummary:
    return FileSummary(uuid=row.uuid, name=row.name, media_type=row.media_type, size=row.size, sha256=row.sha256)


def claim(file_uuid: UUID) -> None:
    """Note that something refers to a stored file, so that it is not cleared away.

    :raises NotFound: when there is no such file, or it has been cleared away.
    """
    if not StoredFile.objects.filter(uuid=file_uuid).exclude(name="").update(claimed=True):
        raise NotFound(file=file_uuid)


def let_go(file_uuid: UUID) -> None:
    """Note that nothing refers to a stored file any more; it leaves 48 hours after it was stored."""
    StoredFile.objects.filter(uuid=file_uuid).update(claimed=False)


def clear_left_behind(now: datetime, *, older_than: timedelta) -> int:
    """Remove what a power cut left of files on their way in; return how many were removed.

    The temporary file outlives only a process that was killed, and bears the same bytes that were, or were about to be,
    stored under their SHA-256: those go too unless a row names them.
    """
    removed = 0
    for left in (options().files_directory / "incoming").glob("*"):
        try:
            begun = datetime.fromtimestamp(left.stat().st_mtime, tz=now.tzinfo)
        except FileNotFoundError:
            # It came in whole meanwhile, under its own name.
            continue
        if begun > now - older_than:
            continue
        sha256 = hashlib.sha256()
        for piece in _pieces(str(left)):
            sha256.update(piece)
        if not StoredFile.objects.filter(sha256=sha256.hexdigest()).exclude(name="").exists():
            path_of(sha256.hexdigest()).unlink(missing_ok=True)
        left.unlink(missing_ok=True)
        removed += 1
    return removed


def get_file(file_uuid: UUID) -> FileSummary:
    """Return a stored file's summary.

    :raises NotFound: when there is none, or it was cleared away, also where the same bytes are kept for somebody else.
    """
    row = StoredFile.objects.filter(uuid=file_uuid).exclude(name="").first()
    if row is None:
        raise NotFound(file=file_uuid)
    return _summary(row)


def read_file(file_uuid: UUID) -> bytes:
    """Return the bytes of a stored file.

    :raises NotFound: when there is no such file or its bytes are gone.
    """
    try:
        return path_of(get_file(file_uuid).sha256).read_bytes()
    except FileNotFoundError as error:
        raise NotFound(file=file_uuid) from error


def same_bytes(file_uuids: Iterable[UUID]) -> set[UUID]:
    """Return every stored file, these among them, whose bytes are those of one of these."""
    hashes = StoredFile.objects.filter(uuid__in=list(file_uuids)).values("sha256")
    return set(StoredFile.objects.filter(sha256__in=hashes).values_list("uuid", flat=True))
