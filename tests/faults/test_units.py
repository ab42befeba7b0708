"""`kill -9` while a unit goes up in another, or a vacancy is told: whole or not at all."""

from __future__ import annotations

from uuid import uuid4

from divan.dealings.correspondence import actions as correspondence
from divan.dealings.correspondence import queries as worklist
from divan.dealings.correspondence.values import NewWork
from divan.foundation.actors import SYSTEM
from divan.foundation.models import Fact
from divan.registers.people import actions, queries
from divan.registers.people.values import UnitKind, UnitLevel

from .house import House
from .units import merge, tell


def test_a_unit_cut_while_it_goes_up_in_another_stands_as_before_and_then_goes_whole(house: House):
    for code, parent in (("old-office", "ict-directorate"), ("old-room", "old-office")):
        actions.found_unit(
            code=code,
            name_fa=code,
            name_en="",
            kind=UnitKind.UNIT,
            level=UnitLevel.PROVINCE,
            parent_code=parent,
            actor=SYSTEM,
            now=house.world.now,
        )
    actions.create_post(
        code="old-clerk",
        title_fa="متصدی",
        title_en="",
        role="clerk",
        unit_code="old-office",
        actor=SYSTEM,
        now=house.world.now,
    )
    before = Fact.objects.count()

    house.cut("unit.before-closing", "deed", "merge-unit")

    assert Fact.objects.count() == before
    assert queries.get_post_by_code("old-clerk").unit.code == "old-office"
    merge(house.world)
    old = queries.get_unit("old-office")
    assert old.closed_at == house.world.now
    assert [one.code for one in queries.successors_of(old.uuid, house.world.now)] == ["ict-directorate"]
    assert queries.get_post_by_code("old-clerk").unit.code == "ict-directorate"
    house.rest()


def test_a_vacancy_cut_before_its_line_is_told_by_the_next_look_once(house: House):
    post = house.world.post("ict-expert").uuid
    work = NewWork(
        about_kind="correspondence.letter",
        about_uuid=uuid4(),
        number="1",
        title_fa="نامه",
        title_en="",
        step_fa="",
        step_en="",
        sender_fa="",
        sender_en="",
    )
    correspondence.give_work(post=post, work=work, actor=SYSTEM, now=house.world.now)
    house.work("sequencer", "vacancies")
    person = queries.holder_of(post, house.world.now)
    actions.leave_post(person=person.uuid, post=post, actor=SYSTEM, now=house.world.pass_time(hours=1))
    house.work("sequencer")

    house.cut("vacancy.before-line", "deed", "tell-vacancy")
    assert worklist.find_open_work(post) is None
    house.cut("vacancy.before-line", "duty", "vacancies")
    assert worklist.find_open_work(post) is None

    house.work("vacancies", "vacancies")
    tell(house.world)
    line = worklist.find_open_work(post)
    assert (line.post_uuid, line.about_kind) == (house.world.post("ict-deputy").uuid, "correspondence.vacancy")
    # Somebody takes the post: the line is settled.
    actions.give_post(
        person=person.uuid, post=post, starts_at=house.world.pass_time(hours=1), actor=SYSTEM, now=house.world.now
    )
    house.work("sequencer", "vacancies")
    assert worklist.find_open_work(post) is None
    house.rest()
