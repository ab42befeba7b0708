"""`divan letters`: exchange of letters with other installations."""

from __future__ import annotations

import os
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Letters between installations.", no_args_is_help=True)
    group.callback()(lambda: None)
    group.command()(door)
    group.command()(meet)
    group.command()(demo)
    app.add_typer(group, name="letters")


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
