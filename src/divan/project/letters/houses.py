"""Installations as the story lives with them: brought to life, asked, cut from power at a named line, and ended."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

PORTS = 10
"""How many ports an installation takes, and some to spare."""
PATIENCE = 420.0
"""Seconds in which something happens that depends on retries, on a machine that has much else to do."""
FOUNDING = 600.0
"""Seconds in which an installation comes to life."""


_WAITS_FOR_WORK = re.compile(r"in wait\n.*in wait\n.*in _do\n")


class StoryBroken(Exception):
    """Something was not as the story says; the message says what."""


def wait_for(happens: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Wait until something happens, and return it.

    :raises StoryBroken: when it does not.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := happens():
            return found
        time.sleep(0.5)
    raise StoryBroken(f"it did not happen within {seconds:.0f} seconds that {what}")


def free_ports(first: int) -> int:
    """Return the first port from one on above which an installation finds all of its ports free.

    :raises StoryBroken: when there is none.
    """
    for base in range(first, first + 1000, 10):
        if base + PORTS < 65536 and all(_is_free(base + offset) for offset in range(PORTS)):
            return base
    raise StoryBroken(f"no {PORTS} free ports in a row above {first}")


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return True
    return False


def _workers_of(folder: Path) -> list[int]:
    """Return the workers of the installation in a folder; after a power cut an old one may end beside the new one."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and (entry / "cmdline").read_bytes().endswith(b"command_line\0worker\0"):
                told = (entry / "environ").read_bytes().split(b"\0")
                found += [int(entry.name)] if f"DIVAN_DATA={folder}".encode() in told else []
    return found


@dataclass(slots=True)
class House:
    """One installation: its name, port and data, its officers, and, when the story started it, its processes."""

    name: str
    port: int
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    officers: subprocess.Popen[str] | None = None

    def do(self, deed: str, *arguments: str) -> dict[str, Any]:
        """Let its officers do something.

        :raises StoryBroken: when they could not.
        """
        if self.officers is None or self.officers.poll() is not None:
            self.officers = self._called()
        asking, telling = self.officers.stdin, self.officers.stdout
        assert asking is not None  # noqa: S101 (both are pipes)
        assert telling is not None  # noqa: S101 (as above)
        asking.write(json.dumps([deed, *arguments]) + "\n")
        asking.flush()
        said = json.loads(telling.readline() or '{"broken": "the officers are gone"}')
        if "broken" in said:
            raise StoryBroken(f"{deed} in {self.name}: {said['broken']}")
        told: dict[str, Any] = said["told"]
        return told

    def _called(self) -> subprocess.Popen[str]:
        with self.log.open("a") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "divan.project.letters.officer"],
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def is_up(self) -> bool:
        """Whether it answers and says that it is well."""
        with contextlib.suppress(httpx.HTTPError):
            said = httpx.get(f"http://127.0.0.1:{self.port}/-/health", timeout=5, trust_env=False)
            return said.status_code == 200
        return False

    def launch(self, *, fault: str = "") -> None:
        """Begin to bring it to life; at ``fault`` the process that comes there is killed, and all fall with it."""
        command = [sys.executable, "-m", "divan.project.command_line", "up"]
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 (as above)
                command,
                env=self.environment | ({"DIVAN_FAULT": fault} if fault else {}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def await_life(self) -> None:
        """Wait until it is alive.

        :raises StoryBroken: when it ended instead.
        """
        what = f"{self.name} comes to life at port {self.port}; {self.log} says more"
        wait_for(self._has_begun, what, FOUNDING)

    def _has_begun(self) -> bool:
        if self.has_fallen:
            raise StoryBroken(self.log.read_text("utf-8", "replace")[-600:])
        return self.is_up()

    @property
    def has_fallen(self) -> bool:
        """Whether the story started it and it is there no more."""
        return self.process is not None and self.process.poll() is not None

    def start(self, *, fault: str = "") -> None:
        """Bring it to life and wait until it is."""
        self.launch(fault=fault)
        self.await_life()

    def last_words(self) -> str:
        """Return what its logs said last, after its worker was told to write what its threads do."""
        folder = Path(self.environment["DIVAN_DATA"])
        for worker in _workers_of(folder):
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGUSR1)
        time.sleep(1)
        state = "is not there" if self.process is None else "ended" if self.has_fallen else "runs"
        told = [f"--- {self.name}: its launcher {state}"]
        for log in sorted((folder / "log").glob("*.log")):
            # The frames of some forty threads are long, and most of them wait for work.
            said = log.read_bytes()[-40_000:].decode("utf-8", "replace").split("\n\n")
            busy = "\n\n".join(part for part in said if not _WAITS_FOR_WORK.search(part)).strip()
            told += [f"--- {self.name}, {log.name}", busy[-3_000:] or "it said nothing"]
        return "\n".join(told)

    def kill(self) -> None:
        """Kill every process of it at once, as a power cut does."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        """End it, and its officers, in order."""
        if self.officers is not None:
            if self.officers.stdin is not None:
                self.officers.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.officers.wait(10)
            self.officers.kill()
        if self.process is not None and self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(60)
            if self.process.poll() is None:
                self.kill()
