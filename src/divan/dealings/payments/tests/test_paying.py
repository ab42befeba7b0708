"""An invoice is paid once, in full, and only on the bank's own word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from divan.dealings.payments import actions, models, queries
from divan.dealings.payments.values import (
    AccountMissing,
    BankState,
    Beneficiary,
    InvoiceBeingPaid,
    InvoiceDiffers,
    InvoiceNotOpen,
    InvoiceOverdue,
    InvoiceState,
    InvoiceUnknown,
    LinesFaulty,
    PaymentInDoubt,
    PaymentState,
    PaymentUnknown,
    Share,
)
from divan.foundation import facts
from divan.foundation.actors import ANONYMOUS, SYSTEM
from divan.foundation.models import Fact
from divan_libs.persian.check_digits import is_valid_number

pytestmark = pytest.mark.django_db


def state_of(payment) -> PaymentState:
    return queries.get_payment(payment.uuid).state


def test_an_invoice_bears_a_number_with_check_digits_and_keeps_treasury_and_body_apart(issue):
    invoice = issue()

    assert is_valid_number(invoice.number)
    assert (invoice.state, invoice.total) == (InvoiceState.OPEN, 500_000)
    assert [(line.beneficiary, line.account, line.amount) for line in invoice.lines] == [
        (Beneficiary.TREASURY, "IR740990000000000000000001", 300_000),
        (Beneficiary.BODY, "IR900990000000000000000004", 200_000),
    ]
    assert facts.recorded_for(invoice.uuid) == ["payments.invoice-issued"]


def test_asking_again_for_the_same_gives_the_same_invoice_and_for_something_else_is_refused(issue, lines):
    about = uuid4()
    first = issue(about=about)

    assert issue(about=about) == first
    with pytest.raises(InvoiceDiffers):
        issue(about=about, lines=lines(about)[:1])
    assert models.Invoice.objects.count() == 1


def test_a_paid_charge_is_not_asked_for_again(paid, issue):
    about = uuid4()
    invoice = paid(about=about)

    assert issue(about=about).uuid == invoice.uuid
    assert models.Invoice.objects.count() == 1


def test_an_invoice_of_a_bundle_is_found_by_each_of_its_cases(issue, lines):
    bundle, first, second = uuid4(), uuid4(), uuid4()

    invoice = issue(about=bundle, about_kind="cases.bundle", lines=lines(first, second))

    assert [queries.find_invoice_of("cases.case", case) for case in (first, second)] == [invoice, invoice]
    assert queries.find_invoice_of("cases.bundle", bundle) == invoice
    assert queries.find_invoice_of("cases.case", bundle) is None


def test_lines_without_money_law_or_account_make_no_invoice(issue, lines):
    first = lines(uuid4())[0]
    for change, reason in (({"amount": 0}, "total"), ({"amount": -1}, "amount"), ({"law": " "}, "law")):
        with pytest.raises(LinesFaulty) as refused:
            issue(lines=[replace(first, **change)])
        assert refused.value.facts == {"reason": reason}
    models.Account.objects.filter(beneficiary="treasury").delete()
    with pytest.raises(AccountMissing):
        issue()
    assert models.Invoice.objects.count() == 0


def test_a_payment_is_announced_with_its_shares_and_paid_on_the_banks_word(world, issue, begin, bank, work):
    invoice = issue()
    payment = begin(invoice)
    bank.pay(payment.uuid)

    actions.note_return(payment=payment.uuid, token=payment.token, actor=ANONYMOUS, now=world.now)
    assert queries.get_invoice(invoice.uuid).state is InvoiceState.OPEN
    work()

    assert bank.orders[payment.uuid].shares == (
        Share(account="IR740990000000000000000001", amount=300_000),
        Share(account="IR900990000000000000000004", amount=200_000),
    )
    found = queries.get_invoice(invoice.uuid)
    assert (found.state, found.bank_reference) == (InvoiceState.PAID, "1000000001")
    assert state_of(payment) is PaymentState.VERIFIED
    assert facts.recorded_for(invoice.uuid) == ["payments.invoice-issued", "payments.invoice-paid"]
    assert facts.recorded_for(payment.uuid) == [
        "payments.payment-begun",
        "payments.payment-registered",
        "payments.payment-returned",
        "payments.payment-verified",
    ]


def test_a_lost_callback_is_found_by_asking(issue, begin, bank, work):
    invoice = issue()
    payment = begin(invoice)
    bank.pay(payment.uuid)

    work(seconds=30)

    assert state_of(payment) is PaymentState.VERIFIED
    assert queries.get_invoice(invoice.uuid).state is InvoiceState.PAID


def test_a_callback_repeated_changes_nothing(world, issue, begin, bank, work):
    invoice = issue()
    payment = begin(invoice)
    bank.pay(payment.uuid)
    for _ in range(5):
        actions.note_return(payment=payment.uuid, token=payment.token, actor=ANONYMOUS, now=world.now)
    work()
    for _ in range(5):
        actions.note_return(payment=payment.uuid, token=payment.token, actor=ANONYMOUS, now=world.now)

    kinds = facts.recorded_for(payment.uuid)
    assert kinds.count("payments.payment-returned") == kinds.count("payments.payment-verified") == 1


def test_a_callback_with_another_token_or_of_another_invoice_is_refused(world, issue, begin):
    payment, other = begin(issue()), begin(issue())
    before = Fact.objects.count()

    for token in ("", "wrong", other.token):
        with pytest.raises(PaymentUnknown):
            actions.note_return(payment=payment.uuid, token=token, actor=ANONYMOUS, now=world.now)
    with pytest.raises(PaymentUnknown):
        actions.note_return(payment=uuid4(), token=payment.token, actor=ANONYMOUS, now=world.now)
    assert Fact.objects.count() == before
    assert state_of(payment) is PaymentState.REGISTERED


def test_whoever_comes_back_without_having_paid_may_go_there_again(world, issue, begin, work):
    payment = begin(issue())
    actions.note_return(payment=payment.uuid, token=payment.token, actor=ANONYMOUS, now=world.now)

    work()

    assert state_of(payment) is PaymentState.REGISTERED


@pytest.mark.parametrize("end", [BankState.CANCELLED, BankState.EXPIRED])
def test_a_payment_that_ended_without_money_leaves_the_invoice_open_for_another(issue, begin, bank, work, end):
    invoice = issue()
    payment = begin(invoice)
    bank.end(payment.uuid, end)

    work(minutes=1)

    assert queries.get_payment(payment.uuid).reason == str(end)
    assert state_of(payment) is PaymentState.FAILED
    assert begin(invoice).uuid != payment.uuid


@pytest.mark.parametrize("told", [{"amount": 499_999}, {"amount": 500_001}, {"reference": ""}])
def test_an_answer_with_another_amount_or_no_reference_pays_nothing_and_no_second_payment_begins(
    world, issue, begin, bank, work, told
):
    invoice = issue()
    payment = begin(invoice)
    bank.pay(payment.uuid, **told)

    work(minutes=1)

    assert state_of(payment) is PaymentState.IN_DOUBT
    assert queries.get_invoice(invoice.uuid).state is InvoiceState.OPEN
    with pytest.raises(PaymentInDoubt):
        actions.begin_payment(invoice=invoice.uuid, actor=world.citizen(), now=world.now)


def test_an_answer_about_another_order_pays_nothing(issue, begin, bank, work):
    mine, other = begin(issue()), begin(issue())
    bank.pay(other.uuid)
    bank.answers[mine.uuid] = bank.answers[other.uuid]

    work(minutes=1)

    assert (state_of(mine), state_of(other)) == (PaymentState.IN_DOUBT, PaymentState.VERIFIED)


def test_one_reference_of_the_bank_pays_one_invoice(issue, begin, bank, work):
    first, second = begin(issue()), begin(issue())
    bank.pay(first.uuid, reference="same")
    work(minutes=1)
    bank.pay(second.uuid, reference="same")
    work(minutes=1)

    assert (state_of(first), state_of(second)) == (PaymentState.VERIFIED, PaymentState.IN_DOUBT)
    assert queries.get_payment(second.uuid).reason == "reference-used"


def test_a_silent_bank_leaves_the_payment_in_doubt_and_its_later_word_counts(world, issue, begin, bank, work):
    invoice = issue()
    payment = begin(invoice)
    bank.pay(payment.uuid)
    bank.silent = True
    actions.note_return(payment=payment.uuid, token=payment.token, actor=ANONYMOUS, now=world.now)
    for _ in range(8):
        work(seconds=20)
    assert state_of(payment) is PaymentState.IN_DOUBT

    bank.silent = False
    work(minutes=15)

    assert queries.get_invoice(invoice.uuid).state is InvoiceState.PAID


def test_a_bank_that_gives_no_token_is_given_up_and_one_that_refuses_at_once(world, issue, begin, bank, work):
    invoice = issue()
    bank.silent = True
    payment = begin(invoice)
    work(seconds=30)
    assert state_of(payment) is PaymentState.BEGUN
    work(minutes=2)
    assert (state_of(payment), queries.get_payment(payment.uuid).reason) == (PaymentState.FAILED, "bank-silent")

    bank.silent, bank.refuses = False, "amount"
    assert queries.get_payment(begin(invoice).uuid).reason == "amount"


def test_two_tabs_share_one_attempt(world, issue):
    invoice = issue()
    actor = world.citizen()

    first, second = (actions.begin_payment(invoice=invoice.uuid, actor=actor, now=world.now) for _ in range(2))

    assert first.uuid == second.uuid
    assert models.Payment.objects.count() == 1


def test_only_the_payer_pays_and_only_what_is_open_and_in_time(world, issue, paid):
    invoice = issue(due_at=world.now + timedelta(hours=1))
    with pytest.raises(InvoiceUnknown):
        actions.begin_payment(invoice=invoice.uuid, actor=world.citizen("outsider"), now=world.now)
    with pytest.raises(InvoiceNotOpen):
        actions.begin_payment(invoice=paid().uuid, actor=world.citizen(), now=world.now)
    with pytest.raises(InvoiceOverdue):
        actions.begin_payment(invoice=invoice.uuid, actor=world.citizen(), now=world.pass_time(hours=2))
    assert models.Payment.objects.filter(invoice__uuid=invoice.uuid).count() == 0


def test_an_invoice_is_cancelled_only_while_nobody_pays_it(world, issue, begin, bank, work):
    invoice = issue()
    payment = begin(invoice)
    with pytest.raises(InvoiceBeingPaid):
        actions.cancel_invoice(invoice=invoice.uuid, reason="withdrawn", actor=SYSTEM, now=world.now)
    bank.end(payment.uuid, BankState.CANCELLED)
    work(minutes=1)

    for _ in range(2):
        actions.cancel_invoice(invoice=invoice.uuid, reason="withdrawn", actor=SYSTEM, now=world.now)

    assert facts.recorded_for(invoice.uuid).count("payments.invoice-cancelled") == 1
    assert queries.find_invoice_of("cases.case", invoice.about_uuid) is None


def test_money_that_comes_after_all_for_a_cancelled_invoice_goes_back(world, issue, begin, bank, work):
    invoice = issue()
    payment = begin(invoice)
    bank.end(payment.uuid, BankState.EXPIRED)
    work(minutes=1)
    actions.cancel_invoice(invoice=invoice.uuid, reason="withdrawn", actor=SYSTEM, now=world.now)
    bank.pay(payment.uuid)
    models.Payment.objects.filter(uuid=payment.uuid).update(look_at=world.now)

    work()

    assert state_of(payment) is PaymentState.SURPLUS
    assert queries.get_invoice(invoice.uuid).state is InvoiceState.CANCELLED
    [order] = queries.list_refunds_of(invoice.uuid)
    assert (order.amount, order.asked_by, order.shares) == (500_000, None, ())
