"""Keys between tables follow the floor plan; import-linter cannot see a key that is written as a string."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from divan.project.floor_plan import FOUNDATION_RANK, PlanMissing, read_floor_plan

from .source_tree import SOURCE, contexts

PLAN = read_floor_plan()
RANKS = PLAN.ranks()


def crossings() -> Iterator[tuple[str, str, models.Field]]:
    for model in apps.get_models():
        here = model._meta.app_config.name
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey | models.ManyToManyField):
                there = field.related_model._meta.app_config.name
                if here in RANKS and there in RANKS and here != there:
                    yield here, there, field


def climbs(here: str, there: str) -> bool:
    return RANKS[there] >= RANKS[here]


def test_keys_point_down_the_house():
    assert [f"{field} climbs from {here} to {there}" for here, there, field in crossings() if climbs(here, there)] == []


def test_keys_leave_no_trace_below():
    planted = [
        f"{field} plants a reverse accessor in {there}"
        for _, there, field in crossings()
        if field.remote_field is not None and field.remote_field.related_name != "+"
    ]

    assert planted == []


def test_a_key_up_or_aside_would_be_found():
    assert climbs("divan.registers.people", "divan.dealings.cases")
    assert climbs("divan.trust.signing", "divan.trust.ledger")
    assert not climbs("divan.dealings.cases", "divan.registers.people")


def test_every_context_has_its_place_in_the_plan():
    folders = {".".join(folder.relative_to(SOURCE).parts) for folder in contexts()}

    assert folders == {name for name in RANKS if name.split(".")[1] in {"registers", "trust", "dealings", "steering"}}


def test_every_table_of_ours_belongs_to_a_room():
    homeless = [
        model._meta.label
        for model in apps.get_models()
        if model.__module__.startswith("divan.") and model._meta.app_config.name not in RANKS
    ]

    assert homeless == []


def test_apps_keep_the_label_of_their_folder_so_that_tables_survive_a_move():
    wrong = [
        f"{config.name} is labelled {config.label}"
        for config in apps.get_app_configs()
        if config.name in RANKS and config.label != config.name.rpartition(".")[2]
    ]

    assert wrong == []


def test_the_plan_is_drawn_from_the_contracts():
    drawn = "\n".join(PLAN.lines())

    assert RANKS["divan.foundation"] == FOUNDATION_RANK == min(RANKS.values())
    assert PLAN.storeys[0].name == "project"
    for name in RANKS:
        assert f"{name.rpartition('.')[2]} " in drawn


def test_without_a_checkout_there_is_no_plan(tmp_path):
    with pytest.raises(PlanMissing):
        read_floor_plan(tmp_path)
