"""`divan letters`: letters of an older product are moved in, and letters go to other installations."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

MOST_FAULTS = 200


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Letters: move those of an older product in, exchange them with other installations.", no_args_is_help=True
    )
    group.callback()(lambda: None)
    group.command("import")(import_letters)
    group.command()(door)
    group.command()(meet)
    group.command()(demo)
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


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (needs the house's packages)

    django.setup()


def door() -> None:
    """Print the address below which a neighbour's gateway brings letters here; keep it between the two operators."""
    _set_up()
    from divan.project.letters.neighbours import own_door  # noqa: PLC0415 (models are readable only now)

    typer.echo(own_door())


def meet(
    subsystem: Annotated[str, typer.Argument(help="Subsystem of the neighbour, instance/class/code/subsystem.")],
    name_fa: Annotated[str, typer.Argument(help="Its name in Persian.")],
    door: Annotated[str, typer.Argument(help="What `divan letters door` says there.")],
    law: Annotated[str, typer.Option(help="Legal basis of the exchange, as the permit names it.")],
    name_en: Annotated[str, typer.Option(help="Its name in English.")] = "",
) -> None:
    """Enter a neighbour at the exchange, with the own right to bring it letters; again changes nothing."""
    _set_up()
    from divan.foundation import clock  # noqa: PLC0415 (as above)
    from divan.foundation.errors import Refusal  # noqa: PLC0415 (as above)
    from divan.project.letters import neighbours  # noqa: PLC0415 (as above)

    try:
        changed = neighbours.meet(
            subsystem=subsystem,
            name_fa=name_fa,
            name_en=name_en,
            door=door,
            law_fa=law,
            law_en="",
            now=clock.now(),
        )
    except Refusal as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from refusal
    typer.echo("entered" if changed else "known already")


def demo() -> None:
    """Bring a second province to life beside the running one, and exchange letters; exit code 0 if every step held."""
    from rich.console import Console  # noqa: PLC0415 (not needed to print the help)

    from divan.project.configuration import read_configuration  # noqa: PLC0415 (as above)
    from divan.project.letters import story  # noqa: PLC0415 (as above)

    console = Console(highlight=False)
    try:
        story.run(read_configuration(), console)
    except story.StoryBroken as broken:
        console.print(f"[red]The story does not hold:[/red] {broken}")
        raise typer.Exit(1) from broken
