"""What a machine must offer before anything is started; each lack is one line that says what to do."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from divan.project.configuration import Configuration
from divan.project.launcher import witnesses
from divan.project.launcher.troubles import AlreadyRunning, CannotStart, DiskFull, PortTaken, PythonTooOld

NEEDED_SPACE = 2**30
OLDEST_PYTHON = (3, 11)


def check(configuration: Configuration, *, version: tuple[int, ...] = sys.version_info[:3]) -> None:
    """Refuse to go on when something is lacking.

    :raises CannotStart: the first lack found.
    """
    require_python(version)
    make_folder(configuration.data)
    require_space(configuration.data, NEEDED_SPACE)
    require_ports(ports_of(configuration))


def require_python(version: tuple[int, ...]) -> None:
    """Refuse an interpreter that is too old.

    :raises PythonTooOld: naming both versions.
    """
    if version < OLDEST_PYTHON:
        raise PythonTooOld(
            f"this is Python {'.'.join(map(str, version))}, and Divan needs 3.11 or newer: "
            "install it, and then make up PYTHON=python3.11"
        )


def make_folder(data: Path) -> None:
    """Make the data folder and see that it takes files.

    :raises CannotStart: when it cannot be made or written.
    """
    try:
        (data / "run").mkdir(parents=True, exist_ok=True)
        (data / "log").mkdir(exist_ok=True)
        (data / "run" / "writable").write_text("")
    except OSError as error:
        raise CannotStart(
            f"cannot write in {data} ({error.strerror}): correct its owner, or choose another folder by DIVAN_DATA"
        ) from error


def require_space(folder: Path, needed: int) -> None:
    """Refuse to go on when the disk has less than the needed bytes free.

    :raises DiskFull: saying how much is free and how much is needed.
    """
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise DiskFull(
            f"the disk of {folder} has {free // 2**20} MB free, and {needed // 2**20} MB are needed: "
            "free some space, or choose another folder by DIVAN_DATA"
        )


def ports_of(configuration: Configuration) -> Mapping[str, int]:
    """Return which port each process of this installation listens on."""
    taken = {"web": configuration.port, "gateway": configuration.port + 1}
    if configuration.rehearsal:
        taken |= {"rehearsal": configuration.port + 2, "scanner twin": configuration.port + 6}
        taken |= witnesses.ports(configuration)
    return taken


def require_ports(ports: Mapping[str, int]) -> None:
    """Refuse to go on when another program listens where one of ours should.

    :raises PortTaken: naming the port and for whom it was meant.
    """
    for name, port in ports.items():
        if not 0 < port < 65536:
            raise PortTaken(f"there is no port {port} (for {name}): choose a smaller base, as in PORT=9000 make up")
        with socket.socket() as probe:
            # Connections of an installation that has just stopped may linger; only a listener is in the way.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except PermissionError as error:
                raise PortTaken(
                    f"port {port} (for {name}) is for root only: choose a base above 1024, as in PORT=9000"
                ) from error
            except OSError as error:
                raise PortTaken(
                    f"port {port} (for {name}) is taken by another program: stop it, or choose another base, as in "
                    f"PORT={9000 if port // 1000 != 9 else 10000} make up"
                ) from error


@contextlib.contextmanager
def alone(configuration: Configuration) -> Iterator[None]:
    """Hold the data folder for one `divan up` (or reset) while the block runs; the system frees it at the end.

    :raises AlreadyRunning: naming the process and the address of the one that holds it.
    """
    (configuration.data / "run").mkdir(parents=True, exist_ok=True)
    with (configuration.data / "run" / "up.lock").open("a+") as lock:
        try:
            # A lock of POSIX, not of BSD: children do not inherit it, so none can hold it after we are gone.
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            holder = lock.read().strip() or "another process"
            raise AlreadyRunning(
                f"Divan already runs here ({holder}): stop it there with Ctrl-C, or start another beside it, "
                "as in PORT=9000 make up"
            ) from error
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, {configuration.base_url}")
        lock.flush()
        yield
        lock.truncate(0)
