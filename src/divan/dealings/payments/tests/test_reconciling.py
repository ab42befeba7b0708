"""Statement and books are compared, and every difference has a name and an end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from divan.dealings.payments import actions, jobs, models, queries
from divan.dealings.payments.values import (
    BankSilent,
    BankState,
    DifferenceKind,
    DifferenceUnknown,
    InvoiceState,
    ReasonMissing,
    Share,
    StatedDay,
    StatedMovement,
    StatementFaulty,
)
from divan.foundation import facts
from divan.foundation.actors import SYSTEM

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)


@pytest.fixture
def read(world, bank):
    def read(**changes):
        stated = bank.statement(DAY)
        movements = changes.get("movements", stated.movements)
        return actions.reconcile_day(
            stated=StatedDay(day=DAY, movements=movements), actor=SYSTEM, now=world.pass_time(minutes=1)
        )

    return read


def differences() -> list[tuple[DifferenceKind, str]]:
    return [(one.kind, one.reference) for one in queries.list_differences()]


def stranger(world, **changes) -> StatedMovement:
    known = {"refund": False, "order": str(uuid4()), "reference": "777", "amount": 1000, "shares": (), "at": world.now}
    return StatedMovement(**known | changes)


def test_a_day_on_which_both_agree_has_no_difference(paid, read):
    paid()

    summary = read()

    assert (summary.payments, summary.paid, summary.open_differences) == (1, 500_000, 0)


def test_a_payment_that_we_do_not_know_is_named_and_one_that_the_bank_lacks_too(world, paid, read):
    invoice = paid()

    read(movements=[stranger(world), stranger(world, refund=True, order="not-ours", reference="778")])

    assert differences() == [
        (DifferenceKind.UNKNOWN_PAYMENT, "777"),
        (DifferenceKind.UNKNOWN_REFUND, "778"),
        (DifferenceKind.MISSING_PAYMENT, invoice.bank_reference),
    ]


def test_a_difference_that_a_later_reading_does_not_show_is_settled_and_comes_back_with_the_next(paid, read):
    invoice = paid()
    read(movements=[])
    [found] = queries.list_differences()

    assert read().open_differences == 0
    assert facts.recorded_for(found.uuid) == ["payments.difference-found", "payments.difference-settled"]
    assert read(movements=[]).open_differences == 1
    assert differences() == [(DifferenceKind.MISSING_PAYMENT, invoice.bank_reference)]


def test_what_a_person_explained_stays_explained(world, paid, read):
    paid()
    read(movements=[])
    [found] = queries.list_differences()
    officer = world.officer("governor-officer")
    with pytest.raises(ReasonMissing):
        actions.settle_difference(difference=found.uuid, note="", actor=officer, now=world.now)

    actions.settle_difference(difference=found.uuid, note="بانک فردا می‌آورد", actor=officer, now=world.now)

    assert read(movements=[]).open_differences == 0
    with pytest.raises(DifferenceUnknown):
        actions.settle_difference(difference=found.uuid, note="again", actor=officer, now=world.now)


def test_another_amount_and_another_split_are_named(paid, read, bank):
    paid()
    [stated] = bank.statement(DAY).movements

    read(movements=[replace(stated, shares=(Share(account="IR740990000000000000000001", amount=500_000),))])
    assert differences() == [(DifferenceKind.SPLIT, stated.reference)]
    read(movements=[replace(stated, amount=400_000, shares=())])
    assert (DifferenceKind.AMOUNT, stated.reference) in differences()


def test_a_payment_held_failed_that_the_bank_states_is_asked_about_and_paid(issue, begin, bank, work, read):
    invoice = issue()
    payment = begin(invoice)
    bank.end(payment.uuid, BankState.EXPIRED)
    work(minutes=1)
    bank.pay(payment.uuid)

    assert read().open_differences == 1
    work()

    assert queries.get_invoice(invoice.uuid).state is InvoiceState.PAID
    assert read().open_differences == 0


def test_a_second_payment_of_a_paid_invoice_becomes_an_order_to_give_it_back(issue, begin, bank, work, read):
    invoice = issue()
    first = begin(invoice)
    bank.end(first.uuid, BankState.EXPIRED)
    work(minutes=1)
    second = begin(invoice)
    bank.pay(second.uuid)
    work(minutes=1)
    bank.pay(first.uuid)

    read()
    work()

    assert [one.amount for one in queries.list_refunds_of(invoice.uuid)] == [500_000]
    assert queries.get_invoice(invoice.uuid).bank_reference == queries.get_payment(second.uuid).bank_reference
    assert read().open_differences == 0


def test_a_refund_that_the_statement_lacks_is_named(world, paid, bank, work, read):
    invoice = paid()
    order = actions.ask_refund(invoice=invoice.uuid, reason="withdrawn", actor=SYSTEM, now=world.now)
    actions.approve_refund(refund=order.uuid, actor=world.officer("governor-officer"), now=world.now)
    work()
    assert read().open_differences == 0

    read(movements=[one for one in bank.statement(DAY).movements if not one.refund])

    assert differences() == [(DifferenceKind.MISSING_REFUND, bank.refunds[order.uuid].reference)]


def test_a_statement_of_another_day_or_with_a_movement_twice_is_refused(world, read):
    for movements in ([stranger(world)] * 2, [stranger(world, at=world.now.replace(day=20))]):
        with pytest.raises(StatementFaulty):
            read(movements=movements)
    assert models.Statement.objects.count() == 0


def test_the_worker_reads_each_day_once_after_its_end_and_a_silent_bank_later(world, paid, bank):
    paid()
    assert jobs.reconcile_days(world.now, at=bank) == 0
    bank.silent = True
    assert jobs.reconcile_days(world.pass_time(days=1), at=bank) == 0
    bank.silent = False

    assert jobs.reconcile_days(world.now, at=bank) == 1
    assert jobs.reconcile_days(world.now, at=bank) == 0
    assert queries.get_statement(DAY).payments == 1
    bank.silent = True
    with pytest.raises(BankSilent):
        jobs.reconcile(DAY, actor=SYSTEM, now=world.now, at=bank)
