"""A citizen sees who asked about them, narrows the list, and objects: a case at the body that asked."""

from __future__ import annotations

from dataclasses import replace
from html import unescape

import pytest
from django.apps import apps
from django.test import Client
from django.utils.html import strip_tags
from tests.world import found_secretariats, found_some_neighbours, publish_shipped

from divan.dealings.cases import actions as case_actions
from divan.dealings.cases import queries as cases
from divan.dealings.cases.values import Given
from divan.foundation import files
from divan.foundation.actors import SYSTEM, Actor, ActorKind
from divan.foundation.apps import options
from divan.registers.people import queries as people
from divan.trust.exchange import actions as exchange
from divan.trust.exchange.apps import ExchangeOptions
from divan.trust.exchange.queries.looks import user_id_of
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
    labour = Member(address="LR/GOV/labour", name_fa="ادارهٔ کار", name_en="Labour office")
    theirs = (OTHER, "LR/GOV/labour/returns")
    plan = replace(
        plan,
        members=(*plan.members, tax, labour),
        subsystems=(*plan.subsystems, *(Subsystem(address=one, name_fa="اظهارنامه") for one in theirs)),
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
    for odd in ({"body": "\0"}, {"after": "9-\0"}):
        assert client.get("/looks/", odd).status_code == 200, odd
    assert client.get("/looks/%00/object/").status_code == 404


@pytest.fixture
def objections(world) -> None:
    """The service of objections, offered in a province that has two more bodies with the posts that decide."""
    found_some_neighbours("welfare", "labour", now=world.now)
    publish_shipped("data-look-objection", now=world.now)


def object_to(client: Client, look: str, text: str = "Nobody may ask this."):
    return client.post(f"/looks/{look}/object/", {"text": text})


def by(world, role: str, body: str) -> Actor:
    post = people.find_post_of_role(role, body=body)
    holder = people.holder_of(post.uuid, world.now)
    return Actor(kind=ActorKind.STAFF, uuid=holder.uuid, post=post.uuid, duties=frozenset({role}), unit=post.unit.uuid)


@pytest.mark.parametrize(
    ("asked_by", "body"),
    [
        ({"user_id": user_id_of("Expert", "welfare")}, "welfare"),
        ({"user_id": user_id_of("Expert")}, "governor-office"),
        ({"client": "LR/GOV/labour/returns", "user_id": user_id_of("Expert", "welfare")}, "labour"),
        ({"client": OTHER, "user_id": None}, ""),
    ],
    ids=["one of our posts", "our subsystem", "another member that claims a body", "a body that is not here"],
)
@pytest.mark.usefixtures("objections")
def test_an_objection_opens_one_case_at_the_body_that_asked(world, writer, asked_by, body):
    writer.message("a", subject=code_of(world), issue="case 7", **asked_by)
    take_over(writer, world)
    client = sign_in(world)

    asked = said(client.get("/looks/a/object/"))
    empty = object_to(client, "a", " ")
    sent = [object_to(client, "a") for _ in range(2)]

    assert ("opens a case at" in asked, "has no office here" in asked) == (True, not body)
    assert "within 10 working days" in asked
    assert empty.status_code == 422
    assert [answer.status_code for answer in sent] == [302, 302]
    [case] = cases.list_cases_of(world.person("villager").uuid)
    assert {answer["Location"] for answer in sent} == {f"/cases/{case.uuid}/"}
    task = cases.find_open_task(case.uuid)
    post = people.get_post(task.post)
    assert (post.unit.body_code, task.step) == (body or "governor-office", "examine")
    assert case.due_at is not None
    assert case.answers["message_number"] == "message-a"
    assert (case.answers["purpose"], case.answers["legal_basis"]) == ("احراز هویت – case 7", "قانون نمایشی")
    assert case.answers.get("asking_post") == ("Expert" if asked_by["user_id"] else None)
    assert client.get("/looks/a/object/")["Location"] == f"/cases/{case.uuid}/"


@pytest.mark.parametrize(
    ("proposal", "words"),
    [("lawful", "Lawful, with the reason"), ("unlawful", "Unlawful, a measure is taken")],
)
@pytest.mark.usefixtures("objections")
def test_the_answer_is_signed_and_seen(world, writer, proposal, words):
    writer.message("a", subject=code_of(world), user_id=user_id_of("Expert", "welfare"))
    take_over(writer, world)
    client = sign_in(world)
    object_to(client, "a")
    [case] = cases.list_cases_of(world.person("villager").uuid)

    def act(role: str, action: str, **given: object) -> None:
        task = cases.find_open_task(case.uuid)
        case_actions.act(
            task=task.uuid, action=action, given=Given(**given), actor=by(world, role, "welfare"), now=world.now
        )

    act("expert", proposal, text="Your own case needed it.", report={"checked": ["case-of-the-person"]})
    act("director", "sign")

    page = said(client.get("/looks/"))
    assert words in page
    assert "See your objection" in page
    decided = cases.get_case(case.uuid)
    assert (decided.outcome, decided.state) == (proposal, "decided")
    assert words in said(client.get(f"/cases/{case.uuid}/"))


def test_without_the_service_nothing_is_promised(world, writer):
    writer.message("a", subject=code_of(world))
    take_over(writer, world)
    client = sign_in(world)

    assert "Objections are not taken here yet" in said(client.get("/looks/a/object/"))
    assert object_to(client, "a").status_code == 404
    assert cases.list_cases_of(world.person("villager").uuid) == []


@pytest.mark.usefixtures("objections", "writer")
def test_the_service_begins_on_the_list_of_looks(world):
    client = sign_in(world)

    assert 'href="/looks/"' in client.get("/services/data-look-objection/").content.decode()
    assert client.post("/services/data-look-objection/apply/")["Location"] == "/looks/"
    assert cases.list_cases_of(world.person("villager").uuid) == []


def test_nobody_objects_to_a_look_at_another(world, writer):
    writer.message("a", subject=around.STRANGER)
    take_over(writer, world)

    assert sign_in(world).get("/looks/a/object/").status_code == 404


def test_the_page_is_persian_too(world, writer):
    writer.message("a", subject=code_of(world))
    take_over(writer, world)

    page = said(sign_in(world, language="fa").get("/looks/"))

    for text in ("استانداری", "هویت شخص", "احراز هویت", "دادهٔ شما داده شد", "قانون نمایشی"):
        assert text in page
