"""Money in the back office: who sees what, two persons for a refund, and differences that somebody explains."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from divan.dealings.payments import actions, jobs, queries
from divan.dealings.payments.tests.twin import MemoryBank
from divan.dealings.payments.values import Beneficiary, InvoiceState, NewLine, RefundState, StatedDay
from divan.foundation.actors import SYSTEM

DAY = date(2026, 11, 22)


@pytest.fixture
def paid(world):
    """Return a way to have a paid invoice of a body, and the bank that took the money."""
    bank = MemoryBank()

    def pay(body: str = "ict-directorate"):
        about = uuid4()
        line = NewLine(
            service_code="rural-internet-coverage",
            about_kind="cases.case",
            about_uuid=about,
            tariff="survey",
            row="ordinary",
            title_fa="بازدید",
            title_en="Survey",
            amount=250_000,
            beneficiary=Beneficiary.BODY,
            body_code=body,
            law="LAW-1",
        )
        invoice = actions.issue_invoice(
            about_kind="cases.case",
            about_uuid=about,
            payer=world.person("villager").uuid,
            title_fa="هزینه",
            title_en="Cost of the survey",
            lines=[line],
            due_at=None,
            actor=SYSTEM,
            now=world.now,
        )
        payment = actions.begin_payment(invoice=invoice.uuid, actor=world.citizen(), now=world.now)
        jobs.register_payments(world.now, at=bank)
        bank.pay(payment.uuid)
        jobs.look_at_payments(world.pass_time(minutes=1), at=bank)
        return queries.get_invoice(invoice.uuid)

    pay.bank = bank
    return pay


SIGN_IN, NO, ABSENT, OPEN = 302, 403, 404, 200
VISITORS = ("", "villager", "ict-expert", "finance-officer", "governor-officer")


def test_money_is_open_to_finance_officers_of_the_body_and_to_the_governors_officer(browser, world, paid):
    own, others = paid(), paid("governor-office")
    order = actions.ask_refund(invoice=others.uuid, reason="x", actor=SYSTEM, now=world.now)
    table = {
        "/office/payments/": (SIGN_IN, NO, NO, OPEN, OPEN),
        f"/office/payments/{own.uuid}/": (SIGN_IN, NO, NO, OPEN, OPEN),
        f"/office/payments/{others.uuid}/": (SIGN_IN, NO, NO, ABSENT, OPEN),
        f"/office/payments/{others.uuid}/refund/": (SIGN_IN, NO, NO, ABSENT, OPEN),
        "/office/payments/refunds/": (SIGN_IN, NO, NO, OPEN, OPEN),
        f"/office/payments/refunds/{order.uuid}/": (SIGN_IN, NO, NO, ABSENT, OPEN),
        "/office/payments/statements/": (SIGN_IN, NO, NO, OPEN, OPEN),
        "/office/payments/statements/nonsense/": (SIGN_IN, NO, NO, ABSENT, ABSENT),
        f"/office/payments/differences/{uuid4()}/": (SIGN_IN, NO, NO, ABSENT, ABSENT),
    }
    for number, key in enumerate(VISITORS):
        visitor = browser(key)
        found = {page: visitor.get(page).status_code for page in table}
        assert found == {page: statuses[number] for page, statuses in table.items()}, key

    listed = browser("governor-officer").get("/office/payments/").content.decode()
    assert own.number in listed
    assert others.number in listed
    assert others.number not in browser("finance-officer").get("/office/payments/").content.decode()


@pytest.mark.parametrize("by", ["number", "bank_reference", "national_code"])
def test_an_invoice_is_found_by_number_reference_and_national_code(browser, world, paid, by):
    invoice, _other = paid(), paid()
    typed = {
        "number": invoice.number.replace("-", " "),
        "bank_reference": invoice.bank_reference,
        "national_code": world.person("villager").national_code,
    }[by]
    officer = browser("finance-officer")

    page = officer.get("/office/payments/", {"q": typed}).content.decode()

    assert invoice.number in page
    assert (_other.number in page) == (by == "national_code")
    assert "No invoice was found" in officer.get("/office/payments/", {"q": "4242"}).content.decode()
    assert "No invoice was found" in officer.get("/office/payments/", {"state": "cancelled"}).content.decode()


def test_one_officer_asks_and_another_approves(browser, world, paid):
    invoice = paid()
    asking, deciding = browser("finance-officer"), browser("governor-officer")
    name = f"line-{invoice.lines[0].uuid}"
    address = f"/office/payments/{invoice.uuid}/refund/"

    for sent in ({"reason": "x", name: "250001"}, {"reason": "x", name: "many"}, {"reason": "x"}, {name: "1"}):
        assert asking.post(address, sent).status_code == 422, sent
    assert queries.list_refunds_of(invoice.uuid) == []
    asked = asking.post(address, {"reason": "انصراف", name: "۱۰۰٬۰۰۰"})
    [order] = queries.list_refunds_of(invoice.uuid)
    assert asked["Location"] == f"/office/payments/refunds/{order.uuid}/"
    assert order.amount == 100_000

    own = asking.get(asked["Location"]).content.decode()
    assert "You asked for it; another officer decides." in own
    assert 'value="approve"' not in own
    assert asking.post(asked["Location"], {"do": "approve"}).status_code == 422
    assert deciding.post(asked["Location"], {"do": "refuse", "note": ""}).status_code == 422
    assert deciding.post(asked["Location"], {"do": "approve"}).status_code == 302
    jobs.send_refunds(world.now, at=paid.bank)
    assert queries.get_refund(order.uuid).state is RefundState.DONE
    assert queries.get_invoice(invoice.uuid).state is InvoiceState.PARTLY_REFUNDED
    assert "100,000" in deciding.get("/office/payments/refunds/?decided").content.decode()


def test_a_difference_stands_until_somebody_says_what_it_was(browser, world, paid):
    invoice = paid()
    actions.reconcile_day(stated=StatedDay(day=DAY, movements=[]), actor=SYSTEM, now=world.now)
    [found] = queries.list_differences()
    officer = browser("governor-officer")
    assert invoice.bank_reference in officer.get("/office/payments/statements/").content.decode()
    address = f"/office/payments/differences/{found.uuid}/"

    assert officer.post(address, {"note": " "}).status_code == 422
    assert officer.post(address, {"note": "بانک فردا می‌آورد"}).status_code == 302

    assert "Statement and books agree" in officer.get("/office/payments/statements/").content.decode()
    page = officer.get(f"/office/payments/statements/{DAY.isoformat()}/").content.decode()
    assert "بانک فردا می‌آورد" in page
