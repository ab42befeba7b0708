"""`divan service lint` and `test`."""

from __future__ import annotations

from typing import Annotated

import typer

from divan.project.commands.service.bundles import lint_file
from divan.project.commands.service.house import (
    Folder,
    FolderOrBundle,
    Lang,
    Language,
    house_surroundings,
    read_folder,
    tell,
)
from divan.project.commands.service.typesetting import letter_faults


def lint(
    folder: FolderOrBundle,
    alone: Annotated[
        bool, typer.Option("--alone", help="Without asking the house which roles, bodies and registers exist.")
    ] = False,
    lang: Lang = Language.FA,
) -> None:
    """Examine a package or a bundle and print every fault with its place and what to change; exit 1 if there is any."""
    from divan_libs.servicepack.lint import lint as examine  # noqa: PLC0415 (not needed to print the help)
    from divan_libs.servicepack.lint.alone import surroundings_alone  # noqa: PLC0415 (as above)

    if folder.is_file():
        lint_file(folder, alone=alone, lang=lang)
        return
    package, sources = read_folder(folder, lang)
    faults = examine(package, surroundings_alone(package) if alone else house_surroundings(), sources)
    faults = [*faults, *letter_faults(package)]
    tell(faults, lang)
    if faults:
        raise typer.Exit(1)
    typer.echo(f"{package.code}: no fault; SHA-256 {package.digest()}")


def play(folder: Folder, lang: Lang = Language.FA) -> None:
    """Run the package's own examples and print how each went; exit 1 if one fails."""
    from divan_libs.servicepack.examples import run_examples  # noqa: PLC0415 (not needed to print the help)
    from divan_libs.servicepack.models import Delivery  # noqa: PLC0415 (as above)

    package, _ = read_folder(folder, lang)
    outcomes = run_examples(package)
    for outcome in outcomes:
        typer.echo(f"{'passed' if outcome.passed else 'FAILED'}  {outcome.code}")
        for difference in outcome.differences:
            typer.echo(f"        {difference}")
    if not outcomes and package.card.delivery is not Delivery.ELECTRONIC:
        typer.echo("a card alone: nothing to play")
        return
    if not outcomes or not all(outcome.passed for outcome in outcomes):
        raise typer.Exit(1)
