"""`divan service`: examine a service package, run its examples, publish it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from divan.project.launcher.troubles import CannotStart

if TYPE_CHECKING:
    from divan_libs.servicepack.lint import Surroundings

Folder = Annotated[Path, typer.Argument(help="The folder of the service: card.yaml and the others.", file_okay=False)]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Services as data: examine, try on examples, publish.", no_args_is_help=True)
    group.command()(lint)
    group.command()(test)
    group.command()(publish)
    app.add_typer(group, name="service")


def lint(
    folder: Folder,
    alone: Annotated[
        bool, typer.Option("--alone", help="Without asking the house which roles, bodies and registers exist.")
    ] = False,
) -> None:
    """Examine a package and print every fault with its file and line; exit 1 if there is any."""
    from divan_libs.servicepack import lint as examination  # noqa: PLC0415 (not needed to print the help)
    from divan_libs.servicepack.faults import PackageFaults  # noqa: PLC0415 (as above)
    from divan_libs.servicepack.lint.card import card_bodies  # noqa: PLC0415 (as above)
    from divan_libs.servicepack.loading import load_with_sources  # noqa: PLC0415 (as above)

    try:
        package, sources = load_with_sources(folder)
    except PackageFaults as found:
        _tell(found.faults)
        raise typer.Exit(1) from found
    if alone:
        holders = list(package.flow.holders())
        around = examination.Surroundings(
            roles=frozenset(holder.role for holder in holders),
            bodies=frozenset(
                {*card_bodies(package.card), *(holder.at.body for holder in holders if holder.at and holder.at.body)}
            ),
            data_services=frozenset(
                {*package.card.inquiries, *(need.data_service for need in package.needs.inquiries)}
            ),
        )
    else:
        around = _house_surroundings()
    faults = examination.lint(package, around, sources)
    _tell(faults)
    if faults:
        raise typer.Exit(1)
    typer.echo(f"{package.code}: no fault; SHA-256 {package.digest()}")


def _tell(faults: Iterable[object]) -> None:
    for fault in faults:
        typer.echo(str(fault), err=True)


def _house_surroundings() -> Surroundings:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (needs the house's packages)
    from django.db import OperationalError, ProgrammingError  # noqa: PLC0415 (as above)

    django.setup()
    from divan.project.demo.services import surroundings  # noqa: PLC0415 (models are readable only now)

    try:
        return surroundings()
    except (OperationalError, ProgrammingError) as error:
        raise CannotStart(
            "the house does not answer: start it with divan up, or examine the package --alone"
        ) from error


def test(folder: Folder) -> None:
    """Run the package's own examples and print how each went; exit 1 if one fails."""
    from divan_libs.servicepack.examples import run_examples  # noqa: PLC0415 (not needed to print the help)
    from divan_libs.servicepack.faults import PackageFaults  # noqa: PLC0415 (as above)
    from divan_libs.servicepack.loading import load_package  # noqa: PLC0415 (as above)

    try:
        outcomes = run_examples(load_package(folder))
    except PackageFaults as found:
        _tell(found.faults)
        raise typer.Exit(1) from found
    for outcome in outcomes:
        typer.echo(f"{'passed' if outcome.passed else 'FAILED'}  {outcome.code}")
        for difference in outcome.differences:
            typer.echo(f"        {difference}")
    if not outcomes or not all(outcome.passed for outcome in outcomes):
        raise typer.Exit(1)


def publish(folder: Folder) -> None:
    """Freeze a package as the next version of its service and offer it from now on."""
    around = _house_surroundings()
    from divan.foundation import clock  # noqa: PLC0415 (models are readable only now)
    from divan.foundation.actors import operator  # noqa: PLC0415 (as above)
    from divan.registers.catalogue import actions  # noqa: PLC0415 (as above)
    from divan.registers.catalogue.values import PackageFaulty  # noqa: PLC0415 (as above)
    from divan_libs.servicepack.faults import PackageFaults  # noqa: PLC0415 (as above)
    from divan_libs.servicepack.loading import load_package  # noqa: PLC0415 (as above)

    try:
        version = actions.publish_package(
            package=load_package(folder),
            surroundings=around,
            actor=operator(os.environ.get("USER", "unknown")),
            now=clock.now(),
        )
    except PackageFaults as found:
        _tell(found.faults)
        raise typer.Exit(1) from found
    except PackageFaulty as refusal:
        _tell(list(refusal.facts.values()))
        raise typer.Exit(1) from refusal
    typer.echo(f"{version.service_code} version {version.number} is offered; SHA-256 {version.digest}")
