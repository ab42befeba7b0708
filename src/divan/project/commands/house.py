"""`divan house`: the floor plan."""

from __future__ import annotations

import typer

from divan.project.launcher.troubles import CannotStart


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(house)


def house() -> None:
    """Print the floor plan of the house, read from the contracts that the build checks."""
    from divan.project.floor_plan import PlanMissing, print_floor_plan  # noqa: PLC0415 (not needed to print the help)

    try:
        print_floor_plan()
    except PlanMissing as missing:
        raise CannotStart(str(missing)) from missing
