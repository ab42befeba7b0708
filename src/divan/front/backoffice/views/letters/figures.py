"""Letters in figures: of the province for the governor, of a body for who is in charge of it; no letter's content."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.values import LateUnit, LetterFigures, LongWaiting
from divan.foundation import clock
from divan.foundation.http.access import access
from divan.foundation.http.media import bytes_answer
from divan.foundation.ui.frame import Link
from divan.foundation.ui.numbers import digits, number
from divan.foundation.ui.pieces import Measure
from divan.front.backoffice.duties import GOVERNOR, IN_CHARGE, own_post
from divan.front.texts.words import WORDS, word
from divan.registers.people import queries as people
from divan_libs.persian.jalali import MONTHS_EN, MONTHS_FA, jalali_year

Rows = Sequence[tuple[str, LetterFigures]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A unit at which letters wait, or a letter that waits at a post, with names."""

    name: str
    body: str
    line: LateUnit | LongWaiting
    holder: str = ""


@access(GOVERNOR)
@require_safe
def province(request: HttpRequest) -> HttpResponse:
    """Show the figures of every body and the province's together, or give them as CSV."""
    language = get_language() or "fa"
    year = _year(request)
    found = queries.figures_by_body(year)
    names = people.find_units(one.body for one in found if one.body)
    rows = [(names[one.body].name(language) if one.body in names else "–", one) for one in found]
    return _answer(request, rows, year=year, body=None, language=language, title=_("Letters of the province"))


@access(IN_CHARGE)
@require_safe
def body(request: HttpRequest) -> HttpResponse:
    """Show the figures of the own body month by month, or give them as CSV."""
    language, post = get_language() or "fa", own_post(request)
    year = _year(request)
    found = queries.figures_by_month(post.unit.body_uuid, year)
    rows = [(_month(month, language), one) for month, one in sorted(found.items())]
    unit = people.get_unit(post.unit.body_code)
    return _answer(
        request,
        rows,
        year=year,
        body=unit.uuid,
        language=language,
        title=_("Letters in figures") + " – " + unit.name(language),
    )


def _answer(
    request: HttpRequest, rows: Rows, *, year: int, body: UUID | None, language: str, title: str
) -> HttpResponse:
    total = queries.total_figures(one for _name, one in rows)
    if request.GET.get("as") == "csv":
        return _csv(rows, total, year=year, by_body=body is None)
    now = clock.now()
    years = sorted({*queries.list_figure_years(), jalali_year(now)}, reverse=True)
    values = {
        "title": title,
        "rows": rows,
        "total": total,
        "is_province": body is None,
        "measures": _measures(total),
        "channels": _channels(total),
        "units": _units(queries.late_units(now, body=body), language),
        "waiting": _letters(queries.long_waiting(body=body), language, now),
        "year": year,
        "years": [Link(f"{request.path}?year={one}", digits(one), current=one == year) for one in years],
        "csv_url": f"{request.path}?year={year}&as=csv",
        "other_url": reverse("backoffice:governor") if body is None else "",
        "now": now,
    }
    return render(request, "backoffice/letters/figures.html", values)


def _measures(total: LetterFigures) -> list[Measure]:
    return [
        Measure(_("Received"), total.received_count, note=_("Letters registered as incoming")),
        Measure(_("Sent"), total.sent_count, note=_("Each recipient counts")),
        Measure(_("Without paper"), total.paperless_share, _("per cent"), _("of what was received and sent")),
        Measure(
            _("Until it was acted upon"),
            None if total.hours is None else round(total.hours),
            _("working hours"),
            _("mean of %(count)s reports, from referral to report") % {"count": number(total.acted)},
        ),
        Measure(
            _("Sheets of paper not used"),
            total.sheets,
            note=_("Pages of a letter × recipients it went to without paper"),
        ),
    ]


def _channels(total: LetterFigures) -> list[tuple[str, int, int]]:
    """Return what was received and sent by each channel that carried something."""
    used = [one for one in WORDS["letter-channel"] if one in total.received or one in total.sent]
    return [(word("letter-channel", one), total.received.get(one, 0), total.sent.get(one, 0)) for one in used]


def _units(found: list[LateUnit], language: str) -> list[Waiting]:
    names = people.find_units([*(one.unit for one in found), *(one.body for one in found)])
    return [
        Waiting(name=names[one.unit].name(language), body=names[one.body].name(language), line=one)
        for one in found
        if one.unit in names and one.body in names
    ]


def _letters(found: list[LongWaiting], language: str, now: datetime) -> list[Waiting]:
    posts = people.find_posts(one.post for one in found)
    holders = people.holders_of(posts, now)
    return [
        Waiting(
            name=posts[one.post].title(language),
            body=posts[one.post].unit.name(language),
            line=one,
            holder=holders[one.post].full_name if one.post in holders else _("vacant"),
        )
        for one in found
        if one.post in posts
    ]


def _csv(rows: Rows, total: LetterFigures, *, year: int, by_body: bool) -> HttpResponse:
    channels = list(WORDS["letter-channel"])
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            _("Body") if by_body else _("Month"),
            _("Received"),
            _("Sent"),
            _("Without paper, per cent"),
            _("Mean working hours until acted upon"),
            _("Reports"),
            _("Sheets of paper not used"),
            *(f"{_('Received')}: {word('letter-channel', one)}" for one in channels),
            *(f"{_('Sent')}: {word('letter-channel', one)}" for one in channels),
        ]
    )
    for name, one in [*rows, (_("Together"), total)]:
        writer.writerow(
            [
                name,
                one.received_count,
                one.sent_count,
                "" if one.paperless_share is None else one.paperless_share,
                "" if one.hours is None else one.hours,
                one.acted,
                one.sheets,
                *(one.received.get(channel, 0) for channel in channels),
                *(one.sent.get(channel, 0) for channel in channels),
            ]
        )
    # The mark at the beginning tells spreadsheets that the text is UTF-8; without it Persian is garbled there.
    content = out.getvalue().encode("utf-8-sig")
    return bytes_answer(content, name=f"letters-{year}.csv", media_type="text/csv; charset=utf-8", download=True)


def _year(request: HttpRequest) -> int:
    typed = request.GET.get("year", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else jalali_year(clock.now())


def _month(month: int, language: str) -> str:
    return (MONTHS_EN if language == "en" else MONTHS_FA)[month - 1]
