"""`divan people`: the organisation chart out of a workbook, and back into one."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from divan.project.commands.service.house import Lang, Language

if TYPE_CHECKING:
    from divan_libs.orgchart.values import Plan

Target = Annotated[Path, typer.Argument(help="The workbook that is written; it must not exist.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Units, posts and holders: import and export the chart.", no_args_is_help=True)
    group.command("import")(import_chart)
    group.command()(template)
    group.command()(export)
    app.add_typer(group, name="people")


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (needs the house's packages)

    django.setup()


def import_chart(
    file: Annotated[Path, typer.Argument(help="XLSX with sheets of units, posts and holders, or CSV of one of them.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only report, even with --yes.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Take it over; without this only the report is shown.")] = False,
    lang: Lang = Language.FA,
) -> None:
    """Say what a chart would make, change and end and, with --yes, take it over; exit 1 if something is in the way."""
    _set_up()
    from divan.foundation import clock  # noqa: PLC0415 (models are readable only now)
    from divan.foundation.actors import operator  # noqa: PLC0415 (as above)
    from divan.foundation.errors import Refusal  # noqa: PLC0415 (as above)
    from divan.registers.people import actions, queries  # noqa: PLC0415 (as above)
    from divan_libs.orgchart import words  # noqa: PLC0415 (not needed to print the help)
    from divan_libs.orgchart.reading import read_chart  # noqa: PLC0415 (as above)
    from divan_libs.orgchart.values import ChartUnreadable  # noqa: PLC0415 (as above)

    try:
        chart = read_chart(file)
    except ChartUnreadable as problem:
        typer.echo(f"{file}: {problem.code}: {words.said(words.SENTENCES, problem.code, lang)}", err=True)
        raise typer.Exit(1) from problem
    plan = queries.plan_chart(chart, clock.now())
    _tell(plan, lang)
    if plan.hindrances:
        typer.echo(words.said(words.OUTCOMES, "refused", lang), err=True)
        raise typer.Exit(1)
    if not plan.changes:
        typer.echo(words.said(words.OUTCOMES, "nothing", lang))
        return
    if dry_run or not yes:
        typer.echo(words.said(words.OUTCOMES, "preview", lang))
        return
    for part in queries.split_chart(chart):
        try:
            actions.take_over_chart(chart=part, actor=operator(os.environ.get("USER", "unknown")), now=clock.now())
        except Refusal as refusal:
            # Somebody changed the chart between the report and this tree; the trees before it are in.
            typer.echo(f"{refusal.code}: {words.said(words.OUTCOMES, 'again', lang)}", err=True)
            raise typer.Exit(1) from refusal
    typer.echo(words.said(words.OUTCOMES, "done", lang))


def _tell(plan: Plan, lang: Language) -> None:
    from divan_libs.orgchart import words  # noqa: PLC0415 (not needed to print the help)
    from divan_libs.persian.text import persian_digits  # noqa: PLC0415 (as above)

    def number(count: int) -> str:
        return persian_digits(str(count)) if lang == Language.FA else str(count)

    for finding in plan.findings:
        place = f"{words.TITLES[finding.sheet]} {number(finding.row)}"
        column = words.heading_any(finding.sheet, finding.column, lang)
        value = f" [{finding.value}]" if finding.value else ""
        sentence = words.said(words.SENTENCES, finding.code, lang)
        typer.echo(f"{place}, {column}{value}: {finding.code}: {sentence}", err=finding.hinders)
    for change in plan.changes:
        fields = ", ".join(words.heading_any(change.sheet, name, lang) for name in change.fields)
        doing = words.said(words.DEEDS, change.deed, lang)
        typer.echo(f"  {number(change.row)}  {doing}: {change.code}" + (f" ({fields})" if fields else ""))
    for deed, count in Counter(change.deed for change in plan.changes).items():
        typer.echo(f"{words.said(words.DEEDS, deed, lang)}: {number(count)}")


def template(file: Target, lang: Lang = Language.FA) -> None:
    """Write an empty workbook with the headings in both languages and a guide with examples."""
    from divan_libs.orgchart.writing import write_template  # noqa: PLC0415 (not needed to print the help)

    _write(file, write_template(), lang)


def export(
    file: Target,
    body: Annotated[str, typer.Option("--body", help="The code of one body; all bodies if not given.")] = "",
    lang: Lang = Language.FA,
) -> None:
    """Write what stands now as a workbook that import reads; it names persons, keep it accordingly."""
    _set_up()
    from divan.registers.people import queries  # noqa: PLC0415 (models are readable only now)
    from divan.registers.people.values import PostUnknown  # noqa: PLC0415 (as above)
    from divan_libs.orgchart.writing import write_chart  # noqa: PLC0415 (not needed to print the help)

    try:
        if body:
            queries.get_unit(body)
    except PostUnknown as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from refusal
    _write(file, write_chart(queries.read_standing_chart(body=body)), lang)


def _write(file: Path, content: bytes, lang: Language) -> None:
    from divan_libs.orgchart import words  # noqa: PLC0415 (not needed to print the help)

    try:
        # Others of the machine do not read national codes: the mode holds from the first byte on.
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
            written.write(content)
    except FileExistsError as trouble:
        typer.echo(f"{file}: {words.said(words.OUTCOMES, 'stands', lang)}", err=True)
        raise typer.Exit(1) from trouble
    except OSError as trouble:
        typer.echo(f"{file}: {trouble.strerror or trouble}", err=True)
        raise typer.Exit(1) from trouble
    typer.echo(f"{file}: {words.said(words.OUTCOMES, 'written', lang)}")
