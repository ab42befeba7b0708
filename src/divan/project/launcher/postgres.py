"""The installation's own PostgreSQL: found, made, started as our direct child, stopped; safe after any ``kill -9``.

Being its direct parent tells us at once when the server ends, and leaves no zombie whose number would keep the next one
from starting. The kernel stops the server when its launcher dies; should one be left over all the same, the next start
finds it by its data folder and stops it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg
from psycopg import sql

from divan.project.launcher import account as accounts
from divan.project.launcher import binaries, placement, prerequisites, processes
from divan.project.launcher.troubles import CannotStart, DatabaseDidNotStart, DiskFull

NAME = USER = "divan"
SUPERUSER = "postgres"
PORT = "5432"
NEEDED_SPACE = 300 * 1024 * 1024
_PATIENCE = 300.0
_LONGEST_LOG = 16 * 1024 * 1024

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": PORT,
    "shared_buffers": "256MB",
    # Each blocking thread of the web (16 a core) may keep a connection.
    "max_connections": str(max(100, 16 * (os.cpu_count() or 1) + 40)),
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "lc_messages": "C",
}
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_PASSING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB"}


@dataclass(slots=True)
class Server:
    """A running server. ``process`` is our child; None when another live launcher keeps it and we only use it."""

    directory: Path
    data: Path
    socket: Path
    major: int
    pid: int
    process: subprocess.Popen[bytes] | None

    @property
    def dsn(self) -> str:
        """The connection string of libpq for the installation's database and role."""
        return f"host={self.socket} port={PORT} user={USER} dbname={NAME}"

    @property
    def url(self) -> str:
        """The same as an address, as ``DIVAN_DATABASE_URL`` takes it."""
        return f"postgresql://{USER}@{quote(str(self.socket), safe='')}:{PORT}/{NAME}"

    @property
    def log(self) -> Path:
        """Where the server writes what it has to say."""
        return self.directory / "server.log"

    def stop(self) -> None:
        """Stop the server quickly and cleanly (connections closed, data written); nothing when it has ended already."""
        if self.process is None or self.process.poll() is None:
            stop_postmaster(self.pid, self.data, child=self.process)
        with contextlib.suppress(OSError):
            self.socket.rmdir()


def connection_settings(directory: Path) -> dict[str, object]:
    """Return the connection of an installation's own database for Django; computed from the path, starts nothing."""
    return {"NAME": NAME, "USER": USER, "PASSWORD": "", "HOST": str(placement.socket_folder(directory)), "PORT": PORT}


def answers(directory: Path) -> bool:
    """Tell whether the installation's own database takes connections now."""
    settings = connection_settings(directory)
    try:
        with psycopg.connect(dbname=NAME, user=USER, host=str(settings["HOST"]), port=PORT, connect_timeout=5):
            return True
    except psycopg.OperationalError:
        return False


@contextlib.contextmanager
def running(directory: Path, *, durable: bool = True, environment: Mapping[str, str] = os.environ) -> Iterator[Server]:
    """Keep the database of a folder running while the block runs.

    A server that another live launcher keeps is used and left running.

    :raises CannotStart: one of its kinds, with one line that says what to do.
    """
    server = start(directory, durable=durable, environment=environment)
    try:
        yield server
    finally:
        if server.process is not None:
            server.stop()


def start(directory: Path, *, durable: bool = True, environment: Mapping[str, str] = os.environ) -> Server:
    """Start the database of a folder, made first where there is none, and return when it answers.

    The thread that calls must outlive the server: the kernel stops the server when that thread ends. With ``durable``
    false nothing is forced to the disk; for tests only.

    :raises CannotStart: one of its kinds, with one line that says what to do.
    """
    account = accounts.server_account()
    directory = directory.absolute()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with (directory / "starting").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            return _start(directory, account, durable=durable, environment=environment)
    except OSError as error:
        if error.errno in (28, 122):
            raise DiskFull(f"the disk of {directory} is full: free some space and start again") from error
        raise CannotStart(
            f"cannot write in {directory}: {error.strerror}: correct its owner, or choose another folder by DIVAN_DATA"
        ) from error


def _start(directory: Path, account: accounts.Account, *, durable: bool, environment: Mapping[str, str]) -> Server:
    place = placement.find_place(directory) or placement.make_place(directory, account)
    if kept := keeper(place):
        return _server(place, pid=kept, process=None)
    found = binaries.find_binaries(major=place.major, environment=environment)
    found = binaries.reachable(found, account, placement.SHELVES)
    prerequisites.require_space(place.data.parent, NEEDED_SPACE)
    if place.major is None:
        _initialize(place, found, account, durable=durable)
    socket = placement.open_socket_folder(directory, account)
    _clear_leftovers(place, socket)
    log, said_before = _open_log(directory)
    with log:
        process = _launch(place, found, account, socket, log, durable=durable)
    server = _server(place, pid=process.pid, process=process)
    try:
        _wait_until_it_answers(server, said_before)
        _make_role_and_database(server)
    except BaseException:
        server.stop()
        raise
    return server


def _server(place: placement.Place, *, pid: int, process: subprocess.Popen[bytes] | None) -> Server:
    return Server(
        directory=place.directory,
        data=place.data,
        socket=placement.socket_folder(place.directory),
        major=place.major or 0,
        pid=pid,
        process=process,
    )


