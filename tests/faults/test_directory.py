"""`kill -9` while a person is taken over from a directory: whole or not at all, and the next run does it."""

from __future__ import annotations

import pytest

from divan.foundation.actors import SYSTEM
from divan.foundation.models import Fact
from divan.registers.people import actions as people
from divan.registers.people import models, queries
from divan.trust.identity import models as identity

from .directory import ENTRY, end, take_over
from .house import House


@pytest.fixture
def vacant(house: House):
    people.create_post(
        code=ENTRY.post,
        title_fa="کارشناس",
        title_en="",
        role="expert",
        unit_code="ict-directorate",
        actor=SYSTEM,
        now=house.world.now,
    )
    return queries.get_post_by_code(ENTRY.post).uuid


@pytest.mark.parametrize(
    ("point", "deed"), [("directory.before-link", "directory-comes"), ("directory.posts-left", "directory-goes")]
)
def test_a_line_cut_in_the_middle_leaves_nothing_and_comes_whole_with_the_next_run(house: House, vacant, point, deed):
    if deed == "directory-goes":
        take_over(house.world)
        house.world.pass_time(days=1)
    before = Fact.objects.count()

    house.cut(point, "deed", deed)

    goes = deed == "directory-goes"
    assert Fact.objects.count() == before
    assert models.Person.objects.filter(national_code=ENTRY.national_code).exists() == goes
    assert identity.Account.objects.filter(username="new-expert", is_active=True).exists() == goes
    assert (queries.holder_of(vacant, house.world.now) is not None) == goes
    (end if goes else take_over)(house.world)
    assert (queries.holder_of(vacant, house.world.now) is None) == goes
    assert identity.Account.objects.get(username="new-expert").is_active != goes
    house.rest()
