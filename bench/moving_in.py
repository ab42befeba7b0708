"""How long it takes to move in: an organisation chart of 5,000 posts and as many people, out of a workbook.

The chart has 40 bodies of 5 units each. Reading the workbook, the report of the dry run, the taking over tree by tree,
and the same file once more, which changes nothing, are timed apart. The database forces its writes to the disk.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bench.rig.house import machine, scratch_house
from rich.console import Console
from rich.table import Table

from divan_libs.orgchart.reading import read_chart
from divan_libs.orgchart.values import Chart, HolderRow, PostRow, UnitRow
from divan_libs.orgchart.writing import write_chart
from divan_libs.persian.identifiers import national_code_with_check_digit

BODIES, UNITS, POSTS = 40, 5, 5000
SAID = {
    "read_s": "reading the workbook",
    "dry_run_s": "report of the dry run",
    "apply_s": "taking over",
    "again_s": "the same once more, with reading",
}
Outcome = TypeVar("Outcome")


def main() -> None:
    """Measure, print a table and, with ``--json``, one object on the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the posts, under 40 seconds")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    options = parser.parse_args()
    posts = POSTS // 10 if options.quick else POSTS
    with scratch_house() as house, tempfile.TemporaryDirectory(dir=house.folder) as folder:
        path = Path(folder) / "chart.xlsx"
        path.write_bytes(write_chart(invented_chart(posts)))
        figures = measure(path)
        figures["workbook_kb"] = path.stat().st_size // 1024
    figures["posts"] = posts
    report(figures)
    if options.json:
        print(json.dumps(figures))


def invented_chart(posts: int) -> Chart:
    """Return a chart of bodies with units, each post with a holder, and the head of each unit above the others."""
    units, seats, holders = [], [], []
    for body in range(BODIES):
        units.append(UnitRow(code=f"b{body}", name_fa=f"اداره‌کل {body}", kind="body", level="province"))
        units += [
            UnitRow(code=f"b{body}-{unit}", name_fa=f"دفتر {unit}", kind="unit", level="province", parent=f"b{body}")
            for unit in range(1, UNITS)
        ]
    for number in range(posts):
        unit = units[number % len(units)].code
        is_head = number < len(units)
        superior = "" if is_head else f"p{number % len(units)}"
        role = "head" if is_head else "expert"
        seats.append(PostRow(code=f"p{number}", title_fa=f"پست {number}", role=role, unit=unit, superior=superior))
        holders.append(
            HolderRow(
                post=f"p{number}",
                national_code=national_code_with_check_digit(f"{980_000_001 + number}"),
                first_name="زهرا",
                last_name=f"رضایی {number}",
                personnel_number=str(100_000 + number),
            )
        )
    return Chart(tuple(units), tuple(seats), tuple(holders))


def measure(path: Path) -> dict[str, float]:
    """Return the seconds of each step."""
    from divan.foundation import clock  # noqa: PLC0415 (after setup)
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (as above)
    from divan.registers.people import actions, queries  # noqa: PLC0415 (as above)

    def take_over(chart: Chart) -> int:
        parts = queries.split_chart(chart)
        return sum(len(actions.take_over_chart(chart=part, actor=SYSTEM, now=clock.now()).changes) for part in parts)

    figures: dict[str, float] = {}
    figures["read_s"], chart = _timed(lambda: read_chart(path))
    figures["dry_run_s"], plan = _timed(lambda: queries.plan_chart(chart, clock.now()))
    if plan.hindrances:
        raise SystemExit(f"the chart is hindered: {plan.hindrances[0]}")
    figures["apply_s"], done = _timed(lambda: take_over(chart))
    figures["again_s"], again = _timed(lambda: take_over(read_chart(path)))
    if done != len(plan.changes) or again:
        raise SystemExit(f"{len(plan.changes)} changes were planned, {done} done, {again} the second time")
    return figures


def _timed(step: Callable[[], Outcome]) -> tuple[float, Outcome]:
    began = time.perf_counter()
    outcome = step()
    return round(time.perf_counter() - began, 2), outcome


def report(figures: dict[str, float]) -> None:
    """Print the table."""
    console = Console()
    posts = int(figures["posts"])
    console.print(f"{machine()}, {posts} posts and people, a workbook of {figures['workbook_kb']} KB")
    table = Table("step", "seconds", "posts a second")
    for name, said in SAID.items():
        table.add_row(said, f"{figures[name]:.2f}", f"{posts / figures[name]:.0f}" if figures[name] else "–")
    console.print(table)


if __name__ == "__main__":
    main()
