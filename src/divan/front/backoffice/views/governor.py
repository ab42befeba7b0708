"""The governor's first page: what was asked, answered and late, where, and with whom it waits. Figures, no cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from divan.dealings.cases import queries
from divan.dealings.cases.values import CountyFigures
from divan.foundation import clock
from divan.foundation.http.access import access
from divan.foundation.ui.numbers import number
from divan.foundation.ui.pieces import Bar, Measure
from divan.front.backoffice.duties import GOVERNOR
from divan.registers.people import queries as people


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits at a post: by whom, not only how many."""

    post: str
    unit: str
    holder: str
    waiting: int
    late: int
    oldest_due_at: datetime | None


@access(GOVERNOR)
@require_safe
def governor(request: HttpRequest) -> HttpResponse:
    """Show the province's figures, counted from the cases at this moment."""
    now, language = clock.now(), get_language() or "fa"
    counties = queries.county_figures(now)
    totals = queries.totals(now)
    values = {
        "figures": _measures(totals),
        "counties": counties,
        "bars": [Bar(_county(one), one.received, one.late) for one in counties],
        "named": [(_county(one), one, _share(one)) for one in counties],
        "waiting": _waiting(now, language),
        "is_empty": totals.received == 0,
        "now": now,
    }
    return render(request, "backoffice/governor.html", values)


def _county(figures: CountyFigures) -> str:
    return figures.county or _("Without a place")


def _share(figures: CountyFigures) -> int | None:
    """Return the answered part of what was received in whole per cent, rounded down; None where there is none."""
    return 100 * figures.answered // figures.received if figures.received else None


def _measures(totals: CountyFigures) -> list[Measure]:
    denominator = _("of %(count)s received") % {"count": number(totals.received)}
    return [
        Measure(_("Received"), totals.received, note=_("Since the beginning, without drafts")),
        Measure(_("Answered"), totals.answered, tone="good"),
        Measure(_("Answered share"), _share(totals), _("per cent"), denominator),
        Measure(_("Under way"), totals.open),
        Measure(_("Late"), totals.late, note=_("Past the promised day"), tone="bad" if totals.late else "good"),
    ]


def _waiting(now: datetime, language: str) -> list[Waiting]:
    bottlenecks = queries.list_bottlenecks(now)
    posts = people.find_posts(one.post for one in bottlenecks)
    holders = people.holders_of(posts, now)
    return [
        Waiting(
            post=posts[one.post].title(language),
            unit=posts[one.post].unit.name(language),
            holder=holders[one.post].full_name if one.post in holders else _("vacant"),
            waiting=one.waiting,
            late=one.late,
            oldest_due_at=one.oldest_due_at,
        )
        for one in bottlenecks
        if one.post in posts
    ]
