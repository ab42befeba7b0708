"""The components of the pages, each one tag; ``ui/style_page.html`` shows every one in every state."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms, template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from divan.foundation.errors import Refusal, Trouble
from divan.foundation.ui import clocks, icons, numbers, refusals
from divan.foundation.ui.fields import ErrorSummary, Field, field_of
from divan.foundation.ui.frame import Link
from divan.foundation.ui.pieces import Bar, Event, Measure, Row, Task
from divan.foundation.ui.rich_text import TOOLBAR, ToolGroup
from divan_libs.persian.jalali import MONTHS_EN, MONTHS_FA
from divan_libs.persian.text import PERSIAN_LETTER
from divan_libs.richtext import cleaning

register = template.Library()
Shown = dict[str, Any]

_SIGNS = re.compile(r"([/\-_.])")


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon: ``{% icon "clock" %}``."""
    return icons.icon(name)


@register.simple_tag
def code(value: object, boxed: bool = False) -> SafeString:
    """Set a code, number of identity or address as a left-to-right island: ``{% code case.number %}``.

    A number gets the digits of the language; what holds Latin letters (a hash, an address) stays as it is. The parts of
    a number with Persian letters stand apart: a digit after such a letter would change sides with the sign before it.
    """
    kind, text = "code code--boxed" if boxed else "code", numbers.code(value)
    if not PERSIAN_LETTER.search(text):
        return format_html('<bdi class="{}" dir="ltr">{}</bdi>', kind, text)
    parts = format_html_join("", "<bdi>{}</bdi>", ((part,) for part in _SIGNS.split(text) if part))
    return format_html('<bdi class="{}" dir="ltr">{}</bdi>', kind, parts)


@register.simple_tag
def tag(text: object, tone: str = "") -> SafeString:
    """Draw a status: ``{% tag text "good" %}``; tones: info, lapis, good, waiting, bad, solid-bad, or none."""
    return format_html('<strong class="{}">{}</strong>', f"tag tag--{tone}" if tone else "tag", text)


@register.simple_tag
def clock_badge(
    due_at: datetime | None,
    now: datetime,
    done_at: datetime | None = None,
    paused: bool = False,
    soon: int = 3,
) -> SafeString:
    """Say how a deadline stands in words, colour and sign: ``{% clock_badge task.due_at now %}``."""
    face = clocks.clock_face(due_at, now, done_at=done_at, paused=paused, soon=soon)
    kind = f"tag tag--{face.tone} clock" if face.tone else "tag clock"
    return format_html('<strong class="{}">{} {}</strong>', kind, icons.icon(face.icon), face.words)


@register.simple_tag
def clock_row(due_at: datetime | None, now: datetime, done_at: datetime | None = None, paused: bool = False) -> str:
    """Return the class that marks a row of a worklist by its clock: ``<tr class="{% clock_row due_at now %}">``."""
    row = clocks.clock_face(due_at, now, done_at=done_at, paused=paused).row
    return f"row--{row}" if row else ""


@register.simple_tag
def refusal_text(refusal: Refusal | Trouble) -> refusals.RefusalText:
    """Give a refusal's title, explanation and advice: ``{% refusal_text refusal as text %}``."""
    return refusals.text_of(refusal)


@register.inclusion_tag("ui/parts/error_summary.html")
def error_summary(summary: ErrorSummary | None) -> Shown:
    """List all that is wrong, each linked to its control; nothing where nothing is wrong."""
    return {"summary": summary}


@register.simple_tag
def form_errors(form: forms.BaseForm) -> ErrorSummary:
    """Gather the errors of a Django form: ``{% form_errors form as summary %}{% error_summary summary %}``."""
    return ErrorSummary.of_form(form)


def _months() -> list[tuple[str, str]]:
    names = MONTHS_EN if numbers.language() == "en" else MONTHS_FA
    return [(str(position), name) for position, name in enumerate(names, start=1)]


@register.inclusion_tag("ui/fields/field.html")
def field(question: Field) -> Shown:
    """Draw a question with label, hint, error and controls: ``{% field field %}``."""
    return {"field": question, "months": _months() if question.kind == "date" else ()}


@register.inclusion_tag("ui/fields/field.html")
def form_field(bound: forms.BoundField, kind: str = "", heading: bool = False, unit: str = "") -> Shown:
    """Draw a field of a Django form: ``{% form_field form.mobile "mobile" %}``."""
    return field(field_of(bound, kind, heading=heading, unit=unit))


@register.inclusion_tag("ui/fields/field.html")
def rich_text(question: Field) -> Shown:
    """Draw a field of rich text, whatever kind it was given: ``{% rich_text field %}``; its value is clean HTML."""
    return field(replace(question, kind="rich-text"))


@register.simple_tag
def rich_text_toolbar() -> Sequence[ToolGroup]:
    """Give the tools of the editor: ``{% rich_text_toolbar as groups %}``."""
    return TOOLBAR


@register.filter
def typed_text(html: object) -> str:
    """Return a rich text as it is typed without an editor."""
    return cleaning.typed_text(str(html or ""))


@register.filter
def shown_rich_text(html: object) -> SafeString:
    """Return a rich text to be shown on a page; it is cleaned again, whoever kept it."""
    return mark_safe(cleaning.clean(str(html or "")))  # noqa: S308 (what `clean` returns is the safe subset)


@register.inclusion_tag("ui/parts/summary_list.html")
def summary_list(rows: Sequence[Row], title: str = "", actions: Sequence[Link] = ()) -> Shown:
    """List keys and values, in a card where a title is given: ``{% summary_list rows title=page.title %}``."""
    return {"rows": rows, "title": title, "actions": actions, "changing": any(row.actions for row in rows)}


