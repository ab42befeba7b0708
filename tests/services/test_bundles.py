"""Bundles are published beside the services they gather, stand as they were published, and leave the list."""

from __future__ import annotations

import pytest

from divan.dealings.cases.tests import workshop
from divan.dealings.cases.tests.bundled import CODE, bundle
from divan.foundation.actors import SYSTEM
from divan.foundation.models import Fact
from divan.registers.catalogue import actions, models, queries
from divan.registers.catalogue.values import BundleFaulty, BundleUnknown


@pytest.fixture
def shop(world, tmp_path):
    return workshop.publish(world, tmp_path)


def test_a_bundle_is_offered_with_its_services_in_its_order(world, shop):
    ref = actions.publish_bundle(bundle=bundle(), actor=SYSTEM, now=world.now)
    again = actions.publish_bundle(bundle=bundle(), actor=SYSTEM, now=world.now)

    assert (ref, ref.number) == (again, 1)
    offered = queries.get_offered_bundle(CODE, language="en")
    assert offered == queries.list_bundles(language="en")[0]
    assert [service.code for service in offered.services] == ["workshop-permit", "rural-internet-coverage"]
    assert queries.get_bundle(ref.uuid) == bundle()
    assert Fact.objects.filter(kind="catalogue.bundle-published").count() == 1


def test_a_bundle_of_services_that_are_not_offered_changes_nothing(world):
    with pytest.raises(BundleFaulty) as refused:
        actions.publish_bundle(bundle=bundle(), actor=SYSTEM, now=world.now)
    assert "bundle.no-such-service" in str(refused.value.facts["faults"])
    assert models.BundleVersion.objects.count() == 0


def test_another_wording_is_another_version_and_the_old_one_stands(world, shop):
    first = actions.publish_bundle(bundle=bundle(), actor=SYSTEM, now=world.now)
    second = actions.publish_bundle(bundle=bundle(life_event="other"), actor=SYSTEM, now=world.now)

    assert (second.number, queries.get_offered_bundle(CODE).ref) == (2, second)
    assert queries.get_bundle(first.uuid).life_event == "business"


def test_a_withdrawn_bundle_is_not_offered_until_it_is_published_again(world, shop):
    actions.publish_bundle(bundle=bundle(), actor=SYSTEM, now=world.now)
    actions.withdraw_bundle(code=CODE, actor=SYSTEM, now=world.now)

    assert queries.list_bundles() == []
    with pytest.raises(BundleUnknown):
        queries.get_offered_bundle(CODE)
    with pytest.raises(BundleUnknown):
        actions.withdraw_bundle(code=CODE, actor=SYSTEM, now=world.now)
    assert actions.publish_bundle(bundle=bundle(), actor=SYSTEM, now=world.now).number == 2


def test_a_withdrawn_service_leaves_the_bundle_shorter(world, shop):
    actions.publish_bundle(bundle=bundle(), actor=SYSTEM, now=world.now)
    actions.withdraw_service(service_code="rural-internet-coverage", actor=SYSTEM, now=world.now)

    assert [service.code for service in queries.get_offered_bundle(CODE).services] == ["workshop-permit"]
