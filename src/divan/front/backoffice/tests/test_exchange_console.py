"""The exchange's console: what passes, why calls fail, finding a message and its whole way, settling a doubt."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from django.apps import apps
from django.utils.html import strip_tags

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.trust.exchange import actions, queries
from divan.trust.exchange.adapters.keys import EVIDENCE
from divan.trust.exchange.apps import ExchangeOptions
from divan.trust.exchange.tests import world as around
from divan.trust.exchange.values import Outcome
from divan.trust.ledger import actions as ledger
from divan.trust.ledger.apps import options as log_options

CONSOLE = "/office/exchange/console/"
LATER = timedelta(minutes=3)


@pytest.fixture
def writer(world, tmp_path, monkeypatch, django_capture_on_commit_callbacks):
    """A gateway beside the house, whose evidence the test writes; a permit of it ends within days."""
    told = ExchangeOptions(
        rehearsal=True,
        control=tmp_path / "exchange",
        gateway=tmp_path / "gateway",
        address="https://localhost:9",
        subsystem=around.OURS,
        server="LR/GOV/governor-office/gateway",
    )
    monkeypatch.setattr(apps.get_app_config("exchange"), "options", told)
    plan = around.plan(since=world.now)
    soon = replace(plan.permits[0], path_glob="/persons/1*", ends_at=world.now + timedelta(days=9))
    with django_capture_on_commit_callbacks(execute=True):
        actions.found_exchange(plan=replace(plan, permits=(*plan.permits, soon)), actor=SYSTEM, now=world.now)
    made = around.Writer(told)
    made.clock = int(world.now.timestamp() * 1e6)
    yield made
    made.log.abandon()


def take_over(writer, world) -> None:
    writer.log.seal()
    world.now += LATER
    actions.import_evidence(actor=SYSTEM, now=world.now)


def report(writer, world, **changes: object) -> None:
    """Write what a gateway's process would write beside its evidence."""
    known = {"at": int(world.now.timestamp() * 1e6), "state": "ok", "snapshot": 2, "providers": [], "refusals": []}
    (writer.told.gateway / EVIDENCE / "state-0.json").write_text(json.dumps(known | changes))


