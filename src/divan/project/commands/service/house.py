"""What the commands ask of the house and of folders."""

from __future__ import annotations

import os
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from divan.project.launcher.troubles import CannotStart

if TYPE_CHECKING:
    from divan_libs.servicepack.faults import Fault
    from divan_libs.servicepack.lint import Surroundings
    from divan_libs.servicepack.loading import SourceMap
    from divan_libs.servicepack.models import Package

Folder = Annotated[Path, typer.Argument(help="The folder of the service: card.yaml and the others.", file_okay=False)]


FolderOrBundle = Annotated[
    Path, typer.Argument(help="The folder of the service, or the file of a bundle: bundles/CODE.yaml.")
]


class Language(StrEnum):
    """In which language people are told."""

    FA = "fa"
    EN = "en"


Lang = Annotated[Language, typer.Option("--lang", help="Language of the sentences.")]


def read_folder(folder: Path, lang: Language) -> tuple[Package, SourceMap]:
    """Return the package in a folder; faults are told and end the command with 1."""
    from divan_libs.servicepack.faults import PackageFaults  # noqa: PLC0415 (not needed to print the help)
    from divan_libs.servicepack.loading import load_with_sources  # noqa: PLC0415 (as above)

    try:
        return load_with_sources(folder)
    except PackageFaults as found:
        tell(found.faults, lang)
        raise typer.Exit(1) from found


def tell(faults: Iterable[Fault], lang: Language) -> None:
    """Print each fault with file and line, its data, and what to change."""
    from divan_libs.servicepack.lint.advice import advised  # noqa: PLC0415 (not needed to print the help)

    for fault in faults:
        typer.echo(advised(fault, lang), err=True)


def set_up_settings() -> None:
    """Make the house's settings readable; no database is asked."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (needs the house's packages)

    django.setup()


def set_up() -> None:
    """Make the house's models readable.

    :raises CannotStart: if the database does not answer.
    """
    set_up_settings()
    from django.db import OperationalError, connection  # noqa: PLC0415 (needs the house's packages)

    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise CannotStart(
            "the house does not answer: start it with divan up, in this folder and with the same PORT"
        ) from error


def house_surroundings() -> Surroundings:
    """Return the roles, bodies and data services of the house.

    :raises CannotStart: if it does not answer.
    """
    set_up()
    from django.db import OperationalError, ProgrammingError  # noqa: PLC0415 (needs the house's packages)

    from divan.project.demo.services import surroundings  # noqa: PLC0415 (models are readable only now)

    try:
        return surroundings()
    except (OperationalError, ProgrammingError) as error:
        raise CannotStart(
            "the house does not answer: start it with divan up, or examine the package --alone"
        ) from error


def stored(code: str, number: int | None) -> Package:
    """Return a version of a service as the house stored it, the one offered now where no number is given.

    :raises CannotStart: if the house knows no such service or version.
    """
    set_up()
    from divan.registers.catalogue import queries  # noqa: PLC0415 (models are readable only now)
    from divan.registers.catalogue.values import ServiceUnknown  # noqa: PLC0415 (as above)

    try:
        found = queries.get_numbered_version(code, number) if number else queries.get_current_version(code)
    except ServiceUnknown as unknown:
        version = f" version {number}" if number else " on offer"
        raise CannotStart(f"the house has no {code}{version}") from unknown
    return queries.get_package(found.uuid)
