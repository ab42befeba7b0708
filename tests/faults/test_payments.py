"""The bank has done its part and the power fails before the row says so; and many who come at once.

The bank is the rehearsal's, over HTTP: what it did before the cut it remembers, as a real one would.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import httpx
import pytest
from django.apps import apps

from divan.dealings.payments import actions, jobs, models, queries
from divan.dealings.payments.values import InvoiceState, PaymentState, RefundState
from divan.foundation import facts
from divan.foundation.actors import ANONYMOUS, SYSTEM
from divan.foundation.models import Fact
from divan.project.rehearsal.tests.conftest import running as rehearsal  # noqa: F401 (a fixture)
from divan_libs.persian.jalali import TEHRAN

from .house import House
from .payments import issue
from .test_at_once import at_once


@dataclass
class Till:
    """An invoice, and the ways of its payer and of the worker."""

    house: House
    invoice: object

    def begin(self):
        """Let the payer begin, and the worker announce it."""
        actor, now = self.house.world.citizen(), self.house.world.now
        payment = actions.begin_payment(invoice=self.invoice.uuid, actor=actor, now=now)
        self.house.work("payments.register")
        return queries.get_payment(payment.uuid)

    def pay_at_the_bank(self, payment) -> None:
        """Pay on the bank's page, and come back."""
        page = apps.get_app_config("payments").options.bank_address + f"/pay/{payment.token}"
        assert httpx.post(page, data={"do": "pay"}, trust_env=False).status_code == 303
        actions.note_return(
            payment=payment.uuid, token=payment.token, actor=ANONYMOUS, now=self.house.world.pass_time(seconds=5)
        )

    def state(self) -> InvoiceState:
        return queries.get_invoice(self.invoice.uuid).state


@pytest.fixture
def till(house: House, rehearsal, monkeypatch) -> Iterator[Till]:  # noqa: F811 (the fixture above)
    address = f"{rehearsal.url}/bank"
    monkeypatch.setenv("DIVAN_BANK_GATEWAY", address)
    app = apps.get_app_config("payments")
    monkeypatch.setattr(app, "options", replace(app.options, bank_address=address, bank_key="rehearsal-key"))
    yield Till(house, issue(house.world))
    rehearsal.tell("bank", "normal")


def test_an_invoice_cut_while_it_is_issued_is_not_there_and_is_issued_once(house: House):
    house.cut("invoice.before-fact", "issue")

    assert models.Invoice.objects.count() == models.InvoiceLine.objects.count() == 0
    issue(house.world)
    issue(house.world)
    assert models.Invoice.objects.count() == 1
    house.rest()


def test_an_order_that_the_bank_took_before_the_cut_gets_the_same_token_after_it(till: Till):
    house = till.house
    payment = actions.begin_payment(invoice=till.invoice.uuid, actor=house.world.citizen(), now=house.world.now)

    house.cut("payment.after-register", "duty", "payments.register")

    assert queries.get_payment(payment.uuid).state is PaymentState.BEGUN
    house.world.pass_time(minutes=1)
    house.work("payments.register")
    registered = queries.get_payment(payment.uuid)
    till.pay_at_the_bank(registered)
    house.work("payments.look")
    assert till.state() is InvoiceState.PAID
    house.rest()


@pytest.mark.parametrize("point", ["payment.after-verify", "payment.before-invoice"])
def test_money_that_the_bank_took_before_the_cut_pays_once_after_it(till: Till, point: str):
    payment = till.begin()
    till.pay_at_the_bank(payment)

    till.house.cut(point, "duty", "payments.look")

    assert till.state() is InvoiceState.OPEN
    assert queries.get_payment(payment.uuid).state is PaymentState.RETURNED
    till.house.world.pass_time(minutes=1)
    till.house.work("payments.look", "payments.look")
    assert till.state() is InvoiceState.PAID
    assert Fact.objects.filter(kind="payments.invoice-paid").count() == 1
    till.house.rest()


