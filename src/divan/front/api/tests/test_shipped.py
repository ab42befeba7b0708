"""A program can read an application of shipped services, and of all types of questions, from the first one on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.world import SERVICE, found_neighbours

from divan.dealings.cases import actions
from divan.foundation.actors import SYSTEM
from divan.registers.catalogue import actions as catalogue
from divan.registers.people import queries as people
from divan.trust.exchange import queries as exchange
from divan_libs.servicepack.bundles import is_applied_for
from divan_libs.servicepack.lint import Surroundings
from divan_libs.servicepack.loading import load_package

from .doors import citizen

SERVICES = Path(__file__).resolve().parents[5] / "services"
SHOWCASE = Path(__file__).resolve().parents[5] / "tests" / "showcase" / "every-question"
CHOSEN = ("birth-registration", "eco-lodge-permit", "family-welfare-payment")
"""Those with fees, second parties, visits, groups and mandates; the showcase beside them asks every type."""

PACKAGES = [load_package(folder) for folder in (*(SERVICES / code for code in CHOSEN), SHOWCASE)]
DATA_SERVICE = re.compile(r'"([a-z][a-z0-9-]*/[a-z][a-z0-9-]*)"')
APPLIED_FOR = [one for one in PACKAGES if is_applied_for(one) and one.card.audience == "public"]


@pytest.mark.parametrize("package", APPLIED_FOR, ids=lambda package: package.code)
def test_an_application_of_a_shipped_service_tells_all_that_it_asks(world, monkeypatch, package):
    codes = frozenset(DATA_SERVICE.findall(package.canonical().decode()))
    monkeypatch.setattr(exchange, "data_service_codes", lambda: codes)
    found_neighbours(actor=SYSTEM, now=world.now)
    around = Surroundings(
        roles=people.list_roles() | {holder.role for holder in package.flow.holders()},
        bodies=people.list_body_codes(),
        data_services=codes,
    )
    if package.code != SERVICE:
        catalogue.publish_package(package=package, surroundings=around, actor=SYSTEM, now=world.now)
    case = actions.start_draft(service_code=package.code, language="fa", actor=world.citizen(), now=world.now)

    told = citizen(world).get(f"/api/v1/me/applications/{case.uuid}")

    assert told.status_code == 200, told.content
    asked = {one["code"] for page in told.json()["pages"] for one in page["questions"]}
    assert asked == {question.code for question in package.form.questions()}
    assert {one["code"] for one in told.json()["needs"]} == {need.code for need in package.needs.requirements}