def postmaster_of(data: Path) -> int | None:
    """Return the process that serves the data folder; None when none does, whatever an old ``postmaster.pid`` says."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if processes.identity_of(pid) and processes.works_in(pid, data) else None


def keeper(place: placement.Place) -> int | None:
    """Return the server that a live launcher keeps running; None when there is none, or it has lost its launcher."""
    pid = postmaster_of(place.data)
    if pid is None:
        return None
    try:
        launcher = processes.Identity(**json.loads((place.directory / "launcher").read_text()))
    except (OSError, ValueError, TypeError):
        return None
    kept = processes.identity_of(launcher.pid) == launcher and processes.parent_of(pid) == launcher.pid
    return pid if kept else None


def stop_postmaster(pid: int, data: Path, *, child: subprocess.Popen[bytes] | None = None) -> None:
    """Stop a server and wait until no process of it is left: politely (SIGINT), at once (SIGQUIT), by force."""
    for number, patience in ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        end = time.monotonic() + patience
        while time.monotonic() < end:
            ended = child.poll() is not None if child else processes.identity_of(pid) is None
            if ended and not any(processes.all_in(data)):
                return
            time.sleep(0.02)


def _initialize(place: placement.Place, found: binaries.Binaries, account: accounts.Account, *, durable: bool) -> None:
    """Make an empty cluster beside its place and move it there when it is whole, so that half of one is never used."""
    making = place.data.with_name("data.making")
    shutil.rmtree(making, ignore_errors=True)
    placement.own_folder(making, account)
    command: list[str | Path] = [found.program("initdb"), "-D", making, "-U", SUPERUSER, "--auth=trust"]
    command += ["-E", "UTF8", "--locale=C", "--no-instructions", *([] if durable else ["--no-sync"])]
    # Sort keys and search text are made by the house itself; the locale matters only for upper and lower case.
    for ctype in ("C.UTF-8", "C"):
        answer = accounts.run_as(account, [*command, f"--lc-ctype={ctype}"])
        if answer.returncode == 0:
            making.rename(place.data)
            return
        if "invalid locale name" not in answer.stdout:
            break
    shutil.rmtree(making, ignore_errors=True)
    raise _explained(f"initdb failed: {_last_words(answer.stdout)}", answer.stdout)


def _clear_leftovers(place: placement.Place, socket: Path) -> None:
    """Stop a server that lost its launcher, and remove the marks of one that ended without a word."""
    if orphan := postmaster_of(place.data):
        stop_postmaster(orphan, place.data)
    # After kill -9 of the server its children end by themselves, but not all at once.
    end = time.monotonic() + 10.0
    while any(processes.all_in(place.data)) and time.monotonic() < end:
        time.sleep(0.02)
    if any(processes.all_in(place.data)):
        return
    # PostgreSQL believes whoever bears the number in these files now, be it a zombie or a stranger of the same account,
    # to be its predecessor. Nobody stands in the data folder, so they are stale; were somebody there, they would stay
    # and PostgreSQL itself would refuse.
    for stale in (place.data / "postmaster.pid", *socket.iterdir()):
        stale.unlink(missing_ok=True)


def _launch(
    place: placement.Place,
    found: binaries.Binaries,
    account: accounts.Account,
    socket: Path,
    log: IO[bytes],
    *,
    durable: bool,
) -> subprocess.Popen[bytes]:
    settings = _SETTINGS | (_DURABLE if durable else _PASSING) | {"unix_socket_directories": str(socket)}
    command: list[str | Path] = [found.program("postgres"), "-D", place.data]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    ourselves = processes.identity_of(os.getpid())
    assert ourselves is not None  # noqa: S101 (we live)
    (place.directory / "launcher").write_text(json.dumps({"pid": ourselves.pid, "began": ourselves.began}))
    # SIGINT is PostgreSQL's fast shutdown.
    return accounts.start_as(account, command, output=log, before=processes.die_with_parent(signal.SIGINT))


def _open_log(directory: Path) -> tuple[IO[bytes], int]:
    log = directory / "server.log"
    if log.exists() and log.stat().st_size > _LONGEST_LOG:
        log.replace(log.with_suffix(".log.1"))
    stream = log.open("ab")
    return stream, stream.tell()


def _wait_until_it_answers(server: Server, said_before: int) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if server.process is not None and server.process.poll() is not None:
            said = _read_from(server.log, said_before)
            raise _explained(f"PostgreSQL ended at once: {_last_words(said)} (all of it: {server.log})", said)
        try:
            with _superuser(server):
                return
        except psycopg.OperationalError:
            time.sleep(0.03)
    raise DatabaseDidNotStart(f"PostgreSQL does not answer after {_PATIENCE:.0f} seconds: see {server.log}")


def _superuser(server: Server) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=str(server.socket), port=PORT, user=SUPERUSER, dbname="postgres", connect_timeout=5, autocommit=True
    )


def _make_role_and_database(server: Server) -> None:
    """Make the role and the database when they are missing; the house never works as superuser."""
    database, role = sql.Identifier(NAME), sql.Identifier(USER)
    with _superuser(server) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [USER]).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(role))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, role))


def _read_from(path: Path, position: int) -> str:
    with path.open("rb") as stream:
        stream.seek(position)
        return stream.read().decode(errors="replace")


def _last_words(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "error:" in line or "PANIC" in line or "could not" in line]
    return (telling or lines or ["it said nothing"])[-1]


def _explained(message: str, said: str) -> CannotStart:
    if "No space left on device" in said or "Disk quota exceeded" in said or "File too large" in said:
        return DiskFull(f"the disk is full: free some space and start again ({_last_words(said)})")
    return DatabaseDidNotStart(message)
