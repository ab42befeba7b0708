"""The services shipped with Divan may be published in the demo's province, each as it stands in its folder."""

from __future__ import annotations

import pytest

from divan.foundation.actors import SYSTEM
from divan.project.demo.neighbours import found_neighbours
from divan.project.demo.services import shipped_services
from divan.registers.catalogue import actions, queries
from divan.registers.people import queries as people
from divan_libs.servicepack.lint import Surroundings, lint
from divan_libs.servicepack.loading import load_package, load_with_sources


@pytest.fixture
def province(world):
    """The small province, with the demo's other bodies beside it."""
    found_neighbours(actor=SYSTEM, now=world.now)
    return world


def test_every_card_alone_that_is_shipped_may_be_published_in_the_demo(province):
    bodies, faults = people.list_body_codes(), []
    for folder in shipped_services():
        package, sources = load_with_sources(folder)
        around = Surroundings(roles=people.list_roles(), bodies=bodies, data_services=frozenset(package.card.inquiries))
        if not package.flow.steps:  # those with a flow rely on more than the card names
            faults += [f"{folder.name}/{fault}" for fault in lint(package, around, sources)]

    assert faults == []


@pytest.mark.parametrize("code", ["rural-internet-coverage"])
def test_a_shipped_service_is_published_as_it_stands_in_its_folder(world, code):
    (folder,) = (one for one in shipped_services() if one.name == code)

    assert load_package(folder).digest() == queries.get_current_version(code).digest


def test_a_card_alone_is_published_and_offered(province):
    folder = next(one for one in shipped_services() if load_package(one).card.delivery == "counter-only")
    package = load_package(folder)
    around = Surroundings(
        roles=people.list_roles(),
        bodies=people.list_body_codes(),
        data_services=frozenset(package.card.inquiries),
    )

    actions.publish_package(package=package, surroundings=around, actor=SYSTEM, now=province.now)

    assert package.code in {one.code for one in queries.list_services(query=package.text("card.title"))}


def test_every_service_that_a_card_names_beside_its_own_is_shipped():
    cards = [load_package(folder).card for folder in shipped_services()]
    codes = {folder.name for folder in shipped_services()}

    named = {code for card in cards for code in (*card.requires, *card.follows, *card.related_services)}
    assert named <= codes, sorted(named - codes)
