"""`divan reset`: an installation as if it had never been started."""

from __future__ import annotations

import shutil
from typing import Annotated

import typer

from divan.project.launcher.troubles import CannotStart


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(reset)


def reset(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Remove everything this rehearsal has written: database, keys, files, log, evidence."""
    from divan.project.commands import pg  # noqa: PLC0415 (needs the house's packages)
    from divan.project.configuration import read_configuration  # noqa: PLC0415 (not needed to print the help)
    from divan.project.launcher import prerequisites  # noqa: PLC0415 (as above)

    configuration = read_configuration()
    if not configuration.rehearsal or configuration.database_url:
        raise CannotStart(
            "only a rehearsal with the embedded database can be reset; empty a server of your own by its own means"
        )
    with prerequisites.alone(configuration):
        if not yes:
            typer.confirm(f"Remove {configuration.data} with everything in it?", abort=True)
        pg.reset_database(yes=True)
        shutil.rmtree(configuration.data, ignore_errors=True)
