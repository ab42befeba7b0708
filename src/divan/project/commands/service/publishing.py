"""`divan service publish` and `export`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from divan.project.commands.service.bundles import publish_file
from divan.project.commands.service.comparing import tell_changes
from divan.project.commands.service.house import (
    FolderOrBundle,
    Lang,
    Language,
    house_surroundings,
    read_folder,
    stored,
    tell,
)
from divan.project.commands.service.typesetting import letter_faults
from divan.project.launcher.troubles import CannotStart

if TYPE_CHECKING:
    from divan_libs.servicepack.models import Package


def publish(
    folder: FolderOrBundle,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Publish without asking.")] = False,
    lang: Lang = Language.FA,
) -> None:
    """Show what changes, ask, then freeze the package as the next version of its service and offer it from now on."""
    if folder.is_file():
        publish_file(folder, yes=yes, lang=lang)
        return
    package, sources = read_folder(folder, lang)
    around = house_surroundings()
    from divan.foundation import clock  # noqa: PLC0415 (models are readable only now)
    from divan.foundation.actors import operator  # noqa: PLC0415 (as above)
    from divan.registers.catalogue import actions  # noqa: PLC0415 (as above)
    from divan.registers.catalogue.values import PackageFaulty  # noqa: PLC0415 (as above)
    from divan_libs.servicepack.lint import lint  # noqa: PLC0415 (as above)

    faults = [*lint(package, around, sources), *letter_faults(package)]
    if faults:
        tell(faults, lang)
        raise typer.Exit(1)
    _preview(package, lang)
    if not yes:
        typer.confirm("publish?", abort=True)
    try:
        version = actions.publish_package(
            package=package, surroundings=around, actor=operator(os.environ.get("USER", "unknown")), now=clock.now()
        )
    except PackageFaulty as refusal:
        typer.echo(str(refusal.facts["faults"]), err=True)
        raise typer.Exit(1) from refusal
    typer.echo(f"{version.service_code} version {version.number} is offered; SHA-256 {version.digest}")
    _make_known(package)


def _make_known(package: Package) -> None:
    """Register at the exchange what the service issues, and give the body a seal where silence may decide for it."""
    from divan.foundation import clock  # noqa: PLC0415 (models are readable only now)
    from divan.foundation.actors import operator  # noqa: PLC0415 (as above)
    from divan.project.demo.records import offer_records  # noqa: PLC0415 (as above)
    from divan.project.demo.services import enrol_seal  # noqa: PLC0415 (as above)
    from divan.trust.exchange.values import SubsystemUnknown  # noqa: PLC0415 (as above)
    from divan.trust.signing.values import AuthorityAbsent  # noqa: PLC0415 (as above)

    actor = operator(os.environ.get("USER", "unknown"))
    try:
        offer_records([package], actor=actor, now=clock.now())
    except SubsystemUnknown:
        typer.echo("its records are not offered: this installation does not take part in the exchange", err=True)
    try:
        enrol_seal(package, actor=actor, now=clock.now())
    except AuthorityAbsent:
        typer.echo("silence may decide it, but its body has no seal: enrol one with its key file", err=True)


def _preview(package: Package, lang: Language) -> None:
    """Print what the version on offer and this one differ in."""
    from divan.registers.catalogue import queries  # noqa: PLC0415 (models are readable only now)
    from divan.registers.catalogue.values import ServiceUnknown  # noqa: PLC0415 (as above)

    try:
        offered = queries.get_current_version(package.code)
    except ServiceUnknown:
        typer.echo(f"{package.code} is not on offer: this begins it")
        return
    typer.echo(f"{package.code} version {offered.number} is on offer")
    if not tell_changes(queries.get_package(offered.uuid), package, lang):
        typer.echo("nothing differs")


def export(
    code: Annotated[str, typer.Argument(help="The code of a service in the house.")],
    directory: Annotated[Path, typer.Argument(help="Where its folder is written.", file_okay=False)],
    version: Annotated[int | None, typer.Option(help="Which version; otherwise the one on offer.", min=1)] = None,
) -> None:
    """Write a stored service back as a folder: read again, it has the same digest."""
    from divan_libs.servicepack.faults import FolderExists  # noqa: PLC0415 (not needed to print the help)
    from divan_libs.servicepack.loading import load_package  # noqa: PLC0415 (not needed to print the help)
    from divan_libs.servicepack.unloading import unload_package  # noqa: PLC0415 (as above)

    package = stored(code, version)
    try:
        folder = unload_package(package, directory)
    except FolderExists as there:
        raise CannotStart(f"{there.folder} is not empty; nothing was written") from there
    if load_package(folder).digest() != package.digest():
        raise CannotStart(f"{folder} was written, but reads otherwise than what is stored; please report this")
    typer.echo(f"{folder}: SHA-256 {package.digest()}")
