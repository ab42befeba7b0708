"""Last chapter: in a scratch copy each part is altered in turn, and the check responsible finds and names it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from divan.project.journey.forgeries import ALTERED, UNTOUCHED
from divan.project.journey.play import Play, must
from divan.project.journey.proving import AUDITOR
from divan.project.journey.scratch import Scratch, scratch_copy

FORGER = "forger"


def forge(play: Play, data: Path) -> None:
    """Alter a scratch copy in turn; each alteration must be found and named.

    :raises StoryBroken: if one is not.
    """
    play.narrator.chapter("Forgeries, in a scratch copy")
    with ExitStack() as stack:
        with play.narrator.step(AUDITOR, "copies database, log, files and evidence") as step:
            made = stack.enter_context(scratch_copy(data))
            step.note(f"{made.rows} rows")
        told = stack.enter_context(_forger(made, play.code))
        with play.narrator.step(AUDITOR, "examines the untouched copy with all three checks") as step:
            step.note(_next(told, made, UNTOUCHED)["named"])
        for altered in ALTERED:
            with play.narrator.step(FORGER, f"alters {altered}") as step:
                one = _next(told, made, altered)
                step.what = f"alters {altered}: found by {one['check']}"
                step.note(one["named"])


@contextmanager
def _forger(made: Scratch, code: str) -> Iterator[IO[str]]:
    command = [sys.executable, "-m", "divan.project.journey.forgeries", code]
    with _complaints(made).open("w") as errors:
        program = subprocess.Popen(  # noqa: S603 (ourselves)
            command, env=made.environment(), stdout=subprocess.PIPE, stderr=errors, text=True
        )
    assert program.stdout is not None  # noqa: S101 (a pipe was asked for)
    try:
        yield program.stdout
    finally:
        program.kill()
        program.wait()
        program.stdout.close()


def _complaints(made: Scratch) -> Path:
    return made.folder / "forger.log"


def _next(told: IO[str], made: Scratch, altered: str) -> dict[str, str]:
    line = told.readline()
    must(line, f"the forger stopped before altering {altered}: {_complaints(made).read_text()[-1500:]}")
    one: dict[str, str] = json.loads(line)
    must(one["altered"] == altered, f"the forger altered {one['altered']} instead of {altered}")
    must(one["is_found"], f"{altered} altered, and {one['check']} says: {one['named'] or 'nothing'}")
    return one
