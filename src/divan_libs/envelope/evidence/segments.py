"""Append-only segment files: written by one process, completed after a crash, never changed afterwards.

A segment begins with a header and, when closed in order, ends with an END record. In a finished segment every intent
has an end or is named by END as carried: written again, as it is, into the successor. Every end is under a signed root,
some have a signature of their own besides.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from divan_libs.asic import hashchain
from divan_libs.envelope.evidence.frames import Scan, scan, write_group
from divan_libs.envelope.evidence.records import (
    End,
    EvidenceError,
    Header,
    Kind,
    MessageSignature,
    SignedRoot,
    digest,
    request_id_of,
)
from divan_libs.envelope.keys import Signer

SUFFIX = ".evidence"
UNBORN = ".unborn"
RESERVE = ".reserve"
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)

Record = tuple[Kind, bytes, str]
"""Kind, octets, and the request id of an intent or a closing record (empty for others)."""
Sync = Callable[[int], None]
Write = Callable[[int, bytes | memoryview], int]


class DiskFull(OSError):
    """There is no room for a group; what was durable before still is, and the segment is as it was."""


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_locked_by_writer(descriptor: int) -> bool:
    """Try to take the writer's lock of an open segment; tell whether a living process has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


@dataclass(slots=True)
class _Progress:
    """What has been written so far, as far as the next root and the successor need it."""

    closings: int = 0
    batches: int = 0
    previous: str = ""
    intents: dict[str, bytes] = field(default_factory=dict)
    unsealed: list[bytes] = field(default_factory=list)

    def follow(self, records: Sequence[Record]) -> None:
        for kind, payload, request_id in records:
            match kind:
                case Kind.HEADER:
                    self.previous = digest(payload)
                case Kind.INTENT:
                    self.intents[request_id] = hashchain.digest(payload)
                case Kind.CLOSING:
                    self.closings += 1
                    intent = self.intents.pop(request_id, None)
                    if intent is None:
                        raise EvidenceError("exchange.evidence.intent", request_id=request_id)
                    self.unsealed.append(hashchain.node(intent, hashchain.digest(payload)))
                case Kind.ROOT:
                    root = SignedRoot.decode(payload)
                    self.batches, self.previous = root.batch, digest(payload)
                    del self.unsealed[: root.first + root.count - (self.closings - len(self.unsealed))]


