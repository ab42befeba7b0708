"""`divan letters`: letters of an older product are moved in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

MOST_FAULTS = 200


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Letters: move those of an older product in.", no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("import")(import_letters)
    app.add_typer(group, name="letters")


def import_letters(
    folder: Annotated[Path, typer.Argument(help="Holds letters.csv and the scans that it names.")],
    body: Annotated[str, typer.Option("--body", help="The code of the body whose letters they are.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Look at every line and file; enter nothing.")] = False,
    leave_out: Annotated[bool, typer.Option("--leave-out", help="Enter the rest although lines are faulty.")] = False,
) -> None:
    """Enter letters under their old numbers; again enters what is missing. Faults are named by line and column."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (needs the house's packages)

    django.setup()
    from rich.progress import Progress  # noqa: PLC0415 (not needed to print the help)

    from divan.dealings.correspondence import actions  # noqa: PLC0415 (models are readable only now)
    from divan.foundation import clock  # noqa: PLC0415 (as above)
    from divan.foundation.actors import operator  # noqa: PLC0415 (as above)
    from divan.foundation.errors import Refusal  # noqa: PLC0415 (as above)

    with Progress() as bar:
        tasks = {"letters": bar.add_task("letters", total=None), "relations": bar.add_task("relations", total=None)}
        try:
            moved = actions.move_in_letters(
                folder=folder,
                body=body,
                only_look=dry_run,
                leave_out=leave_out,
                actor=operator(os.environ.get("USER", "unknown")),
                now=clock.now(),
                progress=lambda stage, count: bar.update(tasks[stage], advance=count),
            )
        except Refusal as refusal:
            typer.echo(f"nothing was entered: {refusal}", err=True)
            raise typer.Exit(1) from refusal
    for fault in moved.faults[:MOST_FAULTS]:
        typer.echo(str(fault), err=True)
    if len(moved.faults) > MOST_FAULTS:
        typer.echo(f"and {len(moved.faults) - MOST_FAULTS} more", err=True)
    for (code, year), count in moved.missing.items():
        typer.echo(f"{code}/{year}: {count} numbers below the last have no letter", err=True)
    typer.echo(
        f"read {moved.read}, entered {moved.entered}, stood there before {moved.stood}, related {moved.related}, "
        f"faulty {len({one.line for one in moved.faults})}"
    )
    if moved.faults and not leave_out:
        raise typer.Exit(1)
