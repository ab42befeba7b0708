"""Durable evidence for many messages at once: whoever comes while a write is on its way shares the next one.

There is no timer: a group is written as soon as the one before it is durable, in a thread, so that the loop goes on.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Sequence
from functools import partial
from queue import SimpleQueue
from threading import Thread

from divan_gateway.metrics import Count, Metrics
from divan_libs.envelope.evidence.log import EvidenceLog
from divan_libs.envelope.evidence.records import Kind
from divan_libs.envelope.evidence.segments import Record

logger = logging.getLogger(__name__)

_Then = Callable[[Exception | None], object]
"""What the loop is told when work is done: nothing, or why not."""


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
        self._records: list[Record] = []
        self._to_sign: set[str] = set()
        self._waiters: list[asyncio.Future[None]] = []
        self._seal_due = False
        self._closed: asyncio.Future[None] | None = None
        self.failed = False
        # One piece of work at a time is on its way through the thread. An executor would do, at several times the cost.
        self._is_busy = False
        self._began_at = 0.0
        self._work: SimpleQueue[tuple[Callable[[], None], _Then] | None] = SimpleQueue()
        self._thread = Thread(target=self._do_work, name="evidence", daemon=True)
        self._thread.start()

    @property
    def is_full(self) -> bool:
        """Whether there is no room for the evidence of new messages."""
        return self._log.is_full

    @property
    def waiting_seconds(self) -> float:
        """Since when the work that is on its way to the disk has been there; 0 when none is."""
        return self._loop.time() - self._began_at if self._is_busy else 0.0

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
        self._begin()
        return waiter

    def seal(self) -> None:
        """Ask for a signed root over what ended so far; nobody waits for it."""
        self._seal_due = True
        self._begin()

    async def close(self) -> None:
        """Write what is queued, end the segment in order and stop; after a failure let it go as it is."""
        self._closed = self._loop.create_future()
        self._begin()
        await self._closed
        if self.failed:
            self._log.abandon()
        else:
            ended = self._loop.create_future()
            self._hand_over(self._log.close, ended.set_result)
            error = await ended
            if error is not None:
                self._fail(error, ())
        self._work.put(None)
        self._thread.join()

    def _begin(self) -> None:
        # Not at once: whoever else comes in this turn of the loop shares the write.
        if not self._is_busy:
            self._is_busy = True
            self._began_at = self._loop.time()
            self._loop.call_soon(self._go_on)

    def _go_on(self, error: Exception | None = None) -> None:
        if error is not None:
            self._fail(error, ())
        if self._records and not self.failed:
            self._write_group()
        elif self._seal_due and not self.failed:
            self._seal_due = False
            self._hand_over(self._log.seal, self._go_on)
        else:
            self._is_busy = False
            if self._closed is not None and not self._closed.done():
                self._closed.set_result(None)

    def _write_group(self) -> None:
        records, waiters, to_sign = self._records, self._waiters, self._to_sign
        self._records, self._waiters, self._to_sign = [], [], set()
        written = partial(self._written, len(records), waiters, time.perf_counter_ns(), self._log.is_full)
        self._hand_over(partial(self._log.commit, records, sign=to_sign), written)

    def _written(
        self,
        count: int,
        waiters: Sequence[asyncio.Future[None]],
        began: int,
        was_full: bool,
        error: Exception | None,
    ) -> None:
        if error is None:
            for waiter in waiters:
                # Whoever waited may have been given up meanwhile; its record stands all the same.
                if not waiter.done():
                    waiter.set_result(None)
            if self._log.is_full and not was_full:
                logger.error("the disk is full: messages under way are ended, new ones are refused")
        else:
            self._fail(error, waiters)
        self._metrics.add(Count.GROUPS)
        self._metrics.add(Count.RECORDS, count)
        self._metrics.add(Count.GROUP_MICROSECONDS, (time.perf_counter_ns() - began) // 1000)
        if error is None and self._log.needs_maintenance:
            self._hand_over(self._log.maintain, self._go_on)
        else:
            self._go_on()

    def _hand_over(self, work: Callable[[], None], then: _Then) -> None:
        self._began_at = self._loop.time()
        self._work.put((work, then))

    def _do_work(self) -> None:
        """Do in the thread what comes, one after the other, and tell the loop of its end."""
        while (given := self._work.get()) is not None:
            work, then = given
            error = None
            try:
                work()
            except Exception as failure:  # noqa: BLE001 - told in the loop, see _fail
                error = failure
            self._loop.call_soon_threadsafe(then, error)

    def _fail(self, error: Exception, waiters: Collection[asyncio.Future[None]]) -> None:
        # Whatever went wrong, what is on the disk is unknown now. Waiters are told, the process ends, and the next one
        # completes the segment from what is really there.
        logger.error("evidence cannot be written", exc_info=error)
        self.failed = True
        for waiter in (*waiters, *self._waiters):
            if not waiter.done():
                waiter.set_exception(JournalFailed())
        self._records, self._waiters = [], []
        self._on_failure()
