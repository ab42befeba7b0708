"""Tables without holes: every place is covered by exactly one cell, whatever spans were told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from divan_libs.richtext.documents import Cell, Direction, RichTextRefused, Table

WIDEST = 30
CELLS_AT_MOST = 20_000
Placed = list[list[tuple[int, Cell]]]


def rectangular(rows: Sequence[Sequence[Cell]], direction: Direction) -> Table | None:
    """Return the table of these rows, or None if nothing is written in it.

    Spans are cut where they would overlap or stick out, and all of them are given up where they make the table wider
    than thirty columns; what a row holds beyond these goes on in a row below, so that no text is lost.

    :raises RichTextRefused: if it has more than twenty thousand places.
    """
    found = _narrow(rows)
    if not any(cell.runs for row in found for cell in row):
        return None
    placed, width = _placed(found)
    if width > WIDEST:
        placed, width = _placed([[replace(cell, columns=1, rows=1) for cell in row] for row in found])
    if width * len(placed) > CELLS_AT_MOST:
        raise RichTextRefused("table-too-large")
    taken = {place for y, row in enumerate(placed) for x, cell in row for place in _places(x, y, cell)}
    for y, row in enumerate(placed):
        row += [(x, Cell()) for x in range(width) if (x, y) not in taken]
        row.sort(key=lambda pair: pair[0])
    return Table(tuple(tuple(cell for _, cell in row) for row in placed), width, direction)


def _placed(rows: Sequence[Sequence[Cell]]) -> tuple[Placed, int]:
    taken: set[tuple[int, int]] = set()
    placed: Placed = []
    width = 0
    for y, row in enumerate(rows):
        placed.append([])
        x = 0
        for cell in row:
            while (x, y) in taken:
                x += 1
            columns = next((step for step in range(1, cell.columns) if (x + step, y) in taken), cell.columns)
            fitting = replace(cell, columns=columns, rows=min(cell.rows, len(rows) - y))
            taken.update(_places(x, y, fitting))
            placed[y].append((x, fitting))
            x += columns
            width = max(width, x)
        if width > WIDEST * WIDEST:
            break
    return placed, width


def _places(x: int, y: int, cell: Cell) -> Iterator[tuple[int, int]]:
    return product(range(x, x + cell.columns), range(y, y + cell.rows))


def _narrow(rows: Sequence[Sequence[Cell]]) -> list[Sequence[Cell]]:
    """Return the rows that have cells, those with too many as several."""
    return [row[at : at + WIDEST] for row in rows for at in range(0, len(row), WIDEST)]
