"""The services shipped with Divan are those that the demo offers."""

from __future__ import annotations

from divan.project.demo.services import shipped_services
from divan.registers.catalogue import queries
from divan_libs.servicepack.loading import load_package


def test_every_shipped_service_is_published_as_it_stands_in_its_folder(world):
    folders = shipped_services()

    assert folders
    for folder in folders:
        assert load_package(folder).digest() == queries.get_current_version(folder.name).digest
