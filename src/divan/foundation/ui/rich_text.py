"""The field of rich text: its toolbar as values, what it was sent with, and the cleaning of what is pasted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from divan.foundation.http.access import STAFF, access
from divan.foundation.ui.fields import Answers
from divan_libs.richtext import cleaning
from divan_libs.richtext.documents import RichTextRefused

Text = Promise | str


@dataclass(frozen=True, slots=True)
class Tool:
    """A button of the toolbar: its command, label, shortcut, and the strokes of its sign on a grid of 24.

    ``turned`` signs are mirrored where the page runs from right to left.
    """

    command: str
    label: Text
    strokes: str
    shortcut: str = ""
    turned: bool = False


@dataclass(frozen=True, slots=True)
class ToolGroup:
    """Tools that stand together; those of tables are shown inside a table alone."""

    label: Text
    tools: Sequence[Tool]
    of_tables: bool = False


TOOLBAR: tuple[ToolGroup, ...] = (
    ToolGroup(
        _("Looks of the letters"),
        (
            Tool("bold", _("Bold"), "M7 5h6a3.5 3.5 0 0 1 0 7H7zM7 12h7a3.5 3.5 0 0 1 0 7H7zM8 5v14", "Ctrl+B"),
            Tool("italic", _("Italic"), "M10 5h7M7 19h7M14 5l-4 14", "Ctrl+I"),
            Tool("underline", _("Underline"), "M7 4v7a5 5 0 0 0 10 0V4M5 20h14", "Ctrl+U"),
        ),
    ),
    ToolGroup(
        _("Structure"),
        (
            Tool("heading", _("Heading"), "M6 5v14M18 5v14M6 12h12", "Ctrl+Shift+H"),
            Tool(
                "bullets",
                _("List with bullets"),
                "M9 6h11M9 12h11M9 18h11M4 6h.01M4 12h.01M4 18h.01",
                "Ctrl+Shift+8",
                True,
            ),
            Tool(
                "numbers",
                _("List with numbers"),
                "M10 6h10M10 12h10M10 18h10M3.5 5l1.5-1v5M3.5 15.5c.5-1.5 3-1 2.5.5L3.5 19H6",
                "Ctrl+Shift+7",
                True,
            ),
            Tool("indent", _("Further in"), "M4 5h16M11 10h9M11 14h9M4 19h16M4 9l3 3-3 3", "Ctrl+]", True),
            Tool("outdent", _("Further out"), "M4 5h16M11 10h9M11 14h9M4 19h16M7 9l-3 3 3 3", "Ctrl+[", True),
        ),
    ),
    ToolGroup(
        _("Place of the lines"),
        (
            Tool("start", _("At the beginning of the line"), "M4 6h16M4 10h10M4 14h16M4 18h10", "", True),
            Tool("center", _("In the middle"), "M4 6h16M7 10h10M4 14h16M7 18h10", "Ctrl+Shift+E"),
            Tool("end", _("At the end of the line"), "M4 6h16M10 10h10M4 14h16M10 18h10", "", True),
            Tool("justify", _("Both edges even"), "M4 6h16M4 10h16M4 14h16M4 18h16", "Ctrl+Shift+J"),
            Tool(
                "rtl",
                _("From right to left"),
                "M13 4v12M17 4v12M19 4h-8a4 4 0 0 0 0 8h2M20 20H5M8 17l-3 3 3 3",
                "Ctrl+Shift+R",
            ),
            Tool(
                "ltr",
                _("From left to right"),
                "M11 4v12M15 4v12M17 4H9a4 4 0 0 0 0 8h2M4 20h15M16 17l3 3-3 3",
                "Ctrl+Shift+L",
            ),
        ),
    ),
    ToolGroup(
        _("Insert"),
        (
            Tool("table", _("Table"), "M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14M15 5v14"),
            Tool("page-break", _("New page"), "M6 3v6h12V3M6 21v-6h12v6M3 12h3M9 12h2M13 12h2M18 12h3", "Ctrl+Enter"),
        ),
    ),
    ToolGroup(
        _("Table"),
        (
            Tool("row-add", _("Row below"), "M4 4h16v8H4zM12 15v6M9 18h6"),
            Tool("row-remove", _("Remove the row"), "M4 4h16v8H4zM9 18h6"),
            Tool("column-add", _("Column beside"), "M4 4h8v16H4zM15 12h6M18 9v6", "", True),
            Tool("column-remove", _("Remove the column"), "M4 4h8v16H4zM15 12h6", "", True),
            Tool("head-row", _("Head row"), "M4 5h16v14H4zM4 10h16M4 6.5h16M4 8h16"),
            Tool(
                "merge",
                _("Join or part cells"),
                "M4 5h16v14H4zM12 5v3M12 16v3M7 12h3M17 12h-3M9 10l2 2-2 2M15 10l-2 2 2 2",
            ),
            Tool("table-remove", _("Remove the table"), "M4 5h16v14H4zM9 9l6 6M15 9l-6 6"),
        ),
        of_tables=True,
    ),
    ToolGroup(
        _("Steps"),
        (
            Tool("undo", _("Undo"), "M8 5L4 9l4 4M4 9h10a5 5 0 0 1 0 10h-3", "Ctrl+Z"),
            Tool("redo", _("Redo"), "M16 5l4 4-4 4M20 9H10a5 5 0 0 0 0 10h3", "Ctrl+Y"),
        ),
    ),
)


def read_rich_text(answers: Answers, name: str, *, before: str = "") -> str:
    """Return what was written in a field of rich text as clean HTML, whether scripts ran or not.

    Without scripts plain text comes; while it says what ``before`` said, that stays with all its looks.

    :raises divan_libs.richtext.documents.RichTextRefused: if it is too long or nested too deep.
    """
    sent = answers.get(name, "") or ""
    if answers.get(f"{name}-form", "") == "html":
        return cleaning.clean(sent)
    same = sent.split() == cleaning.typed_text(before).split()
    return cleaning.clean(before) if before and same else cleaning.from_plain_text(sent)


@access(STAFF)
@require_POST
def clean_pasted(request: HttpRequest) -> HttpResponse:
    """Clean what an officer pastes into a field of rich text; nothing is kept."""
    try:
        clean = cleaning.clean(request.POST.get("html", ""))
    except RichTextRefused as refused:
        return HttpResponse(refused.code, content_type="text/plain; charset=utf-8", status=422)
    return HttpResponse(clean, content_type="text/plain; charset=utf-8")
