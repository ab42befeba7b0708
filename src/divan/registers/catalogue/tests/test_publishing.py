"""Publishing: frozen versions, offered at once, found whatever way one types, never changed."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from divan.foundation.actors import SYSTEM
from divan.registers.catalogue import actions, models, queries
from divan.registers.catalogue.values import PackageFaulty, ServiceUnknown
from divan_libs.servicepack.lint import Surroundings

CODE = "rural-internet-coverage"
NOTHING = Surroundings(roles=frozenset(), bodies=frozenset(), data_services=frozenset())


@pytest.fixture
def package(world):
    return queries.get_package(queries.get_current_version(CODE).uuid)


def test_what_is_published_is_offered_with_its_digest(world, package):
    version = queries.get_current_version(CODE)

    assert (version.number, version.digest) == (1, package.digest())
    assert [service.code for service in queries.list_services()] == [CODE]


def test_a_package_with_faults_is_not_published_and_changes_nothing(world, package):
    with pytest.raises(PackageFaulty):
        actions.publish_package(package=package, surroundings=NOTHING, actor=SYSTEM, now=world.now)

    assert models.ServiceVersion.objects.count() == 1


@pytest.mark.parametrize("typed", ["اینترنت", "روستا اينترنت", "internet", "INTERNET village", "پوشش‌ اینترنت", ""])
def test_a_service_is_found_whatever_way_one_types(world, typed):
    assert [service.code for service in queries.list_services(query=typed)] == [CODE]


@pytest.mark.parametrize("typed", ["گذرنامه", "%", "_", "' OR 1=1 --"])
def test_what_is_not_there_is_not_found(world, typed):
    assert queries.list_services(query=typed) == []


def test_the_list_goes_on_behind_a_service(world):
    assert queries.list_services(after=CODE) == []
    with pytest.raises(ServiceUnknown):
        queries.list_services(after="never-was")


def test_a_withdrawn_service_is_not_offered_and_its_version_stands(world, package):
    version = queries.get_current_version(CODE)

    actions.withdraw_service(service_code=CODE, actor=SYSTEM, now=world.now)

    assert queries.list_services() == []
    with pytest.raises(ServiceUnknown):
        queries.get_current_version(CODE)
    assert queries.get_package(version.uuid) == package


@pytest.mark.parametrize(
    "statement",
    ["UPDATE catalogue_serviceversion SET canonical = '\\x00'", "DELETE FROM catalogue_serviceversion"],
)
def test_the_database_refuses_to_change_a_version(world, statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
