"""The commands as a person types them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from divan.project import command_line

ROOT = Path(__file__).resolve().parents[2]
_WITHOUT_THE_HOUSE = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "psycopg", "honcho", "granian", "ninja", "allauth", "httpx"}:
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Absent())
sys.argv = ["divan", *sys.argv[1:]]
from divan.project.command_line import main
main()
"""


@pytest.mark.parametrize("arguments", [["--help"], ["pg", "--help"], ["house"]])
def test_the_base_installation_answers_without_the_houses_packages(arguments: list[str]) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", _WITHOUT_THE_HOUSE, *arguments], capture_output=True, text=True, check=False
    )

    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip()


def test_a_command_of_the_house_says_in_one_line_what_the_base_installation_lacks() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", _WITHOUT_THE_HOUSE, "places", "import", "."], capture_output=True, text=True, check=False
    )

    assert answer.returncode == 1
    assert answer.stderr == "divan: django is missing; this command needs the whole house: install divan[house]\n"


def test_every_command_explains_itself() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "divan.project.command_line", "--help"], capture_output=True, text=True, check=False
    )

    for name in command_line.COMMANDS:
        assert re.search(rf"^\s+{name}\s+\S", answer.stdout, re.MULTILINE), name


def test_a_setting_that_cannot_be_read_is_one_line(divan) -> None:
    process = divan("pg", "status", environment={"DIVAN_PORT": "eight"})

    _, said = process.communicate(timeout=30)

    assert process.returncode == 1
    assert said == "divan: DIVAN_PORT='eight' cannot be read; see docs/reference/settings.md\n"


@pytest.mark.parametrize(
    ("given", "data"),
    [
        ({}, None),
        ({"PORT": "8000"}, None),
        ({"PORT": "9000"}, "var-9000"),
        ({"DIVAN_PORT": "9100", "PORT": "9000"}, "var-9100"),
        ({"PORT": "9000", "DIVAN_DATA": "elsewhere"}, "elsewhere"),
    ],
)
def test_another_port_has_a_data_folder_of_its_own(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], data: str | None
) -> None:
    for name in ("PORT", "DIVAN_PORT", "DIVAN_DATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    command_line.keep_another_port_apart()

    assert os.environ.get("DIVAN_DATA") == data


def test_make_help_explains_every_target_that_people_call() -> None:
    named = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)) - {"postgres", "chromium"}

    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=False).stdout

    assert set(re.findall(r"^  make (\w+) +\S", said, re.MULTILINE)) == named
    assert {"up", "check", "reset", "house", "journey"} <= named


@pytest.mark.parametrize(
    ("python", "line"),
    [
        ("python-that-is-not-there", "python-that-is-not-there is missing: install Python 3.11 or newer"),
        ("./old", "Python 3.9.2 is too old: install Python 3.11 or newer"),
        ("./bare", "this Python has no venv module: apt-get install python3-venv"),
    ],
)
def test_make_says_in_one_line_what_is_wrong_with_python(tmp_path: Path, python: str, line: str) -> None:
    (tmp_path / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
    (tmp_path / "old").write_text('#!/bin/sh\ncase "$1" in --version) echo Python 3.9.2;; *) exit 1;; esac\n')
    (tmp_path / "bare").write_text('#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; *) echo Python 3.12.0;; esac\n')
    for script in ("old", "bare"):
        (tmp_path / script).chmod(0o755)

    answer = subprocess.run(
        ["make", "up", f"PYTHON={python}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert answer.returncode == 2
    assert line in answer.stderr
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize(
    "script", [".ci/run", ".ci/packages", ".ci/chromium", ".ci/frontend", "requirements/install.sh"]
)
def test_scripts_are_executable_and_plain_shell(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    assert subprocess.run(["sh", "-n", ROOT / script], check=False).returncode == 0


@pytest.mark.parametrize("arguments", [["ledger", "fsck"], ["ledger", "drill"]])
def test_a_database_that_does_not_answer_is_said_in_one_line(arguments: list[str], tmp_path: Path) -> None:
    nobody = {"DIVAN_DATABASE_URL": "postgresql://divan@127.0.0.1:1/divan", "DIVAN_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "divan.project.command_line", *arguments]

    answer = subprocess.run(command, env=os.environ | nobody, capture_output=True, text=True, check=False)

    assert answer.returncode == 1
    assert "divan: the database does not answer: start it with `divan up`" in answer.stderr
    assert "Traceback" not in answer.stderr
