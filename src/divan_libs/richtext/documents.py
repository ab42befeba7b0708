"""What a rich text is: frozen values, and nothing that the writers of HTML and Typst could not set.

A text in them is normal: one space between words, none at the ends of a line, a newline for a line break, ZWNJ inside
words alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, StrEnum, auto


class Mark(Flag):
    """How a run of text stands out; several may hold at once."""

    NONE = 0
    BOLD = auto()
    ITALIC = auto()
    UNDERLINE = auto()


class Direction(StrEnum):
    """In which direction a block runs; empty where its first letters decide."""

    AUTO = ""
    RTL = "rtl"
    LTR = "ltr"


class Alignment(StrEnum):
    """Where the lines of a block stand; empty where the page decides. Logical: the start of Persian is the right."""

    DEFAULT = ""
    CENTER = "center"
    END = "end"
    JUSTIFY = "justify"


@dataclass(frozen=True, slots=True)
class Run:
    """Letters in one manner; a newline is a line break."""

    text: str
    marks: Mark = Mark.NONE


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    runs: Runs
    direction: Direction = Direction.AUTO
    alignment: Alignment = Alignment.DEFAULT


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; there is one level."""

    runs: Runs
    direction: Direction = Direction.AUTO
    alignment: Alignment = Alignment.DEFAULT


@dataclass(frozen=True, slots=True)
class Item:
    """A point of a list, with the lists below it."""

    runs: Runs
    lists: tuple[Listing, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """A list, with bullets or with numbers."""

    items: tuple[Item, ...]
    is_ordered: bool = False
    direction: Direction = Direction.AUTO


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table, over so many columns and rows."""

    runs: Runs = ()
    is_header: bool = False
    columns: int = 1
    rows: int = 1
    direction: Direction = Direction.AUTO
    alignment: Alignment = Alignment.DEFAULT


@dataclass(frozen=True, slots=True)
class Table:
    """A table without holes: each place of ``width`` columns is covered by exactly one cell."""

    rows: tuple[tuple[Cell, ...], ...]
    width: int
    direction: Direction = Direction.AUTO


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


Block = Paragraph | Heading | Listing | Table | PageBreak


@dataclass(frozen=True, slots=True)
class RichText:
    """A whole text, from the first block to the last."""

    blocks: tuple[Block, ...] = ()


class RichTextRefused(ValueError):
    """A text is too long, or nested deeper than any letter; ``code`` says which."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"rich text refused: {reason}")
        self.code = f"richtext.{reason}"
        self.reason = reason
