"""What one service issues the next one asks for: through the real gateway, with the permit and its evidence."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.apps import apps
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from tests.waiting import wait_for
from tests.world import World, furnish

from divan.dealings.cases import actions as cases
from divan.dealings.cases import models, queries
from divan.dealings.cases.actions.permits import expire_permit
from divan.dealings.cases.tests.workshop import Workshop
from divan.dealings.cases.tests.workshop import publish as publish_workshop
from divan.foundation import clock
from divan.foundation.actors import SYSTEM
from divan.front.api.records import door_of
from divan.project.demo.records import offer_records
from divan.registers.catalogue import actions as catalogue
from divan.registers.catalogue import queries as offered
from divan.registers.people import queries as people
from divan.trust.exchange import actions as exchange
from divan.trust.exchange.adapters import gateway as client
from divan.trust.exchange.apps import ExchangeOptions
from divan.trust.exchange.tests import world as around
from divan.trust.identity import jobs as identity
from divan.trust.identity import queries as inquiries
from divan.trust.identity.adapters.records import RecordsByExchange
from divan_libs.servicepack.lint import Surroundings
from divan_libs.servicepack.loading import load_package
from divan_libs.servicepack.models import Package
from divan_libs.servicepack.strict_yaml import read_yaml
from divan_libs.servicepack.tests.folders import WORKSHOP, write_words, write_yaml

RECORDS = "industry-trade/workshops"
NEXT = "workshop-loan"


@pytest.fixture(autouse=True)
def _unbuilt(settings):
    # Built files are served by another test; their folder is absent before the first build.
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.startswith("whitenoise")]


@pytest.fixture
def world(transactional_db) -> World:
    # The permit, the record and the gateway's snapshot live by the real clock here.
    made = World(now=clock.now())
    furnish(made.now)
    return made


@pytest.fixture
def workshop(world, tmp_path) -> Workshop:
    return publish_workshop(world, tmp_path / "first")


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Keep quiet."""


@pytest.fixture
def house(transactional_db, _unbuilt) -> Iterator[int]:
    """The house at a port of its own, as the gateway reaches it."""
    application = WSGIHandler()

    def answer(environ, start_response):
        try:
            return list(application(environ, start_response))
        finally:
            connections.close_all()

    with make_server("127.0.0.1", 0, answer, handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture
def through_gateway(world, house, settings, monkeypatch, tmp_path) -> Iterator[around.GatewayProcess]:
    """A real gateway, and the house behind it at its own address."""
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
    settings.DIVAN = replace(settings.DIVAN, port=house, exchange_subsystem=around.OURS)
    told = ExchangeOptions(
        rehearsal=True,
        control=tmp_path / "exchange",
        gateway=tmp_path / "gateway",
        address=f"https://localhost:{around.free_port()}",
        subsystem=around.OURS,
        server="LR/GOV/governor-office/gateway",
    )
    monkeypatch.setattr(apps.get_app_config("exchange"), "options", told)
    exchange.found_exchange(plan=around.plan(since=world.now), actor=SYSTEM, now=world.now)
    running = around.GatewayProcess(told).wait_until_it_serves()
    yield running
    client.hang_up()
    running.stop()


def next_service(where) -> Package:
    """Another service, whose one inquiry is what the first one issues."""
    folder = where / NEXT
    shutil.copytree(WORKSHOP, folder)
    card = read_yaml((folder / "card.yaml").read_text("utf-8"), "card.yaml")[0].value
    needs = read_yaml((folder / "needs.yaml").read_text("utf-8"), "needs.yaml")[0].value
    card["code"] = NEXT
    card["inquiries"] = ["civil-registry/person", RECORDS]
    needs["requirements"]["REQ-WORKSHOP"] = {
        "kind": "inquiry",
        "law": "LAW-WORKSHOPS",
        "fact": "workshop",
        "data_service": RECORDS,
        "fields": {"area": "number"},
        "proceeds_when": ["matched", "not-matched", "unknown"],
    }
    write_yaml(folder, "card.yaml", card)
    write_yaml(folder, "needs.yaml", needs)
    for example in sorted((folder / "examples").glob("*.yaml")):
        told = read_yaml(example.read_text("utf-8"), example.name)[0].value
        told.setdefault("facts", {})["workshop"] = {"state": "not-matched"}
        write_yaml(folder, f"examples/{example.name}", told)
    write_words(folder)
    return load_package(folder)


def ask_workshop(world) -> tuple[str, dict[str, object]]:
    """Begin the next service, let the worker ask, and return what the house then knows of the workshop."""
    case = cases.start_draft(service_code=NEXT, language="fa", actor=world.citizen(), now=world.now)
    need = next(one for one in queries.get_case(case.uuid).needs if one.code == "REQ-WORKSHOP")
    register = RecordsByExchange(RECORDS)

    def is_answered() -> bool:
        identity.ask_inquiries(clock.now(), registers={RECORDS: register})
        return inquiries.get_inquiry(need.inquiry).state != "asked"

    wait_for(is_answered)
    cases.note_answer(inquiry=need.inquiry, actor=SYSTEM, now=clock.now())
    need = next(one for one in queries.get_case(case.uuid).needs if one.code == "REQ-WORKSHOP")
    cases.abandon_draft(case=case.uuid, actor=world.citizen(), now=clock.now())
    return need.state, dict(need.fields)


def test_what_one_service_issues_the_next_one_asks_through_the_gateway(world, workshop, through_gateway, tmp_path):
    issuing = offered.get_package(offered.get_current_version("workshop-permit").uuid)
    assert offer_records([issuing], actor=SYSTEM, now=world.now) is True
    assert offer_records([issuing], actor=SYSTEM, now=world.now) is False
    data_services = frozenset({"civil-registry/person", "treasury/payment-orders", "post/parcels", RECORDS})
    catalogue.publish_package(
        package=next_service(tmp_path / "next"),
        surroundings=Surroundings(
            roles=people.list_roles(), bodies=people.list_body_codes(), data_services=data_services
        ),
        actor=SYSTEM,
        now=world.now,
    )

    # The gateway takes a new snapshot a moment later; until then it refuses what it does not know, for good.
    time.sleep(1.5)
    assert ask_workshop(world) == ("not-matched", {})
    granted = workshop.granted()
    assert ask_workshop(world) == ("matched", {"area": 120})

    permit = models.Permit.objects.get(case__uuid=granted.uuid)
    expire_permit(permit=permit.uuid, actor=SYSTEM, now=permit.ends_at)
    assert ask_workshop(world) == ("not-matched", {})


@pytest.mark.django_db
def test_the_door_of_records_opens_to_the_key_and_a_message_of_the_exchange_alone(client):
    door = f"{door_of(RECORDS)}/records/9991000011"
    by_exchange = {"HTTP_X_ROAD_CLIENT": around.OURS, "HTTP_X_ROAD_ID": "m"}

    assert client.get(door).status_code == 403
    other = door_of("industry-trade/others").rpartition("/")[2]
    wrong = door.replace(door_of(RECORDS).rpartition("/")[2], other)
    assert client.get(wrong, **by_exchange).status_code == 403
    answer = client.get(door, **by_exchange)
    assert (answer.status_code, answer.json()) == (404, {"code": "no-record"})
    assert client.post(door, **by_exchange).status_code in {403, 405}
