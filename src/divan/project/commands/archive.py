"""`divan archive`: closed files are handed over, and a folder that was handed over is verified."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from divan.project.launcher.troubles import CannotStart

MOST_SHOWN = 200


def register(app: typer.Typer) -> None:
    """Add the commands of the archive."""
    group = typer.Typer(help="Closed files handed over to an archive, and verified.", no_args_is_help=True)
    group.command()(export)
    group.command()(verify)
    app.add_typer(group, name="archive")


def export(
    body: Annotated[str, typer.Argument(help="The code of the body whose closed files are exported.")],
    to: Annotated[Path, typer.Option("--to", help="The folder that is written; it must not exist.")],
    up_to: Annotated[str, typer.Option(help="The highest class of secrecy that goes along.")] = "ordinary",
    file: Annotated[str, typer.Option(help="Only this file, by its identifier.")] = "",
) -> None:
    """Write closed files with their letters and documents into a new folder: whole, or not at all."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (needs the house's packages)

    django.setup()
    from divan.dealings.correspondence import actions  # noqa: PLC0415 (models are readable only now)
    from divan.dealings.correspondence.values import ExportNotPossible, Secrecy  # noqa: PLC0415 (as above)
    from divan.foundation import clock  # noqa: PLC0415 (as above)
    from divan.foundation.actors import operator  # noqa: PLC0415 (as above)
    from divan.registers.people.values import PostUnknown  # noqa: PLC0415 (as above)

    try:
        wanted, highest = UUID(file) if file else None, Secrecy(up_to)
    except ValueError as error:
        raise CannotStart(str(error)) from error
    who = operator(os.environ.get("USER", "root"))
    try:
        made = actions.export_archive(
            body=body, to=to.absolute(), up_to=highest, file=wanted, actor=who, now=clock.now()
        )
    except PostUnknown as refusal:
        raise CannotStart(f"there is no body {body}") from refusal
    except ExportNotPossible as refusal:
        raise CannotStart(f"nothing was written: {refusal}") from refusal
    typer.echo(f"{to}: {made.files} files, {made.letters} letters, {made.documents} documents, {made.size} bytes")
    typer.echo(f"manifest SHA-256 {made.manifest}")
    if made.left_out:
        typer.echo(f"left out: {made.left_out} files above {highest}", err=True)


def verify(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder that was handed over.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each finding.")] = False,
) -> None:
    """Judge a folder by itself, without a house: checksums, structure, references; exit code 1 if anything is wrong."""
    from divan_libs.transfer.verifying import verify_folder  # noqa: PLC0415 (not needed to print the help)

    count = 0
    for count, finding in enumerate(verify_folder(folder), start=1):
        if as_json:
            typer.echo(json.dumps(asdict(finding), ensure_ascii=False))
        elif count <= MOST_SHOWN:
            typer.echo("  ".join(part for part in (finding.code, finding.place, ascii(finding.detail)) if part))
    if count:
        typer.echo(f"{count} findings", err=True)
        raise typer.Exit(1)
    if not as_json:
        typer.echo(f"{folder}: whole, and as it was handed over")
