"""`divan pg`: the installation's own PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from divan.project.launcher.troubles import CannotStart


def register(app: typer.Typer) -> None:
    """Add the commands of the embedded database."""
    group = typer.Typer(help="The installation's own PostgreSQL.", no_args_is_help=True)
    group.command()(start)
    group.command()(stop)
    group.command()(status)
    group.command(context_settings={"ignore_unknown_options": True})(psql)
    group.command("reset")(reset_database)
    group.command()(which)
    app.add_typer(group, name="pg")


def start(
    background: Annotated[bool, typer.Option(help="Return when the server answers, and leave it running.")] = False,
    passing: Annotated[bool, typer.Option(hidden=True, help="Force nothing to the disk; for tests.")] = False,
    while_alive: Annotated[int, typer.Option("--while", hidden=True, help="Stop when this process ends.")] = 0,
) -> None:
    """Start the server (made first where there is none) and keep it running until Ctrl-C."""
    from divan.project.launcher import postgres, processes  # noqa: PLC0415 (needs the house's database driver)

    directory = _directory()
    if background:
        _start_in_background(directory)
        return
    watched = processes.identity_of(while_alive) if while_alive else None
    # No event: a handler that comes while it is waited for, or while another one sets it, would wait for ever.
    asked: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _frame: asked.append(number))
    with postgres.running(directory, durable=not passing) as server:
        typer.echo(f"PostgreSQL {server.major} answers: psql '{server.dsn}'")
        if server.process is None:
            typer.echo("another process keeps it running already")
            return
        while server.process.poll() is None and not asked:
            time.sleep(0.2)
            if while_alive and (watched is None or processes.identity_of(while_alive) != watched):
                return
        if not asked:
            raise CannotStart(f"PostgreSQL ended by itself: see {server.log}")


def stop() -> None:
    """Stop the server, whoever keeps it running."""
    from divan.project.launcher import placement, postgres  # noqa: PLC0415 (as above)

    place = placement.find_place(_directory())
    pid = postgres.postmaster_of(place.data) if place else None
    if place is None or pid is None:
        typer.echo("not running")
        return
    postgres.stop_postmaster(pid, place.data)
    typer.echo("stopped")


def status() -> None:
    """Say whether the server runs, of which version it is and where its data lie; exit code 3 when it does not run."""
    from divan.project.launcher import placement, postgres  # noqa: PLC0415 (as above)

    directory = _directory()
    place = placement.find_place(directory)
    if place is None:
        typer.echo("no database yet")
        raise typer.Exit(3)
    pid = postgres.postmaster_of(place.data)
    typer.echo(f"{f'running, process {pid}' if pid else 'not running'}; PostgreSQL {place.major}; data in {place.data}")
    typer.echo(f"socket in {placement.socket_folder(directory)}; log in {directory / 'server.log'}")
    if not pid:
        raise typer.Exit(3)


def psql(arguments: Annotated[list[str] | None, typer.Argument(help="Passed to psql as they are.")] = None) -> None:
    """Open psql on the installation's database, embedded or not."""
    from divan.project.configuration import read_configuration  # noqa: PLC0415 (as above)
    from divan.project.launcher import binaries, postgres  # noqa: PLC0415 (as above)

    configuration = read_configuration()
    if configuration.database_url:
        target, program = configuration.database_url, binaries.find_binaries().program("psql")
    else:
        directory = configuration.data / "pg"
        settings = postgres.connection_settings(directory)
        target = "host={HOST} port={PORT} user={USER} dbname={NAME}".format(**settings)
        program = binaries.find_binaries(major=_major(directory)).program("psql")
    os.execv(program, [str(program), target, *(arguments or [])])  # noqa: S606 (psql takes our place; no shell)


def reset_database(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Remove the database with everything in it; the next start makes an empty one."""
    from divan.project.launcher import placement  # noqa: PLC0415 (as above)

    place = placement.find_place(_directory())
    if place is None:
        typer.echo("no database yet")
        return
    if not yes:
        typer.confirm(f"Remove the database in {place.data} with everything in it?", abort=True)
    stop()
    placement.forget(place)
    typer.echo("removed")


def which() -> None:
    """Print where the programs lie that would be used; exit code 1 and the reason when there are none."""
    from divan.project.launcher import binaries  # noqa: PLC0415 (as above)

    typer.echo(binaries.find_binaries(major=_major(_directory())).folder)


def _directory() -> Path:
    from divan.project.configuration import read_configuration  # noqa: PLC0415 (not needed to print the help)

    configuration = read_configuration()
    if configuration.database_url:
        raise CannotStart("DIVAN_DATABASE_URL names a server of your own; `divan pg` is for the embedded one")
    return configuration.data / "pg"


def _major(directory: Path) -> int | None:
    from divan.project.launcher import placement  # noqa: PLC0415 (not needed to print the help)

    place = placement.find_place(directory)
    return place.major if place else None


def _start_in_background(directory: Path) -> None:
    from divan.project.launcher import placement, postgres  # noqa: PLC0415 (needs the house's database driver)

    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "launcher.log").open("w+") as log:
        command = [sys.executable, "-m", "divan.project.command_line", "pg", "start"]
        keeper = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)  # noqa: S603 (ourselves)
        while keeper.poll() is None:
            place = placement.find_place(directory)
            if place and postgres.keeper(place) and postgres.answers(directory):
                typer.echo((directory / "launcher.log").read_text().strip() or "running")
                return
            time.sleep(0.05)
        said = (directory / "launcher.log").read_text().strip()
        if keeper.returncode == 0:
            typer.echo(said)
            return
        raise CannotStart(said.removeprefix("divan: "))
