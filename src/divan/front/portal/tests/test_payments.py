"""The way to the bank and back, as the payer, a stranger and a forger go it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.test import Client

from divan.dealings.payments import actions, jobs, queries
from divan.dealings.payments.tests.twin import MemoryBank
from divan.dealings.payments.values import BankState, Beneficiary, InvoiceState, NewLine, PaymentState
from divan.foundation import clock
from divan.foundation.actors import SYSTEM
from divan.foundation.models import Fact
from divan.registers.people import actions as people
from divan.trust.identity import actions as identity
from divan.trust.identity.models import Account

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def doors(settings, monkeypatch, world):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.startswith("whitenoise")]
    settings.ALLOWED_HOSTS = ["testserver"]
    monkeypatch.setattr(clock, "now", lambda: world.now)


@pytest.fixture
def bank(monkeypatch) -> MemoryBank:
    made = MemoryBank()
    monkeypatch.setattr(jobs, "bank", lambda: made)
    return made


@pytest.fixture
def browser(world):
    def browse(key: str) -> Client:
        client = Client(enforce_csrf_checks=False)
        client.cookies["divan_language"] = "en"
        if key:
            uuid = identity.create_citizen_account(person=world.person(key).uuid, actor=SYSTEM, now=world.now)
            account = Account.objects.get(uuid=uuid)
            client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return browse


@pytest.fixture
def invoice(world):
    return issued_to(world, "villager")


def issued_to(world, payer: str):
    about = uuid4()
    line = NewLine(
        service_code="rural-internet-coverage",
        about_kind="cases.case",
        about_uuid=about,
        tariff="survey",
        row="ordinary",
        title_fa="بازدید فنی",
        title_en="Technical survey",
        amount=250_000,
        beneficiary=Beneficiary.TREASURY,
        body_code="ict-directorate",
        law="LAW-1",
    )
    return actions.issue_invoice(
        about_kind="cases.case",
        about_uuid=about,
        payer=world.person(payer).uuid,
        title_fa="هزینه",
        title_en="Cost of the survey",
        lines=[line],
        due_at=None,
        actor=SYSTEM,
        now=world.now,
    )


def work(world, **span: float) -> None:
    now = world.pass_time(**(span or {"seconds": 1}))
    jobs.register_payments(now)
    jobs.look_at_payments(now)


def standing(client, invoice) -> str:
    return client.get(f"/payments/{invoice.uuid}/bank/").content.decode()


def test_the_invoice_says_whose_money_it_is_and_the_payer_is_led_to_the_bank_and_back(world, browser, bank, invoice):
    client = browser("villager")
    page = client.get(f"/payments/{invoice.uuid}/").content.decode()
    assert "250,000 rials (25,000 tomans)" in page
    assert "The treasury" in page
    assert "collected by ICT directorate of Lorestan" in page

    begun = client.post(f"/payments/{invoice.uuid}/pay/")
    assert begun["Location"] == f"/payments/{invoice.uuid}/bank/"
    assert 'http-equiv="refresh"' in standing(client, invoice)
    work(world)
    led = client.get(f"/payments/{invoice.uuid}/bank/?go")
    [payment] = queries.list_payments_of(invoice.uuid)
    assert (led.status_code, led["Location"]) == (302, bank.page(payment.token))
    by_script = client.get(f"/payments/{invoice.uuid}/bank/?go", headers={"HX-Request": "true"})
    assert (by_script.status_code, by_script["HX-Redirect"]) == (200, bank.page(payment.token))
    bank.pay(payment.uuid)

    back = client.get(f"/payments/return/{payment.uuid}/", {"token": payment.token, "state": "paid"})
    assert (back.status_code, back["Location"]) == (303, f"/payments/{invoice.uuid}/bank/")
    assert "We ask the bank how the payment ended" in standing(client, invoice)
    work(world)

    assert "1000000001" in standing(client, invoice)
    assert 'http-equiv="refresh"' not in standing(client, invoice)
    assert "Cost of the survey" in client.get("/payments/").content.decode()


def test_what_the_browser_says_of_the_money_is_not_believed(world, browser, bank, invoice):
    client = browser("villager")
    client.post(f"/payments/{invoice.uuid}/pay/")
    work(world)
    [payment] = queries.list_payments_of(invoice.uuid)
    bank.end(payment.uuid, BankState.CANCELLED)

    client.post(f"/payments/return/{payment.uuid}/", {"token": payment.token, "state": "paid", "amount": "9999999999"})
    work(world)

    assert queries.get_invoice(invoice.uuid).state is InvoiceState.OPEN
    assert "You broke it off at the bank." in standing(client, invoice)


def test_a_return_without_a_session_counts_only_with_the_token_and_shows_nothing(world, browser, bank, invoice):
    browser("villager").post(f"/payments/{invoice.uuid}/pay/")
    work(world)
    [payment] = queries.list_payments_of(invoice.uuid)
    stranger = Client(enforce_csrf_checks=True)
    before = Fact.objects.count()
    address = f"/payments/return/{payment.uuid}/"

    forged = [
        stranger.get(address),
        stranger.get(address, {"token": "wrong"}),
        stranger.post(address, {"token": ["x" * 5000]}),
        stranger.get(f"/payments/return/{uuid4()}/", {"token": payment.token}),
    ]

    assert [one.status_code for one in forged] == [404] * 4
    assert Fact.objects.count() == before
    true = stranger.post(address, {"token": payment.token})
    assert true.status_code == 303
    assert stranger.get(true["Location"]).status_code == 302
    assert queries.get_payment(payment.uuid).state is PaymentState.RETURNED


def test_another_citizen_finds_nothing_and_an_anonymous_one_signs_in(browser, bank, invoice):
    other = browser("outsider")
    for path in ("", "bank/"):
        assert other.get(f"/payments/{invoice.uuid}/{path}").status_code == 404
        assert browser("").get(f"/payments/{invoice.uuid}/{path}").status_code == 302
    assert other.post(f"/payments/{invoice.uuid}/pay/").status_code == 404
    assert "Cost of the survey" not in other.get("/payments/").content.decode()
    assert queries.list_payments_of(invoice.uuid) == []


def test_an_officer_pays_their_own_and_nothing_of_whom_they_stand_in_for(world, officer, bank):
    own, of_the_head = issued_to(world, "ict-expert"), issued_to(world, "village-head")
    people.appoint_substitute(
        person=world.person("village-head").uuid,
        substitute=world.person("ict-expert").uuid,
        starts_at=world.now,
        ends_at=world.now + timedelta(days=3),
        actor=SYSTEM,
        now=world.now,
    )
    officer.post("/staff/post", {"post": world.post("village-head-of-village").uuid, "next": "/office/"})
    assert officer.get("/office/").wsgi_request.actor.on_behalf_of == world.person("village-head").uuid

    assert [one["invoice"].uuid for one in officer.get("/payments/").context["lines"]] == [own.uuid]
    assert officer.get(f"/payments/{of_the_head.uuid}/").status_code == 404
    assert officer.post(f"/payments/{of_the_head.uuid}/pay/").status_code == 404
    assert officer.post(f"/payments/{own.uuid}/pay/")["Location"] == f"/payments/{own.uuid}/bank/"

    assert queries.list_payments_of(of_the_head.uuid) == []
    [begun] = queries.list_payments_of(own.uuid)
    assert "on_behalf_of" not in Fact.objects.get(subject_uuid=begun.uuid).actor


def test_in_doubt_says_that_nobody_pays_twice_and_lets_nobody(world, browser, bank, invoice):
    client = browser("villager")
    client.post(f"/payments/{invoice.uuid}/pay/")
    work(world)
    [payment] = queries.list_payments_of(invoice.uuid)
    bank.silent = True
    client.get(f"/payments/return/{payment.uuid}/", {"token": payment.token})
    for _ in range(8):
        work(world, seconds=20)

    page = standing(client, invoice)
    refused = client.post(f"/payments/{invoice.uuid}/pay/")

    assert "Please do not pay again" in page
    assert refused.status_code == 409
    assert "<button" not in client.get(f"/payments/{invoice.uuid}/").content.decode().partition("<main")[2]
    assert len(queries.list_payments_of(invoice.uuid)) == 1


def test_the_bank_is_told_where_the_payer_returns_to(world, browser, bank, invoice):
    browser("villager").post(f"/payments/{invoice.uuid}/pay/")
    work(world)

    [order] = bank.orders.values()
    assert order.return_address == apps.get_app_config("payments").options.return_address.format(payment=order.order)
    assert order.return_address.endswith(f"/payments/return/{order.order}/")
