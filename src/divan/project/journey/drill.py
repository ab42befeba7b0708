"""The drill: in a scratch copy everything is altered in turn, and each alteration must be found and named."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from divan.project.journey.scratch import Scratch, scratch_copy
from divan.project.journey.tampering import NOT_FOUND, Tampered
from divan.project.journey.visitors import StoryBroken

HEADINGS = ("altered", "found by", "code", "named")


def drill(data: Path) -> Iterator[Tampered]:
    """Copy the installation, and yield what became of each alteration of the copy; the first is none.

    :raises StoryBroken: if there is no copy, or the forger stopped half-way.
    """
    with scratch_copy(data) as made:
        yield from _tampered(made)


def _tampered(made: Scratch) -> Iterator[Tampered]:
    complaints = made.folder / "forger.log"
    with complaints.open("w") as errors:
        program = subprocess.Popen(
            [sys.executable, "-m", "divan.project.journey.tampering"],
            env=made.environment(),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert program.stdout is not None  # noqa: S101 (a pipe was asked for)
    try:
        for line in program.stdout:
            yield Tampered(**json.loads(line))
        if program.wait() not in {0, NOT_FOUND}:
            raise StoryBroken(f"the forger stopped half-way: {complaints.read_text()[-1500:]}")
    finally:
        program.kill()
        program.wait()
        program.stdout.close()


def as_markdown(told: list[Tampered]) -> str:
    """Return the table as it stands in the README; identifiers, which differ each time, are left out."""
    lines = [f"| {' | '.join(HEADINGS[:3])} |", "|---|---|---|"]
    for one in told:
        code = ", ".join(f"`{code}`" for code in one.code.split(", ") if code) or "—"
        found = ", ".join(f"`{check}`" if check.startswith("divan ") else check for check in one.check.split(", "))
        if not one.code:
            found = "nothing to find" if one.is_found else "**not found**"
        lines.append(f"| {one.what} | {found} | {code} |")
    return "\n".join(lines)