@register.inclusion_tag("ui/parts/task_list.html")
def task_list(tasks: Sequence[Task]) -> Shown:
    """List tasks with their states: ``{% task_list tasks %}``."""
    return {"tasks": tasks}


@register.inclusion_tag("ui/parts/timeline.html")
def timeline(events: Sequence[Event]) -> Shown:
    """Tell a history from its beginning: ``{% timeline events %}``."""
    return {"events": events}


@register.inclusion_tag("ui/parts/empty_state.html")
def empty_state(title: str, text: str = "", url: str = "", label: str = "") -> Shown:
    """Say that there is nothing here, why, and what to do: ``{% empty_state title text url label %}``."""
    return {"title": title, "text": text, "url": url, "label": label}


@register.inclusion_tag("ui/parts/pagination.html")
def pagination(previous_url: str = "", next_url: str = "", label: str = "") -> Shown:
    """Lead to the pages before and after (keyset, no counting): ``{% pagination previous_url next_url %}``."""
    return {"previous_url": previous_url, "next_url": next_url, "label": label}


@register.inclusion_tag("ui/parts/breadcrumbs.html")
def breadcrumbs(trail: Sequence[Link]) -> Shown:
    """Lead back up: ``{% breadcrumbs trail %}``; the page itself is not in the trail."""
    return {"trail": trail}


@register.inclusion_tag("ui/parts/back_link.html")
def back_link(url: str, label: str = "") -> Shown:
    """Lead one step back: ``{% back_link url %}``."""
    return {"url": url, "label": label}


@register.inclusion_tag("ui/parts/sections.html")
def sections(links: Sequence[Link], label: str = "") -> Shown:
    """Lead between the sections of one thing, each its own page: ``{% sections links %}``."""
    return {"links": links, "label": label}


@register.inclusion_tag("ui/parts/contents.html")
def contents(links: Sequence[Link]) -> Shown:
    """List what is on this page: ``{% contents links %}``."""
    return {"links": links}


@register.inclusion_tag("ui/parts/measures.html")
def measures(figures: Sequence[Measure]) -> Shown:
    """Show figures side by side: ``{% measures figures %}``."""
    return {"figures": figures}


@register.inclusion_tag("ui/parts/bars.html")
def bars(rows: Sequence[Bar], caption: str, heading: str, count: str, part: str = "") -> Shown:
    """Draw a table with bars: ``{% bars rows caption heading count part %}``; ``part`` heads the second colour."""
    longest = max((row.value for row in rows), default=0) or 1
    drawn = [(row, 100 * row.value / longest, 100 * row.part / longest) for row in rows]
    return {"rows": drawn, "caption": caption, "heading": heading, "count": count, "part": part}


@register.inclusion_tag("ui/parts/progress.html")
def progress(done: int, total: int, label: str) -> Shown:
    """Show how far long work has come: ``{% progress done total label %}``."""
    return {"done": done, "total": total, "label": label}


@register.inclusion_tag("ui/parts/copyable.html")
def copyable(value: object) -> Shown:
    """Set a code with a button that copies it where scripts run: ``{% copyable secret %}``."""
    return {"value": str(value)}


@register.simple_block_tag
def inset(content: str) -> SafeString:
    """Set something apart: ``{% inset %}…{% endinset %}``."""
    return format_html('<div class="inset">{}</div>', content)


@register.simple_block_tag
def warning(content: str) -> SafeString:
    """Warn of a consequence: ``{% warning %}…{% endwarning %}``."""
    said = gettext("Warning")
    return format_html(
        '<div class="warning">{}<p><span class="visually-hidden">{}: </span>{}</p></div>',
        icons.icon("alert"),
        said,
        content,
    )


@register.simple_block_tag
def notice(content: str, title: str, tone: str = "") -> SafeString:
    """Tell news of this page: ``{% notice title "good" %}…{% endnotice %}``; tones: good, waiting, bad, or none."""
    return format_html(
        '<section class="{}" role="{}"><h2>{}</h2><div>{}</div></section>',
        f"notice notice--{tone}" if tone else "notice",
        "alert" if tone == "bad" else "status" if tone == "good" else "note",
        title,
        content,
    )


_PANEL_ICONS: Mapping[str, str] = {"": "check", "good": "check", "bad": "cross", "unknown": "alert"}


@register.simple_block_tag
def panel(content: str, title: str, tone: str = "") -> SafeString:
    """Confirm, or give a verdict: ``{% panel title %}…{% endpanel %}``; tones: good, bad, unknown, or none."""
    return format_html(
        '<div class="{}">{}<h1>{}</h1>{}</div>',
        f"panel panel--{tone}" if tone else "panel",
        icons.icon(_PANEL_ICONS[tone]),
        title,
        content,
    )


@register.simple_block_tag
def reveal(content: str, summary: str, opened: bool = False) -> SafeString:
    """Keep something to be opened: ``{% reveal summary %}…{% endreveal %}``."""
    state = SafeString(" open") if opened else SafeString("")
    return format_html(
        '<details class="reveal"{}><summary>{}</summary><div>{}</div></details>', state, summary, content
    )


@register.simple_block_tag
def scroll_region(content: str, label: str) -> SafeString:
    """Hold a wide table that is scrolled by keyboard too: ``{% scroll_region label %}…{% endscroll_region %}``."""
    return format_html('<div class="scroll-region" role="region" aria-label="{}" tabindex="0">{}</div>', label, content)
