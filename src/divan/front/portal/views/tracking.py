"""Tracking without signing in: by number and secret, counted against guessing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from divan.dealings.cases import queries
from divan.dealings.cases.values import TrackingRefused
from divan.foundation.http.access import PUBLIC, access
from divan.foundation.ui.fields import ErrorSummary, Field
from divan.foundation.ui.refusals import text_of
from divan.front.portal.case_page import case_page
from divan.front.portal.patience import TRACKING, count_guess, take_back


@access(PUBLIC)
@require_http_methods(["GET", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Show where a case stands to whoever has its number and secret."""
    number, secret = request.POST.get("number", "")[:40], request.POST.get("secret", "")[:20]
    errors: list[str] = []
    if request.method == "POST":
        count_guess(TRACKING, request)
        try:
            found = queries.tracked_case(number=number, secret=secret)
        except TrackingRefused as refusal:
            errors = [str(text_of(refusal))]
        else:
            take_back(TRACKING, request)
            return render(request, "portal/case.html", case_page(found, own=False))
    fields = [
        Field("number", "code", _("Case number"), _("For example 05-0000012-34"), number, errors),
        Field(
            "secret",
            "code",
            _("Secret of tracking"),
            _("Eight letters and digits that were shown when the request was sent"),
            secret,
        ),
    ]
    values = {"fields": fields, "error_summary": ErrorSummary.of(fields)}
    return render(request, "portal/track.html", values, status=422 if errors else 200)
