"""What a template says by itself: its words outside translation tags, and the message ids inside them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from django.template.base import Lexer, TokenType
from django.utils.translation.template import templatize

SPOKEN_ATTRIBUTES = {"alt", "title", "placeholder", "aria-label", "aria-description", "aria-roledescription", "label"}
SILENT_ELEMENTS = {"script", "style", "code", "kbd", "samp", "pre", "svg"}
WORD = re.compile(r"[^\W\d_]{2,}")
LITERAL = re.compile(r"""(?<![\w(])(?:"([^"]*)"|'([^']*)')""")
NOT_SPOKEN = {
    *("url", "include", "extends", "load", "static", "block", "with", "cycle", "now", "comment"),
    *("if", "elif", "ifchanged", "for", "get_current_language"),
    *("translate", "trans", "blocktranslate", "blocktrans", "plural"),
    "code",  # an island of characters for machines
}


class Spoken(HTMLParser):
    """Collects the words of a page that a reader sees or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT_ELEMENTS
        spoken = dict(attrs)
        for name, value in spoken.items():
            heard = name in SPOKEN_ATTRIBUTES or (name == "value" and spoken.get("type") in {"submit", "button"})
            if heard and value and WORD.search(value):
                self.words.append(value.strip())

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT_ELEMENTS and self.silent > 0

    def handle_data(self, data: str) -> None:
        if not self.silent and WORD.search(data):
            self.words.append(" ".join(data.split()))


def untranslated(template: str) -> Iterator[str]:
    """Yield the words and literals that a template says outside translation tags."""
    page: list[str] = []
    translating = commenting = naming = False
    for token in Lexer(template).tokenize():
        content = token.contents
        name = content.split(maxsplit=1)[0] if content.split() else ""
        if token.token_type is TokenType.BLOCK:
            translating = name in {"blocktranslate", "blocktrans"} or (translating and not name.startswith("endblock"))
            commenting = name == "comment" or (commenting and name != "endcomment")
            # The content of `{% block body_class %}` stands inside an attribute of the parent template.
            naming = (name == "block" and content.endswith("class")) or (naming and name != "endblock")
        if translating or commenting or naming or token.token_type is TokenType.COMMENT:
            continue
        if token.token_type is TokenType.TEXT:
            page.append(content)
        else:
            # A blank keeps the words around a tag apart, nothing keeps an attribute's value whole.
            page.append(" " if token.token_type is TokenType.BLOCK else "")
            yield from spoken_literals(name, content)
    reader = Spoken()
    reader.feed("".join(page))
    yield from reader.words


def spoken_literals(name: str, content: str) -> Iterator[str]:
    """Yield the literals of a tag or variable that are prose: several words, or Persian ones, not inside ``_()``."""
    if name in NOT_SPOKEN:
        return
    for double, single in LITERAL.findall(re.sub(r"""_\((?:"[^"]*"|'[^']*')\)""", "", content)):
        text = double or single
        if re.search(r"[\u0600-\u06ff]", text) or re.search(r"[^\W\d_]{2,} [^\W\d_]{2,}", text):
            yield text


MESSAGE = re.compile(
    r"""\b(?P<function>_|gettext|ngettext|pgettext|npgettext)\((?P<first>u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"))"""
    r"""(?:\s*,\s*(?P<second>u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")))?"""
)


def message_ids(template: str) -> Iterator[tuple[str, str]]:
    """Yield the (context, message id) pairs of a template's translation tags."""
    for found in MESSAGE.finditer(templatize(template)):
        first = ast.literal_eval(found["first"])
        second = ast.literal_eval(found["second"]) if found["second"] else ""
        contextual = found["function"] in {"pgettext", "npgettext"}
        yield (first, second) if contextual else ("", first)
