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


TOLD = {
    "other-bodies-left-out": ("village-head-of-village", {"inside": True}, []),
    "own-body": ("governor-officer", {"inside": True}, ["governor"]),
    "roles-that-lead": ("ict-expert", {"leading": (("ict-director",),)}, ["ict-director"]),
    "ranks-of-the-body": (
        "ict-expert",
        {"leading": (("ict-director",), ("ict-deputy",), ("secretariat",)), "inside": True},
        ["ict-secretariat", "ict-deputy", "ict-director"],
    ),
    "the-own-rank": ("ict-deputy", {"leading": (("ict-director", "ict-deputy"),)}, []),
}


@pytest.mark.parametrize("case", TOLD)
def test_a_body_may_say_which_roles_lead_and_other_bodies_may_be_left_out(world, case):
    code, told, above = TOLD[case]

    found = queries.superiors_of(world.post(code).uuid, **told)

    assert [one.uuid for one in found] == [world.post(other).uuid for other in above]
