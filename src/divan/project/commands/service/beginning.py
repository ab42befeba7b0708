"""`divan service new` and `import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from divan.project.launcher.troubles import CannotStart
from divan_libs.servicepack.faults import FolderExists
from divan_libs.servicepack.scaffold import CodeRefused, NewKind, begin_service

if TYPE_CHECKING:
    from divan_libs.servicepack.card_import import ImportedCard, ImportReport

Into = Annotated[Path, typer.Option("--into", help="The folder in which the services stand.", file_okay=False)]


def new(
    code: Annotated[str, typer.Argument(help="Latin small letters, digits and dashes: well-permit.")],
    kind: Annotated[NewKind, typer.Option(help="What kind of service.")] = NewKind.EXECUTABLE,
    body: Annotated[str, typer.Option(help="The code of the body that gives it.")] = "governor-office",
    into: Into = Path("services"),
) -> None:
    """Begin a service: a small folder that may be published as it is, with comments in Persian and English."""
    try:
        folder = begin_service(into, code, kind, body)
    except CodeRefused as refused:
        raise CannotStart(f"{refused.given!r} is no code: Latin small letters, digits and single dashes") from refused
    except FolderExists as there:
        raise CannotStart(f"{there.folder} is not empty; nothing was written") from there
    typer.echo(f"{folder}: write on it, then divan service lint {folder}")


def import_cards(
    table: Annotated[Path, typer.Argument(help="Identity cards as CSV or XLSX.", exists=True, dir_okay=False)],
    into: Into = Path("services"),
    body: Annotated[str | None, typer.Option(help="The code of the body, where no column says it.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written, write nothing.")] = False,
) -> None:
    """Read identity cards from a table into folders; what was read with doubt is kept word for word and listed.

    The English texts are for somebody to write: lint says so. Exit 1 if a row gave no card or a folder is there.
    """
    from divan_libs.servicepack.card_import import TableUnreadable, read_cards  # noqa: PLC0415 (as above)

    try:
        report = read_cards(table, body=body)
    except TableUnreadable as refused:
        raise CannotStart(f"{table} is no table of cards: {refused}") from refused
    there = []
    for card in report.cards:
        folder = into / card.card.code
        if folder.exists():
            there.append(folder)
            continue
        if not dry_run:
            _write(card, folder)
        typer.echo(f"row {card.row}: {folder}{' would be written' if dry_run else ''}")
    _tell(report, there)
    if report.faults or there:
        raise typer.Exit(1)


def _write(card: ImportedCard, folder: Path) -> None:
    for name, text in card.files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8", newline="\n")


def _tell(report: ImportReport, there: list[Path]) -> None:
    """Print what somebody should look at."""
    for flag in report.flags:
        typer.echo(f"row {flag.row}: {flag.field}: {flag.reason}: {flag.words}")
    for heading in report.unknown_headings:
        typer.echo(f"heading not known: {heading}")
    for fault in report.faults:
        typer.echo(f"row {fault.row}: no card: {fault.field}: {fault.words}", err=True)
    for folder in there:
        typer.echo(f"{folder} is there already; nothing was written over it", err=True)
    typer.echo(f"{len(report.cards)} cards, {len(report.flags)} doubts, {len(report.faults)} faults")
