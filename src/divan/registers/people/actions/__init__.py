"""What people does, by noun."""

from __future__ import annotations

from divan.registers.people.actions.charts import (
    change_post,
    hand_over_post,
    take_over_chart,
)
from divan.registers.people.actions.seats import (
    appoint_substitute,
    create_post,
    end_substitution,
    found_unit,
    give_post,
    leave_post,
    register_person,
)
from divan.registers.people.actions.units import close_unit, merge_unit, move_posts, move_unit, rename_unit

__all__ = [
    "appoint_substitute",
    "change_post",
    "close_unit",
    "create_post",
    "end_substitution",
    "found_unit",
    "give_post",
    "hand_over_post",
    "leave_post",
    "merge_unit",
    "move_posts",
    "move_unit",
    "register_person",
    "rename_unit",
    "take_over_chart",
]
