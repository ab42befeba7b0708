"""What identity does later: asking registers, and forgetting."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from functools import partial

from django.db import connections

from divan.foundation.actors import SYSTEM
from divan.foundation.duties import Duty
from divan.foundation.faults import power_may_fail
from divan.trust.identity import actions, queries
from divan.trust.identity.actions import answers, attempts
from divan.trust.identity.adapters.civil_registry import RegistryByExchange
from divan.trust.identity.adapters.mobile_owners import OwnersByExchange
from divan.trust.identity.adapters.records import RecordsByExchange
from divan.trust.identity.adapters.registers import CIVIL_REGISTRY, MOBILE_OWNERS, Register
from divan.trust.identity.values import RegisterAnswer, Unknown

logger = logging.getLogger(__name__)

REGISTERS: Mapping[str, Register] = {CIVIL_REGISTRY: RegistryByExchange(), MOBILE_OWNERS: OwnersByExchange()}
BATCH = 20
REGISTERS_AT_ONCE = 16
"""How many registers are asked at the same time besides those with a duty of their own."""


def ask_inquiries(
    now: datetime, *, data_service: str = "", registers: Mapping[str, Register] = REGISTERS, most: int = BATCH
) -> int:
    """Ask the questions that are due, of one register or of all; return how many messages were dealt with.

    Each question is leased, asked with no transaction open, and answered in a transaction of its own. Answers carry
    the moment at which they came.
    """
    begun = time.monotonic()
    done = 0
    for name, register in registers.items():
        if data_service in {"", name}:
            count = 0
            while count < most and _ask_next(now, begun, name, register):
                count += 1
            done += count
    return done


def _ask_next(now: datetime, begun: float, data_service: str, register: Register) -> bool:
    due = answers.take_due_inquiry(now + _passed(begun), data_service)
    if due is None:
        return False
    try:
        answer: RegisterAnswer = register.answer(due.question)
    except Exception:
        # A defect on the way must not leave the question open for ever, nor be taken for an answer.
        logger.exception("asking %s failed", data_service)
        answer = Unknown("defect", again=True)
    # The register has answered, the row does not say so yet. After a power cut here the lease runs out and the
    # question goes out again under the same message identifier.
    power_may_fail("inquiry.after-send")
    actions.answer_inquiry(
        inquiry=due.uuid,
        message_id=due.question.message_id,
        answer=answer,
        actor=SYSTEM,
        now=now + _passed(begun),
    )
    return True


def _passed(begun: float) -> timedelta:
    return timedelta(seconds=time.monotonic() - begun)


def forget(now: datetime) -> int:
    """Take out the personal data of old sign-ins by code and old counts of attempts; return how many rows."""
    old = queries.list_challenges_to_forget(now)
    for challenge in old:
        actions.forget_challenge(challenge=challenge, actor=SYSTEM, now=now)
    return len(old) + attempts.forget_counts(now=now)


class OtherRegisters:
    """Asks all registers that have no duty of their own, each in a thread, so that a slow one delays no other.

    Which there are is seen at each look: data services are registered while the worker runs.
    """

    def __init__(self, register_of: Callable[[str], Register] = RecordsByExchange) -> None:
        self._register_of = register_of
        self._asking: dict[str, Future[int]] = {}
        self._threads: ThreadPoolExecutor | None = None

    def ask(self, now: datetime) -> int:
        """Begin to ask every register that has questions waiting and is not being asked; wait half a second at most.

        Return how many questions came to an answer, or 1 while some are still on their way.
        """
        for name in queries.list_due_data_services(now):
            if name not in self._asking and name not in REGISTERS and len(self._asking) < REGISTERS_AT_ONCE:
                if self._threads is None:
                    self._threads = ThreadPoolExecutor(REGISTERS_AT_ONCE, thread_name_prefix="register")
                self._asking[name] = self._threads.submit(self._ask_one, now, name)
        if not self._asking:
            return 0
        wait(self._asking.values(), timeout=0.5, return_when=FIRST_COMPLETED)
        over = {name: asked for name, asked in self._asking.items() if asked.done()}
        for name in over:
            del self._asking[name]
        done = sum(asked.result() for asked in over.values())
        return done or int(bool(self._asking))

    def _ask_one(self, now: datetime, name: str) -> int:
        try:
            return ask_inquiries(now, registers={name: self._register_of(name)}, most=2)
        finally:
            connections.close_all()


def duties() -> tuple[Duty, ...]:
    """Return identity's duties for the worker: one for each way of asking, so that a slow one delays no other."""
    asking = (Duty(f"inquiries.{name}", partial(ask_inquiries, data_service=name)) for name in REGISTERS)
    return (*asking, Duty("inquiries.others", OtherRegisters().ask), Duty("identity.forget", forget, every=600.0))
