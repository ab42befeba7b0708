"""Properties of every text: cleaning settles at once, loses no letter, lets nothing pass, and can always be set."""

from __future__ import annotations

import re
import unicodedata
from html import escape
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from divan_libs.persian.text import normalize
from divan_libs.richtext.cleaning import clean, drawing, plain_text, to_typst

ALLOWED = {"p", "h2", "ul", "ol", "li", "table", "tbody", "tr", "td", "th", "strong", "em", "u", "br", "hr"}
ATTRIBUTES = {"dir", "data-align", "colspan", "rowspan", "class"}
LETTERS = "ابپکیهءئۀةيكىABcz09۳٤ \u200c\u00a0\u200f\t\n.,،؛()[]{}<>&\"'\\#$*_`@=-~/:;%\u0654\u064b\u0301\u202e\u00ad"

words = st.text(alphabet=LETTERS, max_size=12)
styles = st.sampled_from(
    [
        "",
        " dir=rtl",
        " dir=LTR align=right",
        ' style="text-align:left;font-weight:bold"',
        ' style="mso-list:l0 level2 lfo1"',
        ' style="page-break-before:always"',
        ' onclick="x()" style="color:red;font-weight:400"',
        " colspan=3",
        " rowspan=2 data-align=center",
    ]
)


def wrapped(tags: list[str], inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda tag, look, text: f"<{tag}{look}>{text}</{tag}>", st.sampled_from(tags), styles, inside)


inline = st.recursive(
    words.map(escape),
    lambda inner: st.lists(
        st.one_of(inner, wrapped(["b", "i", "u", "span", "strong", "em", "font", "o:p"], inner), st.just("<br>")),
        max_size=3,
    ).map("".join),
    max_leaves=5,
)
blocks = st.recursive(
    st.one_of(wrapped(["p", "h1", "h3", "pre"], inline), inline, st.just('<hr class="page-break">')),
    lambda inner: st.lists(
        st.one_of(
            inner,
            wrapped(["div", "blockquote"], inner),
            wrapped(["ul", "ol"], st.lists(wrapped(["li"], inner), max_size=3).map("".join)),
            wrapped(
                ["table"],
                st.lists(
                    wrapped(["tr"], st.lists(wrapped(["td", "th"], inner), max_size=3).map("".join)), max_size=3
                ).map("".join),
            ),
        ),
        max_size=3,
    ).map("".join),
    max_leaves=8,
)
soup = st.lists(
    st.one_of(
        words,
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<b>",
                "</i>",
                "<table>",
                "<td",
                ">",
                "<li>",
                "<!--",
                "-->",
                "<script>",
                "<a\thref='javascript:x'>",
                "</ul>",
                "<ul>",
                "<svg>",
                "<math>\n",
                "",
                "",
                "",
                "",
                "",
                "",
                "",
                "",
                "",
                "",
                "",
                "<![CDATA[",
                "&#x3c;",
                "&lt;script&gt;",
                "<style>",
                "<img\tsrc=x\tonerror=y>",
            ]
        ),
    ),
    max_size=12,
).map("".join)
slow = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@slow
@given(st.one_of(blocks, soup))
@example("<p>a<b>\u202e</b>\u0301</p>")
@example("<ul dir=rtl><li><ul><li>الف</li></ul></li></ul>")
def test_what_is_clean_stays_as_it_is(html):
    once = clean(html)

    assert clean(once) == once


@slow
@given(st.one_of(blocks, soup))
def test_only_the_subset_comes_out(html):
    tags = Tags()
    tags.feed(clean(html))

    for tag, attributes in tags.found:
        assert tag in ALLOWED
        assert attributes.keys() <= ATTRIBUTES
        assert attributes.get("class") in {None, "page-break"}
        assert attributes.get("dir") in {None, "rtl", "ltr"}
        assert attributes.get("data-align") in {None, "center", "end", "justify"}


def letters_of(text: str) -> str:
    """Return the letters that are seen, without marks: these compose with a letter or not by what stands between."""
    parted = unicodedata.normalize("NFD", normalize(re.sub(r"\s", " ", text)))
    return re.sub(r"[\s\u200c•\u0654\u064b\u0301]", "", parted).replace("ي", "ی")


class Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = ""

    def handle_data(self, data):
        self.found += data


@slow
@given(blocks)
def test_no_letter_is_lost(html):
    texts = Texts()
    texts.feed(html)
    texts.close()

    assert letters_of(plain_text(clean(html))) == letters_of(texts.found)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(blocks)
@example('<p>#panic("x") \\u{41} " \\" ]} ]) $x$ *b* _i_ @ref <l> = - + / // /* `r` https://x ~ -- ... \' </p>')
def test_every_text_can_be_set(html):
    typst = pytest.importorskip("typst", reason="letters are set in the house, which brings typst")
    page = b'#import "body.typ": body\n#body((:))'
    sources = {"main.typ": page, "rich.typ": drawing().encode(), "body.typ": to_typst(clean(html)).encode()}

    assert typst.compile(sources, format="pdf").startswith(b"%PDF")


def test_markup_of_typst_is_text():
    typst = pytest.importorskip("typst", reason="letters are set in the house, which brings typst")
    pypdf = pytest.importorskip("pypdf")
    import io  # noqa: PLC0415 (only here)

    said = '#panic("x") \\u{41} ]} $x$ *b* _i_ @ref <l> = // /* `r` https://x.ir ~ -- ... \'a\' "b"'
    page = b'#set page(width: 40cm)\n#import "body.typ": body\n#body((:))'
    html = "<p>" + escape(said) + "</p>"
    sources = {"main.typ": page, "rich.typ": drawing().encode(), "body.typ": to_typst(html).encode()}
    pdf = typst.compile(sources, format="pdf")

    assert pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text().strip() == said
