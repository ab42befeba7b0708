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

__all__ = [
    "appoint_substitute",
    "change_post",
    "create_post",
    "end_substitution",
    "found_unit",
    "give_post",
    "hand_over_post",
    "leave_post",
    "register_person",
    "take_over_chart",
]
