"""The floor plan, read from the contracts that the build checks, so that the drawing cannot age."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
FOUNDATION_RANK = -1000


class PlanMissing(Exception):
    """The contracts lie in the repository; an installed package carries none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storey:
    """A storey: its rows of rooms from top to bottom; rooms of one row may not import each other."""

    name: str
    meaning: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorPlan:
    """The storeys from top to bottom, what each room keeps, and what stands beside the house."""

    storeys: tuple[Storey, ...]
    meanings: dict[str, str]
    beside: dict[str, str]

    def ranks(self) -> dict[str, int]:
        """Return the height of each room by its package name; a higher room may import a lower one."""
        ranks = {"divan.foundation": FOUNDATION_RANK}
        level = 0
        for storey in self.storeys:
            for row in storey.rows:
                level -= 1
                ranks |= {f"divan.{storey.name}.{room}": level for room in row}
        return ranks

    def lines(self) -> Iterator[str]:
        """Yield the plan as lines of text, top storey first."""
        width = max(len(name) for name in (*self.meanings, *(storey.name for storey in self.storeys))) + 4
        for storey in self.storeys:
            yield f"{storey.name:<{width}}{storey.meaning}"
            for row in storey.rows:
                for room in row:
                    others = ", ".join(other for other in row if other != room)
                    apart = f" (walled off from {others})" if others else ""
                    yield f"  {room:<{width - 2}}{self.meanings[f'{storey.name}.{room}']}{apart}"
        yield "-" * 72
        for name, meaning in self.beside.items():
            yield f"{name:<{width}}{meaning}"


def read_floor_plan(repository: Path = REPOSITORY) -> FloorPlan:
    """Read the plan from the layer contracts and the docstrings of the packages.

    :raises PlanMissing: when the repository's ``pyproject.toml`` is not there.
    """
    try:
        project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise PlanMissing("run this in a checkout: the contracts are in its pyproject.toml") from error
    contracts = {contract["id"]: contract for contract in project["tool"]["importlinter"]["contracts"]}
    source = repository / "src"
    storeys = tuple(
        Storey(name=name, meaning=_meaning(source / "divan" / name), rows=_rows(contracts.get(f"rooms-{name}", {})))
        for name in contracts["storeys"]["layers"]
    )
    rooms = {f"{storey.name}.{room}" for storey in storeys for row in storey.rows for room in row}
    return FloorPlan(
        storeys=storeys,
        meanings={room: _meaning(source / "divan" / room.replace(".", "/")) for room in sorted(rooms)},
        beside={
            name.replace("/", "."): _meaning(source / name)
            for name in (
                "divan_gateway",
                "divan_witness",
                *(f"divan_libs/{path.name}" for path in _packages(source / "divan_libs")),
            )
        },
    )


def print_floor_plan(repository: Path = REPOSITORY) -> None:
    """Print the plan: storeys from top to bottom, their rooms, and the libraries under them.

    :raises PlanMissing: outside a checkout.
    """
    for line in read_floor_plan(repository).lines():
        print(line)


def _rows(contract: dict[str, list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(room.strip(" ()") for room in row.split("|")) for row in contract.get("layers", []))


def _packages(directory: Path) -> list[Path]:
    return sorted(path.parent for path in directory.glob("*/__init__.py"))


def _meaning(package: Path) -> str:
    source = (package / "__init__.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]
