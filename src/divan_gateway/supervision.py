"""The process that starts the workers: checks the ground, completes what a crash left, and replaces fallen workers."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from divan_gateway.listening import HANDED_OVER, Doors, Inheritance, open_doors
from divan_gateway.metrics import Metrics
from divan_gateway.routing import read_subject_keys
from divan_gateway.settings import Listener, Settings, SettingsError
from divan_gateway.worker import microseconds, run_worker
from divan_libs.envelope.evidence.recovery import recover
from divan_libs.envelope.keys import Signer, load_public_key
from divan_libs.envelope.tokens import open_signer

_BACKOFF_SECONDS = (0.1, 0.5, 1, 2, 5, 10)
_STEADY_SECONDS = 30

logger = logging.getLogger(__name__)


class CannotStart(Exception):
    """The gateway cannot start here; the message says what to do. ``code`` is ``gateway.cannot-start``."""

    code = "gateway.cannot-start"


def prepare(settings: Settings) -> int:
    """Check keys, ports and the evidence directory and complete what a crash left; return the lock's descriptor.

    :raises CannotStart: another gateway writes there, a port is taken, or the directory cannot be written.
    :raises EnvelopeError: a key cannot be read.
    """
    signer = open_signer(settings.signing_key.read_bytes())
    load_public_key(settings.snapshot_key.read_bytes())
    read_subject_keys(settings.subject_keys)
    try:
        settings.evidence.mkdir(mode=0o750, parents=True, exist_ok=True)
        lock = _lock(settings.evidence)
        _complete_evidence(settings, signer)
    except OSError as error:
        raise CannotStart(f"the evidence directory {settings.evidence} cannot be written: {error}") from error
    for listener in (settings.tls.listener if settings.tls else None, settings.plain):
        if listener is not None:
            _require_free(listener)
    return lock


def _lock(directory: Path) -> int:
    descriptor = os.open(directory / "gateway.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise CannotStart(f"another gateway already writes evidence into {directory}") from error
    return descriptor


def _complete_evidence(settings: Settings, signer: Signer) -> None:
    found = recover(settings.evidence, signer, now=microseconds())
    for name, octets in found.torn.items():
        logger.warning("evidence %s: a torn tail of %d octets was cut off", name, octets)
    for name, offset in found.damaged.items():
        logger.error("evidence %s is damaged at octet %d and was left as it is", name, offset)
    for intent in found.in_doubt:
        logger.warning(
            "in doubt: message %s (request %s) of %s to %s",
            intent.message_id,
            intent.request_id,
            intent.client,
            intent.service,
        )


def _require_free(listener: Listener) -> None:
    # The workers share the port (SO_REUSEPORT), and so would a second gateway, unseen. This socket does not share.
    try:
        found = socket.getaddrinfo(listener.host, listener.port, type=socket.SOCK_STREAM)
        for family, kind, protocol, _, address in found:
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
    except OSError as error:
        raise CannotStart(f"cannot listen on {listener.host}:{listener.port}: {error}") from error


class Supervisor:
    """Keeps the wanted number of workers alive; a fallen one is replaced after its evidence has been completed.

    Told to hand over (SIGHUP), it runs its own program anew in the same process: new code, new certificates, the same
    sockets. The former workers are told to stop when their successors listen.
    """

    def __init__(self, settings: Settings, lock: int, doors: Doors, former: Sequence[int] = ()) -> None:
        self._settings = settings
        self._lock = lock
        self._doors = doors
        self._former = list(former)
        self._metrics = Metrics(settings.workers)
        self._signer = open_signer(settings.signing_key.read_bytes())
        self._workers: dict[int, int] = {}
        self._started: dict[int, float] = {}
        self._failures: dict[int, int] = {}
        self._stopping = False

    def run(self) -> int:
        """Start the workers and wait until all have stopped; return the exit status."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        listening = [self._start(row) for row in range(self._settings.workers)]
        for pipe in listening:
            _wait_for(pipe)
        for pid in self._former:
            _tell(pid, signal.SIGTERM)
        signal.signal(signal.SIGHUP, self._hand_over)
        while self._workers:
            pid, status = os.wait()
            if pid in self._former:
                self._former.remove(pid)
            fallen = self._workers.pop(pid, None)
            if fallen is not None and not self._stopping:
                logger.error("worker %d ended with %d", fallen, os.waitstatus_to_exitcode(status))
                self._replace(fallen)
        return 0

    def _start(self, row: int) -> int:
        """Start a worker; return the pipe on which it says that it listens."""
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            status = 1
            try:
                signal.signal(signal.SIGHUP, signal.SIG_IGN)
                for number in (signal.SIGTERM, signal.SIGINT):
                    signal.signal(number, signal.SIG_DFL)
                status = run_worker(self._settings, self._metrics, row, self._doors[row], ready=writing)
            except Exception:
                logger.exception("worker %d cannot serve", row)
            finally:
                logging.shutdown()
                os._exit(status)
        os.close(writing)
        self._workers[pid] = row
        self._started[row] = time.monotonic()
        if self._stopping:
            os.kill(pid, signal.SIGTERM)
        return reading

    def _replace(self, row: int) -> None:
        if time.monotonic() - self._started[row] > _STEADY_SECONDS:
            self._failures[row] = 0
        failures = self._failures.get(row, 0)
        self._failures[row] = failures + 1
        time.sleep(_BACKOFF_SECONDS[min(failures, len(_BACKOFF_SECONDS) - 1)])
        try:
            _complete_evidence(self._settings, self._signer)
        except OSError:
            # The new worker will not be able to write either, and will say so; its successor tries again.
            logger.exception("evidence could not be completed")
        if not self._stopping:
            os.close(self._start(row))

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True
        for pid in [*self._workers, *self._former]:
            _tell(pid, signal.SIGTERM)

    def _hand_over(self, _number: int, _frame: FrameType | None) -> None:
        # What cannot start must not take the place of what runs: the successor is tried in a process of its own first.
        program = [sys.executable, *sys.orig_argv[1:]]
        try:
            Settings.from_environment()
            subprocess.run([sys.executable, "-c", "import divan_gateway.supervision"], check=True, timeout=60)
        except (SettingsError, OSError, subprocess.SubprocessError):
            logger.exception("the gateway goes on as it is: its successor could not start")
            return
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        left = Inheritance(self._lock, self._doors, [*self._workers, *self._former])
        logger.info("handing over to a new run of the program")
        os.execve(program[0], program, left.hand_over())  # noqa: S606 - the program that runs already, as it was started


def _tell(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _wait_for(pipe: int) -> None:
    """Wait until a worker listens, or has fallen: then the pipe ends without a word."""
    os.read(pipe, 1)
    os.close(pipe)


def serve(settings: Settings) -> int:
    """Run the gateway in the foreground until it is told to stop; return the exit status.

    With one worker this process serves by itself, and whoever started it also replaces it.

    :raises CannotStart: see :func:`prepare`.
    """
    left = Inheritance.take()
    if left is not None and len(left.doors) == settings.workers:
        os.environ.pop(HANDED_OVER)
        return Supervisor(settings, left.lock, left.doors, left.workers).run()
    lock = prepare(settings)
    try:
        doors = open_doors(settings)
        if settings.workers == 1:
            return run_worker(settings, Metrics(), 0, doors[0])
        return Supervisor(settings, lock, doors).run()
    finally:
        os.close(lock)
