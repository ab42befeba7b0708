"""`divan service diff`, and the comparison that `publish` shows."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from divan.project.commands.service.house import Lang, Language, read_folder, stored
from divan.project.launcher.troubles import CannotStart

if TYPE_CHECKING:
    from divan_libs.servicepack.models import Package


def diff(
    old: Annotated[str, typer.Argument(help="A folder, or CODE or CODE@VERSION as the house stored it.")],
    new: Annotated[str, typer.Argument(help="The same, of what it is compared with.")],
    lang: Lang = Language.FA,
) -> None:
    """Say in words what changes for applicants, officers, clocks, fees and papers, and what becomes of running cases.

    Exit 0 if nothing differs, 1 if something does.
    """
    before, after = _found(old, lang), _found(new, lang)
    if before.code != after.code:
        raise CannotStart(f"{before.code} and {after.code} are two services")
    if not tell_changes(before, after, lang):
        typer.echo("nothing differs")
        return
    raise typer.Exit(1)


def _found(named: str, lang: Language) -> Package:
    """Return the package of a folder, or of a service in the house."""
    if Path(named).is_dir():
        return read_folder(Path(named), lang)[0]
    code, _, number = named.partition("@")
    if "/" in named or (number and not number.isdecimal()):
        raise CannotStart(f"{named} is neither a folder nor CODE@VERSION")
    return stored(code, int(number) if number else None)


def tell_changes(before: Package, after: Package, lang: Language) -> bool:
    """Print the changes under their headings; return whether there are any."""
    from divan_libs.servicepack.changes import area_in_words, changes  # noqa: PLC0415 (not needed to print the help)

    found = changes(before, after)
    for area, group in groupby(found, key=lambda change: change.area):
        typer.echo(area_in_words(area, lang))
        for change in group:
            typer.echo(f"  - {change.in_words(lang)}")
    return bool(found)
