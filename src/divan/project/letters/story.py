"""The story of letters between two provinces, each a whole installation with its own database and gateway.

The second one is brought to life for it, and killed in the middle. Every step is checked by asking both sides.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from divan.project.configuration import Configuration

PORTS_APART = 50
PATIENCE = 180.0
FOUNDING = 600.0
"""Seconds in which an installation comes to life for the first time on a busy machine."""
SUBSYSTEM = "HM/GOV/governor-office/divan"
NAME = "Second province"


class StoryBroken(Exception):
    """Something was not as the story says; the message says what."""


@dataclass(slots=True)
class Side:
    """One installation: its port and data, and, when the story started it, its processes."""

    port: int
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def do(self, deed: str, *arguments: str) -> dict[str, Any]:
        """Let its officers do something, in a process of its own."""
        command = [sys.executable, "-m", "divan.project.letters.side", deed, *arguments]
        done = subprocess.run(  # noqa: S603 (our own interpreter and module)
            command, env=self.environment, capture_output=True, timeout=PATIENCE, check=False
        )
        if done.returncode:
            raise StoryBroken(f"{deed} at port {self.port}: {done.stderr.decode(errors='replace')[-500:]}")
        told: dict[str, Any] = json.loads(done.stdout.decode().splitlines()[-1])
        return told

    def is_up(self) -> bool:
        """Whether it answers and says that it is well."""
        with contextlib.suppress(httpx.HTTPError):
            said = httpx.get(f"http://127.0.0.1:{self.port}/-/health", timeout=5, trust_env=False)
            return said.status_code == 200
        return False

    def _has_begun(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise StoryBroken(self.log.read_text("utf-8", "replace")[-600:])
        return self.is_up()

    def start(self) -> None:
        """Bring it to life and wait until it is."""
        command = [sys.executable, "-m", "divan.project.command_line", "up"]
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 (as above)
                command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_for(self._has_begun, f"the installation at port {self.port} comes to life; {self.log} says more", FOUNDING)

    def kill(self) -> None:
        """Kill every process of it at once, as a power cut does."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        """End it in order."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(60)
            if self.process.poll() is None:
                self.kill()


def wait_for(happens: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Wait until something happens, and return it.

    :raises StoryBroken: when it does not.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := happens():
            return found
        time.sleep(0.5)
    raise StoryBroken(f"it did not happen that {what}")


@dataclass(slots=True)
class Story:
    """The two sides, and what was seen to hold."""

    here: Side
    there: Side
    console: Console
    held: int = 0
    address: str = ""
    numbers: list[str] = field(default_factory=list)

    def holds(self, what: str, *, true: bool) -> None:
        """Say a step and see that it holds.

        :raises StoryBroken: if it does not.
        """
        if not true:
            raise StoryBroken(what)
        self.held += 1
        self.console.print(f"  {self.held:>2}. {what}")

    def meet(self) -> None:
        """Let both sides enter each other."""
        doors = self.here.do("door"), self.there.do("door")
        self.here.do("meet", str(doors[1]["subsystem"]), NAME, str(doors[1]["door"]))
        self.there.do("meet", str(doors[0]["subsystem"]), "First province", str(doors[0]["door"]))
        self.address = f"{doors[1]['subsystem']}#{doors[1]['secretariat']}"
        self.holds("both installations know each other at their exchange", true=True)

    def written(self, subject: str) -> dict[str, Any]:
        """Write, sign and send a letter to the other side."""
        letter = self.here.do("write", self.address, NAME, subject)
        # The worker makes the signed document; only then does the letter lie at the dispatch desk.
        wait_for(lambda: self.here.do("send", letter["letter"])["sent"], "the signed letter lies at the desk")
        return letter

    def stands(self, letter: dict[str, Any], state: str) -> dict[str, Any]:
        """Wait until a letter stands so at the sender."""

        def looked() -> dict[str, Any] | None:
            told = self.here.do("state", letter["letter"])
            return told if told["state"] == state else None

        told: dict[str, Any] = wait_for(looked, f"letter {letter['number']} is {state}")
        return told

    def arrived(self, letter: dict[str, Any]) -> list[dict[str, str]]:
        """Return what arrived there of a letter."""
        found: list[dict[str, str]] = self.there.do("arrivals", letter["number"])["arrivals"]
        return found

    def plain(self) -> None:
        """A letter arrives, is registered, and its number comes back; brought again it changes nothing."""
        letter = self.written("Story: a letter between two provinces")
        self.stands(letter, "delivered")
        found = self.arrived(letter)
        self.holds(f"letter {letter['number']} was sent and lies at the other secretariat once", true=len(found) == 1)
        theirs = self.there.do("register", found[0]["uuid"])["number"]
        told = self.stands(letter, "registered")
        self.holds(f"its receipt came back with their number {theirs}", true=told["number"] == theirs)
        # A busy gateway may let a call fall; what it answers then is no word of the other side.
        wait_for(lambda: self.here.do("again", letter["letter"], "")["said"] == "registered", "it is known there")
        self.holds("brought again it is known", true=True)
        other = self.here.do("again", letter["letter"], "Another letter")["said"]
        self.holds(f"another letter under its key is refused: {other}", true=other == "correspondence.key-taken")
        self.holds("nothing arrived twice", true=len(self.arrived(letter)) == 1)

    def cut(self) -> None:
        """The other side is killed; the letter waits, arrives once after it is back, and its number comes back."""
        self.there.kill()
        letter = self.written("Story: a letter while the power is out there")

        def tried() -> bool:
            return bool(self.here.do("state", letter["letter"])["attempts"])

        wait_for(tried, "the letter is tried in vain")
        self.holds("killed with kill -9, the other side takes nothing; the letter waits", true=True)
        self.there.start()
        self.stands(letter, "delivered")
        found = self.arrived(letter)
        self.holds("back to life, it gets the letter once", true=len(found) == 1)
        theirs = self.there.do("register", found[0]["uuid"])["number"]
        self.there.kill()
        self.there.start()
        told = self.stands(letter, "registered")
        self.holds(
            f"killed right after registering, its number {told['number']} comes back", true=told["number"] == theirs
        )


def run(configuration: Configuration, console: Console) -> None:
    """Tell the story against the running installation.

    :raises StoryBroken: at the first step that does not hold.
    """
    data = configuration.data / "second-province"
    port = configuration.port + PORTS_APART
    own = {"DIVAN_PORT": str(configuration.port), "DIVAN_DATA": str(configuration.data)}
    logs = configuration.data / "log"
    here = Side(configuration.port, {**os.environ, **own}, logs / "letters-here.log")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DIVAN_") and name != "PORT"}
    there = Side(
        port,
        {
            **kept,
            "PORT": str(port),
            "DIVAN_DATA": str(data),
            "DIVAN_EXCHANGE_SUBSYSTEM": SUBSYSTEM,
            "DIVAN_EXCHANGE_SERVER": f"{SUBSYSTEM.rpartition('/')[0]}/gateway",
        },
        logs / "second-province.log",
    )
    if not here.is_up():
        raise StoryBroken(f"no installation answers at port {here.port}; start one with `divan up`")
    shutil.rmtree(data, ignore_errors=True)
    story = Story(here, there, console)
    try:
        there.start()
        story.holds(f"a second installation lives at port {port}, with a database of its own", true=True)
        story.meet()
        story.plain()
        story.cut()
    finally:
        there.stop()
        shutil.rmtree(Path(data), ignore_errors=True)
    console.print(f"All {story.held} steps held.")