def said(answer, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()
    return " ".join(unescape(strip_tags(answer.content.decode())).split())


def test_the_console_tells_what_passes_and_what_needs_a_hand(browser, world, writer):
    writer.message("a")
    writer.message("b", Outcome.UNANSWERED)
    writer.message("c", Outcome.IN_DOUBT)
    take_over(writer, world)
    minute = int(world.now.timestamp()) // 60 * 60 - 60
    report(
        writer,
        world,
        snapshot=0,
        providers=[
            {
                "service": around.SERVICE,
                "address": "10.1.1.1:443",
                "failures": 7,
                "is_open": True,
                "asked_again_in": 4,
            }
        ],
        refusals=[
            {
                "minute": minute,
                "code": "server.serverproxy.access_denied",
                "client": around.OURS,
                "service": around.SERVICE,
                "count": 12,
            },
            {"minute": minute, "code": "of.another.age", "client": "", "service": "", "count": 1},
        ],
    )

    answer = browser("integrator").get(CONSOLE)
    page = said(answer)

    for text in (
        "Carries messages",
        "No permit covers the call",
        "as the caller says",
        "Another cause",
        "A caller who is not registered",
        "Leaves it alone and tries again",
        "10.1.1.1:443",
        "The gateway stopped while the call was under way",
        "works with an older snapshot",
        "Ends within thirty days",
    ):
        assert text in page, text
    assert (answer.context["traffic"].calls, answer.context["traffic"].failed) == (3, 2)
    assert 'hx-trigger="every 5s"' in answer.content.decode()
    assert [one["consumer_name"] for one in answer.context["permits"]] == ["Governor's office"]


@pytest.mark.parametrize("asked", ["", "?minutes=60", "?minutes=-1", "?minutes=x", "?minutes=99999999999"])
def test_an_exchange_without_a_word_of_its_gateway_is_told_so(browser, world, writer, asked):
    page = said(browser("integrator").get(CONSOLE + asked))

    assert "Says nothing" in page
    assert "Nothing passed in this time" in page
    assert "Never" in page


def test_a_message_is_found_by_its_number_with_its_whole_way(
    browser, world, writer, tmp_path, monkeypatch, django_capture_on_commit_callbacks
):
    permit = next(one for one in queries.list_permits() if one.path_glob == "/persons/*")
    writer.message("a", permit_id=str(permit.uuid), issue="case%207")
    take_over(writer, world)
    actions.stamp_evidence(timestamper=around.stamper(writer.told, world.now), actor=SYSTEM, now=world.now)
    facts.place_facts()
    known = replace(log_options(), directory=tmp_path / "log", key_file=tmp_path / "log.key")
    monkeypatch.setattr(apps.get_app_config("ledger"), "options", known)
    with django_capture_on_commit_callbacks(execute=True):
        ledger.open_log(actor=SYSTEM, now=world.now)
        ledger.seal_batch(actor=SYSTEM, now=world.now)
    client = browser("integrator")

    found = [client.get(f"{CONSOLE}find/", {"number": number}) for number in ("message-a", " message-a ")]
    page = said(client.get(found[0]["Location"]))

    assert {one["Location"] for one in found} == {"/office/exchange/evidence/message-a/?attempt=a"}
    for text in ("/persons/*", "In force", "Routing snapshot", "Timestamped", "case 7", "entry", "Signed root"):
        assert text in page, text
    assert "/about/log/entries/" in client.get(found[0]["Location"]).content.decode()
    assert "not yet;" not in page
    container = client.get("/office/exchange/containers/message-a/?attempt=a")
    with zipfile.ZipFile(BytesIO(container.content)) as archive:
        assert {"mimetype", "intent.json", "closing.json"} <= set(archive.namelist())
    assert "No message has this number" in said(client.get(f"{CONSOLE}find/", {"number": "<b>"}), 404)
    assert client.get(f"{CONSOLE}find/")["Location"] == CONSOLE
    for odd in ("\0", "../..", "m" * 5000, "۱۲\u200f"):
        assert client.get(f"{CONSOLE}find/", {"number": odd}).status_code == 404, odd
    assert client.get("/office/exchange/containers/nothing/").status_code == 404


def test_a_doubt_is_settled_with_its_ground_and_leaves_the_list(browser, world, writer):
    writer.message("a", Outcome.IN_DOUBT)
    writer.message("b")
    take_over(writer, world)
    client = browser("integrator")
    address = "/office/exchange/in-doubt/a/"

    assert "Nobody knows whether the provider acted on it" in said(
        client.get("/office/exchange/evidence/message-a/?attempt=a")
    )
    bad = client.post(address, {"finding": "maybe", "reason": " "})
    assert "Choose what was found." in said(bad, 422)
    assert "Write how you know." in said(bad, 422)
    assert queries.count_doubts() == 1
    answer = client.post(address, {"finding": "acted", "reason": "Their log has it."}, follow=True)
    page = said(answer)

    assert answer.redirect_chain == [("/office/exchange/in-doubt/", 302)]
    for text in ("Nothing is in doubt", "The provider acted on it", "Their log has it."):
        assert text in page
    assert "what was found stands" in said(client.get(address))
    assert client.post(address, {"finding": "acted", "reason": "Again"}).status_code == 409
    assert [client.get(f"/office/exchange/in-doubt/{odd}/").status_code for odd in ("b", "%00", "x" * 300)] == [404] * 3
    assert "Their log has it." in said(client.get("/office/exchange/evidence/message-a/?attempt=a"))


@pytest.mark.parametrize("key", ["villager", "ict-expert", ""])
def test_the_console_is_the_integrators_alone(browser, key):
    client = browser(key)
    for address in (CONSOLE, f"{CONSOLE}find/", "/office/exchange/in-doubt/a/", "/office/exchange/containers/a/"):
        assert client.get(address).status_code in {302, 403}, address


def test_the_menu_marks_the_one_room_one_is_in(browser):
    page = browser("integrator").get("/office/exchange/console/")

    marked = [link.url for group in page.context["frame"].office_navigation for link in group.links if link.current]

    assert marked == ["/office/exchange/console/"]
