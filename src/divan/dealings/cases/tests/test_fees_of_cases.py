"""What a case costs is asked once, paid before it goes on, and never twice."""

from __future__ import annotations

import pytest

from divan.dealings.cases import actions, models, queries
from divan.dealings.cases.tests import workshop
from divan.dealings.cases.values import CaseState, NotComplete, NothingToPay
from divan.dealings.payments import models as money
from divan.dealings.payments import queries as invoices
from divan.dealings.payments.values import InvoiceState
from divan.foundation.actors import SYSTEM
from divan_libs.servicepack.tests.folders import REMOVED

TARIFF = {
    "tariffs": {
        "permit": {
            "beneficiary": "treasury",
            "periods": [
                {
                    "starts_on": "1400/01/01",
                    "law": "LAW-WORKSHOPS",
                    "rows": {
                        "large": {"when": "has(answers.area) && answers.area >= 100", "amount": 500_000},
                        "small": {"amount": 200_000},
                    },
                }
            ],
        }
    }
}


def priced(world, tmp_path, before):
    return workshop.publish(
        world,
        tmp_path,
        ("fees.yaml", ("free",), REMOVED),
        ("fees.yaml", ("tariffs",), TARIFF["tariffs"]),
        ("card.yaml", ("fees",), [{"amount": amount, "electronic_payment": True} for amount in (200_000, 500_000)]),
        ("needs.yaml", ("requirements", "REQ-FEE"), {"kind": "payment", "law": "LAW-WORKSHOPS", "before": before}),
        *_words(),
    )


def _words():
    for language in ("fa", "en"):
        yield (f"texts/{language}.yaml", ("fees",), {"permit": {"title": "بها", "rows": {"large": "ب", "small": "ک"}}})
        yield (f"texts/{language}.yaml", ("needs", "REQ-FEE"), {"title": "پرداخت", "rejection": "پرداخت نشده است"})


def _pay(shop, invoice):
    """Let the bank have confirmed an invoice, and the case hear of it."""
    money.Invoice.objects.filter(uuid=invoice).update(state=InvoiceState.PAID, paid_at=shop.world.now)
    actions.note_paid(invoice=invoice, actor=SYSTEM, now=shop.world.now)


def test_a_case_is_not_submitted_before_its_fee_is_paid(world, tmp_path):
    shop = priced(world, tmp_path, "submission")
    case = shop.draft(120)
    with pytest.raises(NotComplete) as refused:
        actions.submit_case(case=case.uuid, actor=world.citizen(), now=world.now)
    assert [missing.kind for missing in refused.value.facts["missing"]] == ["payment"]

    asked = actions.ask_payment(case=case.uuid, actor=world.citizen(), now=world.now)
    again = actions.ask_payment(case=case.uuid, actor=world.citizen(), now=world.now)
    assert (asked.amount, asked.invoice) == (500_000, again.invoice)
    line = invoices.get_invoice(asked.invoice).lines[0]
    assert (line.tariff, line.row, line.law, line.about_uuid) == ("permit", "large", "LAW-WORKSHOPS", case.uuid)


def test_the_payment_itself_submits_the_case(world, tmp_path):
    shop = priced(world, tmp_path, "submission")
    case = shop.draft(120)
    asked = actions.ask_payment(case=case.uuid, actor=world.citizen(), now=world.now)
    _pay(shop, asked.invoice)

    submitted = queries.get_case(case.uuid)
    assert (submitted.state, shop.steps(case.uuid)) == (CaseState.OPEN, ["check"])
    actions.note_paid(invoice=asked.invoice, actor=SYSTEM, now=world.now)
    assert queries.get_receipt(submitted).number == submitted.number
    assert models.Task.objects.filter(case__uuid=case.uuid).count() == 1
    with pytest.raises(NothingToPay):
        actions.ask_payment(case=case.uuid, actor=world.citizen(), now=world.now)


def test_changed_answers_make_the_old_invoice_fall_away(world, tmp_path):
    shop = priced(world, tmp_path, "submission")
    case = shop.draft(120)
    first = actions.ask_payment(case=case.uuid, actor=world.citizen(), now=world.now)
    shop.page(case.uuid, "workshop", village=[workshop.VILLAGE], area=["40"], begins=["1405/10/01"])
    second = actions.ask_payment(case=case.uuid, actor=world.citizen(), now=world.now)
    assert (first.amount, second.amount) == (500_000, 200_000)
    assert invoices.get_invoice(first.invoice).state == InvoiceState.CANCELLED


def test_a_case_waits_for_the_fee_on_its_way_and_its_clocks_stand_still(world, tmp_path):
    shop = priced(world, tmp_path, "reviews")
    case = shop.submitted(120)
    shop.act(case.uuid, "check", "accept", "industry-trade-expert", report={"measured": ["90"]})
    waiting = queries.get_case(case.uuid)
    assert (waiting.state, waiting.due_at, shop.steps(case.uuid)) == (CaseState.PAYMENT, None, [])

    world.pass_time(days=30)
    asked = actions.ask_payment(case=case.uuid, actor=world.citizen(), now=world.now)
    _pay(shop, asked.invoice)
    going_on = queries.get_case(case.uuid)
    assert (going_on.state, shop.steps(case.uuid)) == (CaseState.OPEN, ["fire-review", "land-review"])
    assert going_on.due_at > world.now


def test_a_case_that_waits_for_its_fee_may_be_withdrawn_and_nothing_is_owed(world, tmp_path):
    shop = priced(world, tmp_path, "reviews")
    case = shop.submitted(120)
    shop.act(case.uuid, "check", "accept", "industry-trade-expert", report={"measured": ["90"]})
    actions.withdraw_case(case=case.uuid, actor=world.citizen(), now=world.now)
    assert queries.list_case_invoices(case.uuid)[0].state == "cancelled"


def test_a_payment_for_a_case_given_up_meanwhile_changes_nothing_else(world, tmp_path):
    shop = priced(world, tmp_path, "submission")
    case = shop.draft(120)
    asked = actions.ask_payment(case=case.uuid, actor=world.citizen(), now=world.now)
    actions.abandon_draft(case=case.uuid, actor=world.citizen(), now=world.now)
    _pay(shop, asked.invoice)
    assert queries.get_case(case.uuid).state == CaseState.ABANDONED


def test_of_a_fee_that_rose_after_it_was_paid_only_the_difference_is_asked(world, tmp_path):
    shop = priced(world, tmp_path, "submission")
    case = shop.draft(40)
    first = actions.ask_payment(case=case.uuid, actor=world.citizen(), now=world.now)
    shop.page(case.uuid, "workshop", village=[workshop.VILLAGE], area=["120"], begins=["1405/10/01"])
    _pay(shop, first.invoice)
    assert queries.get_case(case.uuid).state == CaseState.DRAFT

    rest = actions.ask_payment(case=case.uuid, actor=world.citizen(), now=world.now)
    assert (first.amount, rest.amount) == (200_000, 300_000)
    _pay(shop, rest.invoice)
    assert queries.get_case(case.uuid).state == CaseState.OPEN
