"""The catalogue for programs and for paper: linked data, its vocabulary, and the identity card as a PDF."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from divan.foundation.http.access import PUBLIC, access
from divan.foundation.ui.numbers import number
from divan.front.portal.card_sheet import card_pdf
from divan.front.portal.linked import MEDIA_TYPE, site
from divan.front.portal.views.services import is_inside, offered
from divan.registers.catalogue import queries as catalogue
from divan_libs.servicepack.linked_data import (
    SCHEMES,
    VOCABULARY,
    Site,
    catalogue_document,
    service_document,
)


def _answer(request: HttpRequest, content: bytes, tag: str, media_type: str, name: str = "") -> HttpResponse:
    etag = quote_etag(tag)
    answer = HttpResponse(content, content_type=media_type, headers={"ETag": etag})
    if name:
        answer["Content-Disposition"] = f'inline; filename="{name}"'
    patch_vary_headers(answer, ["Cookie", "Accept-Language"])
    kept = get_conditional_response(request, etag=etag, response=answer)
    assert isinstance(kept, HttpResponse)  # noqa: S101 (a response was given, so one comes back)
    return kept


@lru_cache(maxsize=512)
def _service_data(version: UUID, place: Site) -> bytes:
    return json.dumps(service_document(catalogue.get_package(version), place), ensure_ascii=False).encode()


@lru_cache(maxsize=2)
def _catalogue_data(versions: tuple[UUID, ...], place: Site) -> bytes:
    packages = [catalogue.get_package(version) for version in versions]
    with override("fa"):
        title = {"fa": _("Services")}
    with override("en"):
        title["en"] = _("Services")
    return json.dumps(catalogue_document(packages, place, title), ensure_ascii=False).encode()


@access(PUBLIC)
@require_safe
def service_data(request: HttpRequest, code: str) -> HttpResponse:
    """Give a service as JSON-LD by CPSV-AP."""
    version, _package = offered(request, code)
    content = _service_data(version.uuid, site())
    return _answer(request, content, version.digest, MEDIA_TYPE)


@access(PUBLIC)
@require_safe
def whole(request: HttpRequest) -> HttpResponse:
    """Give the whole catalogue as JSON-LD by CPSV-AP."""
    listed = catalogue.list_services(inside=is_inside(request), limit=5000)
    content = _catalogue_data(tuple(one.version.uuid for one in listed), site())
    return _answer(request, content, hashlib.sha256(content).hexdigest()[:32], MEDIA_TYPE)


@access(PUBLIC)
@require_safe
def vocabulary(request: HttpRequest) -> HttpResponse:
    """Explain our own terms of the linked data, each under its address."""
    terms = [
        {
            "name": name,
            "persian": persian,
            "meaning": meaning,
            "codes": [(f"{name}-{code}", code) for code in SCHEMES.get(name, ())],
        }
        for name, (persian, meaning) in sorted(VOCABULARY.items())
    ]
    return render(request, "portal/vocabulary.html", {"terms": terms, "address": site().term("")})


@access(PUBLIC)
@require_safe
def card_paper(request: HttpRequest, code: str) -> HttpResponse:
    """Give the identity card as a PDF, laid out as the annex has it; the same version gives the same bytes."""
    version, package = offered(request, code)
    language = "en" if get_language() == "en" else "fa"
    heading = {
        "title": _("Identity card of the service"),
        "version": _("Version %(number)s") % {"number": number(version.number)},
        "tag": version.digest,
    }
    content = card_pdf(package, language, heading, made_at=version.published_at)
    return _answer(request, content, f"{version.digest[:40]}-{language}", "application/pdf", f"{code}-{language}.pdf")
