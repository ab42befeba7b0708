"""Durable evidence for many messages at once: whoever comes while a write is on its way shares the next one.

There is no timer: a group is written as soon as the one before it is durable, in a thread, so that the loop goes on.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from divan_gateway.metrics import Count, Metrics
from divan_libs.envelope.evidence.log import EvidenceLog
from divan_libs.envelope.evidence.records import Kind

logger = logging.getLogger(__name__)


class JournalFailed(Exception):
    """Evidence cannot be written; the process must stop, because it no longer knows what is on the disk."""

    code = "gateway.journal-failed"


class Journal:
    """Takes records from the loop and resolves their futures when they are durable.

    ``on_failure`` is called once when writing fails; every waiter, then and later, gets :class:`JournalFailed`.
    """

    def __init__(self, log: EvidenceLog, metrics: Metrics, on_failure: Callable[[], None]) -> None:
        self._log = log
        self._metrics = metrics
        self._on_failure = on_failure
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="evidence")
        self._records: list[tuple[Kind, bytes, str]] = []
        self._waiters: list[asyncio.Future[None]] = []
        self._wake = asyncio.Event()
        self._seal_due = False
        self._closing = False
        self.failed = False
        self._writer = self._loop.create_task(self._write())

    def append(self, kind: Kind, payload: bytes, request_id: str) -> asyncio.Future[None]:
        """Queue a record; the future is done when it is durable.

        :raises JournalFailed: through the future.
        """
        waiter: asyncio.Future[None] = self._loop.create_future()
        if self.failed:
            waiter.set_exception(JournalFailed())
            return waiter
        self._records.append((kind, payload, request_id))
        self._waiters.append(waiter)
        self._wake.set()
        return waiter

    def seal(self) -> None:
        """Ask for a signed root over what ended so far; nobody waits for it."""
        self._seal_due = True
        self._wake.set()

    async def close(self) -> None:
        """Write what is queued, end the segment in order and stop; after a failure let it go as it is."""
        self._closing = True
        self._wake.set()
        await self._writer
        if self.failed:
            self._log.abandon()
        else:
            await self._guarded(self._log.close)
        self._thread.shutdown()

    async def _write(self) -> None:
        while not (self.failed or (self._closing and not self._records)):
            await self._wake.wait()
            self._wake.clear()
            while self._records and not self.failed:
                await self._write_group()
            if self._seal_due and not self.failed:
                self._seal_due = False
                await self._guarded(self._log.seal)

    async def _write_group(self) -> None:
        records, waiters = self._records, self._waiters
        self._records, self._waiters = [], []
        began = time.perf_counter_ns()
        durable = await self._guarded(lambda: self._log.commit(records))
        for waiter in waiters:
            if durable:
                waiter.set_result(None)
            else:
                waiter.set_exception(JournalFailed())
        self._metrics.add(Count.GROUPS)
        self._metrics.add(Count.RECORDS, len(records))
        self._metrics.add(Count.GROUP_MICROSECONDS, (time.perf_counter_ns() - began) // 1000)
        if durable and self._log.needs_maintenance:
            await self._guarded(self._log.maintain)

    async def _guarded(self, work: Callable[[], None]) -> bool:
        try:
            await self._loop.run_in_executor(self._thread, work)
        except Exception:
            # Whatever went wrong, what is on the disk is unknown now. Waiters are told, the process ends, and the next
            # one completes the segment from what is really there.
            logger.exception("evidence cannot be written")
            self.failed = True
            for waiter in self._waiters:
                waiter.set_exception(JournalFailed())
            self._records, self._waiters = [], []
            self._on_failure()
            return False
        return True
