"""Duties of the worker: small pieces of work found in the database, done again and again, safe to interrupt anywhere.

Each piece is a row with a state; the state is the queue. A duty takes what is due, does it, commits, and says how much
it did. A duty that fails is tried again after a pause that grows; a fatal error stops the worker.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import psycopg
from django.db import close_old_connections, connection, connections

from divan.foundation import clock
from divan.foundation.facts import CHANNEL

_HEARING = 0.1
"""Seconds after which a worker that was asked to stop begins to."""

logger = logging.getLogger(__name__)


class FatalTrouble(Exception):
    """The process no longer knows its state: it must stop and a person must look."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One kind of work: ``run`` does what is due at a moment and returns how many pieces it did."""

    name: str
    run: Callable[[datetime], int]
    every: float = 1.0
    """Seconds between looks when nothing wakes the duty and nothing was found."""


@dataclass(slots=True)
class Worker:
    """Runs each duty in a thread of its own, so that a slow register delays no clock and no seal."""

    duties: Sequence[Duty]
    stopping: threading.Event = field(default_factory=threading.Event)
    failed: str = ""
    _asked: bool = False
    _wake: dict[str, threading.Event] = field(default_factory=dict)

    def run(self) -> int:
        """Work until told to stop; return 0, or 1 when a duty met a fatal trouble."""
        self._wake = {duty.name: threading.Event() for duty in self.duties}
        threads = [threading.Thread(target=self._do, args=(duty,), name=duty.name) for duty in self.duties]
        threads.append(threading.Thread(target=self._listen, name="listen"))
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(_HEARING)
                if self._asked:
                    self.stop()
        return 1 if self.failed else 0

    def ask_to_stop(self) -> None:
        """Stop within a moment; the one way for a signal handler.

        A handler runs in the middle of whatever the main thread does, another handler included, so it may take no lock:
        the kernel may say twice that a parent with two threads died, and of two handlers that set the same event the
        inner one waits for the outer one for ever, in a process that works on.
        """
        self._asked = True

    def stop(self) -> None:
        """Let each duty finish the piece in hand and end."""
        self.stopping.set()
        for event in self._wake.values():
            event.set()

    def _do(self, duty: Duty) -> None:
        pause = duty.every
        while not self.stopping.is_set():
            self._wake[duty.name].clear()
            # Told to stop just before it was cleared, a duty would sleep through the end of the others.
            if self.stopping.is_set():
                break
            try:
                close_old_connections()
                done = duty.run(clock.now())
                pause = duty.every
            except FatalTrouble:
                logger.exception("duty %s cannot go on", duty.name)
                self.failed = duty.name
                self.stop()
                break
            except Exception:
                logger.exception("duty %s failed and will be tried again", duty.name)
                done, pause = 0, min(pause * 2, 30.0)
                connection.close()
            if not done:
                self._wake[duty.name].wait(pause)
        connections.close_all()

    def _listen(self) -> None:
        """Wake every duty when a fact is committed; without it the duties still look by themselves."""
        while not self.stopping.is_set():
            try:
                parameters = connection.get_connection_params()
                parameters = {
                    key: parameters[key] for key in ("dbname", "user", "password", "host", "port") if key in parameters
                }
                with psycopg.connect(**parameters, autocommit=True) as listening:
                    listening.execute(f"LISTEN {CHANNEL}")
                    while not self.stopping.is_set():
                        for _ in listening.notifies(timeout=1.0, stop_after=1):
                            for event in self._wake.values():
                                event.set()
            except psycopg.Error as error:
                logger.warning("not listening for facts: %s", error)
                self.stopping.wait(2.0)


def run_until_idle(duties: Sequence[Duty], *, now: datetime, rounds: int = 200) -> int:
    """Run duties in turn until none finds work, for tests and commands; return how many pieces were done.

    :raises RuntimeError: when there is still work after so many rounds.
    """
    total = 0
    for _ in range(rounds):
        done = sum(duty.run(now) for duty in duties)
        total += done
        if not done:
            return total
    raise RuntimeError("the duties do not come to rest")
