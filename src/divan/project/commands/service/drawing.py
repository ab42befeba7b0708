"""`divan service draw`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from divan.project.commands.service.house import Folder, Lang, Language, read_folder


class Picture(StrEnum):
    """What is drawn."""

    SVG = "svg"
    BPMN = "bpmn"


def draw(
    folder: Folder,
    picture: Annotated[Picture, typer.Option("--as", help="SVG for people, BPMN 2.0 for other tools.")] = Picture.SVG,
    out: Annotated[Path | None, typer.Option(help="The file to write; otherwise it is printed.")] = None,
    lang: Lang = Language.FA,
) -> None:
    """Draw the flow of a service; exit 1 if it has none."""
    from divan_libs.servicepack.drawing import flow_bpmn, flow_svg  # noqa: PLC0415 (not needed to print the help)

    package, _ = read_folder(folder, lang)
    if not package.flow.steps:
        typer.echo(f"{package.code} has no flow", err=True)
        raise typer.Exit(1)
    text = flow_bpmn(package, lang) if picture is Picture.BPMN else flow_svg(package, lang)
    if out is None:
        typer.echo(text)
        return
    out.write_text(text, "utf-8", newline="\n")
    typer.echo(f"{out}: {len(text)} characters")
