"""An organisation chart of two bodies, and how a process that is killed takes it over."""

from __future__ import annotations

from pathlib import Path

from divan.foundation.actors import SYSTEM
from divan.registers.people import actions, queries
from divan_libs.orgchart.reading import read_chart
from divan_libs.orgchart.values import Chart, HolderRow, PostRow, UnitRow
from divan_libs.persian.identifiers import national_code_with_check_digit

CHART = Chart(
    tuple(UnitRow(code=code, name_fa=code, kind="body", level="province") for code in ("roads", "water")),
    tuple(
        PostRow(code=f"{unit}-{role}", title_fa=role, role=role, unit=unit, superior=superior)
        for unit in ("roads", "water")
        for role, superior in (("expert", f"{unit}-adviser"), ("adviser", ""))
    ),
    (
        HolderRow(
            post="water-expert",
            national_code=national_code_with_check_digit("999000077"),
            first_name="زهرا",
            last_name="رضایی",
            personnel_number="12",
        ),
    ),
)


def take_over(world, path: Path) -> None:
    """Take over a chart tree by tree, as the command does."""
    for part in queries.split_chart(read_chart(path)):
        actions.take_over_chart(chart=part, actor=SYSTEM, now=world.now)
