"""A page that asks before something is done at the exchange: questions, what is wrong with them, and what was done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from divan.foundation.errors import Refusal
from divan.foundation.ui.fields import ErrorSummary, Field, Option
from divan.front.backoffice.duties import require_unlimited
from divan.front.backoffice.exchange.problems import placed
from divan.front.backoffice.secretariat.reading import Problems, errors

LONGEST = 300

Fields = Callable[[QueryDict | None, Problems], Sequence[Field]]
Deed = Callable[[QueryDict, Problems], str | None]
"""Does what was asked and returns where to go; None when the problems say what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What stands around the questions: title, button, where one came from, and what follows."""

    title: str
    button: str
    back: str
    back_label: str
    done: str
    lead: str = ""
    explained: str = ""
    warning: str = ""
    danger: bool = False
    takes_files: bool = False
    rows: Sequence[tuple[str, str]] = ()


def ask(request: HttpRequest, sheet: Sheet, fields: Fields, deed: Deed) -> HttpResponse:
    """Show the questions; when they are answered do it, or say what is wrong and keep what was typed."""
    require_unlimited(request)
    problems: Problems = {}
    if request.method == "POST":
        try:
            target = deed(request.POST, problems)
        except Refusal as refusal:
            problems, target = placed(refusal), None
        if target is not None:
            messages.success(request, sheet.done)
            return redirect(target)
    drawn = list(fields(request.POST if request.method == "POST" else None, problems))
    known = {field.name for field in drawn}
    general = [said for name, said in problems.items() if name not in known]
    values = {"sheet": sheet, "fields": drawn, "error_summary": ErrorSummary.of(drawn, general)}
    return render(request, "backoffice/exchange/ask.html", values, status=422 if problems else 200)


def text(
    name: str,
    label: str,
    hint: str,
    value: str,
    problems: Problems,
    *,
    kind: str = "text",
    required: bool = True,
    most: int = LONGEST,
) -> Field:
    """Return a question of one line or, of the kind ``long-text``, of several."""
    attributes = {"maxlength": str(most)} if kind != "long-text" else {"rows": "4", "dir": "auto"}
    return Field(name, kind, label, hint, value, errors(problems, name), required, attributes=attributes)


def choice(
    name: str,
    label: str,
    hint: str,
    value: str,
    problems: Problems,
    options: Sequence[Option],
    *,
    required: bool = True,
) -> Field:
    """Return a question with options, of which the first asks to choose."""
    offered = [Option("", _("Choose")), *options]
    return Field(name, "select", label, hint, value, errors(problems, name), required, options=offered)


def reason_field(typed: QueryDict | None, problems: Problems, hint: str = "") -> Field:
    """Return the question for a reason, which stays on record."""
    value = typed.get("reason", "") if typed is not None else ""
    return text("reason", _("Reason"), hint or _("It stays on record, and the other side reads it."), value, problems)


def lines(typed: str) -> tuple[str, ...]:
    """Return the lines that were typed, without empty ones."""
    return tuple(line.strip() for line in typed.splitlines() if line.strip())
