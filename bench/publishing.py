"""How long publishing takes: reading the folder, lint, playing the examples, storing, for a large and a small package.

The large package asks 60 questions and has 40 rules: determinants, conditions of questions, requirements and rows of a
decision table; the small one is what `divan service new` begins with. Every publication has names of its own, so that
no expression was compiled before. The database forces its writes to the disk.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml
from bench.rig.house import machine, scratch_house
from rich.console import Console
from rich.progress import track
from rich.table import Table

from divan_libs.servicepack.scaffold import NewKind, begin_service

QUESTIONS, RULES = 60, 40
LIMIT_SECONDS = 2.0


def main() -> None:
    """Measure, print a table and, with ``--json``, one object on the last line; fail above the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="under 40 seconds")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    options = parser.parse_args()
    with scratch_house() as house, tempfile.TemporaryDirectory(dir=house.folder) as folder:
        times = measure(Path(folder), 5 if options.quick else 30)
    figures = report(times)
    if options.json:
        print(json.dumps(figures))
    if figures["large_worst_s"] > LIMIT_SECONDS:
        raise SystemExit(f"publishing took {figures['large_worst_s']} s, more than {LIMIT_SECONDS} s")


def measure(folder: Path, times: int) -> dict[str, list[float]]:
    """Return the seconds of each publication, of both kinds in turns."""
    publish = publisher()
    found: dict[str, list[float]] = {"small": [], "large": []}
    for number in track(range(times + 1), console=Console(stderr=True), description="publishing"):
        for kind, grown in (("small", None), ("large", grow)):
            directory = begin_service(folder, f"{kind}-{number}", NewKind.EXECUTABLE)
            if grown is not None:
                grown(directory, number)
            began = time.perf_counter()
            publish(directory)
            taken = time.perf_counter() - began
            if number:  # the first of each imports what is needed
                found[kind].append(taken)
    return found


def publisher() -> Callable[[Path], None]:
    """Return what publishes a folder in the scratch house, as the command line does it."""
    from divan.foundation import clock  # noqa: PLC0415 (after setup)
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (as above)
    from divan.project.demo.services import surroundings  # noqa: PLC0415 (as above)
    from divan.registers.catalogue import actions  # noqa: PLC0415 (as above)
    from divan.registers.people import queries as people  # noqa: PLC0415 (as above)
    from divan_libs.servicepack.lint import Surroundings  # noqa: PLC0415 (as above)
    from divan_libs.servicepack.loading import load_package  # noqa: PLC0415 (as above)

    around = surroundings()
    if "civil-registry/person" not in around.data_services:  # the exchange of a scratch house has no members yet
        around = Surroundings(people.list_roles(), people.list_body_codes(), frozenset({"civil-registry/person"}))

    def publish(folder: Path) -> None:
        actions.publish_package(package=load_package(folder), surroundings=around, actor=SYSTEM, now=clock.now())

    return publish


def grow(folder: Path, number: int) -> None:
    """Grow a new service to 60 questions and 40 rules, with names that no other has."""
    written = {file: yaml.safe_load((folder / file).read_text("utf-8")) for file in ("form.yaml", "needs.yaml")}
    asked = [f"q{number}_{count}" for count in range(QUESTIONS - 4)]
    rules = RULES // 4
    for count, code in enumerate(asked):
        page = written["form.yaml"]["pages"].setdefault(f"page-{count // 10}", {"questions": {}})
        question = {"type": "number", "required": False, "maximum": 1000, "read_by": ["draft"]}
        if count >= len(asked) - rules:
            question["show_when"] = f"determinants.d{number}_{count % rules}"
        page["questions"][code] = question
    determinants = {
        f"d{number}_{count}": {"when": f"has(answers.{asked[count]}) && answers.{asked[count]} > {count}"}
        for count in range(rules)
    }
    for count in range(rules):
        code = asked[count]
        expression = f"!has(answers.{code}) || answers.{code} <= tables.t{number} + 1000"
        needed = {"kind": "condition", "law": "LAW-BASIS", "expression": expression}
        written["needs.yaml"]["requirements"][f"REQ-LIMIT-{count}"] = needed
    column = {"expression": f"has(answers.{asked[0]}) ? answers.{asked[0]} : 0", "type": "number"}
    rows = {
        f"r{count}": {"when": {"n": f"[{count * 100}..{count * 100 + 100})"}, "then": count} for count in range(rules)
    }
    table = {"hit": "unique", "law": "LAW-BASIS", "inputs": {"n": {**column, "minimum": 0, "maximum": 999}}}
    written["tables.yaml"] = {f"t{number}": {**table, "output": {"type": "number"}, "rows": rows}}
    for file, value in {**written, "determinants.yaml": determinants}.items():
        (folder / file).write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False), "utf-8")
    _word(folder, asked, rules)


def _word(folder: Path, asked: list[str], rules: int) -> None:
    """Write the texts of what was grown."""
    for language in ("fa", "en"):
        path = folder / "texts" / f"{language}.yaml"
        texts = yaml.safe_load(path.read_text("utf-8"))
        texts["questions"] |= {code: {"label": code} for code in asked}
        texts["pages"] |= {f"page-{count}": {"title": f"{count}"} for count in range(-(-len(asked) // 10))}
        limits = {f"REQ-LIMIT-{count}": {"title": f"{count}", "rejection": f"{count}"} for count in range(rules)}
        texts["needs"] |= limits
        path.write_text(yaml.safe_dump(texts, allow_unicode=True, sort_keys=False), "utf-8")


def report(times: dict[str, list[float]]) -> dict[str, float]:
    """Print the table and return the figures by name."""
    console = Console()
    console.print(f"{machine()}, {len(times['large'])} publications of each kind")
    table = Table("package", "median s", "worst s", "to the small one")
    figures: dict[str, float] = {}
    for kind, seconds in times.items():
        figures[f"{kind}_median_s"] = round(statistics.median(seconds), 3)
        figures[f"{kind}_worst_s"] = round(max(seconds), 3)
    figures["large_to_small"] = round(figures["large_median_s"] / figures["small_median_s"], 2)
    said = {"small": "as it is begun", "large": f"{QUESTIONS} questions, {RULES} rules"}
    for kind in times:
        ratio = f"{figures['large_to_small']:.2f}" if kind == "large" else "1"
        table.add_row(said[kind], f"{figures[f'{kind}_median_s']:.3f}", f"{figures[f'{kind}_worst_s']:.3f}", ratio)
    console.print(table)
    return figures


if __name__ == "__main__":
    main()
