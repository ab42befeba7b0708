"""How often a consumer has called: rates and daily quotas, counted by all workers of a gateway together.

The counts lie in one file that the workers map into memory, so that they survive a restart. A power cut may take what
was counted since the kernel last wrote: they are limits, not evidence.
"""

from __future__ import annotations

import fcntl
import hashlib
import math
import mmap
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from divan_libs.envelope import errors
from divan_libs.envelope.addresses import ClientId
from divan_libs.envelope.permits import Permit

FILE = "quotas.counts"
_SLOT = struct.Struct("<16sdII")
_SLOTS = 1 << 16
_FREE = bytes(16)


class Quotas:
    """Counts calls under limited permits. One instance a process, over a file shared by all."""

    def __init__(self, directory: Path) -> None:
        self._descriptor = os.open(directory / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        size = _SLOT.size * _SLOTS
        if os.fstat(self._descriptor).st_size != size:
            os.ftruncate(self._descriptor, size)
        self._cells = mmap.mmap(self._descriptor, size)

    def close(self) -> None:
        """Let the file go."""
        self._cells.close()
        os.close(self._descriptor)

    def take(self, permit: Permit, client: ClientId, *, now: datetime, zone: ZoneInfo) -> None:
        """Count a call of a client under a permit.

        :raises ExchangeRefusal: 429, when it is beyond the permit's rate or the quota of the day; it is not counted.
        """
        key = hashlib.blake2b(f"{permit.id}\0{client.encoded()}".encode(), digest_size=16).digest()
        second = now.timestamp()
        local = now.astimezone(zone)
        today = local.toordinal()
        with self._alone():
            offset = self._find(key)
            _, due, day, count = _SLOT.unpack_from(self._cells, offset)
            count = count if day == today else 0
            if permit.daily_quota is not None and count >= permit.daily_quota:
                midnight = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), zone)
                raise errors.too_many("The quota of this day is used up", max(1, round(midnight.timestamp() - second)))
            if permit.rate_per_minute is not None:
                due = _next_due(permit, due, second)
            _SLOT.pack_into(self._cells, offset, key, due, today, count + 1)

    def _find(self, key: bytes) -> int:
        place = int.from_bytes(key[:4], "big") % _SLOTS
        for step in range(_SLOTS):
            offset = (place + step) % _SLOTS * _SLOT.size
            found = self._cells[offset : offset + 16]
            if found in (key, _FREE):
                return offset
        # More consumers than slots: everybody's counts begin anew rather than anybody's limit being lost for good.
        self._cells[:] = bytes(len(self._cells))
        return place * _SLOT.size

    @contextmanager
    def _alone(self) -> Iterator[None]:
        fcntl.lockf(self._descriptor, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self._descriptor, fcntl.LOCK_UN)


def _next_due(permit: Permit, due: float, second: float) -> float:
    """Return when the call after this one is due at an even pace (the generic cell rate algorithm).

    :raises ExchangeRefusal: this one comes earlier than the burst of the permit allows.
    """
    assert permit.rate_per_minute is not None  # noqa: S101 - the caller looked
    pace = 60 / permit.rate_per_minute
    burst = permit.burst or max(1, permit.rate_per_minute // 10)
    due = max(due, second)
    early_by = due - second - pace * (burst - 1)
    if early_by > 1e-6:
        raise errors.too_many(f"More than {permit.rate_per_minute} calls a minute", max(1, math.ceil(early_by - 1e-6)))
    return due + pace
