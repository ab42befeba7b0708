"""An installation of its own for the journeys, brought up as a person brings one up: by `divan up`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
PORTS_OF_AN_INSTALLATION = 7


@dataclass(frozen=True, slots=True)
class Installation:
    """A running installation: where it answers, and what it has written."""

    port: int
    data: Path

    @property
    def url(self) -> str:
        """Address of the web process."""
        return f"http://localhost:{self.port}"

    @property
    def rehearsal(self) -> str:
        """Address of the rehearsal of the outside world."""
        return f"http://localhost:{self.port + 2}"

    def environment(self) -> dict[str, str]:
        """Return the environment of a command that works on it."""
        alien = ("DIVAN_", "DJANGO_", "PYTEST_")
        return {name: value for name, value in os.environ.items() if not name.startswith(alien)} | {
            "PORT": str(self.port),
            "DIVAN_DATA": str(self.data),
            "COLUMNS": "160",
        }

    def run(self, *command: str, timeout: float = 120.0) -> subprocess.CompletedProcess[str]:
        """Run a command of `divan` on it."""
        return subprocess.run(
            [sys.executable, "-m", "divan.project.command_line", *command],
            env=self.environment(),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )


@contextmanager
def brought_up(folder: Path) -> Iterator[Installation]:
    """Bring an installation up in a folder, on ports that are free, for the length of a block."""
    installation = Installation(_free_ports(), folder / "var")
    told = folder / "up.log"
    with told.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "divan.project.command_line", "up"],
            env=installation.environment(),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for(
            lambda: "Ctrl-C stops everything" in told.read_text() or process.poll() is not None,
            otherwise=lambda: f"no installation came up: {told.read_text()[-3000:]}",
        )
        assert process.poll() is None, f"no installation came up: {told.read_text()[-3000:]}"
        yield installation
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _free_ports() -> int:
    """Return a port above which the others of an installation are free as well."""
    for base in range(21000 + os.getpid() % 400 * 20, 30000, 20):
        if all(_is_free(base + offset) for offset in range(PORTS_OF_AN_INSTALLATION)):
            return base
    raise RuntimeError("no seven free ports in a row")


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
