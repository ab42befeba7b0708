"""`divan up`: the whole installation on this machine."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(up)


def up() -> None:
    """Bring a province to life on PORT and the ports above it; Ctrl-C stops everything."""
    from divan.project.configuration import read_configuration  # noqa: PLC0415 (not needed to print the help)
    from divan.project.launcher.installation import bring_up  # noqa: PLC0415 (needs the house's packages)

    bring_up(read_configuration())
