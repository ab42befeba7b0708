"""The evidence log of one running process: its current segment, what is still under way, and the next signed root."""

from __future__ import annotations

import errno
import fcntl
import os
from base64 import b64encode
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path

from divan_libs.envelope.evidence.records import Header, Kind
from divan_libs.envelope.evidence.segments import NO_ROOM, RESERVE, DiskFull, Record, Segment, Sync, Write
from divan_libs.envelope.keys import Signer

DEFAULT_SEGMENT_BYTES = 64 * 1024 * 1024
DEFAULT_BATCH = 512
_RESERVED = 8
"""The reserve is an eighth of a segment: room for the ends of all messages that may be under way."""


class EvidenceLog:
    """Writes groups durably; rotates segments and signs roots in :meth:`maintain`, between groups.

    Used by one thread. ``clock`` gives microseconds since 1970. Beside the segment lies a reserve, a file without
    meaning: when the disk is full it is given up, so that what is under way can still be ended; ``is_full`` says that
    nothing new may begin. After an OSError the log must not be used again.
    """

    def __init__(
        self,
        directory: Path,
        *,
        run: str,
        server: str,
        signer: Signer,
        clock: Callable[[], int],
        segment_bytes: int = DEFAULT_SEGMENT_BYTES,
        batch: int = DEFAULT_BATCH,
        reserve_bytes: int | None = None,
        sync: Sync = os.fdatasync,
        write: Write = os.write,
    ) -> None:
        self._directory = directory
        self._server = server
        self._run = run
        self._signer = signer
        self._clock = clock
        self._segment_bytes = segment_bytes
        self._batch = batch
        self._sync = sync
        self._write = write
        self._next_root: Record | None = None
        self._open: dict[str, bytes] = {}
        self._reserve = _Reserve(
            directory / f"{run}{RESERVE}", segment_bytes // _RESERVED if reserve_bytes is None else reserve_bytes
        )
        self._segment = self._create(1)
        self._reserve.take()

    def _create(self, sequence: int) -> Segment:
        header = Header(
            run=self._run,
            sequence=sequence,
            server=self._server,
            key=self._signer.key_id,
            started_at=self._clock(),
            certificates=[b64encode(der).decode() for der in self._signer.certificates],
        )
        return Segment.create(
            self._directory, header, self._signer, carried=self._open, sync=self._sync, write=self._write
        )

    @property
    def path(self) -> Path:
        """The segment that is being written."""
        return self._segment.path

    @property
    def is_full(self) -> bool:
        """Whether the disk has no room for more than the ends of what is under way."""
        return not self._reserve.is_held

    def commit(self, records: Sequence[Record], *, sign: Collection[str] = ()) -> None:
        """Write a group and return when it is durable; ends of requests in ``sign`` get a signature of their own.

        :raises DiskFull: there is no room, not even with the reserve; nothing of the group is in the segment.
        :raises OSError: nothing is known of the group; see the class.
        """
        group: list[Record] = [self._next_root] if self._next_root is not None else []
        for record in records:
            kind, payload, request_id = record
            group.append(record)
            if kind is Kind.INTENT:
                self._open[request_id] = payload
            elif request_id in sign and request_id in self._open:
                intent = self._open[request_id]
                group.append(self._segment.message_signature(request_id, intent, payload, now=self._clock()))
        try:
            self._segment.commit(group)
        except DiskFull:
            if not self._reserve.give_up():
                raise
            self._segment.commit(group)
        self._next_root = None
        for kind, _, request_id in records:
            if kind is Kind.CLOSING:
                self._open.pop(request_id, None)

    @property
    def needs_maintenance(self) -> bool:
        """Whether :meth:`maintain` has something to do."""
        full_batch = self._next_root is None and self._segment.unsealed >= self._batch
        return full_batch or self._is_segment_full

    @property
    def _is_segment_full(self) -> bool:
        return self._segment.end >= self._segment_bytes and not self.is_full

    def maintain(self) -> None:
        """Do what no answer waits for: rotate a full segment, sign the root of a full batch for the next group."""
        if self._is_segment_full:
            self._rotate()
        elif self._next_root is None and self._segment.unsealed >= self._batch:
            self._next_root = self._segment.root(now=self._clock())

    def seal(self) -> None:
        """Put everything that ended so far under a durable signed root; take the reserve if there is room again."""
        root = self._next_root or self._segment.root(now=self._clock())
        self._next_root = None
        if root is not None:
            with suppress(DiskFull):
                # What has no root now gets one when there is room; the records themselves are durable.
                self._segment.commit([root])
        if self.is_full:
            self._reserve.take()

    def _rotate(self) -> None:
        # The successor is durable with all that is under way before its predecessor ends. If we stop in between, both
        # lack END, and recovery sees from the successor what was carried.
        full = self._segment
        self._next_root = None
        try:
            self._segment = self._create(full.header.sequence + 1)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            self._reserve.give_up()
            return
        full.finish(carried=list(self._open), now=self._clock())

    def close(self) -> None:
        """End the segment in order; intents still under way stay without an end and are found by recovery."""
        self._next_root = None
        if self._open:
            self.seal()
            self._segment.close()
        else:
            self._segment.finish(now=self._clock())
        self._reserve.give_up()

    def abandon(self) -> None:
        """Let the segment go as it is; recovery completes it."""
        self._segment.close()
        self._reserve.give_up()


class _Reserve:
    """Octets on the disk that mean nothing and can be given up; locked, so that recovery removes only a dead one's."""

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._size = size
        self._descriptor: int | None = None

    @property
    def is_held(self) -> bool:
        return self._size == 0 or self._descriptor is not None

    def take(self) -> None:
        """Take the room if it is there."""
        if self.is_held:
            return
        descriptor = None
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.posix_fallocate(descriptor, 0, self._size)
        except OSError as error:
            if descriptor is not None:
                os.close(descriptor)
                self._path.unlink(missing_ok=True)
            if error.errno not in {*NO_ROOM, errno.EFBIG}:
                raise
            return
        self._descriptor = descriptor

    def give_up(self) -> bool:
        """Give the room back to the disk; return whether there was any."""
        if self._descriptor is None:
            return False
        os.ftruncate(self._descriptor, 0)
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)
        self._descriptor = None
        return True
