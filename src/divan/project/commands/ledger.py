"""`divan ledger`: the transparency log over the facts."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from divan.project.commands.examining import fsck
from divan.project.commands.verify import Language
from divan.project.launcher.troubles import CannotStart

if TYPE_CHECKING:
    from divan.project.verifier.watching import Watch
    from divan_libs.tlog.following import Seen


def register(app: typer.Typer) -> None:
    """Add the commands of the log."""
    group = typer.Typer(help="The transparency log over the facts.", no_args_is_help=True)
    group.command("open")(open_log)
    group.command()(status)
    group.command()(fsck)
    group.command()(monitor)
    group.command()(drill)
    group.command()(forget)
    app.add_typer(group, name="ledger")


def open_log() -> None:
    """Open the log: make its key where there is none, hand out the public key, publish the empty log."""
    _prepare_house()
    from divan.foundation import clock  # noqa: PLC0415 (models are readable only now)
    from divan.foundation.actors import operator  # noqa: PLC0415 (as above)
    from divan.foundation.duties import FatalTrouble  # noqa: PLC0415 (as above)
    from divan.trust.ledger import actions  # noqa: PLC0415 (as above)

    try:
        actions.open_log(actor=operator(os.environ.get("USER", "root")), now=clock.now())
    except FatalTrouble as trouble:
        raise CannotStart(str(trouble)) from trouble
    status()


def status() -> None:
    """Say where the log stands; exit code 3 when it is not opened, 1 when the published log cannot be believed."""
    _prepare_house()
    from divan.trust.ledger import queries  # noqa: PLC0415 (models are readable only now)

    state = queries.log_state()
    if not state.is_open:
        typer.echo(f"not opened; {state.pending} facts wait. Open it with `divan ledger open`")
        raise typer.Exit(3)
    typer.echo(
        f"{state.origin}: {state.size} entries sealed, {state.published_size} published, {state.pending} facts wait"
    )
    typer.echo(f"root {state.root}; last sealed {state.sealed_at:%Y-%m-%d %H:%M:%S} UTC")
    typer.echo(f"key {state.verifier}")
    typer.echo(f"published: {state.doubt or state.standing}")
    if state.doubt or state.standing not in {"level", "behind"}:
        raise typer.Exit(1)


def monitor(
    source: Annotated[str, typer.Argument(metavar="URL|DIR", help="Where the log is read.")],
    state: Annotated[Path, typer.Option(help="File of what is known of the log; one for each log.")],
    trust: Annotated[
        Path | None, typer.Option(help="Folder of what you trust: log.vkey, and log.policy with the witnesses.")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Look once and end, as for cron.")] = False,
    every: Annotated[int, typer.Option(min=1, help="Seconds from one look to the next.")] = 60,
    stalled_after: Annotated[int, typer.Option(min=1, help="Seconds the log may stand still.")] = 86_400,
    cosigned_within: Annotated[int, typer.Option(min=1, help="Seconds a cosignature may be old.")] = 3_600,
    command: Annotated[
        str, typer.Option("--run", help="Program that is run when something new is found; JSON on its input.")
    ] = "",
    webhook: Annotated[str, typer.Option(help="Address to which the same JSON is posted.")] = "",
    lang: Annotated[Language, typer.Option("--language", "--lang", help="Language of what is said.")] = Language.FA,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each look instead.")] = False,
) -> None:
    """Follow a log that others keep: that it only grows, that it shows everybody the same, that witnesses see it.

    Needs neither the house nor its database. Exit code 0: in order. 1: the log lied or was altered (the proof lies
    beside the state, in FILE.forks). 2: a warning: it stands still, holds back, or its witnesses are silent. 3: it
    cannot be read, or what is known of it. Without --once it goes on through 2 and 3 and ends at 1.
    """
    from divan.project.commands.verify import CannotVerify, read_trusted  # noqa: PLC0415 (not needed to print the help)
    from divan.project.verifier import watching  # noqa: PLC0415 (as above)

    try:
        expected = watching.expectations(
            read_trusted(trust), stalled_after=stalled_after, cosigned_within=cosigned_within
        )
        watch = watching.Watch(source=source, state=state, expected=expected, command=command, webhook=webhook)
        for found, troubles in watching.looks(watch, every=None if once else every):
            _say_found(watch, found, lang, as_json=as_json)
            for trouble in troubles:
                typer.echo(f"divan: {trouble}", err=True)
        raise typer.Exit(watching.exit_code(found))
    except (watching.WatchUnusable, OSError) as unusable:
        raise CannotVerify(str(unusable)) from unusable


def _say_found(watch: Watch, found: Sequence[Seen], lang: Language, *, as_json: bool) -> None:
    from divan.project.verifier import watching, words  # noqa: PLC0415 (not needed to print the help)

    if as_json:
        said = {"log": watch.source, "found": [watching.as_object(seen) for seen in found]}
        typer.echo(json.dumps(said, ensure_ascii=False, default=str))
        return
    for seen in found:
        typer.echo(words.finding(seen, lang.value))
    if not found:
        typer.echo(words.head_in_order(*watching.known(watch), lang.value))


def forget(
    subject: Annotated[UUID, typer.Argument(help="Identifier of the person, case or other thing that facts speak of.")],
    ground: Annotated[str, typer.Option(help="On what ground in law; it is kept with the erasure.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase the salts of all entries about one subject, for good: nobody can link them to it any more.

    The log stays whole, and the receipts of everybody else keep proving what they prove. Exit code 1: there is none.
    """
    _prepare_house()
    from divan.foundation import clock  # noqa: PLC0415 (models are readable only now)
    from divan.foundation.actors import operator  # noqa: PLC0415 (as above)
    from divan.trust.ledger import actions  # noqa: PLC0415 (as above)
    from divan.trust.ledger.values import EntryUnknown  # noqa: PLC0415 (as above)

    if not ground.strip():
        raise CannotStart("name the ground in law with --ground")
    if not yes:
        typer.confirm(f"Erase the salts of all entries about {subject} for ever?", abort=True)
    actor = operator(os.environ.get("USER", "root"))
    try:
        count = actions.erase_salts_about(subject=subject, ground=ground.strip(), actor=actor, now=clock.now())
    except EntryUnknown as unknown:
        raise CannotStart(f"no sealed entry is about {subject}") from unknown
    typer.echo(f"{count} salts erased; the log stands as it stood")


