"""From the tree of an HTML text to a document: paragraphs out of whatever Word, LibreOffice and Google wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

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
from divan_libs.richtext.fake_lists import FakeItem, grouped, is_fake_item
from divan_libs.richtext.letters import normal_runs
from divan_libs.richtext.nodes import HEADINGS, PARAGRAPHS, Node
from divan_libs.richtext.tables import rectangular

_BY_TAG = {
    "b": Mark.BOLD,
    "strong": Mark.BOLD,
    "i": Mark.ITALIC,
    "em": Mark.ITALIC,
    "cite": Mark.ITALIC,
    "u": Mark.UNDERLINE,
    "ins": Mark.UNDERLINE,
}
_LISTS_AT_MOST = 6
_FIRST_STRONG = re.compile(r"[A-Za-z\u00c0-\u024f]|([\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff])")
_ADDRESS_LIMIT = 500


@dataclass(frozen=True, slots=True)
class _Look:
    """What an element hands down to those inside it."""

    marks: Mark = Mark.NONE
    direction: Direction = Direction.AUTO
    align: str = ""
    is_verbatim: bool = False


@dataclass(slots=True)
class _Draft:
    """Blocks so far, and the runs of the block that is being read."""

    persian_letters: bool
    blocks: list[Block | FakeItem] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)

    def end(self, look: _Look, *, as_heading: bool = False) -> None:
        """Close the block at hand, if it holds anything."""
        runs, self.runs = normal_runs(self.runs, persian_letters=self.persian_letters), []
        if as_heading:
            runs = normal_runs((Run(run.text, run.marks & ~Mark.BOLD) for run in runs), persian_letters=False)
        if runs:
            kind = Heading if as_heading else Paragraph
            self.blocks.append(kind(runs, look.direction, _alignment(look, runs)))


def read_document(root: Node, *, persian_letters: bool) -> RichText:
    """Return the document of a tree."""
    return RichText(_settled(_blocks_in(root, _Look(), persian_letters)))


def _blocks_in(node: Node, look: _Look, persian_letters: bool) -> tuple[Block, ...]:
    draft = _Draft(persian_letters)
    for child in node.children:
        _read(child, look, draft)
    draft.end(look)
    return tuple(grouped(draft.blocks))


def _read(child: Node | str, look: _Look, draft: _Draft) -> None:
    if isinstance(child, str):
        draft.runs.append(Run(child if look.is_verbatim else child.replace("\n", " "), look.marks))
        return
    tag, style = child.tag, child.style
    inner = _look_of(child, look)
    if style.get("page-break-before") in {"always", "page"} or "page-break" in child.attributes.get("class", ""):
        draft.end(look)
        draft.blocks.append(PageBreak())
    elif tag == "br":
        draft.runs.append(Run("\n", look.marks))
    if tag in {"br", "hr"}:
        return
    if tag in {"ul", "ol"}:
        draft.end(look)
        draft.blocks += _listing(child, inner, draft.persian_letters, depth=1)
    elif tag == "table":
        draft.end(look)
        draft.blocks += _table(child, inner, draft.persian_letters)
    elif is_fake_item(style) and (tag in PARAGRAPHS or tag in HEADINGS):
        draft.end(look)
        draft.blocks.append(_fake_item(child, inner, draft.persian_letters))
    elif tag in PARAGRAPHS or tag in HEADINGS or tag in {"li", "tr", "td", "th", "caption", "thead", "tbody", "tfoot"}:
        draft.end(look)
        _read_all(child, inner, draft)
        draft.end(inner, as_heading=tag in HEADINGS)
    elif style.get("mso-list") != "ignore":
        _read_all(child, inner, draft)
        draft.runs += _address(child, inner)


def _read_all(node: Node, look: _Look, draft: _Draft) -> None:
    for child in node.children:
        _read(child, look, draft)


def _address(node: Node, look: _Look) -> list[Run]:
    """Write out where a link leads, unless its text says it: on paper nobody can follow it."""
    href = node.attributes.get("href", "").strip()
    shown = href.removeprefix("mailto:")
    is_address = href.lower().startswith(("http:", "https:", "mailto:")) and len(shown) <= _ADDRESS_LIMIT
    if node.tag != "a" or not is_address or shown.rstrip("/") in node.text:
        return []
    return [Run(f" ({shown})", look.marks)]


def _look_of(node: Node, look: _Look) -> _Look:
    style = node.style
    marks = look.marks | _BY_TAG.get(node.tag, Mark.NONE)
    marks = _switched(marks, Mark.BOLD, _is_bold(style.get("font-weight", "")))
    marks = _switched(marks, Mark.ITALIC, _is_italic(style.get("font-style", "")))
    if "underline" in style.get("text-decoration", "") + style.get("text-decoration-line", ""):
        marks |= Mark.UNDERLINE
    # A link is set as text, so the line that browsers draw under it says nothing; headings are bold by being headings.
    if node.tag in HEADINGS:
        marks = Mark.NONE
    told = (node.attributes.get("dir") or style.get("direction", "")).lower()
    align = node.attributes.get("data-align") or style.get("text-align") or node.attributes.get("align", "")
    return _Look(
        marks=marks,
        direction=Direction(told) if told in {"rtl", "ltr"} else look.direction,
        align="center" if node.tag == "center" else align.lower() or look.align,
        is_verbatim=look.is_verbatim or node.tag == "pre",
    )


def _switched(marks: Mark, mark: Mark, told: bool | None) -> Mark:
    if told is None:
        return marks
    return marks | mark if told else marks & ~mark


def _is_bold(weight: str) -> bool | None:
    if weight.isdecimal():
        return int(weight[:4]) >= 600
    return {"bold": True, "bolder": True, "normal": False, "lighter": False}.get(weight)


def _is_italic(style: str) -> bool | None:
    return {"italic": True, "oblique": True, "normal": False}.get(style)


def _alignment(look: _Look, runs: Runs) -> Alignment:
    if look.align in {"center", "justify"}:
        return Alignment(look.align)
    end = {Direction.RTL: "left", Direction.LTR: "right"}[_direction(look.direction, runs)]
    return Alignment.END if look.align in {"end", end} else Alignment.DEFAULT


def _direction(told: Direction, runs: Runs) -> Direction:
    if told:
        return told
    found = _FIRST_STRONG.search("".join(run.text for run in runs))
    return Direction.LTR if found and not found[1] else Direction.RTL


def _listing(node: Node, look: _Look, persian_letters: bool, *, depth: int) -> list[Listing]:
    items: list[Item] = []
    direction = Direction.AUTO
    for child in node.children:
        if isinstance(child, Node) and child.tag in {"ul", "ol"}:
            # Word and Google put a list below a point straight into the list above it.
            below = _listing(child, _look_of(child, look), persian_letters, depth=depth + 1)
            items = _with_lists(items, below)
            continue
        point = child if isinstance(child, Node) else Node("li", {}, [child])
        inner = _look_of(point, look)
        own = [part for part in point.children if not _is_list(part)]
        runs = flattened(_blocks_in(replace(point, children=own), inner, persian_letters))
        lists = [
            found
            for part in point.elements
            if _is_list(part)
            for found in _listing(part, _look_of(part, inner), persian_letters, depth=depth + 1)
        ]
        direction = direction or inner.direction or _told_inside(point)
        if runs:
            items.append(Item(runs))
        items = _with_lists(items, lists)
    if not items:
        return []
    if depth > _LISTS_AT_MOST:
        # Deeper than any letter goes: the points stay, one level up.
        items = list(_level(items))
    # A list inside a list runs as that one does.
    return [Listing(tuple(items), node.tag == "ol", direction if depth == 1 else Direction.AUTO)]


def _is_list(part: Node | str) -> bool:
    return isinstance(part, Node) and part.tag in {"ul", "ol"}


def _with_lists(items: list[Item], lists: Sequence[Listing]) -> list[Item]:
    if not lists:
        return items
    if not items:
        return [item for listing in lists for item in listing.items]
    return [*items[:-1], replace(items[-1], lists=(*items[-1].lists, *lists))]


def _level(items: Iterable[Item]) -> Iterator[Item]:
    for item in items:
        yield Item(item.runs)
        for listing in item.lists:
            yield from _level(listing.items)


def _told_inside(node: Node) -> Direction:
    told = next((child.attributes["dir"].lower() for child in node.elements if "dir" in child.attributes), "")
    return Direction(told) if told in {"rtl", "ltr"} else Direction.AUTO


def _fake_item(node: Node, look: _Look, persian_letters: bool) -> FakeItem:
    runs = flattened(_blocks_in(node, look, persian_letters))
    return FakeItem.of(node, runs, look.direction)


def _table(node: Node, look: _Look, persian_letters: bool) -> list[Block]:
    captions = [child for child in node.elements if child.tag == "caption"]
    before = [block for child in captions for block in _blocks_in(child, _look_of(child, look), persian_letters)]
    found = [
        [_cell(cell, _look_of(cell, look), persian_letters) for cell in row.elements if cell.tag in {"td", "th"}]
        for row in _rows(node)
    ]
    table = rectangular(found, look.direction)
    return [*before, table] if table else before


def _rows(node: Node) -> Iterator[Node]:
    for child in node.elements:
        if child.tag == "tr":
            yield child
        elif child.tag in {"thead", "tbody", "tfoot"}:
            yield from _rows(child)


def _cell(node: Node, look: _Look, persian_letters: bool) -> Cell:
    blocks = _blocks_in(node, look, persian_letters)
    told = next((block for block in blocks if isinstance(block, Paragraph)), None)
    runs = flattened(blocks)
    return Cell(
        runs=runs,
        is_header=node.tag == "th",
        columns=_span(node.attributes.get("colspan", "")),
        rows=_span(node.attributes.get("rowspan", "")),
        direction=(told.direction if told else look.direction) if runs else Direction.AUTO,
        alignment=told.alignment if told and runs else Alignment.DEFAULT,
    )


def _span(text: str) -> int:
    return min(max(int(text), 1), 50) if text.isascii() and text.isdecimal() and len(text) < 4 else 1


def flattened(blocks: Iterable[Block]) -> Runs:
    """Return blocks as the runs of one: what stood in paragraphs, points and cells stands on lines."""
    lines = [line for block in blocks for line in _lines(block)]
    runs = [run for line in lines for run in (Run("\n"), *line)]
    return normal_runs(runs, persian_letters=False)


def _lines(block: Block) -> Iterator[Runs]:
    match block:
        case Paragraph(runs) | Heading(runs):
            yield runs
        case Listing(items):
            for item in items:
                yield (Run("• "), *item.runs)
                for listing in item.lists:
                    yield from _lines(listing)
        case Table(rows):
            for row in rows:
                yield tuple(run for cell in row for run in (*cell.runs, Run(" ")))


def _settled(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Leave out page breaks at the ends and all but one between two blocks."""
    kept: list[Block] = []
    for block in blocks:
        if isinstance(block, PageBreak) and (not kept or isinstance(kept[-1], PageBreak)):
            continue
        kept.append(block)
    if kept and isinstance(kept[-1], PageBreak):
        kept.pop()
    return tuple(kept)
