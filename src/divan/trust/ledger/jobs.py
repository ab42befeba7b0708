"""What the ledger does later: it seals, and it examines itself."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from divan.foundation.actors import SYSTEM
from divan.trust.ledger import actions, queries
from divan.trust.ledger.values import ExaminationOver, Finding, Part

logger = logging.getLogger(__name__)

SLICE = 1.0
"""Seconds that the worker examines at a time."""
PAUSE = timedelta(seconds=5)
"""How long it rests between two slices, so that sealing and serving have the machine."""
LOOKS = timedelta(minutes=1)
"""How often it looks whether an examination is due."""


def seal(now: datetime) -> int:
    """Seal the next facts; return how many. A duty of the worker.

    :raises HistoryDoubtful: to stop the worker: going on could make a second history.
    """
    return actions.seal_batch(actor=SYSTEM, now=now)


@dataclass(slots=True)
class Examiner:
    """Examines the whole log once a day, a slice at a time.

    What is under way lives in this process: when it dies, its successor begins anew. Findings stop nobody here, since
    what was altered before the last seal is proved by the log itself; they are said in the record of the examination,
    on the page of the log and in the worker's own log.
    """

    seconds: float = SLICE
    _examination: UUID | None = None
    _steps: Generator[tuple[Part, int, int], None, list[Finding]] | None = None
    _progress: dict[Part, tuple[int, int]] = field(default_factory=dict)
    _next: datetime | None = None

    def look(self, now: datetime) -> int:
        """Do one slice of what is due, and return 0: the next slice can wait. A duty of the worker."""
        if self._next is not None and now < self._next:
            return 0
        if self._steps is None:
            self._examination = actions.begin_examination(actor=SYSTEM, now=now)
            if self._examination is None:
                self._next = now + LOOKS
                return 0
            self._steps, self._progress = queries.fsck_in_steps(), {}
        try:
            self._do_slice(self._examination, now)
        except BaseException:
            # A generator that raised is at its end; the examination is begun anew once it counts as left behind.
            self._steps = None
            raise
        return 0

    def _do_slice(self, examination: UUID | None, now: datetime) -> None:
        findings = self._go_on()
        self._next = now + (PAUSE if findings is None else LOOKS)
        if findings is not None:
            self._steps = None
        if examination is None:
            return
        try:
            actions.carry_on_examination(
                examination=examination, progress=self._progress, findings=findings, actor=SYSTEM, now=now
            )
        except ExaminationOver:
            self._steps = None
            return
        if findings:
            logger.error("the examination of the log found %d alterations; the first: %s", len(findings), findings[0])

    def _go_on(self) -> list[Finding] | None:
        """Examine for the time of a slice; return the findings at the end, None before it."""
        until = time.monotonic() + self.seconds
        while self._steps is not None:
            try:
                part, done, total = next(self._steps)
            except StopIteration as end:
                findings: list[Finding] = end.value
                return findings
            self._progress[part] = (done, total)
            if time.monotonic() >= until:
                break
        return None
