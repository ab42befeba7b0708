"""The catalogue: the list of services, each service, and its package as it was published."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from divan.foundation import clock
from divan.foundation.http.access import PUBLIC, access
from divan.front.api import service_data
from divan.front.api.caching import public_answer, public_value
from divan.front.api.entrance import spoken
from divan.front.api.refusing import refuses
from divan.front.api.schemas.services import Service, Services
from divan.front.api.values import InputFault, InputRefused
from divan.registers.catalogue import queries as catalogue
from divan.registers.catalogue.values import ServiceUnknown
from divan_libs.persian.jalali import TEHRAN

router = Router(tags=["services"])
Language = Annotated[Literal["fa", "en"] | None, Query(description="else the header Accept-Language decides")]
ServiceCode = Annotated[str, Path(max_length=60, pattern="^[a-z0-9-]+$", description="code of the service")]


@router.get("/services", response=Services, url_name="services", operation_id="listServices")
@access(PUBLIC)
def list_services(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=200, description="words that all must occur")] = "",
    after: Annotated[str, Query(max_length=60, description="`next` of the page before")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """List the services offered now, in Persian alphabetical order."""
    try:
        found = catalogue.list_services(language=spoken(), query=q, after=after, limit=limit + 1)
    except ServiceUnknown as refusal:
        raise InputRefused(faults=(InputFault("api.input.cursor-unknown", "query", "after"),)) from refusal
    items = [service_data.line_of(one) for one in found[:limit]]
    return public_value(request, Services(items=items, next=items[-1].code if len(found) > limit else None))


@router.get(
    "/services/{code}",
    response=Service,
    url_name="service",
    operation_id="getService",
    openapi_extra=refuses(ServiceUnknown),
)
@access(PUBLIC)
def get_service(request: HttpRequest, code: ServiceCode, language: Language = None) -> HttpResponse:  # noqa: ARG001 (read by the entrance)
    """Tell a service: its identity card, requirements, form, steps, and the fees in force today."""
    version = catalogue.get_offered_version(code, inside=False)
    package = catalogue.get_package(version.uuid)
    today = clock.now().astimezone(TEHRAN).date()
    return public_value(request, service_data.service_of(package, version, spoken(), today))


@router.get(
    "/services/{code}/package",
    response=dict,
    url_name="package",
    operation_id="getPackage",
    openapi_extra=refuses(ServiceUnknown),
)
@access(PUBLIC)
def get_package(request: HttpRequest, code: ServiceCode) -> HttpResponse:
    """Give the published version as canonical JSON (RFC 8785), byte for byte; its tag is its SHA-256."""
    version = catalogue.get_offered_version(code, inside=False)
    return public_answer(request, catalogue.stored_package(version.uuid), tag=version.digest)
