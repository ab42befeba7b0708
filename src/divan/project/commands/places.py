"""`divan places`: the administrative divisions."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Provinces, counties, districts, rural districts, cities, villages.", no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("import")(import_places)
    app.add_typer(group, name="places")


def import_places(
    folder: Annotated[
        Path, typer.Argument(help="Holds ostan.csv, shahrestan.csv, bakhsh.csv, shahr.csv, dehestan.csv, abadi.csv.")
    ],
) -> None:
    """Take over a list of divisions, whole or not at all; again changes nothing. Bad rows are named by line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (needs the house's packages)

    django.setup()
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415 (slow, and seldom)

    from divan.foundation import clock  # noqa: PLC0415 (models are readable only now)
    from divan.foundation.actors import operator  # noqa: PLC0415 (as above)
    from divan.foundation.errors import Refusal  # noqa: PLC0415 (as above)
    from divan.registers.places import actions  # noqa: PLC0415 (as above)

    lines = sum(path.read_bytes().count(b"\n") - 1 for path in folder.glob("*.csv")) if folder.is_dir() else 0
    with Progress(TextColumn("{task.description:<18}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()) as bar:
        task = bar.add_task("read", total=lines)
        try:
            report = actions.import_divisions(
                directory=folder,
                actor=operator(os.environ.get("USER", "unknown")),
                now=clock.now(),
                progress=lambda stage, count: bar.update(task, description=stage, advance=count),
            )
        except Refusal as refusal:
            typer.echo(f"nothing was imported: {refusal}", err=True)
            raise typer.Exit(1) from refusal
        bar.update(task, completed=lines, description="done")
    for fault in report.faults:
        typer.echo(str(fault), err=True)
    typer.echo(
        f"read {report.read}, added {report.added}, changed {report.changed}, unchanged {report.unchanged}, "
        f"closed {report.closed}, left out {len(report.faults)}"
    )
