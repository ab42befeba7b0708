"""Only through the portal: which services of each body are given elsewhere, as a public report."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from divan.foundation.http.access import PUBLIC, access
from divan.foundation.ui.frame import Link
from divan.front.portal.options import options
from divan.front.texts.words import word
from divan.registers.catalogue import queries as catalogue
from divan.registers.catalogue.values import ServiceOutside, ServiceUnknown


@dataclass(frozen=True, slots=True)
class BodyLine:
    """A body in the report: its services, how many are given through the portal alone, and how the others are not."""

    code: str
    name: str
    services: int
    only_here: int
    elsewhere: int
    unelectronic: int
    unreasoned: int


def _hosts(request: HttpRequest) -> set[str]:
    own = urlsplit(options().base_url).hostname or ""
    return {own, request.get_host().rsplit(":", 1)[0]}


def _listed(request: HttpRequest, body: str = "") -> list[ServiceOutside]:
    return catalogue.list_outside(_hosts(request), language=get_language() or "fa", body=body)


def _lines(found: Iterable[ServiceOutside]) -> list[BodyLine]:
    bodies: dict[tuple[str, str], list[ServiceOutside]] = {}
    for one in found:
        bodies.setdefault((one.service.body_code, one.service.body_name), []).append(one)
    return [
        BodyLine(
            code=code,
            name=name,
            services=len(services),
            only_here=sum(one.only_here for one in services),
            elsewhere=sum(bool(one.elsewhere) or one.handed_off for one in services),
            unelectronic=sum(bool(one.unelectronic) for one in services),
            unreasoned=sum(one.unreasoned for one in services),
        )
        for (code, name), services in bodies.items()
    ]


@access(PUBLIC)
@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """Show for each body how many of its services are given through the portal alone."""
    return render(request, "portal/elsewhere.html", {"lines": _lines(_listed(request)), "trail": _trail()})


@access(PUBLIC)
@require_safe
def body(request: HttpRequest, body: str) -> HttpResponse:
    """Show which services of a body are given elsewhere, where, and why.

    :raises ServiceUnknown: if the body offers no service.
    """
    found = _listed(request, body)
    if not found:
        raise ServiceUnknown(body=body)
    context = {
        "line": _lines(found)[0],
        "services": [
            {"service": one.service, "outside": one, "rows": _rows(one)} for one in found if not one.only_here
        ],
        "trail": [*_trail(), Link(reverse("portal:elsewhere"), _("Only through the portal"))],
    }
    return render(request, "portal/elsewhere_body.html", context)


def _rows(one: ServiceOutside) -> list[tuple[str, str, str, str]]:
    """Return stage, channel, place and reason of each way that leads out."""
    return [
        (word("stage", way.stage), word("channel", way.channel), way.address, way.reason)
        for way in one.service.ways
        if way in one.elsewhere or way in one.unelectronic
    ]


@access(PUBLIC)
@require_safe
def body_table(request: HttpRequest, body: str) -> HttpResponse:
    """Give the same rows as CSV, with a byte order mark so that spreadsheets read the Persian.

    :raises ServiceUnknown: if the body offers no service.
    """
    found = _listed(request, body)
    if not found:
        raise ServiceUnknown(body=body)
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="outside-the-portal-{body}.csv"'
    rows = csv.writer(answer)
    rows.writerow(["service", "identifier", "title", "delivery", "stage", "channel", "outside", "address", "reason"])
    for one in found:
        for way in one.service.ways:
            kind = "elsewhere" if way in one.elsewhere else "not-electronic" if way in one.unelectronic else "portal"
            known = [one.service.code, one.service.identifier, one.service.title, one.service.delivery]
            rows.writerow(_harmless([*known, way.stage, way.channel, kind, way.address, way.reason]))
    return answer


def _harmless(cells: Iterable[str]) -> list[str]:
    """Return cells that no spreadsheet takes for a formula."""
    return [f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell for cell in cells]


def _trail() -> list[Link]:
    return [Link("/", _("First page")), Link(reverse("portal:services"), _("Services"))]
