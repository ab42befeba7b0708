"""Compares the coverage with the register of demands it answers to, where that register is at hand.

The folder of real data is DIVAN_REAL_DATA or, beside the checkout, its default. Ends with 0 when every item is there
with its terms and class unchanged, with 1 after naming each difference, with 2 when there is nothing to compare with.
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).resolve().parents[1]
COVERAGE = REPOSITORY / "src" / "divan" / "front" / "portal" / "coverage.yaml"
COMPARED = ("term_fa", "term_en", "class")


def register_path() -> Path:
    """Return where the register lies, whether or not it is there."""
    data = os.environ.get("DIVAN_REAL_DATA")
    folder = Path(data) if data else REPOSITORY.parent / "shared" / "data"
    return folder / "seeds" / "seed_register.csv"


def differences(register: list[dict[str, str]], coverage: list[dict[str, object]]) -> Iterator[str]:
    """Yield what the coverage lacks, has too much, or words otherwise than the register."""
    listed = {str(item["id"]): item for item in coverage}
    wanted = {row["id"]: row for row in register}
    yield from (f"{name}: missing" for name in wanted if name not in listed)
    yield from (f"{name}: not in the register" for name in listed if name not in wanted)
    for name in sorted(wanted.keys() & listed.keys()):
        for key in COMPARED:
            if wanted[name][key] != listed[name][key]:
                yield f"{name}: {key} is {listed[name][key]!r}, the register says {wanted[name][key]!r}"


def main() -> int:
    """Print the differences and a summary of the states."""
    path = register_path()
    if not path.exists():
        print("no register to compare with: set DIVAN_REAL_DATA to the folder of real data")
        return 2
    with path.open(encoding="utf-8", newline="") as rows:
        register = list(csv.DictReader(rows))
    coverage = yaml.safe_load(COVERAGE.read_text(encoding="utf-8"))["items"]
    found = list(differences(register, coverage))
    for difference in found:
        print(difference)
    for state in ("works", "partial", "absent"):
        print(f"{state}: {sum(item['state'] == state for item in coverage)} of {len(coverage)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
