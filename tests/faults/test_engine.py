"""`kill -9` where the engine meets the outside: orders to other bodies, and payments that let a case go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from divan.dealings.cases import actions, models, queries
from divan.dealings.cases.tests import workshop
from divan.dealings.cases.tests.test_fees_of_cases import priced
from divan.dealings.cases.values import CaseState
from divan.dealings.payments import models as money
from divan.dealings.payments.values import InvoiceState
from divan.foundation.actors import SYSTEM
from divan.trust.signing import queries as signing
from divan.trust.signing.values import Standing

from . import deeds
from .engine import follow_orders, opened_workshop
from .house import House


def delivered(house: House, shop: workshop.Workshop):
    """Return a case whose permit was really signed and issued, waiting for its order."""
    case = shop.signed()
    house.rest()
    assert house.case(case.uuid).state is CaseState.AFTERCARE
    return case


def test_an_order_cut_after_it_was_sent_goes_out_again_as_the_same_message(house: House, tmp_path: Path):
    case = delivered(house, opened_workshop(house, tmp_path))
    order = queries.list_orders(case.uuid)[0]

    house.cut("order.after-send", "orders", "ordered")

    assert queries.list_orders(case.uuid)[0].put_at is None
    house.world.pass_time(minutes=5)
    taken: list[str] = []
    follow_orders(house.world.now, "ordered", taken)
    assert taken == [f"PUT /orders/{case.number} {order.message_id}"]
    assert queries.list_orders(case.uuid)[0].put_at is not None
    house.rest()


def test_a_state_cut_before_its_action_is_noted_and_acted_upon_once(house: House, tmp_path: Path):
    case = delivered(house, opened_workshop(house, tmp_path))

    house.cut("order.after-state", "orders", "paid")

    assert (queries.find_open_task(case.uuid).step, queries.list_orders(case.uuid)[0].state) == ("pay-out", "")
    house.world.pass_time(hours=13)
    follow_orders(house.world.now, "paid")
    house.world.pass_time(hours=13)
    follow_orders(house.world.now, "delivered")
    assert house.case(case.uuid).state is CaseState.CLOSED
    assert [task.step for task in queries.list_tasks(case.uuid)][-2:] == ["pay-out", "posted"]
    house.rest()


def test_a_permit_cut_while_it_is_handed_back_is_in_force_with_its_records_and_can_be_handed_back_again(
    house: House, tmp_path: Path
):
    case = delivered(house, opened_workshop(house, tmp_path))
    permit = queries.find_permit_of_case(case.uuid)
    told = models.IssuedRecord.objects.filter(ended_at__isnull=True)
    before = told.count()

    house.cut("permit.before-records-end", "deed", "hand_back", permit.uuid)

    assert before
    assert (queries.get_permit(permit.uuid).state, told.count()) == ("in-force", before)
    deeds.hand_back(house.world, str(permit.uuid))
    assert (queries.get_permit(permit.uuid).state, told.count()) == ("returned", 0)
    house.rest()


def test_a_payment_cut_before_the_case_goes_on_lets_it_go_on_once(house: House, tmp_path: Path):
    shop = priced(house.world, tmp_path, "submission")
    case = shop.draft(40)
    asked = actions.ask_payment(case=case.uuid, actor=house.world.citizen(), now=house.world.now)
    money.Invoice.objects.filter(uuid=asked.invoice).update(state=InvoiceState.PAID, paid_at=house.world.now)

    house.cut("case.after-settling", "settle", asked.invoice)

    assert (house.case(case.uuid).state, queries.list_case_invoices(case.uuid)[0].state) == (CaseState.DRAFT, "open")
    for _ in range(2):
        actions.note_paid(invoice=asked.invoice, actor=SYSTEM, now=house.world.now)
    assert house.case(case.uuid).state is CaseState.OPEN
    assert models.Task.objects.filter(case__uuid=case.uuid).count() == 1


@pytest.mark.slow
def test_a_case_that_silence_decided_has_a_genuine_letter_under_the_seal(house: House, tmp_path: Path):
    shop = opened_workshop(house, tmp_path)
    case = shop.drafted()
    house.world.pass_time(days=15)
    shop.run_clocks()
    house.rest()
    decision = queries.find_decision(case.uuid)
    assert (decision.deemed, decision.state) == (True, "issued")
    assert signing.verify_document(decision.document, house.world.now).standing is Standing.GENUINE
