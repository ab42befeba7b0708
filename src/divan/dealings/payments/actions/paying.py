"""Attempts to pay: begun by the payer, carried to the bank by the worker, believed only when the bank confirms them.

Lock order: the invoice's row, then the attempt's.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.payments import models, queries, rules
from divan.dealings.payments.actions.invoices import locked_invoice
from divan.dealings.payments.actions.refunding import ask_surplus_back
from divan.dealings.payments.rules import Attempt, Verdict
from divan.dealings.payments.values import (
    INVOICE_PAID,
    PAYMENT_BEGUN,
    PAYMENT_FAILED,
    PAYMENT_IN_DOUBT,
    PAYMENT_REGISTERED,
    PAYMENT_RETURNED,
    PAYMENT_SURPLUS,
    PAYMENT_VERIFIED,
    BankAnswer,
    InvoiceNotOpen,
    InvoiceOverdue,
    InvoiceState,
    InvoiceUnknown,
    Payment,
    PaymentInDoubt,
    PaymentState,
    PaymentUnknown,
    Registered,
)
from divan.foundation import facts
from divan.foundation.actors import SYSTEM, Actor
from divan.foundation.faults import power_may_fail
from divan.foundation.kinds import FactKind


@transaction.atomic
def begin_payment(*, invoice: UUID, actor: Actor, now: datetime) -> Payment:
    """Begin to pay an invoice; where an attempt is under way, in another tab say, that one is given back.

    :raises InvoiceUnknown: if there is none, or it is not the actor's to pay.
    :raises InvoiceNotOpen: if it is paid or cancelled.
    :raises InvoiceOverdue: if the time to pay is over.
    :raises PaymentInDoubt: while nobody knows whether the last attempt took money.
    """
    row = locked_invoice(invoice)
    if row.payer.uuid != actor.uuid:
        raise InvoiceUnknown
    if row.state != InvoiceState.OPEN:
        raise InvoiceNotOpen
    live = row.payments.filter(state__in=rules.LIVE).first()
    if live is not None:
        if live.state == PaymentState.IN_DOUBT:
            raise PaymentInDoubt
        return queries.get_payment(live.uuid)
    if row.due_at is not None and row.due_at <= now:
        raise InvoiceOverdue
    made = models.Payment.objects.create(
        uuid=uuid4(), invoice=row, amount=row.total, state=PaymentState.BEGUN, begun_at=now, look_at=now
    )
    facts.record(PAYMENT_BEGUN, subject=made, actor=actor, at=now, invoice=row.uuid, amount=made.amount)
    return queries.get_payment(made.uuid)


def locked_payment(payment: UUID) -> tuple[models.Payment, models.Invoice]:
    """Return the rows of an attempt and of its invoice, the invoice locked first.

    :raises PaymentUnknown: if there is none.
    """
    invoice = models.Payment.objects.filter(uuid=payment).values_list("invoice__uuid", flat=True).first()
    if invoice is None:
        raise PaymentUnknown
    owed = locked_invoice(invoice)
    return models.Payment.objects.select_for_update().get(uuid=payment), owed


@transaction.atomic
def note_registered(*, payment: UUID, registered: Registered, actor: Actor, now: datetime) -> None:
    """Note that the bank took the order and gave its token; said again it changes nothing.

    :raises PaymentUnknown: if there is none.
    """
    row, _ = locked_payment(payment)
    if row.state != PaymentState.BEGUN:
        return
    row.state, row.token, row.expires_at = PaymentState.REGISTERED, registered.token, registered.expires_at
    _look_again(row, now, anew=True)
    row.save()
    facts.record(PAYMENT_REGISTERED, subject=row, actor=actor, at=now)


@transaction.atomic
def note_not_registered(*, payment: UUID, reason: str, actor: Actor, now: datetime) -> None:
    """Note that the bank gave no token; with a reason it never will. Nobody could pay, so another attempt may begin.

    A silent bank is asked again for two minutes before the attempt is given up.

    :raises PaymentUnknown: if there is none.
    """
    row, _ = locked_payment(payment)
    if row.state != PaymentState.BEGUN:
        return
    if reason or rules.has_given_up_registering(row.begun_at, now):
        _end(row, PaymentState.FAILED, reason or "bank-silent", PAYMENT_FAILED, actor, now)
        return
    _look_again(row, now)
    row.save(update_fields=["look_at", "looks", "leased_until"])


@transaction.atomic
def note_return(*, payment: UUID, token: str, actor: Actor, now: datetime) -> Payment:
    """Note that somebody came back from the bank; what they say of money is not even read: the bank is asked.

    Whoever comes has to bring the token, which only the payer's browser and the bank know. Coming again, or five times
    at once, changes nothing.

    :raises PaymentUnknown: if there is no such attempt, or the token is another one.
    """
    row, _ = locked_payment(payment)
    if not row.token or row.token != token:
        raise PaymentUnknown
    if row.state == PaymentState.REGISTERED:
        row.state, row.returned_at = PaymentState.RETURNED, now
        row.look_at, row.looks = now, 0
        row.save(update_fields=["state", "returned_at", "look_at", "looks"])
        facts.record(PAYMENT_RETURNED, subject=row, actor=actor, at=now)
    return queries.get_payment(payment)


@transaction.atomic
def note_silence(*, payment: UUID, actor: Actor, now: datetime) -> None:
    """Note that the bank did not say how an attempt stands; it is asked again, more and more seldom, without end.

    :raises PaymentUnknown: if there is none.
    """
    row, _ = locked_payment(payment)
    _look_again(row, now)
    if rules.is_now_in_doubt(PaymentState(row.state), row.returned_at, now):
        _doubt(row, "bank-silent", actor, now)
        return
    row.save(update_fields=["look_at", "looks", "leased_until"])


@transaction.atomic
def note_answer(*, payment: UUID, answer: BankAnswer, actor: Actor, now: datetime) -> None:
    """Note what the bank said of an attempt, server to server. Only an answer that agrees in order, token and amount
    pays, and only an open invoice; money for any other goes back by an order that an officer approves.

    :raises PaymentUnknown: if there is none.
    """
    row, owed = locked_payment(payment)
    attempt = Attempt(
        order=row.uuid,
        token=row.token,
        amount=row.amount,
        state=PaymentState(row.state),
        invoice_state=InvoiceState(owed.state),
        returned_at=row.returned_at,
    )
    verdict, reason = rules.verdict(attempt, answer)
    if verdict in {Verdict.PAY, Verdict.SURPLUS} and _reference_taken(row, answer.reference):
        verdict, reason = Verdict.DOUBT, "reference-used"
    match verdict:
        case Verdict.PAY:
            _pay(row, owed, answer, actor, now)
        case Verdict.SURPLUS:
            _keep_surplus(row, answer, actor, now)
        case Verdict.FAIL if row.state != PaymentState.FAILED:
            _end(row, PaymentState.FAILED, reason, PAYMENT_FAILED, actor, now)
        case Verdict.DOUBT if row.state != PaymentState.FAILED:
            _look_again(row, now)
            _doubt(row, reason, actor, now)
        case Verdict.REOPEN:
            row.state, row.returned_at, row.reason = PaymentState.REGISTERED, None, ""
            _look_again(row, now)
            row.save()
            facts.record(PAYMENT_REGISTERED, subject=row, actor=actor, at=now, again=True)
        case _:
            _look_again(row, now)
            if row.state not in rules.LIVE:
                row.look_at = None
            row.save(update_fields=["look_at", "looks", "leased_until"])


def _reference_taken(row: models.Payment, reference: str) -> bool:
    return models.Payment.objects.filter(bank_reference=reference).exclude(id=row.id).exists()


def _pay(row: models.Payment, owed: models.Invoice, answer: BankAnswer, actor: Actor, now: datetime) -> None:
    row.bank_reference, row.paid_at = answer.reference, answer.paid_at or now
    row.token = row.token or answer.token
    _end(row, PaymentState.VERIFIED, "", PAYMENT_VERIFIED, actor, now)
    # Between these two lines the power may fail as well: both stand in one transaction, and the bank says it again.
    power_may_fail("payment.before-invoice")
    owed.state, owed.paid_at, owed.closed_at = InvoiceState.PAID, row.paid_at, now
    owed.bank_reference = row.bank_reference
    owed.save(update_fields=["state", "paid_at", "closed_at", "bank_reference"])
    facts.record(
        INVOICE_PAID,
        subject=owed,
        actor=actor,
        at=now,
        about=[owed.about_kind, owed.about_uuid],
        payment=row.uuid,
        amount=row.amount,
    )


def _keep_surplus(row: models.Payment, answer: BankAnswer, actor: Actor, now: datetime) -> None:
    row.bank_reference, row.paid_at = answer.reference, answer.paid_at or now
    row.token = row.token or answer.token
    _end(row, PaymentState.SURPLUS, "invoice-not-open", PAYMENT_SURPLUS, actor, now)
    ask_surplus_back(payment=row, actor=SYSTEM, now=now)


def _doubt(row: models.Payment, reason: str, actor: Actor, now: datetime) -> None:
    is_known = row.state == PaymentState.IN_DOUBT and row.reason == reason
    row.state, row.reason, row.leased_until = PaymentState.IN_DOUBT, reason, None
    row.save()
    if not is_known:
        facts.record(PAYMENT_IN_DOUBT, subject=row, actor=actor, at=now, reason=reason)


def _end(row: models.Payment, state: PaymentState, reason: str, kind: FactKind, actor: Actor, now: datetime) -> None:
    row.state, row.reason, row.ended_at = state, reason, now
    row.look_at = row.leased_until = None
    row.save()
    facts.record(kind, subject=row, actor=actor, at=now, invoice=row.invoice.uuid, reason=reason)


def _look_again(row: models.Payment, now: datetime, *, anew: bool = False) -> None:
    row.looks = 0 if anew else row.looks + 1
    row.leased_until = None
    hurried = row.state in {PaymentState.BEGUN, PaymentState.RETURNED}
    row.look_at = now + rules.pause_before_look(row.looks, hurried=hurried)
