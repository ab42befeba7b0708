"""Persons, the tree of bodies, and who holds which post when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from divan.foundation import facts
from divan.foundation.actors import SYSTEM, Actor, ActorKind
from divan.registers.people import actions, queries
from divan.registers.people.values import (
    PostNotHeld,
    PostTaken,
    PostUnknown,
    SubstituteUnfit,
    SubstitutionUnknown,
    UnitKind,
    UnitLevel,
)
from divan_libs.persian.identifiers import InvalidIdentifier, national_code_with_check_digit

NOON = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
FIRST, SECOND = (national_code_with_check_digit(f"99900000{digit}") for digit in "12")


def person(code: str = FIRST, **known: str):
    return actions.register_person(national_code=code, actor=SYSTEM, now=NOON, **known)


@pytest.fixture
def post(db):
    actions.found_unit(
        code="ict",
        name_fa="اداره‌کل",
        name_en="ICT",
        kind=UnitKind.BODY,
        level=UnitLevel.PROVINCE,
        actor=SYSTEM,
        now=NOON,
    )
    actions.found_unit(
        code="rural",
        name_fa="ادارهٔ روستایی",
        name_en="Rural",
        kind=UnitKind.UNIT,
        level=UnitLevel.PROVINCE,
        parent_code="ict",
        actor=SYSTEM,
        now=NOON,
    )
    return actions.create_post(
        code="expert",
        title_fa="کارشناس",
        title_en="Expert",
        role="ict-expert",
        unit_code="rural",
        actor=SYSTEM,
        now=NOON,
    )


def give(who, post, at=NOON):
    return actions.give_post(person=who.uuid, post=post.uuid, starts_at=at, actor=SYSTEM, now=NOON)


def test_a_person_is_registered_once_and_brought_up_to_date(db):
    first = person(first_name="زهرا")
    again = person(first_name="زهرا", last_name="رستمی")
    person(first_name="زهرا", last_name="رستمی")

    assert first.uuid == again.uuid
    assert again.full_name == "زهرا رستمی"
    assert facts.recorded_for(first.uuid) == ["people.person-registered", "people.person-updated"]


@pytest.mark.parametrize("code", ["1111111111", "0012345678", "123", "abcdefghij"])
def test_a_national_code_that_cannot_be_one_registers_nobody(db, code):
    with pytest.raises(InvalidIdentifier):
        person(code)

    assert queries.find_person(code) is None


def test_a_role_is_found_in_any_unit_of_a_body(post):
    assert queries.find_post_of_role("ict-expert", body="ict") == post
    assert queries.find_post_of_role("ict-expert", body="other") is None
    assert post.unit.body_code == "ict"


def test_a_post_has_one_holder_at_a_time(post):
    give(person(FIRST), post)

    with pytest.raises(PostTaken):
        give(person(SECOND), post)

    assert queries.holder_of(post.uuid, NOON).national_code == FIRST


def test_who_left_a_post_holds_it_until_that_moment_and_not_after(post):
    holder = person(FIRST)
    give(holder, post)
    left = NOON + timedelta(hours=1)

    actions.leave_post(person=holder.uuid, post=post.uuid, actor=SYSTEM, now=left)

    assert queries.holder_of(post.uuid, left - timedelta(seconds=1)).uuid == holder.uuid
    assert queries.holder_of(post.uuid, left) is None
    assert queries.list_holdings(holder.uuid, left) == []


def test_nobody_leaves_a_post_that_is_not_held(post):
    with pytest.raises(PostNotHeld):
        actions.leave_post(person=person(FIRST).uuid, post=post.uuid, actor=SYSTEM, now=NOON)


def test_a_unit_needs_a_parent_that_exists(db):
    with pytest.raises(PostUnknown):
        actions.found_unit(
            code="x",
            name_fa="واحد",
            name_en="Unit",
            kind=UnitKind.UNIT,
            level=UnitLevel.PROVINCE,
            parent_code="nowhere",
            actor=SYSTEM,
            now=NOON,
        )


def test_founding_the_same_unit_again_records_nothing_new(post):
    before = facts.recorded_for(queries.get_unit("ict").uuid)

    actions.found_unit(
        code="ict",
        name_fa="اداره‌کل",
        name_en="ICT",
        kind=UnitKind.BODY,
        level=UnitLevel.PROVINCE,
        actor=SYSTEM,
        now=NOON,
    )

    assert facts.recorded_for(queries.get_unit("ict").uuid) == before == ["people.unit-founded"]


def test_who_stands_in_is_listed_and_may_be_ended_by_the_holder_alone(post):
    holder, substitute = person(), person(SECOND)
    actions.give_post(person=holder.uuid, post=post.uuid, starts_at=NOON, actor=SYSTEM, now=NOON)
    days = {"starts_at": NOON, "ends_at": NOON + timedelta(days=3)}
    [uuid] = actions.appoint_substitute(person=holder.uuid, substitute=substitute.uuid, **days, actor=SYSTEM, now=NOON)
    later = NOON + timedelta(hours=1)
    [listed] = queries.list_substitutions(holder.uuid, later)
    assert (listed.uuid, listed.post.uuid, listed.substitute.uuid) == (uuid, post.uuid, substitute.uuid)
    assert queries.seated_in(post.uuid, later) == [holder, substitute]

    stranger = Actor(kind=ActorKind.STAFF, uuid=substitute.uuid)
    with pytest.raises(SubstitutionUnknown):
        actions.end_substitution(substitution=uuid, actor=stranger, now=later)
    assert queries.seated_in(post.uuid, later) == [holder, substitute]

    own = Actor(kind=ActorKind.STAFF, uuid=holder.uuid)
    actions.end_substitution(substitution=uuid, actor=own, now=later)
    assert queries.list_substitutions(holder.uuid, later) == []
    assert queries.seated_in(post.uuid, later) == [holder]
    with pytest.raises(SubstitutionUnknown):
        actions.end_substitution(substitution=uuid, actor=own, now=later)
    assert [fact.kind for fact in facts.newest_of(uuid, limit=5)] == [
        "people.substitution-ended",
        "people.substitute-appointed",
    ]


def test_standing_in_that_has_not_begun_can_be_called_off(post):
    holder, substitute = person(), person(SECOND)
    actions.give_post(person=holder.uuid, post=post.uuid, starts_at=NOON, actor=SYSTEM, now=NOON)
    begins = NOON + timedelta(days=2)
    [uuid] = actions.appoint_substitute(
        person=holder.uuid,
        substitute=substitute.uuid,
        starts_at=begins,
        ends_at=begins + timedelta(days=1),
        actor=SYSTEM,
        now=NOON,
    )
    actions.end_substitution(
        substitution=uuid, actor=Actor(kind=ActorKind.STAFF, uuid=holder.uuid), now=NOON + timedelta(hours=1)
    )
    assert queries.seated_in(post.uuid, begins + timedelta(hours=1)) == [holder]


def test_standing_in_that_has_begun_already_is_for_the_posts_held_now(post):
    holder, substitute = person(), person(SECOND)
    actions.give_post(person=holder.uuid, post=post.uuid, starts_at=NOON, actor=SYSTEM, now=NOON)
    morning, later = NOON - timedelta(hours=8), NOON + timedelta(hours=1)
    people = {"person": holder.uuid, "substitute": substitute.uuid}

    with pytest.raises(SubstituteUnfit):
        actions.appoint_substitute(**people, starts_at=morning, ends_at=NOON, actor=SYSTEM, now=later)
    assert queries.seated_in(post.uuid, later) == [holder]

    actions.appoint_substitute(**people, starts_at=morning, ends_at=NOON + timedelta(days=1), actor=SYSTEM, now=later)
    assert queries.seated_in(post.uuid, later) == [holder, substitute]
