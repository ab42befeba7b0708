"""What the ledger does later: it seals, has its head cosigned, and examines itself."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.facts import FactRecord
from divan.foundation.kinds import FACT_KINDS
from divan.trust.ledger import actions, queries, rules
from divan.trust.ledger.adapters import witnesses
from divan.trust.ledger.apps import options
from divan.trust.ledger.values import EntryUnknown, ExaminationOver, Finding, Part, Step, WitnessAnswer
from divan_libs.tlog.checkpoints import Checkpoint
from divan_libs.tlog.cosigning import AGAINST_THE_LOG, Cosigned, Outcome
from divan_libs.tlog.policies import Policy

logger = logging.getLogger(__name__)

SLICE = 1.0
"""Seconds that the worker examines at a time."""
PAUSE = timedelta(seconds=5)
"""How long it rests between two slices, so that sealing and serving have the machine."""
REFUSED = AGAINST_THE_LOG | {"tlog.cosigning.refused"}
"""Answers after which a witness is asked what it remembers of the log."""
ERASED_AT_ONCE = 500
LOOKS = timedelta(minutes=1)
"""How often it looks whether an examination is due."""


def seal(now: datetime) -> int:
    """Seal the next facts; return how many.

    :raises HistoryDoubtful: to stop the worker: going on could make a second history.
    """
    return actions.seal_batch(actor=SYSTEM, now=now)


@dataclass(slots=True)
class Sealer:
    """Seals the next facts, once the witnesses were asked whether they remember more than this database.

    Database and published files may both come from an old backup; then only somebody outside knows. A witness that
    cannot be reached keeps nobody from sealing: what it remembers is held against the log as soon as it answers.
    """

    _is_sure: bool = False

    def look(self, now: datetime) -> int:
        """Seal the next facts and return how many. A duty of the worker.

        :raises HistoryDoubtful: to stop the worker, see :func:`seal`.
        """
        if not self._is_sure:
            key = queries.find_log_key()
            policy = queries.known_policy()
            if key is not None and policy.witnesses:
                require_grown_from(witnesses.remembered(policy, key, timeout=options().witness_timeout))
            self._is_sure = True
        return seal(now)


@dataclass(slots=True)
class Cosigning:
    """Has the published head cosigned by the witnesses, beside the sealer: none of them can delay a seal.

    What a witness claims against the log is believed only with a head that the log itself has signed.
    """

    _asked: tuple[int, datetime, bool] | None = None

    def look(self, now: datetime) -> int:
        """Ask the witnesses if that is due, and return 0: the next look can wait. A duty of the worker.

        :raises HistoryDoubtful: to stop the worker: a witness has proved that this history is not the only one.
        """
        policy = queries.read_policy()
        if not any(witness.url for witness in policy.witnesses) or not self._is_due(now):
            return 0
        published = queries.published_head()
        if published is None or not published[1].size:
            return 0
        note, head = published
        cosigned = witnesses.ask(
            note,
            head.size,
            policy,
            queries.published_store(),
            sizes=queries.remembered_sizes(policy),
            timeout=options().witness_timeout,
        )
        self._asked = head.size, now, all(not one.code for one in cosigned.outcomes)
        actions.keep_cosignatures(
            note=cosigned.note,
            answers=[_answer(one) for one in cosigned.outcomes],
            is_enough=cosigned.is_enough and any(one.line for one in cosigned.outcomes),
            actor=SYSTEM,
            now=now,
        )
        self._look_into(cosigned, policy)
        return 0

    def _is_due(self, now: datetime) -> bool:
        if self._asked is None:
            return True
        size, asked_at, all_vouched = self._asked
        has_grown = queries.settled_size() != size
        return rules.is_asking_due(asked_at, now, has_grown=has_grown, all_vouched=all_vouched)

    def _look_into(self, cosigned: Cosigned, policy: Policy) -> None:
        """Ask those who refused what they remember: signed by the log it convicts the log, else it is their trouble."""
        refused = {one.witness.name for one in cosigned.outcomes if one.code in REFUSED}
        key = queries.find_log_key()
        if not refused or key is None:
            return
        seen = witnesses.remembered(policy, key, timeout=options().witness_timeout)
        require_grown_from({name: head for name, head in seen.items() if name in refused})


def require_grown_from(remembered: Mapping[str, Checkpoint]) -> None:
    """Stop when the log is no continuation of what it signed before, as witnesses remember it.

    :raises HistoryDoubtful: naming the witness.
    """
    contradiction = queries.find_contradiction(remembered)
    if contradiction is not None:
        doubt, details = contradiction
        raise actions.HistoryDoubtful(doubt, **details)


def _answer(outcome: Outcome) -> WitnessAnswer:
    at = outcome.cosignature.timestamp if outcome.cosignature else None
    return WitnessAnswer(
        name=outcome.witness.name,
        verifier=outcome.witness.verifier.encode(),
        size=outcome.size,
        cosigned_at=None if at is None else datetime.fromtimestamp(at, UTC),
        trouble=outcome.code,
    )


def erase_salts(now: datetime) -> int:
    """Erase the salts of what was sealed about somebody before their data left; return of how many facts that was so.

    Which facts say so is told by their kinds (``erases``). One whose own entry is not sealed yet waits for the next
    look.
    """

    def handle(fact: FactRecord) -> None:
        actions.erase_salts_before(fact=fact, actor=SYSTEM, now=now)

    kinds, done = [kind for kind in FACT_KINDS.values() if kind.erases], 0
    with suppress(EntryUnknown):
        # One at a time: what waits to be sealed must not undo what was done before it.
        while done < ERASED_AT_ONCE and facts.follow("ledger-salts", handle, kinds=kinds, limit=1):
            done += 1
    return done


@dataclass(slots=True)
class Examiner:
    """Examines the whole log once a day, a slice at a time.

    What is under way lives in this process: when it dies, its successor begins anew. Findings stop nobody here, since
    what was altered before the last seal is proved by the log itself; they are said in the record of the examination,
    on the page of the log and in the worker's own log.
    """

    seconds: float = SLICE
    _examination: UUID | None = None
    _steps: Generator[Step, None, list[Finding]] | None = None
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
                step = next(self._steps)
            except StopIteration as end:
                findings: list[Finding] = end.value
                return findings
            self._progress[step.part] = (step.done, step.total)
            if time.monotonic() >= until:
                break
        return None
