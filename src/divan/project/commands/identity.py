"""`divan identity ldap`: the staff that the organisation's directory tells, taken over."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from divan.project.commands.service.house import Lang, Language

if TYPE_CHECKING:
    from divan_libs.directory.values import Line, Plan


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Accounts of staff: take over what the directory tells.", no_args_is_help=True)
    ldap = typer.Typer(help="A directory that speaks LDAP, such as OpenLDAP or Active Directory.", no_args_is_help=True)
    ldap.command()(sync)
    group.add_typer(ldap, name="ldap")
    app.add_typer(group, name="identity")


def sync(
    settings: Annotated[
        Path | None, typer.Option("--settings", help="The file of the directory, if not DIVAN_DIRECTORY_SETTINGS.")
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Take it over; without this only the report is shown.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only report, even with --apply.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Let more end at once than the file allows.")] = False,
    lang: Lang = Language.FA,
) -> None:
    """Say whom the directory's answer makes, changes and ends and, with --apply, take it over.

    Exit 1 if something keeps the answer out or a line could not be taken over, 2 if the directory cannot be asked.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (needs the house's packages)

    django.setup()
    from django.conf import settings as configured  # noqa: PLC0415 (readable only now)

    from divan.foundation import clock  # noqa: PLC0415 (as above)
    from divan.foundation.errors import Refusal, Trouble  # noqa: PLC0415 (as above)
    from divan.trust.identity import queries  # noqa: PLC0415 (as above)
    from divan_libs.directory import words  # noqa: PLC0415 (not needed to print the help)

    try:
        plan = queries.plan_directory(
            settings or Path(configured.DIVAN.directory_settings), clock.now(), is_forced=force
        )
    except (Refusal, Trouble) as problem:
        typer.echo(f"{problem.code}: {problem.facts.get('reason', '')}", err=True)
        raise typer.Exit(2) from problem
    _tell(plan, lang)
    if plan.hindrances:
        typer.echo(words.said(words.OUTCOMES, "refused", lang), err=True)
        raise typer.Exit(1)
    if not plan.lines or dry_run or not apply:
        typer.echo(words.said(words.OUTCOMES, "preview" if plan.lines else "nothing", lang))
        return
    if failed := _apply(plan, lang):
        raise typer.Exit(min(failed, 1))
    typer.echo(words.said(words.OUTCOMES, "done", lang))


def _tell(plan: Plan, lang: Language) -> None:
    from divan_libs.directory import planning, words  # noqa: PLC0415 (not needed to print the help)
    from divan_libs.directory.values import Weight  # noqa: PLC0415 (as above)
    from divan_libs.persian.text import persian_digits  # noqa: PLC0415 (as above)

    for finding in plan.findings:
        place = f"{finding.entry}, {words.said(words.FIELDS, finding.field, lang)}" if finding.entry else ""
        place = place or words.said(words.FIELDS, "", lang)
        value = f" [{finding.value}]" if finding.value else ""
        sentence = words.said(words.SENTENCES, finding.code, lang)
        typer.echo(f"{place}{value}: {finding.code}: {sentence}", err=finding.weight is not Weight.NOTICE)
    for line in plan.lines:
        done = " · ".join(words.said(words.DEEDS, deed, lang) for deed in line.deeds)
        typer.echo(f"  {line.entry.label}: {done}")
    for deed, count in planning.count_deeds(plan.lines).items():
        number = persian_digits(str(count)) if lang == Language.FA else str(count)
        typer.echo(f"{words.said(words.DEEDS, deed, lang)}: {number}")


def _apply(plan: Plan, lang: Language) -> int:
    """Take over each line in a transaction of its own; return how many could not be, each told with its code."""
    from divan.foundation import clock  # noqa: PLC0415 (models are readable only now)
    from divan.foundation.actors import operator  # noqa: PLC0415 (as above)
    from divan.foundation.errors import Refusal  # noqa: PLC0415 (as above)
    from divan.trust.identity import actions  # noqa: PLC0415 (as above)
    from divan_libs.directory import words  # noqa: PLC0415 (not needed to print the help)

    actor = operator(os.environ.get("USER", "unknown"))

    def take_over(line: Line) -> None:
        deal = actions.end_directory_link if line.ends else actions.take_over_entry
        deal(line=line, actor=actor, now=clock.now())

    failed = 0
    for line in plan.lines:
        try:
            take_over(line)
        except Refusal as refusal:
            failed += 1
            typer.echo(f"{line.entry.label}: {refusal.code}: {words.said(words.OUTCOMES, 'left', lang)}", err=True)
    return failed
