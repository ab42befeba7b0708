"""How long the list of divisions takes to import: a first time, and a second time when nothing has changed.

With the real list (``DIVAN_REAL_DATA``, default the folder of real data beside the checkout) or, where it is absent or
``--generated`` is asked for, with an invented one of the same shape and size.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

from bench.rig.house import ROOT, machine, scratch_house
from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table

NAME = "iran_divisions_1399"
PROVINCES, COUNTIES, DISTRICTS, RURAL, VILLAGES = 31, 14, 3, 3, 25
"""How many of each an invented level holds; the product is about the 98,100 villages of the country."""


def main() -> None:
    """Measure, print a table and, with ``--json``, one object on the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="under 40 seconds (it is so anyway)")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    parser.add_argument("--generated", action="store_true", help="an invented list even where the real one is there")
    options = parser.parse_args()
    with scratch_house(furnished=False) as house:
        real = Path(os.environ.get("DIVAN_REAL_DATA") or ROOT.parent / "shared" / "data") / NAME
        is_real = real.is_dir() and not options.generated
        folder = real if is_real else generated(house.folder / "divisions")
        figures = measure(folder)
    report(figures, "the real list" if is_real else "an invented list")
    if options.json:
        print(json.dumps(figures | {"real": is_real}))


def measure(folder: Path) -> dict[str, float]:
    """Import twice and return the figures by name."""
    from divan.foundation import clock  # noqa: PLC0415 (after setup)
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (as above)
    from divan.registers.places import actions  # noqa: PLC0415 (as above)

    lines = sum(path.read_bytes().count(b"\n") - 1 for path in folder.glob("*.csv"))
    reports, spans = [], []
    with Progress(console=Console(stderr=True)) as progress:
        for name in ("import", "again"):
            task = progress.add_task(name, total=lines)

            def advance(stage: str, count: int, task: TaskID = task, name: str = name) -> None:
                progress.update(task, advance=count, description=f"{name}: {stage}")

            begun = time.perf_counter()
            reports.append(actions.import_divisions(directory=folder, actor=SYSTEM, now=clock.now(), progress=advance))
            spans.append(time.perf_counter() - begun)
    first, again = reports
    if first.added != first.read or again.added or again.changed:
        raise SystemExit(f"not every row was taken once: {first} {again}")
    return {
        "rows": first.read,
        "faulty_rows": len(first.faults),
        "import_seconds": round(spans[0], 2),
        "again_seconds": round(spans[1], 2),
        "rows_per_second": round(first.read / spans[0]),
    }


def generated(folder: Path) -> Path:
    """Write an invented list in the five files of the real one (and its cities, which have none here)."""
    folder.mkdir()
    shapes = {
        "ostan": ["id", "name", "amar_code"],
        "shahrestan": ["id", "name", "ostan", "amar_code"],
        "bakhsh": ["id", "name", "ostan", "shahrestan", "amar_code"],
        "dehestan": ["id", "name", "ostan", "shahrestan", "bakhsh", "amar_code"],
        "shahr": ["id", "name", "shahr_type", "ostan", "shahrestan", "bakhsh", "amar_code"],
        "abadi": ["id", "name", "abadi_type", "diag", "ostan", "shahrestan", "bakhsh", "dehestan", "amar_code"],
    }
    for name, columns in shapes.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(_rows(name))
    return folder


def _rows(wanted: str) -> Iterator[list[object]]:
    """Yield the rows of one file; a code begins with that of what the place lies in."""
    village = 0
    for province in range(1, PROVINCES + 1):
        code = f"{province:02}"
        if wanted == "ostan":
            yield [province, f"استان {province}", code]
            continue
        for county in range(1, COUNTIES + 1):
            counties = (province - 1) * COUNTIES + county
            if wanted == "shahrestan":
                yield [counties, f"شهرستان {counties}", province, f"{code}{county:02}"]
                continue
            for district in range(1, DISTRICTS + 1):
                districts = (counties - 1) * DISTRICTS + district
                if wanted == "bakhsh":
                    yield [districts, f"بخش {districts}", province, counties, f"{code}{county:02}{district:02}"]
                    continue
                for rural in range(1, RURAL + 1):
                    rurals = (districts - 1) * RURAL + rural
                    inside = f"{code}{county:02}{district:02}{rural:04}"
                    if wanted == "dehestan":
                        yield [rurals, f"دهستان {rurals}", province, counties, districts, inside]
                    for _ in range(VILLAGES if wanted == "abadi" else 0):
                        village += 1
                        place = [province, counties, districts, rurals]
                        yield [village, f"آبادی كوه {village}", 0, "", *place, f"{inside}{village:06}"]


def report(figures: dict[str, float], source: str) -> None:
    """Print the table."""
    console = Console()
    console.print(f"{machine()}, {source}: {figures['rows']:,} rows, {figures['faulty_rows']} left out as faulty")
    table = Table("what", "seconds", "rows/s")
    table.add_row("first import", f"{figures['import_seconds']:.2f}", f"{figures['rows_per_second']:,}")
    table.add_row("again, nothing changed", f"{figures['again_seconds']:.2f}", "")
    console.print(table)


if __name__ == "__main__":
    main()
