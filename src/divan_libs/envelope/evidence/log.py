"""The evidence log of one running process: its current segment, what is still under way, and the next signed root."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from divan_libs.envelope.evidence.records import Header, Kind
from divan_libs.envelope.evidence.segments import Record, Segment, Sync
from divan_libs.envelope.keys import Signer

DEFAULT_SEGMENT_BYTES = 64 * 1024 * 1024
DEFAULT_BATCH = 512


class EvidenceLog:
    """Writes groups durably; rotates segments and signs roots in :meth:`maintain`, between groups.

    Used by one thread. ``clock`` gives microseconds since 1970. After an OSError the log must not be used again.
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
        sync: Sync = os.fdatasync,
    ) -> None:
        self._directory = directory
        self._server = server
        self._run = run
        self._signer = signer
        self._clock = clock
        self._segment_bytes = segment_bytes
        self._batch = batch
        self._sync = sync
        self._next_root: Record | None = None
        self._open: dict[str, bytes] = {}
        self._segment = self._create(1)

    def _create(self, sequence: int) -> Segment:
        header = Header(
            run=self._run,
            sequence=sequence,
            server=self._server,
            key=self._signer.key_id,
            started_at=self._clock(),
        )
        return Segment.create(self._directory, header, self._signer, carried=list(self._open.values()), sync=self._sync)

    @property
    def path(self) -> Path:
        """The segment that is being written."""
        return self._segment.path

    def commit(self, records: Sequence[tuple[Kind, bytes, str]]) -> None:
        """Write a group of (kind, payload, request id) and return when it is durable.

        :raises OSError: nothing is known of the group; see the class.
        """
        group = [(kind, payload) for kind, payload, _ in records]
        if self._next_root is not None:
            group.insert(0, self._next_root)
            self._next_root = None
        self._segment.commit(group)
        for kind, payload, request_id in records:
            if kind is Kind.INTENT:
                self._open[request_id] = payload
            else:
                self._open.pop(request_id, None)

    @property
    def needs_maintenance(self) -> bool:
        """Whether :meth:`maintain` has something to do."""
        full_batch = self._next_root is None and self._segment.unsealed >= self._batch
        return full_batch or self._segment.end >= self._segment_bytes

    def maintain(self) -> None:
        """Do what no answer waits for: rotate a full segment, sign the root of a full batch for the next group."""
        if self._segment.end >= self._segment_bytes:
            self._rotate()
        elif self._next_root is None and self._segment.unsealed >= self._batch:
            self._next_root = self._segment.root(now=self._clock())

    def seal(self) -> None:
        """Put everything that ended so far under a durable signed root."""
        root = self._next_root or self._segment.root(now=self._clock())
        self._next_root = None
        if root is not None:
            self._segment.commit([root])

    def _rotate(self) -> None:
        # The successor is durable with all that is under way before its predecessor ends. If we stop in between, both
        # lack END, and recovery sees from the successor what was carried.
        full = self._segment
        self._next_root = None
        self._segment = self._create(full.header.sequence + 1)
        full.finish(carried=list(self._open), now=self._clock())

    def close(self) -> None:
        """End the segment in order; intents still under way stay without an end and are found by recovery."""
        self._next_root = None
        if self._open:
            self.seal()
            self._segment.close()
        else:
            self._segment.finish(now=self._clock())

    def abandon(self) -> None:
        """Let the segment go as it is; recovery completes it."""
        self._segment.close()
