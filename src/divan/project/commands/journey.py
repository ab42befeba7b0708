"""`divan journey`: the story of one request against the running installation, and its forgeries."""

from __future__ import annotations

import os
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(journey)


def journey(
    url: Annotated[str, typer.Option(help="Address of the running installation; default: the configured one.")] = "",
    quick: Annotated[bool, typer.Option("--quick", help="Only the story: no forgeries in a scratch copy.")] = False,
) -> None:
    """Run the story of a village's request as the real people would, and check every proof; exit code 0 if all held."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (needs the house's packages)
    from rich.console import Console  # noqa: PLC0415 (not needed to print the help)

    django.setup()
    from divan.project.configuration import read_configuration  # noqa: PLC0415 (as above)
    from divan.project.journey import story  # noqa: PLC0415 (models are readable only now)
    from divan.project.journey.visitors import StoryBroken  # noqa: PLC0415 (as above)

    configuration, console = read_configuration(), Console(highlight=False)
    try:
        story.run(configuration, url=(url or configuration.base_url).rstrip("/"), quick=quick, console=console)
    except StoryBroken as broken:
        console.print(f"\n[red]The story does not hold:[/red] {broken}", markup=True)
        raise typer.Exit(1) from broken