def test_money_given_back_before_the_cut_goes_back_once(till: Till):
    world = till.house.world
    till.pay_at_the_bank(till.begin())
    till.house.work("payments.look")
    order = actions.ask_refund(invoice=till.invoice.uuid, reason="withdrawn", actor=SYSTEM, now=world.now)
    actions.approve_refund(refund=order.uuid, actor=world.officer("governor-officer"), now=world.now)

    till.house.cut("refund.after-send", "duty", "payments.refund")

    assert queries.get_refund(order.uuid).state is RefundState.SENT
    world.pass_time(minutes=1)
    till.house.work("payments.refund")
    done = queries.get_refund(order.uuid)
    assert (done.state, till.state()) == (RefundState.DONE, InvoiceState.REFUNDED)
    stated = jobs.bank().statement(done.done_at.astimezone(TEHRAN).date())
    assert [one.reference for one in stated.movements if one.order == str(order.uuid)] == [done.bank_reference]
    till.house.rest()


def test_a_statement_cut_while_it_is_compared_is_compared_whole_afterwards(till: Till):
    till.begin()
    till.house.world.pass_time(days=1)

    till.house.cut("statement.before-fact", "duty", "payments.reconcile")

    assert models.Statement.objects.count() == models.StatementLine.objects.count() == 0
    till.house.work("payments.reconcile", "payments.reconcile")
    [statement] = models.Statement.objects.all()
    assert facts.recorded_for(statement.uuid) == ["payments.statement-read"]
    till.house.rest()


def test_five_callbacks_at_once_and_two_workers_pay_once(till: Till):
    payment, world = till.begin(), till.house.world
    till.pay_at_the_bank(payment)

    def come() -> object:
        return actions.note_return(payment=payment.uuid, token=payment.token, actor=ANONYMOUS, now=world.now)

    def look() -> None:
        till.house.work("payments.look")

    came = at_once(come, come, come, come, come, look, look)

    assert [one for one in came if isinstance(one, Exception)] == []
    till.house.work("payments.look")
    assert till.state() is InvoiceState.PAID
    kinds = facts.recorded_for(payment.uuid)
    assert kinds.count("payments.payment-verified") == kinds.count("payments.payment-returned") == 1
    till.house.rest()


def test_two_tabs_that_pay_at_once_share_one_attempt_and_two_issues_one_invoice(till: Till):
    actor, now = till.house.world.citizen(), till.house.world.now

    came = at_once(
        *[lambda: actions.begin_payment(invoice=till.invoice.uuid, actor=actor, now=now)] * 4,
    )

    assert len({one.uuid for one in came}) == 1
    actions.note_not_registered(payment=came[0].uuid, reason="test", actor=SYSTEM, now=now)
    actions.cancel_invoice(invoice=till.invoice.uuid, reason="test", actor=SYSTEM, now=now)
    issued = at_once(*[lambda: issue(till.house.world)] * 4)
    assert len({one.uuid for one in issued}) == 1
    till.house.rest()


def test_a_refund_approved_by_two_officers_at_once_is_approved_once(till: Till):
    world = till.house.world
    till.pay_at_the_bank(till.begin())
    till.house.work("payments.look")
    order = actions.ask_refund(invoice=till.invoice.uuid, reason="withdrawn", actor=SYSTEM, now=world.now)
    officers = [world.officer("governor-officer"), world.officer("finance-officer")]

    came = at_once(
        *[lambda one=one: actions.approve_refund(refund=order.uuid, actor=one, now=world.now) for one in officers]
    )

    assert len([one for one in came if isinstance(one, Exception)]) == 1
    assert facts.recorded_for(order.uuid).count("payments.refund-approved") == 1
    till.house.rest()


def test_a_bank_that_takes_the_money_and_never_calls_back_is_found_out_by_asking(till: Till, rehearsal):  # noqa: F811 (as above)
    rehearsal.tell("bank", "mute")
    payment = till.begin()
    page = apps.get_app_config("payments").options.bank_address + f"/pay/{payment.token}"
    assert httpx.post(page, data={"do": "pay"}, trust_env=False).status_code == 200

    till.house.world.pass_time(minutes=1)
    till.house.work("payments.look")

    assert till.state() is InvoiceState.PAID
    till.house.rest()
