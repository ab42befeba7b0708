"""The register (دفتر اندیکاتور) of what the services of the own body issue."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from divan.dealings.correspondence import queries
from divan.foundation import clock
from divan.foundation.http.access import access
from divan.foundation.ui.frame import Link
from divan.foundation.ui.numbers import digits
from divan.front.backoffice.duties import REGISTER, own_post
from divan.front.texts.words import TONES, word
from divan_libs.persian.jalali import jalali_year


@access(REGISTER)
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Show the register of the own body in a Jalali year, and prove that its numbers have no gap."""
    post, language = own_post(request), get_language() or "fa"
    body = post.unit.body_code
    years = queries.list_register_years(body)
    year = _number(request.GET.get("year", "")) or (years[0] if years else jalali_year(clock.now()))
    before = _number(request.GET.get("before", ""))
    found = queries.list_register(body, year=year, before=before)
    address = reverse("backoffice:register")
    lowest = found[-1].number.count if found and found[-1].number else 1
    values = {
        "has_register": queries.has_register(body),
        "body": post.unit.name(language),
        "year": year,
        "years": [Link(f"{address}?year={one}", digits(one), current=one == year) for one in years],
        "lines": [(one, word("letter-state", one.state), TONES[one.state]) for one in found],
        "gaps": queries.find_gaps(body, year),
        "next_url": f"{address}?year={year}&before={lowest}" if len(found) == queries.PAGE and lowest > 1 else "",
        "is_first": before is None,
    }
    return render(request, "backoffice/register.html", values)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
