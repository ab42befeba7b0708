"""Who stands above a post: in its own unit first, then in the units above it."""

from __future__ import annotations

import pytest

from divan.registers.people import queries

pytestmark = pytest.mark.django_db

ABOVE = {
    "ict-expert": ["ict-deputy", "ict-director"],
    "ict-secretariat": ["ict-deputy", "ict-director"],
    "ict-deputy": ["ict-director"],
    "ict-director": [],
    "village-head-of-village": ["district-head-of-district", "governor"],
    "governor-officer": ["governor"],
    "governor": [],
}


@pytest.mark.parametrize("code", ABOVE)
def test_superiors_are_found_along_the_tree_of_units(world, code):
    found = queries.superiors_of(world.post(code).uuid)

    assert [one.uuid for one in found] == [world.post(other).uuid for other in ABOVE[code]]
