"""A document as HTML of the subset, as plain text, and as Typst that says nothing but what is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from html import escape

from divan_libs.richtext.documents import (
    Alignment,
    Block,
    Cell,
    Direction,
    Heading,
    Item,
    Listing,
    Mark,
    PageBreak,
    Paragraph,
    RichText,
    Run,
    Runs,
    Table,
)

_HTML_MARKS = ((Mark.BOLD, "strong"), (Mark.ITALIC, "em"), (Mark.UNDERLINE, "u"))
# From the inside: what slants takes the words as a string.
_TYPST_MARKS = ((Mark.ITALIC, "italic"), (Mark.BOLD, "bold"), (Mark.UNDERLINE, "underlined"))


def write_html(document: RichText) -> str:
    """Return the HTML of the subset; the same document always gives the same."""
    return "".join(map(_html_block, document.blocks))


def _html_block(block: Block) -> str:
    match block:
        case Paragraph(runs, direction, alignment):
            return _element("p", _html_runs(runs), direction, alignment)
        case Heading(runs, direction, alignment):
            return _element("h2", _html_runs(runs), direction, alignment)
        case Listing():
            return _html_list(block)
        case Table(rows, _, direction):
            inside = "".join(f"<tr>{''.join(map(_html_cell, row))}</tr>" for row in rows)
            return _element("table", f"<tbody>{inside}</tbody>", direction)
        case PageBreak():
            return '<hr class="page-break">'


def _html_list(listing: Listing) -> str:
    inside = "".join(_html_item(item) for item in listing.items)
    return _element("ol" if listing.is_ordered else "ul", inside, listing.direction)


def _html_item(item: Item) -> str:
    return f"<li>{_html_runs(item.runs)}{''.join(map(_html_list, item.lists))}</li>"


def _html_cell(cell: Cell) -> str:
    spans = "".join(
        f' {name}="{count}"' for name, count in (("colspan", cell.columns), ("rowspan", cell.rows)) if count > 1
    )
    return _element("th" if cell.is_header else "td", _html_runs(cell.runs), cell.direction, cell.alignment, spans)


def _element(
    tag: str, inside: str, direction: Direction, alignment: Alignment = Alignment.DEFAULT, spans: str = ""
) -> str:
    told = f' dir="{direction}"' if direction else ""
    placed = f' data-align="{alignment}"' if alignment else ""
    return f"<{tag}{told}{placed}{spans}>{inside}</{tag}>"


def _html_runs(runs: Runs) -> str:
    return "".join(map(_html_run, runs))


def _html_run(run: Run) -> str:
    inside = escape(run.text, quote=False).replace("\n", "<br>")
    for mark, tag in reversed(_HTML_MARKS):
        if mark in run.marks:
            inside = f"<{tag}>{inside}</{tag}>"
    return inside


def write_text(document: RichText) -> str:
    """Return the words alone: a line for each line, cells of a row parted by tabs."""
    return "\n".join(line for block in document.blocks for line in _text_lines(block))


def write_typed(document: RichText) -> str:
    """Return the words with a blank line between blocks, as they are typed where there is no editor."""
    return "\n\n".join("\n".join(_text_lines(block)) for block in document.blocks if not isinstance(block, PageBreak))


def _text_lines(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(runs) | Heading(runs):
            yield _text(runs)
        case Listing(items):
            for item in items:
                yield _text(item.runs)
                for listing in item.lists:
                    yield from _text_lines(listing)
        case Table(rows):
            for row in rows:
                yield "\t".join(_text(cell.runs).replace("\n", " ") for cell in row)


def _text(runs: Runs) -> str:
    return "".join(run.text for run in runs)


def write_typst(document: RichText, shown: Callable[[str], str]) -> str:
    """Return a Typst module with ``body(fields)``, which draws by the functions of ``rich.typ``.

    Every word stands in a string, where Typst reads nothing but ``\\`` and ``"``: no text can become code or markup.
    """
    printed = RichText(tuple(_printed(block, shown) for block in document.blocks))
    inside = "".join(f"  {_typst_block(block)}\n" for block in printed.blocks)
    return f'#import "rich.typ": *\n#let body(fields) = {{\n{inside}}}\n'


def _printed(block: Block, shown: Callable[[str], str]) -> Block:
    match block:
        case Paragraph() | Heading():
            return replace(block, runs=_printed_runs(block.runs, shown))
        case Listing():
            return _printed_list(block, shown)
        case Table():
            rows = (tuple(replace(cell, runs=_printed_runs(cell.runs, shown)) for cell in row) for row in block.rows)
            return replace(block, rows=tuple(rows))
        case PageBreak():
            return block


def _printed_list(listing: Listing, shown: Callable[[str], str]) -> Listing:
    items = (
        Item(_printed_runs(item.runs, shown), tuple(_printed_list(one, shown) for one in item.lists))
        for item in listing.items
    )
    return replace(listing, items=tuple(items))


def _printed_runs(runs: Runs, shown: Callable[[str], str]) -> Runs:
    return tuple(replace(run, text="\n".join(map(shown, run.text.split("\n")))) for run in runs)


def _typst_block(block: Block) -> str:
    match block:
        case Paragraph(runs, direction, alignment):
            return f"paragraph({_typst_place(direction, alignment)}, {_typst_runs(runs)})"
        case Heading(runs, direction, alignment):
            return f"title({_typst_place(direction, alignment)}, {_typst_runs(runs)})"
        case Listing():
            return _typst_list(block)
        case Table():
            return _typst_table(block)
        case PageBreak():
            return "pagebreak(weak: true)"


def _typst_place(direction: Direction, alignment: Alignment) -> str:
    return f'"{direction}", "{alignment}"'


def _typst_list(listing: Listing) -> str:
    items = "".join(f"{_typst_item(item)}, " for item in listing.items)
    return f'{"numbers" if listing.is_ordered else "bullets"}("{listing.direction}", {items})'


def _typst_item(item: Item) -> str:
    if not item.lists:
        return _typst_runs(item.runs)
    return "{ " + "; ".join([_typst_runs(item.runs), *map(_typst_list, item.lists)]) + " }"


def _typst_table(table: Table) -> str:
    rows = "".join(f"({''.join(f'{_typst_cell(cell)}, ' for cell in row)}), " for row in table.rows)
    return f'tabular("{table.direction}", {table.width}, {rows})'


def _typst_cell(cell: Cell) -> str:
    place = _typst_place(cell.direction, cell.alignment)
    is_header = "true" if cell.is_header else "false"
    return f"({place}, {is_header}, {cell.columns}, {cell.rows}, {_typst_runs(cell.runs)})"


def _typst_runs(runs: Iterable[Run]) -> str:
    parts = "; ".join(part for run in runs for part in _typst_run(run))
    return f"{{ {parts} }}" if parts else '""'


def _typst_run(run: Run) -> Iterator[str]:
    for number, line in enumerate(run.text.split("\n")):
        if number:
            yield "linebreak()"
        if line:
            said = _typst_string(line)
            for mark, function in _TYPST_MARKS:
                if mark in run.marks:
                    said = f"{function}({said})"
            yield said


def _typst_string(text: str) -> str:
    inside = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inside}"'
