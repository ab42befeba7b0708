"""`divan letters`: letters of an older product are moved in, and letters go to other installations."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

MOST_FAULTS = 200


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Letters: move those of an older product in, exchange them with other installations.", no_args_is_help=True
    )
    group.callback()(lambda: None)
    group.command("import")(import_letters)
    group.command()(card)
    group.command()(agree)
    group.command()(peers)
    group.command()(part)
    group.command()(demo)
    app.add_typer(group, name="letters")


def import_letters(
    folder: Annotated[Path, typer.Argument(help="Holds letters.csv and the scans that it names.")],
    body: Annotated[str, typer.Option("--body", help="The code of the body whose letters they are.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Look at every line and file; enter nothing.")] = False,
    leave_out: Annotated[bool, typer.Option("--leave-out", help="Enter the rest although lines are faulty.")] = False,
) -> None:
    """Enter letters under their old numbers; again enters what is missing. Faults are named by line and column."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (needs the house's packages)

    django.setup()
    from rich.progress import Progress  # noqa: PLC0415 (not needed to print the help)

    from divan.dealings.correspondence import actions  # noqa: PLC0415 (models are readable only now)
    from divan.foundation import clock  # noqa: PLC0415 (as above)
    from divan.foundation.actors import operator  # noqa: PLC0415 (as above)
    from divan.foundation.errors import Refusal  # noqa: PLC0415 (as above)

    with Progress() as bar:
        tasks = {"letters": bar.add_task("letters", total=None), "relations": bar.add_task("relations", total=None)}
        try:
            moved = actions.move_in_letters(
                folder=folder,
                body=body,
                only_look=dry_run,
                leave_out=leave_out,
                actor=operator(os.environ.get("USER", "unknown")),
                now=clock.now(),
                progress=lambda stage, count: bar.update(tasks[stage], advance=count),
            )
        except Refusal as refusal:
            typer.echo(f"nothing was entered: {refusal}", err=True)
            raise typer.Exit(1) from refusal
    for fault in moved.faults[:MOST_FAULTS]:
        typer.echo(str(fault), err=True)
    if len(moved.faults) > MOST_FAULTS:
        typer.echo(f"and {len(moved.faults) - MOST_FAULTS} more", err=True)
    for (code, year), count in moved.missing.items():
        typer.echo(f"{code}/{year}: {count} numbers below the last have no letter", err=True)
    typer.echo(
        f"read {moved.read}, entered {moved.entered}, stood there before {moved.stood}, related {moved.related}, "
        f"faulty {len({one.line for one in moved.faults})}"
    )
    if moved.faults and not leave_out:
        raise typer.Exit(1)


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (needs the house's packages)

    django.setup()


def card() -> None:
    """Print the card of this installation, for the file that its operator gives to another one's."""
    _set_up()
    from divan.foundation.errors import Refusal  # noqa: PLC0415 (models are readable only now)
    from divan.project.letters import neighbours  # noqa: PLC0415 (as above)
    from divan.trust.exchange import queries  # noqa: PLC0415 (as above)
    from divan.trust.exchange.values.peers import shown  # noqa: PLC0415 (as above)

    try:
        own = queries.own_card()
    except Refusal as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from refusal
    typer.echo(neighbours.card_text(own), nl=False)
    typer.echo(
        f"its fingerprint, which you read to the other operator:\n{shown(queries.fingerprint_of(own))}", err=True
    )


def agree(
    file: Annotated[Path, typer.Argument(help="What `divan letters card` printed at the other installation.")],
    fingerprint: Annotated[str, typer.Option(help="Its fingerprint, as the other operator read it out.")],
    law: Annotated[str, typer.Option(help="Legal basis of the exchange, as the permits name it.")],
) -> None:
    """Let another installation bring letters here and bring it ours; both sides do it, and again changes nothing."""
    _set_up()
    from divan.foundation import clock  # noqa: PLC0415 (as above)
    from divan.foundation.actors import operator  # noqa: PLC0415 (as above)
    from divan.foundation.errors import Refusal  # noqa: PLC0415 (as above)
    from divan.project.letters import neighbours  # noqa: PLC0415 (as above)
    from divan.trust.exchange.values.peers import shown  # noqa: PLC0415 (as above)

    try:
        agreement, changed = neighbours.agree(
            card=file.read_bytes(),
            fingerprint=fingerprint,
            law=law,
            actor=operator(os.environ.get("USER", "unknown")),
            now=clock.now(),
        )
    except (OSError, Refusal) as refusal:
        typer.echo(f"nothing was agreed upon: {refusal}", err=True)
        raise typer.Exit(1) from refusal
    typer.echo(f"{'agreed' if changed else 'agreed before'} with {agreement.card.subsystem}")
    typer.echo(f"their card: {shown(agreement.theirs)}")
    typer.echo(f"our card:   {shown(agreement.ours)}")
    typer.echo("The other operator must see the same two fingerprints, the other way round.")


def peers() -> None:
    """List the installations with which this one agreed, in force and ended."""
    _set_up()
    from divan.trust.exchange import queries  # noqa: PLC0415 (as above)
    from divan.trust.exchange.values.peers import shown  # noqa: PLC0415 (as above)

    for one in queries.list_agreements():
        state = "in force" if one.ended_at is None else f"ended {one.ended_at:%Y-%m-%d}: {one.reason}"
        typer.echo(f"{one.card.subsystem}  {one.card.gateway}  since {one.agreed_at:%Y-%m-%d}, {state}")
        typer.echo(f"  their card: {shown(one.theirs)}\n  our card:   {shown(one.ours)}")


def part(
    subsystem: Annotated[str, typer.Argument(help="Subsystem of the other installation.")],
    reason: Annotated[str, typer.Option(help="Why; it is kept with the agreement.")],
) -> None:
    """End an agreement: at once nothing comes from there, and nothing goes there."""
    _set_up()
    from divan.foundation import clock  # noqa: PLC0415 (as above)
    from divan.foundation.actors import operator  # noqa: PLC0415 (as above)
    from divan.foundation.errors import Refusal  # noqa: PLC0415 (as above)
    from divan.trust.exchange import actions  # noqa: PLC0415 (as above)

    try:
        actions.part_with_peer(
            subsystem=subsystem, reason=reason, actor=operator(os.environ.get("USER", "unknown")), now=clock.now()
        )
    except Refusal as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from refusal
    typer.echo("ended")


def demo() -> None:
    """Bring a second province to life beside the running one, and exchange letters; exit code 0 if every step held."""
    from rich.console import Console  # noqa: PLC0415 (not needed to print the help)

    from divan.project.configuration import read_configuration  # noqa: PLC0415 (as above)
    from divan.project.letters import houses, story  # noqa: PLC0415 (as above)

    console = Console(highlight=False)
    try:
        story.run(read_configuration(), console)
    except houses.StoryBroken as broken:
        console.print(f"[red]The story does not hold:[/red] {broken}")
        raise typer.Exit(1) from broken
