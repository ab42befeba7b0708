"""`divan payments`: the bank's statement against the books."""

from __future__ import annotations

import os
from datetime import date, timedelta
from typing import Annotated

import typer

from divan.project.launcher.troubles import CannotStart


def register(app: typer.Typer) -> None:
    """Add the commands of payments."""
    group = typer.Typer(help="The bank's statement against the books.", no_args_is_help=True)
    group.callback()(_group)
    group.command()(reconcile)
    app.add_typer(group, name="payments")


def _group() -> None:
    """Keep the group a group while it has one command."""


def reconcile(
    day: Annotated[str, typer.Option("--day", help="A day such as 2026-11-22, in Tehran; default: yesterday.")] = "",
) -> None:
    """Compare the bank's statement of a day with the books; exit code 1 when a difference of that day is open."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (needs the house's packages)

    django.setup()
    from divan.dealings.payments import jobs, queries  # noqa: PLC0415 (models are readable only now)
    from divan.dealings.payments.values import BankRefused, BankSilent, StatementFaulty  # noqa: PLC0415 (as above)
    from divan.foundation import clock  # noqa: PLC0415 (as above)
    from divan.foundation.actors import operator  # noqa: PLC0415 (as above)
    from divan_libs.persian.jalali import TEHRAN  # noqa: PLC0415 (as above)

    now = clock.now()
    try:
        of_day = date.fromisoformat(day) if day else now.astimezone(TEHRAN).date() - timedelta(days=1)
    except ValueError as error:
        raise CannotStart(f"--day {day!r} is no day; write it as 2026-11-22") from error
    try:
        found = jobs.reconcile(of_day, actor=operator(os.environ.get("USER", "root")), now=now)
    except (BankSilent, BankRefused) as trouble:
        raise CannotStart(f"the bank gives no statement of {of_day}: {trouble}") from trouble
    except StatementFaulty as refusal:
        raise CannotStart(f"the bank's statement of {of_day} cannot be used: {refusal}") from refusal
    typer.echo(
        f"{of_day}: {found.payments} payments, {found.paid:,} rials; {found.refunds} refunds, {found.refunded:,}"
    )
    for one in queries.list_differences(day=of_day):
        if one.settled_at is None:
            amounts = f"bank {one.bank_amount or '-'}, books {one.our_amount or '-'}"
            typer.echo(f"  {one.kind} {one.reference} {one.invoice_number} {amounts}")
    if found.open_differences:
        raise typer.Exit(1)
    typer.echo("statement and books agree")
