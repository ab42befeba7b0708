"""A chart out of tables as people keep them: two scripts of digits, two calendars, empty lines, numbers for codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from divan_libs.orgchart import words
from divan_libs.orgchart.tables import Table, read_tables
from divan_libs.orgchart.values import Chart, ChartUnreadable, Finding, HolderRow, PostRow, Sheet, UnitRow
from divan_libs.persian.identifiers import (
    InvalidIdentifier,
    parse_email,
    parse_mobile,
    parse_national_code,
)
from divan_libs.persian.jalali import InvalidDate, from_jalali, parse_jalali
from divan_libs.persian.text import latin_digits, normalize, search_text

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*", re.ASCII)
_GREGORIAN = re.compile(r"((?:19|20)\d{2})[-/](\d{1,2})[-/](\d{1,2})", re.ASCII)
_HEADING_ROWS = 15
_EXCEL_DAYS = range(1, 60_000)
_CODES = frozenset({"code", "parent", "unit", "superior", "post", "role"})
_DATES = frozenset({"birth_date", "starts_on"})
_PRIVATE = frozenset({"national_code", "mobile", "birth_date"})
_LAST_OTHER_CALENDAR = 1700

_PARSERS: Mapping[str, tuple[Callable[[str], str], str]] = {
    "national_code": (parse_national_code, "chart.national-code-invalid"),
    "mobile": (parse_mobile, "chart.mobile-invalid"),
    "email": (parse_email, "chart.email-invalid"),
}


def read_chart(path: Path) -> Chart:
    """Read an organisation chart from an XLSX file with up to three sheets, or one of them from a CSV file.

    :raises ChartUnreadable: if it is no such file or no sheet has the headings of a chart.
    """
    readers = [reader for table in read_tables(path) if (reader := _reader_of(table)) is not None]
    if not readers:
        raise ChartUnreadable("headings")
    found: dict[Sheet, list[Any]] = {sheet: [] for sheet in Sheet}
    findings: list[Finding] = []
    for reader in readers:
        found[reader.sheet] += reader.read()
        findings += reader.findings
    return Chart(tuple(found[Sheet.UNITS]), tuple(found[Sheet.POSTS]), tuple(found[Sheet.HOLDERS]), tuple(findings))


def _reader_of(table: Table) -> _SheetReader | None:
    """Return the reader of a table that has the headings of a sheet; the last row of headings counts."""
    for sheet in Sheet:
        fields = words.fields_by_heading(sheet)
        known = None
        for number, row in enumerate(table.rows[:_HEADING_ROWS], 1):
            columns = {at: fields.get(_heading(cell)) for at, cell in enumerate(row)}
            if words.NEEDED[sheet] <= set(columns.values()):
                known = _SheetReader(sheet, table, number, {at: name for at, name in columns.items() if name})
                unknown = [at for at, name in columns.items() if name is None and _heading(row[at])]
                known.findings = [
                    Finding(sheet, number, _words(row[at])[:60], "chart.heading-unknown", hinders=False)
                    for at in unknown
                ]
        if known is not None:
            return known
    return None


def _heading(cell: object) -> str:
    return search_text(_words(cell).replace("_", " ").replace("*", " "))


def _words(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return normalize(str(cell)).replace("\n", " ").strip()


@dataclass(slots=True)
class _SheetReader:
    """Reads the rows of one sheet below its headings."""

    sheet: Sheet
    table: Table
    headings: int
    columns: Mapping[int, str]
    findings: list[Finding] = field(default_factory=list)

    def read(self) -> list[UnitRow | PostRow | HolderRow]:
        """Return the rows that say something; what is wrong with a cell is a finding and leaves it empty."""
        rows: list[UnitRow | PostRow | HolderRow] = []
        for number, row in enumerate(self.table.rows[self.headings :], self.headings + 1):
            places = {name: (number, at + 1) for at, name in self.columns.items()}
            said = {name: row[at] if at < len(row) else None for at, name in self.columns.items()}
            marked = [name for name, place in places.items() if place in self.table.uncalculated]
            if not marked and not any(_words(cell) for cell in said.values()):
                continue
            for name, place in places.items():
                if place in self.table.merged:
                    self._find(number, name, "chart.merged-cell")
            for name in marked:
                self._find(number, name, "chart.formula")
            cells = {name: self._cell(number, name, cell) for name, cell in said.items()}
            rows.append(self._row(number, {name: value for name, value in cells.items() if value}))
        return rows

    def _row(self, number: int, cells: dict[str, Any]) -> UnitRow | PostRow | HolderRow:
        match self.sheet:
            case Sheet.UNITS:
                return UnitRow(row=number, **{"code": "", **cells})
            case Sheet.POSTS:
                return PostRow(row=number, **{"code": "", **cells})
            case Sheet.HOLDERS:
                return HolderRow(row=number, **{"post": "", "national_code": "", **cells})

    def _find(self, number: int, name: str, code: str, value: str = "") -> None:
        hidden = "" if name in _PRIVATE else value[:80]
        self.findings.append(Finding(self.sheet, number, name, code, hidden))

    def _cell(self, number: int, name: str, cell: object) -> str | date | None:
        text = _words(cell)
        if not text:
            return None
        if isinstance(cell, str) and text.startswith("#") and text.endswith(("!", "?", "A")):
            self._find(number, name, "chart.cell-error", text)
            return None
        if name in _DATES:
            return self._date(number, name, cell)
        if name in _PARSERS:
            return self._parsed(number, name, cell, text)
        if name in _CODES:
            text = latin_digits(text)
            if not _CODE.fullmatch(text):
                self._find(number, name, "chart.code-invalid", text)
                return None
        if name == "legal_id":
            # Whether it can be one is weighed against what stands: an export must come back whatever was entered.
            text = latin_digits(text).zfill(11)
        if name in ("kind", "level"):
            return self._choice(number, name, text)
        longest = 80 if (self.sheet, name) == (Sheet.POSTS, "code") else words.LONGEST.get(name, 60)
        if len(text) > longest:
            self._find(number, name, "chart.too-long", text)
            return None
        return text

    def _choice(self, number: int, name: str, text: str) -> str | None:
        found = words.choice(text, words.KINDS if name == "kind" else words.LEVELS)
        if found is None:
            self._find(number, name, f"chart.{name}-unknown", text)
        return found

    def _parsed(self, number: int, name: str, cell: object, text: str) -> str | None:
        if isinstance(cell, int | float):
            # A spreadsheet that takes a code for a number drops the zeros before it.
            text = text.zfill({"national_code": 10, "mobile": 11}.get(name, 0))
        parse, fault = _PARSERS[name]
        try:
            return parse(text)
        except InvalidIdentifier:
            self._find(number, name, fault, text)
            return None

    def _date(self, number: int, name: str, cell: object) -> date | None:
        try:
            return read_date(cell)
        except (InvalidDate, ValueError, OverflowError):
            self._find(number, name, "chart.date-invalid", _words(cell))
            return None


def read_date(cell: object) -> date:
    """Return the day of a cell: a date of the spreadsheet, its serial number, or a Jalali or Gregorian text.

    :raises ValueError: if it is no date.
    """
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        # Some spreadsheets take 1404/09/01 for a day of the Gregorian year 1404.
        return cell if cell.year > _LAST_OTHER_CALENDAR else from_jalali(cell.year, cell.month, cell.day)
    text = latin_digits(_words(cell))
    if isinstance(cell, int | float) and int(cell) in _EXCEL_DAYS:
        return date(1899, 12, 30) + timedelta(days=int(cell))
    if gregorian := _GREGORIAN.fullmatch(text):
        year, month, day = (int(part) for part in gregorian.groups())
        return date(year, month, day)
    return parse_jalali(text)