def drill(
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the table as it stands in the README.")
    ] = False,
) -> None:
    """Alter a scratch copy in every way that full rights allow; each must be found, and named by the check at work.

    Rows, facts, salts, published files, a deleted hour, a restored backup, a fork for one reader, a rewritten log. The
    installation itself is only read. Exit code 0: each was found. 1: one was not.
    """
    _prepare_house()
    from rich.console import Console  # noqa: PLC0415 (not needed to print the help)
    from rich.progress import track  # noqa: PLC0415 (as above)
    from rich.table import Column, Table  # noqa: PLC0415 (as above)

    from divan.project.configuration import read_configuration  # noqa: PLC0415 (as above)
    from divan.project.journey import drill as drilling  # noqa: PLC0415 (models are readable only now)
    from divan.project.journey.visitors import StoryBroken  # noqa: PLC0415 (as above)

    configuration, errors = read_configuration(), Console(stderr=True)
    if not configuration.rehearsal:
        raise CannotStart("a drill signs forged heads with the log's key, so it is made in a rehearsal only")
    try:
        told = list(track(drilling.drill(configuration.data), description="altering", console=errors))
    except StoryBroken as broken:
        raise CannotStart(str(broken)) from broken
    if as_markdown:
        typer.echo(drilling.as_markdown(told))
    else:
        table = Table(*drilling.HEADINGS[:3], Column(drilling.HEADINGS[3], overflow="fold"))
        for one in told:
            table.add_row(one.what, one.check if one.is_found else "NOT FOUND", one.code, one.named)
        Console().print(table)
    if not all(one.is_found for one in told):
        raise typer.Exit(1)


def _prepare_house() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (needs the house's packages)

    django.setup()
