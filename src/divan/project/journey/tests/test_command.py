"""The command says in one line when there is nothing to play with, and the forger touches nothing but a copy."""

from __future__ import annotations

import os
import subprocess
import sys


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_without_an_installation_one_line_says_what_to_do(tmp_path):
    done = run("divan.project.command_line", "journey", "--url", "http://localhost:1", DIVAN_DATA=str(tmp_path))

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "make up" in done.stderr


def test_forgeries_are_made_in_a_scratch_copy_only(tmp_path):
    done = run(
        "divan.project.journey.forgeries",
        "ABCD",
        DIVAN_DATA=str(tmp_path),
        DIVAN_DATABASE_URL="postgresql://localhost/divan",
        DJANGO_SETTINGS_MODULE="divan.project.settings",
    )

    assert done.returncode == 2
    assert "scratch copy only" in done.stderr
