"""Tables out of CSV and XLSX files: cells with what a spreadsheet hides, merged ranges and formulas."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from divan_libs.orgchart.values import MAX_BYTES, MAX_ROWS, MAX_UNPACKED, ChartUnreadable

MAX_COLUMNS = 60
MAX_SHEETS = 20


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a sheet from its first row; ``merged`` and ``uncalculated`` hold (row, column) from one."""

    rows: list[list[Any]]
    merged: frozenset[tuple[int, int]] = frozenset()
    uncalculated: frozenset[tuple[int, int]] = frozenset()


def read_tables(path: Path) -> list[Table]:
    """Return the tables of a file.

    :raises ChartUnreadable: if it is no such file, too large, or broken.
    """
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as problem:
        raise ChartUnreadable("shape", detail=problem.strerror or str(problem)) from problem
    if size > MAX_BYTES:
        raise ChartUnreadable("size", limit=MAX_BYTES)
    match path.suffix.lower():
        case ".csv":
            return [Table(_csv_rows(content))]
        case ".xlsx":
            return list(_workbook_tables(content))
    raise ChartUnreadable("kind", name=path.name)


def _csv_rows(content: bytes) -> list[list[Any]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1256", errors="replace")
    first = text.partition("\n")[0]
    delimiter = max((",", ";", "\t", "؛"), key=first.count)
    try:
        rows = [list[Any](row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    except csv.Error as problem:
        raise ChartUnreadable("shape", detail=str(problem)) from problem
    if len(rows) > MAX_ROWS:
        raise ChartUnreadable("size", limit=MAX_ROWS)
    return rows


def _workbook_tables(content: bytes) -> Iterator[Table]:
    import openpyxl  # noqa: PLC0415 (the libraries stand without it; only a workbook needs it)

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MAX_UNPACKED:
                raise ChartUnreadable("size", limit=MAX_UNPACKED)
        values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        written = openpyxl.load_workbook(io.BytesIO(content))
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, SyntaxError) as problem:
        raise ChartUnreadable("shape", detail=str(problem)[:200]) from problem
    for sheet in values.worksheets[:MAX_SHEETS]:
        if sheet.max_row > MAX_ROWS:
            raise ChartUnreadable("size", limit=MAX_ROWS)
        rows = [list(row) for row in sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)]
        merged = {
            (row, column)
            for area in sheet.merged_cells.ranges
            for row in range(area.min_row, area.max_row + 1)
            for column in range(area.min_col, min(area.max_col, MAX_COLUMNS) + 1)
        }
        formulas = {
            (number, column)
            for number, row in enumerate(written[sheet.title].iter_rows(max_col=MAX_COLUMNS), 1)
            for column, cell in enumerate(row, 1)
            if cell.data_type == "f" and rows[number - 1][column - 1] is None
        }
        yield Table(rows, frozenset(merged), frozenset(formulas))
