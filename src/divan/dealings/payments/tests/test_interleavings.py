"""In whatever order things happen, an invoice is paid at most once and never with less; money too many goes back."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from divan.dealings.payments import actions, jobs, models, queries
from divan.dealings.payments.values import BankState, InvoiceState, PaymentState
from divan.foundation.actors import ANONYMOUS, SYSTEM
from divan.foundation.errors import Refusal

from .twin import MemoryBank

pytestmark = pytest.mark.django_db

STEPS = st.one_of(
    st.tuples(st.just("begin")),
    st.tuples(st.just("work"), st.integers(1, 1200)),
    st.tuples(st.just("return"), st.integers(0, 3), st.booleans()),
    st.tuples(st.just("pay"), st.integers(0, 3), st.sampled_from([0, 0, -1, 1])),
    st.tuples(st.just("end"), st.integers(0, 3), st.sampled_from(["cancelled", "expired", "unknown", "open"])),
    st.tuples(st.just("swap"), st.integers(0, 3), st.integers(0, 3)),
    st.tuples(st.just("silence"), st.booleans()),
    st.tuples(st.just("cancel")),
    st.tuples(st.just("reconcile")),
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=5, max_size=30))
def test_an_invoice_is_paid_at_most_once_and_never_with_less(world, issue, steps):
    begun = world.now
    with transaction.atomic():
        _play(world, issue(), steps)
        transaction.set_rollback(True)
    world.now = begun


def _play(world, invoice, steps) -> None:
    bank, taken = MemoryBank(), {}
    for step in [("begin",), ("work", 1), *steps, ("silence", False), ("work", 600)]:
        known = list(models.Payment.objects.order_by("id").values_list("uuid", flat=True))
        chosen = known[step[1] % len(known)] if len(step) > 1 and known and step[0] in CHOOSING else None
        if chosen is not None or step[0] not in CHOOSING:
            try:
                with transaction.atomic():
                    _step(world, invoice, bank, step, chosen, known, taken)
            except Refusal:
                pass
        _require_sound(invoice, taken)


CHOOSING = {"return", "pay", "end", "swap"}


def _step(world, invoice, bank, step, chosen, known, taken) -> None:
    match step:
        case ("begin",):
            actions.begin_payment(invoice=invoice.uuid, actor=world.citizen(), now=world.now)
        case ("work", seconds):
            now = world.pass_time(seconds=seconds)
            jobs.register_payments(now, at=bank)
            jobs.look_at_payments(now, at=bank)
        case ("return", _, honest):
            token = queries.get_payment(chosen).token if honest else "forged"
            actions.note_return(payment=chosen, token=token, actor=ANONYMOUS, now=world.now)
        case ("pay", _, off) if chosen in bank.orders and chosen not in taken:
            bank.pay(chosen, amount=invoice.total + off, paid_at=world.now)
            taken[chosen] = invoice.total + off
        case ("end", _, state) if chosen not in taken:
            bank.end(chosen, BankState(state))
        case ("swap", _, other) if chosen in bank.answers:
            bank.answers[known[other % len(known)]] = bank.answers[chosen]
        case ("silence", silent):
            bank.silent = silent
        case ("cancel",):
            actions.cancel_invoice(invoice=invoice.uuid, reason="test", actor=SYSTEM, now=world.now)
        case ("reconcile",) if not bank.silent:
            day = world.now.date()
            movements = {one.reference: one for one in bank.statement(day).movements}
            stated = bank.statement(day)
            stated = type(stated)(day=day, movements=list(movements.values()))
            actions.reconcile_day(stated=stated, actor=SYSTEM, now=world.now)


def _require_sound(invoice, taken) -> None:
    found = queries.get_invoice(invoice.uuid)
    payments = queries.list_payments_of(invoice.uuid)
    verified = [one for one in payments if one.state is PaymentState.VERIFIED]
    assert len(verified) == (found.state is InvoiceState.PAID)
    assert all(taken[one.uuid] == one.amount == found.total for one in verified)
    surplus = [one for one in payments if one.state is PaymentState.SURPLUS]
    assert sorted(one.payment.hex for one in queries.list_refunds_of(invoice.uuid)) == sorted(
        one.uuid.hex for one in surplus
    )
    assert all(taken[one.uuid] == one.amount for one in surplus)
    references = [one.bank_reference for one in payments if one.bank_reference]
    assert len(references) == len(set(references))
