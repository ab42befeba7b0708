"""About the house: what it does and does not do yet, privacy, accessibility, and the log."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from importlib import resources

import yaml
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from divan.foundation.http.access import PUBLIC, access
from divan.trust.ledger import queries as ledger
from divan_libs.tlog import serving


@access(PUBLIC)
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Say what Divan is."""
    return render(request, "portal/about.html")


@access(PUBLIC)
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say which data are kept, why and how long."""
    return render(request, "portal/privacy.html")


@access(PUBLIC)
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how the pages can be used, and what to do when they cannot."""
    return render(request, "portal/accessibility.html")


@lru_cache(maxsize=1)
def _register() -> list[dict[str, object]]:
    content = resources.files("divan.front.portal").joinpath("coverage.yaml").read_text(encoding="utf-8")
    items: list[dict[str, object]] = yaml.load(content, Loader=yaml.CSafeLoader)["items"]
    return items


@access(PUBLIC)
@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """Show, item by item, what the province's texts ask and what is there."""
    language = "en" if (get_language() or "fa") == "en" else "fa"
    wanted = request.GET.get("state", "")
    states = {"works": (_("Works"), "good"), "partial": (_("In part"), "waiting"), "absent": (_("Not there yet"), "")}
    items = [
        {
            "id": item["id"],
            "term": item[f"term_{language}"],
            "note": item.get(f"note_{language}", ""),
            "where": item.get("where", []),
            "tests": item.get("tests", []),
            "state": states[str(item["state"])],
        }
        for item in _register()
        if not wanted or item["state"] == wanted
    ]
    counts = Counter(str(item["state"]) for item in _register())
    values = {
        "items": items,
        "wanted": wanted,
        "counts": [(code, label, tone, counts[code]) for code, (label, tone) in states.items()],
        "total": len(_register()),
    }
    return render(request, "portal/coverage.html", values)


@access(PUBLIC)
@require_safe
def log_file(_request: HttpRequest, path: str) -> HttpResponse:
    """Serve a published file of the log; tiles never change, the checkpoint always may."""
    content = ledger.read_published(path)
    if content is None:
        raise Http404
    answer = HttpResponse(content, content_type=serving.content_type(path))
    answer["Cache-Control"] = serving.cache_control(path)
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
