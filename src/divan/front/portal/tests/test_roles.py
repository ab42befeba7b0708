"""The role switch of a rehearsal: whom one can become, and as what."""

from __future__ import annotations

import pytest

from divan.foundation.actors import SYSTEM
from divan.trust.identity import actions as identity

pytestmark = pytest.mark.django_db


def test_an_officer_who_once_signed_in_as_a_citizen_is_listed_once_in_each_part(world, officer, visitor):
    identity.create_citizen_account(person=world.person("ict-expert").uuid, actor=SYSTEM, now=world.now)
    name = world.person("ict-expert").full_name

    listed = [one for one in visitor.get("/rehearsal/").context["cast"] if one["name"] == name]

    assert {(one["part"], bool(one["unit"])) for one in listed} == {
        (world.post("ict-expert").title_en, True),
        ("Citizen", False),
    }
    assert len(listed) == 2