class Segment:
    """A segment open for writing, locked against every other writer. Not for several threads at once.

    After any OSError from a method the knowledge of what is on the disk is gone: give the segment up and let
    :mod:`divan_libs.envelope.evidence.recovery` complete it.
    """

    def __init__(
        self,
        path: Path,
        descriptor: int,
        header: Header,
        end: int,
        signer: Signer,
        *,
        sync: Sync = os.fdatasync,
        write: Write = os.write,
    ) -> None:
        self.path = path
        self.header = header
        self.end = end
        self._descriptor = descriptor
        self._signer = signer
        self._sync = sync
        self._write = write
        self._certificate = hashchain.digest(signer.certificates[0]).hex() if signer.certificates else ""
        self._progress = _Progress()

    @classmethod
    def create(
        cls,
        directory: Path,
        header: Header,
        signer: Signer,
        *,
        carried: Mapping[str, bytes] | None = None,
        sync: Sync = os.fdatasync,
        write: Write = os.write,
    ) -> Segment:
        """Make a new segment, durable with its header and the intents (by request id) that its predecessor hands on.

        The file gets its name only when it is whole and locked, so nobody takes it for a crashed one.
        """
        path = directory / f"{header.run}-{header.sequence:06d}{SUFFIX}"
        unborn = path.with_suffix(UNBORN)
        descriptor = os.open(unborn, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            segment = cls(path, descriptor, header, 0, signer, sync=sync, write=write)
            intents = [(Kind.INTENT, intent, request_id) for request_id, intent in (carried or {}).items()]
            segment.commit([(Kind.HEADER, header.encode(), ""), *intents])
            unborn.rename(path)
            sync_directory(directory)
        except BaseException:
            os.close(descriptor)
            unborn.unlink(missing_ok=True)
            raise
        return segment

    @classmethod
    def reopen(cls, path: Path, descriptor: int, found: Scan, signer: Signer, sync: Sync = os.fdatasync) -> Segment:
        """Take up a segment that its writer left; a torn tail is cut off. The caller holds its lock.

        :raises EvidenceError: ``exchange.evidence.damaged`` when it does not begin with a header.
        """
        if not found.frames or found.frames[0].kind is not Kind.HEADER:
            raise EvidenceError("exchange.evidence.damaged", segment=path.name, offset=0)
        if found.torn:
            os.ftruncate(descriptor, found.end)
        os.lseek(descriptor, found.end, os.SEEK_SET)
        header = Header.decode(found.frames[0].payload)
        segment = cls(path, descriptor, header, found.end, signer, sync=sync)
        segment._progress.follow([(kind, payload, request_id_of(kind, payload)) for kind, payload in found.records])
        return segment

    @property
    def unsealed(self) -> int:
        """How many closing records are not under a root yet."""
        return len(self._progress.unsealed)

    def commit(self, records: Sequence[Record]) -> None:
        """Write a group and return when it is durable.

        :raises DiskFull: there was no room; nothing of the group is in the segment, which can be used again.
        :raises OSError: it may or may not be on the disk, see the class.
        """
        data = memoryview(write_group(records, self.end))
        written = 0
        try:
            while written < len(data):
                written += self._write(self._descriptor, data[written:])
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            # Nobody was told of these octets, so they may go; a crash before this line leaves a torn tail.
            os.ftruncate(self._descriptor, self.end)
            os.lseek(self._descriptor, self.end, os.SEEK_SET)
            raise DiskFull(error.errno, error.strerror, str(self.path)) from error
        self._sync(self._descriptor)
        self.end += written
        self._progress.follow(records)

    def root(self, *, now: int) -> Record | None:
        """Return a signed root over the closing records without one, to be committed next; None if there are none."""
        progress = self._progress
        if not progress.unsealed:
            return None
        count = len(progress.unsealed)
        root = SignedRoot(
            run=self.header.run,
            sequence=self.header.sequence,
            batch=progress.batches + 1,
            first=progress.closings - count,
            count=count,
            root=hashchain.top(progress.unsealed).hex(),
            previous=progress.previous,
            signed_at=now,
            key=self._signer.key_id,
            certificate=self._certificate,
            signature="",
        )
        return Kind.ROOT, self._sign(root), ""

    def message_signature(self, request_id: str, intent: bytes, closing: bytes, *, now: int) -> Record:
        """Return a signature over one message alone, to be committed behind its closing record."""
        signature = MessageSignature(
            request_id=request_id,
            intent=hashchain.digest(intent).hex(),
            closing=hashchain.digest(closing).hex(),
            signed_at=now,
            key=self._signer.key_id,
            certificate=self._certificate,
            signature="",
        )
        return Kind.SIGNATURE, self._sign(signature), request_id

    def _sign(self, unsigned: SignedRoot | MessageSignature) -> bytes:
        return replace(unsigned, signature=self._signer.sign(unsigned.signed_octets()).hex()).encode()

    def finish(self, *, carried: Sequence[str] = (), now: int) -> None:
        """Write a root over all that has none, and END with the ids of the carried intents; then let the file go."""
        root = self.root(now=now)
        self.commit([*([root] if root else []), (Kind.END, End(carried=list(carried)).encode(), "")])
        self.close()

    def close(self) -> None:
        """Let the file and its lock go as it is."""
        os.close(self._descriptor)


def read_segment(path: Path) -> Scan:
    """Read a segment file; of one that is being written, what is there so far.

    :raises EvidenceError: ``exchange.evidence.damaged`` with the file's name and the offset.
    """
    data = path.read_bytes()
    try:
        return scan(data)
    except EvidenceError as error:
        raise EvidenceError(error.code, segment=path.name, **error.facts) from error
