"""A chart as a workbook: the empty template, and what stands now in the form in which it is read."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

from divan_libs.orgchart import words
from divan_libs.orgchart.values import Chart, Sheet
from divan_libs.persian.jalali import to_jalali

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet


def write_template() -> bytes:
    """Return a workbook with the headings of the three sheets in both languages, and a guide with examples."""
    book = _book(Chart())
    guide = book.create_sheet(words.GUIDE)
    guide.sheet_view.rightToLeft = True
    rows = [("برگه", "ستون", "column", "لازم required", "نمونه example")]
    for sheet in Sheet:
        for field, example in words.EXAMPLES[sheet].items():
            needed = "✓" if field in words.NEEDED[sheet] else ""
            rows.append((words.TITLES[sheet], words.heading_of(sheet, field, "fa"), field, needed, example))
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row, 1):
            _write(guide, number, column, text)
    for letter, width in zip("ABCDE", (20, 24, 20, 18, 36), strict=True):
        guide.column_dimensions[letter].width = width
    return _bytes(book)


def write_chart(chart: Chart) -> bytes:
    """Return a workbook with these rows; reading it gives them back, but for their row numbers."""
    return _bytes(_book(chart))


def _book(chart: Chart) -> Workbook:
    import openpyxl  # noqa: PLC0415 (the libraries stand without it; only a workbook needs it)
    from openpyxl.styles import Font  # noqa: PLC0415 (as above)

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    tables = {Sheet.UNITS: chart.units, Sheet.POSTS: chart.posts, Sheet.HOLDERS: chart.holders}
    for sheet, rows in tables.items():
        page = book.create_sheet(words.TITLES[sheet])
        page.sheet_view.rightToLeft = True
        page.freeze_panes = "A3"
        for column, field in enumerate(words.COLUMNS[sheet], 1):
            for number, language in ((1, "fa"), (2, "en")):
                _write(page, number, column, words.heading_of(sheet, field, language))
                page.cell(number, column).font = Font(bold=True)
            page.column_dimensions[page.cell(1, column).column_letter].width = 22
            for number, row in enumerate(rows, 3):
                _write(page, number, column, _text(getattr(row, field)))
    return book


def _text(value: object) -> str:
    if isinstance(value, date):
        return "{}/{:02}/{:02}".format(*to_jalali(value))
    return str(value or "")


def _write(page: Worksheet, row: int, column: int, text: str) -> None:
    """Write a cell as text whatever it begins with: a name that begins with = must not become a formula."""
    if text:
        cell = page.cell(row, column)
        cell.value = text
        cell.data_type = "s"
        cell.number_format = "@"


def _bytes(book: Workbook) -> bytes:
    packed = BytesIO()
    book.save(packed)
    return packed.getvalue()
