"""The catalogue as linked data for programs: who asks for it, and where this house stands."""

from __future__ import annotations

from functools import lru_cache

from django.http import HttpRequest

from divan.front.portal.options import options
from divan.registers.places import queries as places
from divan_libs.servicepack.linked_data import Site

MEDIA_TYPE = "application/ld+json"


def wants_linked_data(request: HttpRequest) -> bool:
    """Whether the asker prefers JSON-LD to a page: only a program says so."""
    accepted = request.headers.get("Accept", "")
    return MEDIA_TYPE in accepted and request.get_preferred_type(["text/html", MEDIA_TYPE]) == MEDIA_TYPE


@lru_cache(maxsize=4)
def _site(base: str, province: str) -> Site:
    found = places.find_places([province])
    name = found[province].name if province in found else province
    return Site(base=base, area=province, area_names={"fa": name})


def site() -> Site:
    """Return where this house stands."""
    known = options()
    return _site(known.base_url.rstrip("/"), known.province_code)
