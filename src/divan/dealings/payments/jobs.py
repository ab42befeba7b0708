"""What payments does later: everything that waits for the bank."""

from __future__ import annotations

import logging
import time
from datetime import date, datetime, timedelta
from functools import lru_cache

from divan.dealings.payments import actions, models, queries
from divan.dealings.payments.actions import waiting
from divan.dealings.payments.adapters.bank import Bank, HttpBank
from divan.dealings.payments.apps import options
from divan.dealings.payments.values import BankRefused, BankSilent, Order, StatementFaulty, StatementSummary
from divan.foundation.actors import SYSTEM, Actor
from divan.foundation.duties import Duty
from divan.foundation.faults import power_may_fail

logger = logging.getLogger(__name__)
BATCH = 20


@lru_cache(maxsize=4)
def _http_bank(address: str, terminal: str, key: str) -> Bank:
    return HttpBank(address, terminal, key)


def bank() -> Bank:
    """Return the bank of this installation."""
    told = options()
    return _http_bank(told.bank_address, told.bank_terminal, told.bank_key)


def _passed(begun: float) -> timedelta:
    return timedelta(seconds=time.monotonic() - begun)


def register_payments(now: datetime, *, at: Bank | None = None) -> int:
    """Announce the attempts that were begun to the bank; return how many calls were made."""
    begun, done = time.monotonic(), 0
    while done < BATCH and (row := waiting.take_due_payment(now + _passed(begun), begun=True)):
        _register(row, at or bank(), now, begun)
        done += 1
    return done


def _register(row: models.Payment, at: Bank, now: datetime, begun: float) -> None:
    order = Order(
        order=row.uuid,
        amount=row.amount,
        shares=queries.shares_of(row),
        return_address=options().return_address.format(payment=row.uuid),
    )
    try:
        registered = at.register(order)
    except (BankSilent, BankRefused) as trouble:
        reason = trouble.reason if isinstance(trouble, BankRefused) else ""
        actions.note_not_registered(payment=row.uuid, reason=reason, actor=SYSTEM, now=now + _passed(begun))
        return
    # The bank holds the order, the row does not say so. After a power cut here the lease runs out and the order is
    # announced again under the same key; the bank gives the same token.
    power_may_fail("payment.after-register")
    actions.note_registered(payment=row.uuid, registered=registered, actor=SYSTEM, now=now + _passed(begun))


def look_at_payments(now: datetime, *, at: Bank | None = None) -> int:
    """Ask the bank how attempts stand that may have become money; return how many calls were made."""
    begun, done = time.monotonic(), 0
    while done < BATCH and (row := waiting.take_due_payment(now + _passed(begun), begun=False)):
        _look(row, at or bank(), now, begun)
        done += 1
    return done


def _look(row: models.Payment, at: Bank, now: datetime, begun: float) -> None:
    try:
        answer = at.ask(row.uuid, row.token)
    except (BankSilent, BankRefused) as trouble:
        logger.warning("the bank does not say how %s stands: %s", row.uuid, trouble)
        actions.note_silence(payment=row.uuid, actor=SYSTEM, now=now + _passed(begun))
        return
    # The bank has said that it was paid and keeps the money, the row does not say so. After a power cut here the lease
    # runs out, the bank is asked again and says the same.
    power_may_fail("payment.after-verify")
    actions.note_answer(payment=row.uuid, answer=answer, actor=SYSTEM, now=now + _passed(begun))


def send_refunds(now: datetime, *, at: Bank | None = None) -> int:
    """Hand approved refunds to the bank; return how many calls were made."""
    begun, done = time.monotonic(), 0
    while done < BATCH and (row := waiting.take_due_refund(now + _passed(begun))):
        _give_back(row, at or bank(), now, begun)
        done += 1
    return done


def _give_back(row: models.RefundOrder, at: Bank, now: datetime, begun: float) -> None:
    shares = queries.shares_of_refund(row)
    try:
        reference, moment = at.give_back(key=row.uuid, order=row.payment.uuid, amount=row.amount, shares=shares)
    except BankSilent as trouble:
        logger.warning("the bank does not answer to refund %s: %s", row.uuid, trouble)
        waiting.put_off_refund(row, now + _passed(begun))
        return
    except BankRefused as refusal:
        actions.note_refund_failed(refund=row.uuid, reason=refusal.reason, actor=SYSTEM, now=now + _passed(begun))
        return
    # The money is on its way back, the row says only that it was sent. After a power cut here the order goes out again
    # under the same key, and the bank gives the reference that it gave before.
    power_may_fail("refund.after-send")
    actions.note_refund_done(refund=row.uuid, reference=reference, at=moment, actor=SYSTEM, now=now + _passed(begun))


def reconcile(day: date, *, actor: Actor, now: datetime, at: Bank | None = None) -> StatementSummary:
    """Read the bank's statement of a day and compare it with the books.

    :raises BankSilent, BankRefused: when the bank gives none.
    :raises StatementFaulty: when what it gives cannot be one.
    """
    return actions.reconcile_day(stated=(at or bank()).statement(day), actor=actor, now=now)


def reconcile_days(now: datetime, *, at: Bank | None = None) -> int:
    """Reconcile the days of the last week that were not reconciled after their end; return how many were."""
    done = 0
    for day in queries.days_to_reconcile(now):
        try:
            reconcile(day, actor=SYSTEM, now=now, at=at)
        except (BankSilent, BankRefused, StatementFaulty) as trouble:
            logger.warning("no statement of %s: %s", day, trouble)
            break
        done += 1
    return done


def duties() -> tuple[Duty, ...]:
    """Return the duties of payments for the worker; a silent bank delays nothing else."""
    return (
        Duty("payments.register", register_payments),
        Duty("payments.look", look_at_payments),
        Duty("payments.refund", send_refunds, every=2.0),
        Duty("payments.reconcile", reconcile_days, every=900.0),
    )
