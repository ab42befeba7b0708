"""Folders that any account can reach, and `divan` run as a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from divan.project.launcher import placement, postgres
from divan.project.launcher.troubles import CannotStart

Run = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return an empty folder outside pytest's own, which only its owner may enter."""
    made = Path(tempfile.mkdtemp(prefix="divan-launcher-"))
    made.chmod(0o711)
    yield made
    for record in made.rglob("location"):
        try:
            place = placement.find_place(record.parent)
        except CannotStart:
            continue
        if place and (pid := postgres.postmaster_of(place.data)):
            postgres.stop_postmaster(pid, place.data)
        shutil.rmtree(placement.socket_folder(record.parent), ignore_errors=True)
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def shelf(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the machine's folders for data and programs into the test's own."""
    made = folder / "shelf"
    monkeypatch.setattr(placement, "SHELVES", (made,))
    return made


@pytest.fixture
def divan(folder: Path) -> Iterator[Run]:
    """Start ``divan ARGUMENTS`` with its data in the test's folder; whatever still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def run(
        *arguments: str,
        before: tuple[str, ...] = (),
        environment: Mapping[str, str] | None = None,
        python: str = sys.executable,
    ) -> subprocess.Popen[str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if name == "PG_BIN" or (not name.startswith(("DIVAN_", "PG")) and name != "PORT")
        }
        process = subprocess.Popen(
            [*before, python, "-m", "divan.project.command_line", *arguments],
            env=kept | {"DIVAN_DATA": str(folder / "var")} | dict(environment or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()
