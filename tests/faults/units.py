"""A unit that goes up in another, and a vacant post with work, as a process that is killed deals with them."""

from __future__ import annotations

from divan.dealings.correspondence import actions as correspondence
from divan.foundation.actors import SYSTEM
from divan.registers.people import actions, queries
from divan.registers.people.values import Decision
from divan_libs.persian.jalali import TEHRAN


def merge(world) -> None:
    """Let one unit go up in another, with its post and the unit below it."""
    actions.merge_unit(
        unit=queries.get_unit("old-office").uuid,
        into=queries.get_unit("ict-directorate").uuid,
        decision=Decision(effective_on=world.now.astimezone(TEHRAN).date(), legal_basis="مصوبهٔ ۱"),
        actor=SYSTEM,
        now=world.now,
    )


def tell(world) -> None:
    """Tell who stands above of what lies open in a vacant post."""
    correspondence.tell_vacancy(post=world.post("ict-expert").uuid, actor=SYSTEM, now=world.now)


DEEDS = {"merge-unit": merge, "tell-vacancy": tell}
