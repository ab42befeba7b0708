"""What others call: HTML cleaned, read as text, counted, and turned to Typst."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from html import escape
from pathlib import Path

from divan_libs.richtext.documents import RichText
from divan_libs.richtext.nodes import read_nodes
from divan_libs.richtext.reading import read_document
from divan_libs.richtext.writing import write_html, write_text, write_typed, write_typst

_PARAGRAPH_END = re.compile(r"\n[ \t]*\n\s*")


def read(html: str, *, persian_letters: bool = True) -> RichText:
    """Return the document of any HTML, also pasted from Word, LibreOffice or Google Docs.

    :raises RichTextRefused: if it is too long or nested too deep.
    """
    return read_document(read_nodes(html), persian_letters=persian_letters)


def clean(html: str, *, persian_letters: bool = True) -> str:
    """Return HTML of the subset with all that was written in any HTML; what is clean stays as it is.

    The subset is ``p h2 ul ol li table tbody tr td th strong em u br`` and ``hr.page-break``, with ``dir``,
    ``data-align``, ``colspan`` and ``rowspan``. ``persian_letters`` writes ي, ى and ك as ی and ک.

    :raises RichTextRefused: as above.
    """
    return write_html(read(html, persian_letters=persian_letters))


def from_plain_text(text: str) -> str:
    """Return the HTML of typed text: blank lines part paragraphs, single ones are line breaks."""
    parts = _PARAGRAPH_END.split(text.replace("\r\n", "\n").replace("\r", "\n").strip())
    return clean("".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in parts))


def plain_text(html: str) -> str:
    """Return the words of a rich text, for search and for readers without scripts."""
    return write_text(read(html, persian_letters=False))


def typed_text(html: str) -> str:
    """Return a rich text as somebody would type it: a blank line between blocks, a point or row of a table a line."""
    return write_typed(read(html, persian_letters=False))


def count_words(html: str) -> int:
    """Return how many words a rich text has."""
    return len(plain_text(html).split())


def to_typst(html: str, *, shown: Callable[[str], str] | None = None) -> str:
    """Return a rich text as a Typst module with ``body(fields)``, to be set beside `drawing` as ``rich.typ``.

    ``shown`` says how a line of words is printed, for example in which digits.

    :raises RichTextRefused: as above.
    """
    return write_typst(read(html, persian_letters=False), shown or str)


@cache
def drawing() -> str:
    """Return ``rich.typ``, the functions by which such a module is drawn."""
    return (Path(__file__).parent / "rich.typ").read_text(encoding="utf-8")
