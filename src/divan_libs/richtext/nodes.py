"""HTML as anybody may send it, as a tree that holds none but known tags and properties.

The HTML is read by nh3 (Ammonia over html5ever), which reads what a browser would read, so that nothing hides in a
difference between two readers. What it lets through is well formed; the tree is built of that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from divan_libs.richtext.documents import RichTextRefused

LONGEST = 1_000_000
"""Characters of HTML; a page from Word takes tens of thousands."""
DEEPEST = 200

INLINE = frozenset({"span", "font", "b", "strong", "i", "em", "cite", "u", "ins", "a", "br"})
PARTS_OF_TABLE = frozenset({"table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
PARAGRAPHS = frozenset(
    [
        "p",
        "div",
        "pre",
        "blockquote",
        "center",
        "section",
        "article",
        "aside",
        "header",
        "footer",
        "main",
        "nav",
        "address",
        "figure",
        "figcaption",
        "dl",
        "dt",
        "dd",
        "details",
        "summary",
        "fieldset",
        "legend",
    ]
)
TAGS = INLINE | PARTS_OF_TABLE | HEADINGS | PARAGRAPHS | {"ul", "ol", "li", "hr"}
SILENT = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "math", "iframe", "object"})
PROPERTIES = frozenset(
    {
        "direction",
        "font-style",
        "font-weight",
        "mso-list",
        "page-break-before",
        "text-align",
        "text-decoration",
        "text-decoration-line",
    }
)
ATTRIBUTES = {
    "*": {"style", "dir", "align", "data-align"},
    "a": {"href"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
VOID = frozenset({"br", "hr"})
# Elements that close by themselves, so that their number is no depth.
_SELF_CLOSING = frozenset(
    [
        "p",
        "li",
        "dt",
        "dd",
        "tr",
        "td",
        "th",
        "thead",
        "tbody",
        "tfoot",
        "caption",
        "colgroup",
        "option",
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    ]
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)[^>]*?(/?)>")


@dataclass(slots=True)
class Node:
    """An element with its children, texts among them."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    @property
    def style(self) -> dict[str, str]:
        """The properties of its style attribute, in small letters."""
        pairs = (part.partition(":") for part in self.attributes.get("style", "").split(";"))
        return {name.strip().lower(): value.strip().lower() for name, _, value in pairs if value.strip()}

    @property
    def elements(self) -> Iterator[Node]:
        """Its children that are elements."""
        return (child for child in self.children if isinstance(child, Node))

    @property
    def text(self) -> str:
        """All text in it."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


def read_nodes(html: str) -> Node:
    """Return the tree of an HTML text; nothing of it runs, loads or points anywhere.

    :raises RichTextRefused: if it is longer than a million characters, or nested deeper than any letter.
    """
    import nh3  # noqa: PLC0415 (the house brings it; the verifier works without)

    if len(html) > LONGEST:
        raise RichTextRefused("too-long")
    _require_shallow(html)
    safe = nh3.clean(
        html.encode(errors="ignore").decode().replace("\0", ""),
        tags=set(TAGS),
        clean_content_tags=set(SILENT),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        allowed_classes={"hr": {"page-break"}},
        filter_style_properties=set(PROPERTIES),
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    builder = _Builder()
    builder.feed(safe)
    builder.close()
    return builder.root


def _require_shallow(html: str) -> None:
    """Refuse what would take a reader time by the square of its depth, before anybody reads it."""
    depth = 0
    for closing, tag, self_closed in _TAG.findall(html):
        if self_closed or tag.lower() in _SELF_CLOSING:
            continue
        depth = max(depth - 1, 0) if closing else depth + 1
        if depth > DEEPEST:
            raise RichTextRefused("too-deep")


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in VOID:
            self._open.append(node)
            if len(self._open) > 2 * DEEPEST:
                raise RichTextRefused("too-deep")

    def handle_endtag(self, tag: str) -> None:
        if len(self._open) > 1 and self._open[-1].tag == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)
