"""`divan case`: preview and carry out the move of a running case to another version of its service."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from divan.project.commands.service.house import Lang, Language

if TYPE_CHECKING:
    from divan_libs.servicepack.models import Package
    from divan_libs.servicepack.moving import MoveFinding

Number = Annotated[str, typer.Argument(help="The number of the case, with or without dashes.")]
To = Annotated[int | None, typer.Option("--to", help="The number of the version; the one offered now if not given.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="A single case: move it to another version of its service.", no_args_is_help=True)
    group.command()(move)
    app.add_typer(group, name="case")


def move(
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help="Why; it is recorded with the move.")] = "",
    to: To = None,
    yes: Annotated[bool, typer.Option("--yes", help="Move it; without this only the preview is shown.")] = False,
    lang: Lang = Language.FA,
) -> None:
    """Say what moving a case would meet and, with --yes, move it; exit 1 if something is in the way."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (needs the house's packages)

    django.setup()
    from divan.dealings.cases import actions, queries  # noqa: PLC0415 (models are readable only now)
    from divan.dealings.cases.values import MoveNotPossible  # noqa: PLC0415 (as above)
    from divan.foundation import clock  # noqa: PLC0415 (as above)
    from divan.foundation.actors import operator  # noqa: PLC0415 (as above)
    from divan.registers.catalogue import queries as catalogue  # noqa: PLC0415 (as above)
    from divan_libs.servicepack.move_words import said  # noqa: PLC0415 (not needed to print the help)
    from divan_libs.servicepack.moving import may_move  # noqa: PLC0415 (as above)

    case = queries.find_case_by_number(number)
    if case is None:
        typer.echo(said("unknown", lang, number=number), err=True)
        raise typer.Exit(1)
    code = case.service_code
    version = catalogue.get_current_version(code) if to is None else catalogue.get_numbered_version(code, to)
    findings = queries.preview_move(case.uuid, version.uuid, clock.now())
    old, new = catalogue.get_package(case.version), catalogue.get_package(version.uuid)
    _tell(case.number, version.number, findings, (old, new), lang)
    if not may_move(findings):
        raise typer.Exit(1)
    if not yes:
        typer.echo(said("preview", lang))
        return
    try:
        actions.move_case(
            case=case.uuid,
            version=version.uuid,
            reason=reason,
            actor=operator(os.environ.get("USER", "unknown")),
            now=clock.now(),
        )
    except MoveNotPossible as refusal:
        typer.echo(said("refused", lang), err=True)
        raise typer.Exit(1) from refusal
    typer.echo(said("moved", lang, number=case.number, version=version.number))


def _tell(
    number: str, version: int, findings: Sequence[MoveFinding], both: tuple[Package, Package], lang: Language
) -> None:
    from divan_libs.servicepack.move_words import said  # noqa: PLC0415 (not needed to print the help)
    from divan_libs.servicepack.moving import move_in_words  # noqa: PLC0415 (as above)

    old, new = both
    typer.echo(said("heading", lang, number=number, version=version, service=new.text("card.title", lang)))
    for finding in findings:
        heading = said("hinders" if finding.hinders else "changes", lang)
        typer.echo(f"  - {heading}: {move_in_words(finding, old, new, lang)}")
    if not findings:
        typer.echo("  " + said("nothing", lang))
