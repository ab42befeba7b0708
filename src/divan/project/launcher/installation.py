"""`divan up`: checks, database, preparation, processes, and the end of all of them."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from divan.project.configuration import Configuration
from divan.project.launcher import postgres, prerequisites, processes, witnesses
from divan.project.launcher.heartbeat import heartbeat
from divan.project.launcher.supervision import Logs, Supervisor
from divan.project.launcher.troubles import NoAnswer, ProcessEnded, StepFailed

PATIENCE = 90.0
"""Seconds that the processes have to answer for the first time."""

Probe = Callable[[], bool]


def bring_up(configuration: Configuration, *, console: Console | None = None) -> None:
    """Start everything, say when it answers, and keep it running until SIGINT or SIGTERM; then stop everything.

    :raises CannotStart: one of its kinds, with one line that says what to do.
    """
    console = console or Console(highlight=False)
    begun = time.monotonic()
    signal.signal(signal.SIGTERM, _leave)
    prerequisites.make_folder(configuration.data)
    try:
        with prerequisites.alone(configuration):
            prerequisites.check(configuration)
            with _database(configuration, console) as server:
                people = _prepare(configuration, console)
                _run(configuration, server, console, begun=begun, people=people)
                console.print("stopping the database")
    except KeyboardInterrupt:
        console.print("stopped before everything had started")


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


@contextlib.contextmanager
def _database(configuration: Configuration, console: Console) -> Iterator[postgres.Server | None]:
    if configuration.database_url:
        yield None
        return
    begun = time.monotonic()
    with postgres.running(configuration.data / "pg") as server:
        _step(console, "database", f"PostgreSQL {server.major}", time.monotonic() - begun)
        yield server


def _step(console: Console, name: str, done: str, seconds: float) -> None:
    console.print(f"  {name:<14} {done} [dim]({seconds:.1f} s)[/dim]")


def _prepare(configuration: Configuration, console: Console) -> list[list[str]]:
    """Run the preparation as a process of its own and show its steps; return the people one can be.

    :raises StepFailed: naming the step, its last words and its log.
    """
    log = configuration.data / "log" / "prepare.log"
    reading, writing = os.pipe()
    command = [sys.executable, "-m", "divan.project.launcher.preparation", str(writing)]
    with log.open("wb") as output:
        child = subprocess.Popen(  # noqa: S603 (ourselves)
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=[writing],
            preexec_fn=processes.die_with_parent(signal.SIGTERM),  # noqa: PLW1509 (one system call)
        )
    os.close(writing)
    people: list[list[str]] = []
    begun = "start"
    try:
        with os.fdopen(reading, encoding="utf-8") as stream:
            for line in stream:
                told = json.loads(line)
                begun = told.get("begin", begun)
                people = told.get("people", people)
                if "trouble" in told:
                    console.print(f"  {'attention':<14} {escape(told['trouble'])}", style="yellow")
                if "step" in told:
                    _step(console, told["step"], told["done"], told["seconds"])
    finally:
        # Reached by Ctrl-C too: a step interrupted here is done again at the next start.
        if sys.exc_info()[0] is not None:
            child.terminate()
        child.wait()
    if child.returncode:
        words = [line for line in log.read_text(errors="replace").splitlines() if line.strip()] or ["it said nothing"]
        raise StepFailed(f"the step “{begun}” failed: {words[-1].strip()} (all of it: {log})")
    return people


def _run(
    configuration: Configuration,
    server: postgres.Server | None,
    console: Console,
    *,
    begun: float,
    people: Sequence[Sequence[str]],
) -> None:
    heartbeat(configuration.data).unlink(missing_ok=True)
    commands = {name: [sys.executable, "-m", "divan.project.command_line", name] for name in _names(configuration)}
    if configuration.rehearsal:
        witnesses.prepare(configuration)
        commands |= witnesses.commands(configuration)
    probes = _probes(configuration)

    def watch(supervisor: Supervisor) -> None:
        if _await_answers(supervisor, probes, server):
            _welcome(configuration, console, people, seconds=time.monotonic() - begun)
        if server is not None:
            while _alive(server):
                time.sleep(0.2)
            supervisor.stop(ProcessEnded(f"the database ended by itself, so everything was stopped; see {server.log}"))

    supervisor = Supervisor(commands, Logs(configuration.data / "log", list(commands)), watch=watch)
    supervisor.run()
    console.print("stopped: " + ", ".join(commands))


def _names(configuration: Configuration) -> list[str]:
    return ["web", "gateway", "worker", *(["rehearsal"] if configuration.rehearsal else [])]


def _probes(configuration: Configuration) -> dict[str, Probe]:
    pulse = heartbeat(configuration.data)
    probes: dict[str, Probe] = {
        "web": lambda: answers(configuration.port),
        "gateway": lambda: answers_tls(configuration.port + 1),
        "worker": pulse.exists,
    }
    if configuration.rehearsal:
        probes["rehearsal"] = lambda: answers(configuration.port + 2)
        probes |= {name: partial(listens, port) for name, port in witnesses.ports(configuration).items()}
    return probes


def answers(port: int) -> bool:
    """Tell whether the process on a port says that it is well."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/-/health", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def listens(port: int) -> bool:
    """Tell whether somebody takes connections on a port."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            return True
    except OSError:
        return False


def answers_tls(port: int) -> bool:
    """Tell whether the process on a port speaks TLS; one that insists on a certificate of ours is alive as well."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=5, context=context)
    try:
        connection.request("GET", "/-/health", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == 200
    except ssl.SSLError as error:
        return "CERTIFICATE_REQUIRED" in str(error) or "HANDSHAKE_FAILURE" in str(error)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _await_answers(supervisor: Supervisor, probes: Mapping[str, Probe], server: postgres.Server | None) -> bool:
    waiting = dict(probes)
    end = time.monotonic() + PATIENCE
    while waiting:
        waiting = {name: probe for name, probe in waiting.items() if not probe()}
        if time.monotonic() > end:
            silent = ", ".join(waiting)
            words = "\n".join(supervisor.logs.last_words(name) for name in waiting)
            supervisor.stop(NoAnswer(f"no answer from {silent} within {PATIENCE:.0f} seconds; last words:\n{words}"))
            return False
        if server is not None and not _alive(server):
            return False
        time.sleep(0.05)
    return True


def _alive(server: postgres.Server) -> bool:
    if server.process is not None:
        return server.process.poll() is None
    return postgres.postmaster_of(server.data) == server.pid


def _welcome(
    configuration: Configuration, console: Console, people: Sequence[Sequence[str]], *, seconds: float
) -> None:
    console.print(f"\nDivan answers after {seconds:.1f} s at [bold]{configuration.base_url}[/bold]")
    console.print(f"  gateway of the exchange   https://{configuration.address(1)}")
    if configuration.rehearsal:
        console.print(f"  rehearsal of the world    http://{configuration.address(2)}")
        console.print(f"  witnesses of the log      ports {_listed(witnesses.ports(configuration))}")
    console.print(f"  data and logs             {_short(configuration.data)}")
    if people:
        table = Table(title="People one can be (rehearsal)", title_justify="left", box=None)
        for name in people[0]:
            table.add_column(name.replace("_", " "))
        for row in people[1:]:
            table.add_row(*row)
        console.print(table)
    console.print("Ctrl-C stops everything.")


def _listed(ports: Mapping[str, int]) -> str:
    return ", ".join(f"{port} ({name})" for name, port in ports.items())


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
