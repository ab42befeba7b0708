"""`divan service lint` and `publish` of a bundle: a file that gathers services into a life event."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from divan.project.commands.service.house import Lang, set_up, tell

if TYPE_CHECKING:
    from divan_libs.servicepack.bundles import Bundle
    from divan_libs.servicepack.models import Package
    from divan_libs.servicepack.strict_yaml import Document


def read_file(path: Path, lang: Lang) -> tuple[Bundle, Document]:
    """Return the bundle in a file; faults are told and end the command with 1."""
    from divan_libs.servicepack.bundles import load_bundle  # noqa: PLC0415 (not needed to print the help)
    from divan_libs.servicepack.faults import PackageFaults  # noqa: PLC0415 (as above)

    try:
        return load_bundle(path)
    except PackageFaults as found:
        tell(found.faults, lang)
        raise typer.Exit(1) from found


def lint_file(path: Path, *, alone: bool, lang: Lang) -> None:
    """Examine a bundle beside the folders of its services, or beside those that the house offers; tell the faults."""
    bundle, document = read_file(path, lang)
    _require_sound(bundle, _beside(bundle, path) if alone else _offered(bundle), document, lang)
    typer.echo(f"{bundle.code}: no fault; SHA-256 {bundle.digest()}")


def publish_file(path: Path, *, yes: bool, lang: Lang) -> None:
    """Show which services a bundle gathers, ask, then offer it from now on."""
    bundle, document = read_file(path, lang)
    _require_sound(bundle, _offered(bundle), document, lang)
    from divan.foundation import clock  # noqa: PLC0415 (models are readable only now)
    from divan.foundation.actors import operator  # noqa: PLC0415 (as above)
    from divan.registers.catalogue import actions  # noqa: PLC0415 (as above)

    for service in bundle.services:
        typer.echo(f"  {service.code}" + (f" when {service.when}" if service.when else ""))
    if not yes:
        typer.confirm("publish?", abort=True)
    ref = actions.publish_bundle(bundle=bundle, actor=operator(os.environ.get("USER", "unknown")), now=clock.now())
    typer.echo(f"bundle {ref.code} version {ref.number} is offered; SHA-256 {ref.digest}")


def _require_sound(bundle: Bundle, packages: dict[str, Package], document: Document, lang: Lang) -> None:
    from divan_libs.servicepack.bundles import lint_bundle  # noqa: PLC0415 (not needed to print the help)

    if faults := lint_bundle(bundle, packages, document):
        tell(faults, lang)
        raise typer.Exit(1)


def _beside(bundle: Bundle, path: Path) -> dict[str, Package]:
    from divan_libs.servicepack.loading import load_package  # noqa: PLC0415 (not needed to print the help)

    folders = [path.resolve().parents[1] / service.code for service in bundle.services]
    return {folder.name: load_package(folder) for folder in folders if folder.is_dir()}


def _offered(bundle: Bundle) -> dict[str, Package]:
    set_up()
    from divan.registers.catalogue import queries  # noqa: PLC0415 (models are readable only now)

    versions = queries.current_versions(service.code for service in bundle.services)
    return {code: queries.get_package(version) for code, version in versions.items()}
