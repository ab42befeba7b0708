"""Judges a submitted head against the one that is remembered, and vouches for it."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from divan_libs.power import power_may_fail
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.forks import Fork, contradict
from divan_libs.tlog.notes import Note, NoteSigner, NoteVerifier, SignatureLine, signature_line
from divan_libs.tlog.policies import TrustedLog
from divan_libs.tlog.witnessing import (
    Submission,
    SubmissionRefused,
    SubmittedHead,
    open_submission,
    parse_submission,
    require_growth,
)
from divan_witness.memory import Memory, Remembered
from divan_witness.metrics import Metrics

logger = logging.getLogger(__name__)


class NotNow(TlogError):
    """The submission may be right, and is not looked at now; ``retry_after`` is in seconds.

    ``tlog.witness.too-often`` 429, ``tlog.witness.clock`` 503 (the clock stands before the last cosignature),
    ``tlog.witness.storage`` 503 (the head could not be kept).
    """

    def __init__(self, status: int, code: str, *, retry_after: int, **facts: object) -> None:
        super().__init__(code, **facts)
        self.status = status
        self.retry_after = retry_after


@dataclass(slots=True)
class _Watched:
    """A log under watch. ``head`` is None until it is read; ``is_settled`` once this process has it on the disk."""

    keys: tuple[NoteVerifier, ...]
    allowance: float
    head: Remembered | None = None
    is_read: bool = False
    is_settled: bool = False
    filled_at: float = 0.0
    lock: Lock = field(default_factory=Lock)


class Witness:
    """One key, the logs it looks after, and its memory. Any number of threads may ask it at once."""

    def __init__(
        self,
        signer: NoteSigner,
        logs: tuple[TrustedLog, ...],
        memory: Memory,
        metrics: Metrics,
        *,
        growths_per_minute: int = 120,
        refresh_seconds: int = 10,
    ) -> None:
        """Recall the head of every log.

        :raises MemoryUnusable: if what is remembered was altered.
        """
        self._signer = signer
        self._memory = memory
        self._metrics = metrics
        self._growths_per_minute = growths_per_minute
        self._refresh_seconds = refresh_seconds
        keys: dict[str, tuple[NoteVerifier, ...]] = {}
        for log in logs:
            keys[log.verifier.name] = (*keys.get(log.verifier.name, ()), log.verifier)
        self._keys: Mapping[str, tuple[NoteVerifier, ...]] = keys
        self._logs = {origin: _Watched(own, float(growths_per_minute)) for origin, own in keys.items()}
        for origin, watched in self._logs.items():
            self._read(origin, watched)

    @property
    def verifier(self) -> NoteVerifier:
        """The public key of the witness."""
        return self._signer.verifier

    def heads(self) -> dict[str, tuple[int, int]]:
        """Return of each log the size of its remembered head and when it was cosigned; zeros for none."""
        seen = {origin: watched.head for origin, watched in self._logs.items()}
        return {origin: (head.checkpoint.size, head.cosigned_at) if head else (0, 0) for origin, head in seen.items()}

    def add_checkpoint(self, body: bytes, *, now: float) -> SignatureLine:
        """Vouch for a submitted head if it extends the remembered one, and return the cosignature.

        The head is on the disk before the cosignature leaves: whoever holds one can rely on the witness knowing it.

        :param now: POSIX seconds.
        :raises SubmissionRefused: with the status of the protocol.
        :raises NotNow: when it has to be tried again.
        """
        submission = parse_submission(body)
        head = open_submission(submission, self._keys)
        origin = head.checkpoint.origin
        watched = self._logs[origin]
        # From looking at the remembered head to replacing it nobody else may pass: of two submissions for one log the
        # second is judged against what the first left.
        with watched.lock:
            last = watched.head if watched.is_read else self._read(origin, watched)
            if last is not None and contradict(last.checkpoint, head.checkpoint, submission.proof):
                self._keep_fork(last, head, submission.proof, int(now))
            require_growth(submission, head.checkpoint, last.checkpoint if last else None)
            if last is not None and now < last.cosigned_at:
                wait = int(last.cosigned_at - now) + 1
                raise NotNow(503, "tlog.witness.clock", retry_after=wait, last=last.cosigned_at, now=int(now))
            if self._is_fresh(watched, submission, head, now) and last is not None:
                return last.line
            self._spend(watched, now)
            return self._vouch(watched, head, int(now))

    def _vouch(self, watched: _Watched, head: SubmittedHead, now: int) -> SignatureLine:
        origin = head.checkpoint.origin
        line = signature_line(head.text, self._signer, at=now)
        note = Note(head.text, (*head.log_lines, line))
        # A crash up to here leaves the head before; the cosignature is lost with the process and nobody has it.
        power_may_fail("witness.cosigned")
        begun = time.perf_counter()
        try:
            self._memory.remember(origin, note)
        except OSError as error:
            # The new head may be in place or not, and may survive a power cut or not. What counts is read anew, and
            # nothing is answered out of it before it was written once more.
            watched.is_read = watched.is_settled = False
            self._metrics.wrote(time.perf_counter() - begun, failed=True)
            logger.exception("the head of %s at %d could not be kept", origin, head.checkpoint.size)
            raise NotNow(503, "tlog.witness.storage", retry_after=5, origin=origin) from error
        self._metrics.wrote(time.perf_counter() - begun)
        watched.head = Remembered(head.checkpoint, note.encode(), line, now)
        watched.is_settled = True
        # A crash from here on leaves the new head. Its log did not get the cosignature: it asks again from the old
        # size, is told the new one (409), and asks from there.
        power_may_fail("witness.remembered")
        logger.info("vouched for %s at %d", origin, head.checkpoint.size)
        return line

    def _is_fresh(self, watched: _Watched, submission: Submission, head: SubmittedHead, now: float) -> bool:
        """Whether the cosignature there is will do: the same head, a moment ago, and surely on the disk.

        Anybody may send a signed head again; this way it costs no write and takes nothing from the log's allowance.
        """
        last = watched.head
        if last is None or not watched.is_settled or submission.old_size != last.checkpoint.size:
            return False
        return last.checkpoint == head.checkpoint and now - last.cosigned_at < self._refresh_seconds

    def _spend(self, watched: _Watched, now: float) -> None:
        rate = self._growths_per_minute / 60
        gained = max(now - watched.filled_at, 0) * rate
        watched.allowance = min(watched.allowance + gained, float(self._growths_per_minute))
        watched.filled_at = now
        if watched.allowance < 1:
            wait = int((1 - watched.allowance) / rate) + 1
            raise NotNow(429, "tlog.witness.too-often", retry_after=wait)
        watched.allowance -= 1

    def _keep_fork(self, last: Remembered, head: SubmittedHead, path: tuple[bytes, ...], now: int) -> None:
        is_longer = head.checkpoint.size > last.checkpoint.size
        fork = Fork(last.note, Note(head.text, head.log_lines).encode(), now, path if is_longer else ())
        origin = head.checkpoint.origin
        try:
            is_new = self._memory.keep(origin, fork)
        except OSError:
            logger.exception("a fork of %s at %d could not be kept", origin, head.checkpoint.size)
            return
        # The proof is on the disk; a crash from here on costs the answer, which is a refusal anyway.
        power_may_fail("witness.fork-kept")
        if is_new:
            self._metrics.forked(origin)
            logger.critical(
                "FORK: %s has signed heads of %d and %d that contradict",
                origin,
                last.checkpoint.size,
                head.checkpoint.size,
            )

    def _read(self, origin: str, watched: _Watched) -> Remembered | None:
        watched.head = self._memory.recall(origin, watched.keys)
        watched.is_read = True
        return watched.head


__all__ = ["NotNow", "SubmissionRefused", "Witness"]
