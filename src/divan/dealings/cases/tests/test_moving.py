"""Moving a running case to another version: examined, ordered with a reason, and recorded."""

from __future__ import annotations

import pytest

from divan.dealings.cases import actions, queries
from divan.dealings.cases.tests import workshop
from divan.dealings.cases.values import MoveNotPossible
from divan.foundation.actors import SYSTEM
from divan.foundation.facts import newest_of
from divan.registers.catalogue import queries as catalogue

SLOWER = ("flow.yaml", ("steps", "check", "clock"), {"amount": 9, "unit": "working-days"})


def _changed(world, tmp_path, *changes):
    """Return a case that waits in its first step, and a later version with something changed."""
    shop = workshop.publish(world, tmp_path / "first")
    case = shop.submitted()
    workshop.publish(world, tmp_path / "second", *changes)
    return shop, case, catalogue.get_current_version("workshop-permit")


@pytest.fixture(autouse=True)
def _folders(tmp_path):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()


def test_a_running_case_stays_on_its_version_when_another_is_published(world, tmp_path):
    _, case, version = _changed(world, tmp_path, SLOWER)
    assert version.number == 2
    assert queries.get_case(case.uuid).version == case.version


def test_a_preview_names_what_changes_and_the_move_counts_the_clocks_anew(world, tmp_path):
    _, case, version = _changed(world, tmp_path, SLOWER)
    before = queries.find_open_task(case.uuid)
    found = queries.preview_move(case.uuid, version.uuid, world.now)
    assert [(one.code, one.name, one.hinders) for one in found] == [("move.clock-differs", "check", False)]

    actions.move_case(case=case.uuid, version=version.uuid, reason="مهلت تازه", actor=SYSTEM, now=world.now)
    moved = queries.get_case(case.uuid)
    assert moved.version == version.uuid
    assert queries.find_open_task(case.uuid).due_at > before.due_at
    assert newest_of(case.uuid, limit=5)[0].data["reason"] == "مهلت تازه"


def test_what_stands_in_the_way_keeps_the_case_where_it_is(world, tmp_path):
    _, case, version = _changed(world, tmp_path, ("flow.yaml", ("steps", "check", "kind"), "draft"))
    with pytest.raises(MoveNotPossible) as refused:
        actions.move_case(case=case.uuid, version=version.uuid, reason="چون", actor=SYSTEM, now=world.now)
    assert [one.code for one in refused.value.facts["findings"]] == ["move.step-of-another-kind"]
    assert queries.get_case(case.uuid).version == case.version


def test_a_move_needs_a_reason_and_a_case_that_runs(world, tmp_path):
    _, case, version = _changed(world, tmp_path, SLOWER)
    with pytest.raises(MoveNotPossible):
        actions.move_case(case=case.uuid, version=version.uuid, reason=" ", actor=SYSTEM, now=world.now)
    actions.withdraw_case(case=case.uuid, actor=world.citizen(), now=world.now)
    with pytest.raises(MoveNotPossible):
        actions.move_case(case=case.uuid, version=version.uuid, reason="چون", actor=SYSTEM, now=world.now)
