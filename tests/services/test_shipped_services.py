"""The services shipped with Divan are those that the demo offers."""

from __future__ import annotations

from tests.world import MORNING

from divan.foundation.actors import SYSTEM
from divan.project.demo.installation import found_installation
from divan.project.demo.neighbours import found_neighbours
from divan.project.demo.services import publish_shipped_services, shipped_services
from divan.registers.catalogue import queries
from divan_libs.servicepack.loading import load_package


def test_every_shipped_service_is_published_as_it_stands_in_its_folder(world):
    found_installation(actor=SYSTEM, now=MORNING)
    found_neighbours(actor=SYSTEM, now=MORNING)

    publish_shipped_services(actor=SYSTEM, now=MORNING)

    folders = shipped_services()
    assert len(folders) > 100
    for folder in folders:
        assert load_package(folder).digest() == queries.get_current_version(folder.name).digest
