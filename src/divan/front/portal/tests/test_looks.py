"""A citizen sees who asked about them, narrows the list, and objects with a letter."""

from __future__ import annotations

from dataclasses import replace
from html import unescape

import pytest
from django.apps import apps
from django.test import Client
from django.utils.html import strip_tags
from tests.world import found_secretariats

from divan.dealings.correspondence import queries as letters
from divan.foundation import files
from divan.foundation.actors import SYSTEM
from divan.foundation.apps import options
from divan.trust.exchange import actions as exchange
from divan.trust.exchange.apps import ExchangeOptions
from divan.trust.exchange.tests import world as around
from divan.trust.exchange.values import Member, Outcome, Subsystem
from divan.trust.identity import actions as identity
from divan.trust.identity.models import Account

OTHER = "LR/GOV/tax-office/returns"


@pytest.fixture
def writer(world, tmp_path, monkeypatch, django_capture_on_commit_callbacks):
    """A gateway beside the house, whose evidence the test writes."""
    monkeypatch.setattr(apps.get_app_config("foundation"), "options", replace(options(), files_directory=tmp_path))
    monkeypatch.setattr(files, "ClamScanner", lambda _address: None)
    told = ExchangeOptions(
        rehearsal=True,
        control=tmp_path / "exchange",
        gateway=tmp_path / "gateway",
        address="https://localhost:9",
        subsystem=around.OURS,
        server="LR/GOV/governor-office/gateway",
    )
    monkeypatch.setattr(apps.get_app_config("exchange"), "options", told)
    found_secretariats(actor=SYSTEM, now=world.now)
    plan = around.plan(since=world.now)
    tax = Member(address="LR/GOV/tax-office", name_fa="ادارهٔ مالیات", name_en="Tax office")
    plan = replace(
        plan,
        members=(*plan.members, tax),
        subsystems=(*plan.subsystems, Subsystem(address=OTHER, name_fa="اظهارنامه")),
    )
    with django_capture_on_commit_callbacks(execute=True):
        exchange.found_exchange(plan=plan, actor=SYSTEM, now=world.now)
    made = around.Writer(told)
    yield made
    made.log.abandon()


def take_over(writer, world) -> None:
    writer.log.seal()
    exchange.import_evidence(actor=SYSTEM, now=world.now)


def code_of(world, key: str = "villager") -> str:
    return world.person(key).national_code


def sign_in(world, key: str = "villager", language: str = "en") -> Client:
    client = Client()
    client.cookies["divan_language"] = language
    uuid = identity.create_citizen_account(person=world.person(key).uuid, actor=SYSTEM, now=world.now)
    client.force_login(Account.objects.get(uuid=uuid), backend="django.contrib.auth.backends.ModelBackend")
    return client


def said(answer) -> str:
    assert answer.status_code == 200, answer.content.decode()
    return " ".join(unescape(strip_tags(answer.content.decode())).split())


def test_each_look_says_who_what_why_when_and_what_came_of_it(world, writer):
    mine = code_of(world)
    writer.message("a", subject=mine, issue="case 7", user_id="post:%DA%A9%D8%A7%D8%B1%D8%B4%D9%86%D8%A7%D8%B3")
    writer.message("b", Outcome.IN_DOUBT, subject=mine, user_id="IR9991000038")
    writer.message("c", subject=around.STRANGER)
    take_over(writer, world)

    page = said(sign_in(world).get("/looks/"))

    assert page.count("What was asked") == 2
    for text in ("Governor's office", "Identity of a person", "case 7", "Your data were given", "کارشناس"):
        assert text in page
    assert "It is not known whether it was answered" in page
    assert "9991000038" not in page


def test_the_list_is_narrowed_by_body_and_year_and_goes_on(world, writer):
    mine = code_of(world)
    for number in range(33):
        writer.message(f"a{number:02d}", subject=mine)
    writer.message("tax", subject=mine, client=OTHER)
    take_over(writer, world)
    client = sign_in(world)

    first = client.get("/looks/")
    assert first.content.decode().count("What was asked") == 30
    onward = first.context["onward"]
    assert client.get(onward).content.decode().count("What was asked") == 4
    narrowed = said(client.get("/looks/", {"body": "LR/GOV/tax-office"}))
    assert (narrowed.count("What was asked"), narrowed.count("Tax office")) == (1, 3)
    assert "Nobody has asked in that time" in said(client.get("/looks/", {"year": "1390"}))
    assert said(client.get("/looks/", {"year": "x", "body": "'", "after": "9-"})).count("What was asked") in {0, 30}


def test_an_objection_arrives_as_a_letter_at_the_body_that_asked_once(world, writer):
    writer.message("a", subject=code_of(world))
    take_over(writer, world)
    client = sign_in(world)

    empty = client.post("/looks/a/object/", {"text": " "})
    sent = [client.post("/looks/a/object/", {"text": "Nobody may ask this."}) for _ in range(2)]

    assert empty.status_code == 422
    assert [answer.status_code for answer in sent] == [302, 302]
    assert sent[0]["Location"] == sent[1]["Location"]
    [written] = letters.list_intakes_of_applicant(world.person("villager").uuid)
    assert written.arrived.wording.startswith("Nobody may ask this.")
    assert "message-a" in written.arrived.wording
    assert letters.get_secretariat(written.secretariat).body_code == "governor-office"


def test_nobody_objects_to_a_look_at_another(world, writer):
    writer.message("a", subject=around.STRANGER)
    take_over(writer, world)

    assert sign_in(world).get("/looks/a/object/").status_code == 404


def test_an_objection_to_a_body_that_takes_no_letters_goes_to_whom_keeps_the_exchange(world, writer):
    writer.message("a", subject=code_of(world), client=OTHER)
    take_over(writer, world)

    page = said(sign_in(world).get("/looks/a/object/"))

    assert "which keeps the exchange" in page


def test_the_page_is_persian_too(world, writer):
    writer.message("a", subject=code_of(world))
    take_over(writer, world)

    page = said(sign_in(world, language="fa").get("/looks/"))

    for text in ("استانداری", "هویت شخص", "احراز هویت", "دادهٔ شما داده شد", "قانون نمایشی"):
        assert text in page
