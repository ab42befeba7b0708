"""The first page, and the choice of language."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from divan.foundation.http.access import PUBLIC, access
from divan.foundation.http.language import COOKIE
from divan.registers.catalogue import queries as catalogue

YEAR = 365 * 24 * 3600


@access(PUBLIC)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead to what people come for: a service, a running request, a document to verify."""
    services = catalogue.list_services(language=get_language() or "fa", limit=12)
    language = get_language() or "fa"
    events = [
        (one.bundle.code, one.bundle.text("title", language), len(one.services)) for one in catalogue.list_bundles()
    ]
    return render(request, "portal/home.html", {"services": services, "life_events": events})


@access(PUBLIC)
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the chosen language and go back to where the visitor was."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    answer = HttpResponseRedirect(back)
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        answer.set_cookie(
            COOKIE, chosen, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
        )
    return answer
