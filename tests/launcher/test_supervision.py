"""All processes of an installation run, or none does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.waiting import PATIENCE, wait_for

from divan.project.launcher import processes

_PROGRAM = """
import json, sys
from pathlib import Path
from divan.project.launcher.supervision import Logs, Supervisor
from divan.project.launcher.troubles import CannotStart, NoAnswer

commands = json.loads(sys.argv[2])
def watch(supervisor):
    if "--refuse" in sys.argv:
        supervisor.stop(NoAnswer("no answer from first"))
try:
    Supervisor(commands, Logs(Path(sys.argv[1]), list(commands)), watch=watch).run()
except CannotStart as trouble:
    sys.exit(str(trouble))
"""
_LASTING = 'echo $$ > "$0"; trap "echo leaving; exit 0" TERM; while :; do sleep 0.1; done'


@pytest.fixture
def supervise(folder: Path):
    """Start a supervisor over shell scripts; return it."""
    started: list[subprocess.Popen[str]] = []

    def start(*options: str, **scripts: str) -> subprocess.Popen[str]:
        commands = {name: ["sh", "-c", script, str(folder / f"{name}.pid")] for name, script in scripts.items()}
        process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(folder / "log"), json.dumps(commands), *options],
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def pid_of(folder: Path, name: str) -> int:
    file = folder / f"{name}.pid"
    return int(wait_for(lambda: file.exists() and file.read_text().strip(), otherwise=f"{name} did not start"))


def gone(pid: int) -> bool:
    return wait_for(lambda: processes.identity_of(pid) is None, otherwise=f"process {pid} is still there")


def test_a_process_that_ends_by_itself_stops_all_and_is_named_with_its_last_words(folder: Path, supervise) -> None:
    (folder / "log").mkdir()
    (folder / "log" / "second.log").write_text("of the day before\n")
    supervisor = supervise(first=_LASTING, second='sleep 0.5; echo "no such table" >&2; exit 3')
    lasting = pid_of(folder, "first")

    _, said = supervisor.communicate(timeout=PATIENCE)

    assert "second ended by itself (exit code 3), so everything was stopped" in said
    assert said.endswith("second.log:\n    no such table\n")
    assert gone(lasting)
    assert supervisor.returncode == 1


def test_a_killed_process_is_named_with_its_signal(folder: Path, supervise) -> None:
    supervisor = supervise(first=_LASTING, second=_LASTING)
    lasting, killed = pid_of(folder, "first"), pid_of(folder, "second")

    os.kill(killed, signal.SIGKILL)
    _, said = supervisor.communicate(timeout=PATIENCE)

    assert "second ended by itself (signal SIGKILL)" in said
    assert gone(lasting)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_every_process_end_properly(folder: Path, supervise, number: signal.Signals) -> None:
    supervisor = supervise(first=_LASTING, second=_LASTING)
    pids = [pid_of(folder, "first"), pid_of(folder, "second")]

    supervisor.send_signal(number)
    _, said = supervisor.communicate(timeout=PATIENCE)

    assert (supervisor.returncode, said) == (0, "")
    assert all(gone(pid) for pid in pids)
    for name in ("first", "second"):
        assert (folder / "log" / f"{name}.log").read_text().endswith("leaving\n")


def test_a_signal_in_the_very_first_moment_stops_everything_too(folder: Path, supervise) -> None:
    supervisor = supervise(**{f"p{number}": _LASTING for number in range(6)})
    pid_of(folder, "p0")

    supervisor.send_signal(signal.SIGTERM)
    _, said = supervisor.communicate(timeout=PATIENCE)

    assert (supervisor.returncode, said) == (0, "")
    assert all(gone(int(file.read_text() or 0)) for file in folder.glob("*.pid"))


def test_a_process_that_ignores_the_signal_is_killed(folder: Path, supervise) -> None:
    supervisor = supervise(first='echo $$ > "$0"; trap "" TERM; while :; do sleep 0.1; done', second=_LASTING)
    stubborn = pid_of(folder, "first")
    pid_of(folder, "second")

    supervisor.send_signal(signal.SIGTERM)
    supervisor.communicate(timeout=PATIENCE)

    assert gone(stubborn)


def test_only_stubborn_processes_are_killed_as_well(folder: Path, supervise) -> None:
    supervisor = supervise(first='echo $$ > "$0"; trap "" TERM; while :; do sleep 0.1; done')
    stubborn = pid_of(folder, "first")

    supervisor.send_signal(signal.SIGTERM)
    supervisor.communicate(timeout=PATIENCE)

    assert gone(stubborn)


def test_kill_9_of_the_supervisor_leaves_nothing_behind(folder: Path, supervise) -> None:
    supervisor = supervise(first=_LASTING, second=_LASTING)
    pids = [pid_of(folder, "first"), pid_of(folder, "second")]

    supervisor.kill()
    supervisor.wait()

    assert all(gone(pid) for pid in pids)


def test_a_trouble_that_the_watcher_finds_stops_all_and_is_told(folder: Path, supervise) -> None:
    supervisor = supervise("--refuse", first=_LASTING)

    _, said = supervisor.communicate(timeout=PATIENCE)

    assert said == "no answer from first\n"
    assert supervisor.returncode == 1
