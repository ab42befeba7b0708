"""The way over the national sign-on and back: bound to the session that began it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest
from django.apps import apps
from django.test import Client

from divan.registers.people import queries as people
from divan.trust.identity import models
from divan.trust.identity.adapters.national_sign_on import OidcSignOn
from divan.trust.identity.views import national

from .factories import NOON, ZAHRA
from .sign_on_provider import CLIENT, CLIENT_SECRET, ISSUER, Provider

pytestmark = pytest.mark.django_db

START, RETURN = "/sign-in/national/", "/sign-in/national/return/"


@pytest.fixture(autouse=True)
def provider(monkeypatch, time) -> Provider:
    invented = Provider(NOON, nationalCode=ZAHRA.national_code, given_name="زهرا", family_name="رستمی")
    sign_on = OidcSignOn(ISSUER, CLIENT, CLIENT_SECRET, transport=invented.transport())
    app: Any = apps.get_app_config("identity")
    monkeypatch.setattr(app, "options", replace(app.options, sign_on_issuer=ISSUER, base_url="http://testserver"))
    monkeypatch.setattr(national, "sign_on", lambda: sign_on)
    return invented


def visit(client, provider, *, wanted=""):
    return provider.visit(client.get(START, {"next": wanted}).headers["Location"])


def test_a_citizen_goes_and_comes_back_signed_in(client, provider):
    brought = visit(client, provider, wanted="/cases/new/")
    before = client.session.session_key

    arrived = client.get(RETURN, brought)

    assert arrived.headers["Location"] == "/cases/new/"
    assert client.session.session_key != before
    assert client.get("/who/").json()["name"] == "زهرا رستمی"
    person = people.find_person(ZAHRA.national_code)
    assert (person.full_name, person.mobile) == ("زهرا رستمی", "")
    assert client.get("/cases/").content == b"citizen"


def test_the_names_of_the_sign_on_go_into_the_register_once(client, provider):
    for _ in range(2):
        client.get(RETURN, visit(client, provider))
        client.post("/sign-out/")

    assert models.Account.objects.count() == 1


def test_a_return_without_a_beginning_or_of_another_session_is_refused(client, provider):
    brought = visit(client, provider)
    stranger = Client()

    assert stranger.get(RETURN, brought).status_code == 400
    assert client.get(RETURN, {**brought, "state": "another"}).status_code == 400
    assert client.get(RETURN, brought).status_code == 400, "a state counts once, also a wrong one"
    assert models.Account.objects.count() == 0


def test_a_return_counts_once(client, provider):
    brought = visit(client, provider)
    client.get(RETURN, brought)
    client.post("/sign-out/")

    assert client.get(RETURN, brought).status_code == 400
    assert client.get("/who/").json()["kind"] == "anonymous"


def test_a_return_after_ten_minutes_is_too_late(client, provider, time):
    brought = visit(client, provider)
    time.go_on(minutes=10, seconds=1)

    assert client.get(RETURN, brought).status_code == 400


def test_who_breaks_off_there_is_nobody_here(client, provider):
    brought = visit(client, provider)

    answer = client.get(RETURN, {"state": brought["state"], "error": "access_denied"})

    assert answer.status_code == 400
    assert b"identity.sign-on-cancelled" in answer.content


def test_an_answer_in_the_name_of_another_issuer_is_refused(client, provider):
    brought = visit(client, provider)

    answer = client.get(RETURN, {**brought, "iss": "https://elsewhere.test"})

    assert answer.status_code == 400
    assert provider.asked.count("/token") == 0


def test_a_silent_sign_on_is_told_and_may_be_tried_again(client, provider):
    def down(request):
        raise httpx.ConnectError("refused", request=request)

    provider.fails["/token"] = down

    answer = client.get(RETURN, visit(client, provider))

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert b"identity.sign-on-silent" in answer.content
    provider.fails.clear()
    assert client.get(RETURN, visit(client, provider)).status_code == 302


@pytest.mark.parametrize("wanted", ["https://evil.test/", "//evil.test/", "/\\evil.test"])
def test_the_return_leads_to_no_other_site(client, provider, wanted):
    brought = visit(client, provider, wanted=wanted)

    assert client.get(RETURN, brought).headers["Location"] == "/cases/"


def test_a_closed_account_does_not_come_back(client, provider):
    client.get(RETURN, visit(client, provider))
    client.post("/sign-out/")
    models.Account.objects.update(is_active=False)

    assert client.get(RETURN, visit(client, provider)).status_code == 403
    assert client.get("/who/").json()["kind"] == "anonymous"
