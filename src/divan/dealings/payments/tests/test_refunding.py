"""Money goes back by the order of two persons, once, and never more than came."""

from __future__ import annotations

from dataclasses import replace

import pytest

from divan.dealings.payments import actions, jobs, queries
from divan.dealings.payments.values import (
    InvoiceState,
    ReasonMissing,
    RefundBySamePerson,
    RefundDecided,
    RefundState,
    RefundTooLarge,
    RefundUnknown,
    Share,
)
from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.errors import NotAllowed
from divan.foundation.models import Fact

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(world):
    def ask(invoice, *, by: str = "finance-officer", shares=None):
        actor = world.officer(by)
        return actions.ask_refund(invoice=invoice.uuid, reason="انصراف", shares=shares, actor=actor, now=world.now)

    return ask


@pytest.fixture
def approve(world):
    def approve(order, by: str = "governor-officer"):
        return actions.approve_refund(refund=order.uuid, actor=world.officer(by), now=world.now)

    return approve


def test_an_approved_order_goes_to_the_bank_once_and_each_account_gives_its_part(paid, ask, approve, bank, work):
    invoice = paid()
    order = ask(invoice)

    approve(order)
    work()
    work(hours=1)

    assert bank.calls.count("give-back") == 1
    assert bank.refunds[order.uuid].shares == (
        Share(account="IR740990000000000000000001", amount=300_000),
        Share(account="IR900990000000000000000004", amount=200_000),
    )
    assert queries.get_refund(order.uuid).state is RefundState.DONE
    found = queries.get_invoice(invoice.uuid)
    assert (found.state, found.refundable) == (InvoiceState.REFUNDED, 0)
    assert facts.recorded_for(order.uuid) == [
        "payments.refund-asked",
        "payments.refund-approved",
        "payments.refund-sent",
        "payments.refund-done",
    ]


def test_a_part_of_a_line_goes_back_and_the_rest_stays_refundable(paid, ask, approve, work):
    invoice = paid()
    body_line = invoice.lines[1].uuid

    approve(ask(invoice, shares={body_line: 50_000}))
    work()

    found = queries.get_invoice(invoice.uuid)
    assert (found.state, found.refundable) == (InvoiceState.PARTLY_REFUNDED, 450_000)
    with pytest.raises(RefundTooLarge):
        ask(invoice, shares={body_line: 150_001})


def test_who_asks_does_not_approve_and_nobody_approves_twice(world, paid, ask, approve, bank):
    order = ask(paid())
    before = Fact.objects.count()
    with pytest.raises(RefundBySamePerson):
        approve(order, "finance-officer")
    with pytest.raises(NotAllowed):
        approve(order, "ict-expert")
    with pytest.raises(NotAllowed):
        actions.approve_refund(refund=order.uuid, actor=world.citizen(), now=world.now)
    assert Fact.objects.count() == before

    approve(order)
    with pytest.raises(RefundDecided):
        approve(order)
    with pytest.raises(RefundDecided):
        actions.refuse_refund(refund=order.uuid, note="no", actor=world.officer("governor-officer"), now=world.now)


def test_the_same_person_in_another_post_does_not_approve_either(world, paid, ask):
    order = ask(paid())
    other_seat = replace(world.officer("governor-officer"), uuid=world.person("finance-officer").uuid)

    with pytest.raises(RefundBySamePerson):
        actions.approve_refund(refund=order.uuid, actor=other_seat, now=world.now)


def test_what_is_asked_for_is_set_aside_and_free_again_when_refused(world, paid, ask):
    invoice = paid()
    order = ask(invoice)
    with pytest.raises(RefundTooLarge):
        ask(invoice)
    with pytest.raises(ReasonMissing):
        actions.refuse_refund(refund=order.uuid, note=" ", actor=world.officer("governor-officer"), now=world.now)

    actions.refuse_refund(
        refund=order.uuid, note="خدمت انجام شد", actor=world.officer("governor-officer"), now=world.now
    )

    assert queries.get_invoice(invoice.uuid).refundable == 500_000
    assert ask(invoice).amount == 500_000


def test_nothing_goes_back_of_what_was_not_paid(issue, ask, world):
    with pytest.raises(RefundTooLarge):
        ask(issue())
    with pytest.raises(RefundUnknown):
        actions.approve_refund(
            refund=world.person("villager").uuid, actor=world.officer("governor-officer"), now=world.now
        )


def test_a_silent_bank_is_asked_again_under_the_same_key_and_a_refusing_one_ends_the_order(
    paid, ask, approve, bank, work
):
    invoice = paid()
    order = ask(invoice)
    approve(order)
    bank.silent = True
    work()
    assert queries.get_refund(order.uuid).state is RefundState.SENT

    bank.silent, bank.refuses = False, "account-closed"
    work(minutes=30)

    assert queries.get_refund(order.uuid).state is RefundState.FAILED
    assert queries.get_invoice(invoice.uuid).refundable == 500_000
    assert queries.get_invoice(invoice.uuid).state is InvoiceState.PAID


def test_the_worker_hands_over_nothing_that_was_not_approved(paid, ask, bank, world):
    ask(paid())

    assert jobs.send_refunds(world.pass_time(days=1), at=bank) == 0
    assert bank.refunds == {}


def test_a_refund_asked_by_the_house_needs_one_officer(world, paid, approve, work):
    invoice = paid()
    order = actions.ask_refund(invoice=invoice.uuid, reason="withdrawn", actor=SYSTEM, now=world.now)

    approve(order, "finance-officer")
    work()

    assert queries.get_refund(order.uuid).state is RefundState.DONE
