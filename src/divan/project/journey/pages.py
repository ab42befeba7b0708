"""What a browser without a screen sees of a page: its words, links, pairs of terms, and forms with their controls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

_SILENT = {"script", "style", "template", "head"}
_WITHIN_A_LINE = {"a", "abbr", "b", "bdi", "code", "em", "i", "kbd", "small", "span", "strong", "time"}
_TEXT_INPUTS = {"text", "search", "tel", "email", "number", "password", "url", "hidden", "date"}


@dataclass(slots=True)
class Control:
    """One control of a form: what it would send if nobody touched it, and what it could send at all."""

    name: str
    kind: str
    value: str = ""
    is_taken: bool = True
    options: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Form:
    """A form: where it goes and how, its controls in order, and its buttons as pairs of name and value."""

    action: str
    method: str = "get"
    is_multipart: bool = False
    controls: list[Control] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    words: str = ""

    def has(self, name: str) -> bool:
        """Tell whether a control bears this name."""
        return any(control.name == name for control in self.controls)

    def value(self, name: str) -> str:
        """Return what stands in the first control of this name, an empty text where there is none."""
        return next((control.value for control in self.controls if control.name == name), "")

    def offered(self, name: str) -> list[str]:
        """Return the values among which a person can choose under this name."""
        return [
            value
            for control in self.controls
            if control.name == name
            for value in (control.options if control.kind == "select" else [control.value])
        ]


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its words; the address is absolute."""

    address: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page that was answered with."""

    address: str
    status: int
    content: bytes
    media_type: str
    words: str = ""
    title: str = ""
    forms: tuple[Form, ...] = ()
    links: tuple[Link, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    tables: tuple[int, ...] = ()
    """How many lines the body of each table has."""

    def form(self, *, to: str = "", having: str = "", standing: tuple[str, str] | None = None) -> Form | None:
        """Return the first form that sends to an address with this part in it and has a control of this name.

        ``standing`` asks besides for a control of a name in which this value stands, or for a button that sends it.
        """
        for one in self.forms:
            if to not in one.action or (having and not one.has(having)):
                continue
            if standing is None or one.value(standing[0]) == standing[1] or standing in one.buttons:
                return one
        return None

    def link(self, part: str) -> Link | None:
        """Return the first link with this part in its address."""
        return next((one for one in self.links if part in one.address), None)

    def pair(self, term: str) -> str:
        """Return what stands beside a term of a description list, an empty text where it is absent."""
        return next((said for name, said in self.pairs if name == term), "")


class _Reader(HTMLParser):
    """Reads a page in one pass. Tags that HTML lets one leave open are closed by what follows."""

    def __init__(self, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address = address
        self.title = ""
        self.words: list[str] = []
        self.forms: list[Form] = []
        self.links: list[Link] = []
        self.pairs: list[tuple[str, str]] = []
        self.tables: list[int] = []
        self._form: Form | None = None
        self._form_from = 0
        self._link: tuple[str, int] | None = None
        self._term: tuple[str, int] | None = None
        self._last_term = ""
        self._select: Control | None = None
        self._area: Control | None = None
        self._silent = 0
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag in _SILENT:
            self._silent += 1
        if tag not in _WITHIN_A_LINE:
            self.words.append(" ")
        match tag:
            case "title":
                self._in_title = True
            case "a" if "href" in known:
                self._link = urljoin(self.address, known["href"]), len(self.words)
            case "dt" | "dd":
                self._term = tag, len(self.words)
            case "tbody":
                self.tables.append(0)
            case "tr" if self.tables:
                self.tables[-1] += 1
            case "form":
                self._begin_form(known)
            case _ if self._form is not None and "disabled" not in known:
                self._begin_control(self._form, tag, known)

    def _begin_control(self, form: Form, tag: str, known: dict[str, str]) -> None:
        match tag:
            case "input" if known.get("name"):
                self._input(form, known)
            case "button" if known.get("type", "submit") == "submit":
                form.buttons.append((known.get("name", ""), known.get("value", "")))
            case "select":
                self._select = Control(known.get("name", ""), "select")
                form.controls.append(self._select)
            case "option" if self._select is not None:
                if not self._select.options or "selected" in known:
                    self._select.value = known.get("value", "")
                self._select.options.append(known.get("value", ""))
            case "textarea":
                self._area = Control(known.get("name", ""), "textarea")
                form.controls.append(self._area)

    def _begin_form(self, known: dict[str, str]) -> None:
        self._form = Form(
            action=urljoin(self.address, known.get("action") or self.address),
            method=known.get("method", "get").lower(),
            is_multipart=known.get("enctype", "") == "multipart/form-data",
        )
        self._form_from = len(self.words)
        self.forms.append(self._form)

    def _input(self, form: Form, known: dict[str, str]) -> None:
        kind = known.get("type", "text").lower()
        if kind == "submit":
            form.buttons.append((known["name"], known.get("value", "")))
        elif kind in {"radio", "checkbox"}:
            form.controls.append(Control(known["name"], kind, known.get("value", "on"), is_taken="checked" in known))
        elif kind == "file":
            form.controls.append(Control(known["name"], "file", is_taken=False))
        elif kind in _TEXT_INPUTS:
            form.controls.append(Control(known["name"], kind, known.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and self._silent:
            self._silent -= 1
        match tag:
            case "title":
                self._in_title = False
            case "a" if self._link is not None:
                address, begun = self._link
                self.links.append(Link(address, _joined(self.words[begun:])))
                self._link = None
            case "dt" | "dd" if self._term is not None:
                self._end_term()
            case "form" if self._form is not None:
                self._form.words = _joined(self.words[self._form_from :])
                self._form = None
            case "select":
                self._select = None
            case "textarea" if self._area is not None:
                self._area.value = self._area.value.removeprefix("\n")
                self._area = None

    def _end_term(self) -> None:
        assert self._term is not None  # noqa: S101 (asked by the caller)
        tag, begun = self._term
        said = _joined(self.words[begun:])
        if tag == "dt":
            self._last_term = said
        else:
            self.pairs.append((self._last_term, said))
        self._term = None

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        if self._area is not None:
            self._area.value += data
        elif not self._silent:
            self.words.append(data)


def _joined(words: list[str]) -> str:
    return " ".join("".join(words).split())


def read_page(*, address: str, status: int, content: bytes, media_type: str) -> Page:
    """Return a page as it is seen; of what is not HTML only the bytes are kept."""
    if media_type.partition(";")[0].strip() != "text/html":
        return Page(address=address, status=status, content=content, media_type=media_type)
    reader = _Reader(address)
    reader.feed(content.decode("utf-8", errors="replace"))
    reader.close()
    return Page(
        address=address,
        status=status,
        content=content,
        media_type=media_type,
        words=_joined(reader.words),
        title=" ".join(reader.title.split()),
        forms=tuple(reader.forms),
        links=tuple(reader.links),
        pairs=tuple(reader.pairs),
        tables=tuple(reader.tables),
    )


def untouched(form: Form) -> Iterator[tuple[str, str]]:
    """Yield what a form would send if its button were pressed at once."""
    for control in form.controls:
        if control.is_taken and control.kind != "file" and control.name:
            yield control.name, control.value
