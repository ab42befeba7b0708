"""The visits of a day at the body of the post in use."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from divan.dealings.cases import queries
from divan.foundation import clock
from divan.foundation.http.access import STAFF, access
from divan.front.backoffice.duties import own_post
from divan.registers.people import queries as people
from divan_libs.persian.jalali import TEHRAN


@access(STAFF)
@require_safe
def visits(request: HttpRequest) -> HttpResponse:
    """List who comes to the own body on a day: when, on which seat, for which case."""
    post, language = own_post(request), get_language() or "fa"
    day = _day(request)
    lines = []
    for one in queries.list_visits_of_day(post.unit.body_code, day):
        case = queries.get_case(one.case)
        lines.append(
            {
                "visit": one,
                "who": people.get_person(case.applicant).full_name,
                "service": queries.get_package_of(case).text("card.title", language),
                "may_open": queries.may_see_case(post, case),
            }
        )
    values = {
        "day": day,
        "lines": lines,
        "before": (day - timedelta(days=1)).isoformat(),
        "after": (day + timedelta(days=1)).isoformat(),
    }
    return render(request, "backoffice/visits.html", values)


def _day(request: HttpRequest) -> date:
    """Return the day asked for; today in Tehran where none is named, or what is named is none."""
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return clock.now().astimezone(TEHRAN).date()
