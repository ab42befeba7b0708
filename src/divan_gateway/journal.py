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
from divan_libs.envelope.evidence.segments import Record

logger = logging.getLogger(__name__)


class JournalFailed(Exception):
    """Evidence cannot be written; the process must stop, because it no longer knows what is on the disk."""

    code = "gateway.journal-failed"


class DiskIsFull(JournalFailed):
    """There is no room for the evidence of another message; nothing of this one was sent. Those under way go on."""

    code = "gateway.disk-full"


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
        self._records: list[Record] = []
        self._to_sign: set[str] = set()
        self._waiters: list[asyncio.Future[None]] = []
        self._wake = asyncio.Event()
        self._seal_due = False
        self._closing = False
        self.failed = False
        self._writer = self._loop.create_task(self._write())

    @property
    def is_full(self) -> bool:
        """Whether there is no room for the evidence of new messages."""
        return self._log.is_full

    def append(
        self, kind: Kind, payload: bytes, request_id: str, *, relaxed: bool = False, signed: bool = False
    ) -> asyncio.Future[None]:
        """Queue a record; the future is done when it is durable, of a ``relaxed`` one at once.

        What is relaxed is on its way to the disk when its message goes on, and a crash within that time loses it.
        ``signed`` gives a closing record a signature of its own, durable together with it.

        :raises JournalFailed: through the future; :class:`DiskIsFull` for an intent.
        """
        waiter: asyncio.Future[None] = self._loop.create_future()
        if self.failed or (kind is Kind.INTENT and self._log.is_full):
            waiter.set_exception(JournalFailed() if self.failed else DiskIsFull())
            return waiter
        self._records.append((kind, payload, request_id))
        if signed:
            self._to_sign.add(request_id)
        if relaxed:
            waiter.set_result(None)
        else:
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
        records, waiters, to_sign = self._records, self._waiters, self._to_sign
        self._records, self._waiters, self._to_sign = [], [], set()
        was_full = self._log.is_full
        began = time.perf_counter_ns()
        durable = await self._guarded(lambda: self._log.commit(records, sign=to_sign))
        if durable and self._log.is_full and not was_full:
            logger.error("the disk is full: messages under way are ended, new ones are refused")
        for waiter in waiters:
            # Whoever waited may have been given up meanwhile; its record stands all the same.
            if durable and not waiter.done():
                waiter.set_result(None)
            elif not waiter.done():
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
                if not waiter.done():
                    waiter.set_exception(JournalFailed())
            self._records, self._waiters = [], []
            self._on_failure()
            return False
        return True
