"""What the catalogue tells."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from django.db.models import Q, QuerySet

from divan.registers.catalogue import models
from divan.registers.catalogue.values import ServiceListing, ServiceUnknown, VersionRef
from divan.registers.people import queries as people
from divan_libs.persian.text import search_terms
from divan_libs.servicepack.models import Package


def _ref(row: models.ServiceVersion) -> VersionRef:
    return VersionRef(
        uuid=row.uuid,
        service_code=row.service.code,
        number=row.number,
        digest=row.sha256,
        published_at=row.published_at,
    )


def _current() -> QuerySet[models.ServiceVersion]:
    return models.ServiceVersion.objects.select_related("service").filter(
        pk__in=models.Service.objects.filter(current__isnull=False).values("current")
    )


@lru_cache(maxsize=512)
def _cached_package(version_uuid: UUID) -> Package:
    # A version never changes once it is published, so its identifier is enough to remember it by.
    row = models.ServiceVersion.objects.only("canonical", "sha256").filter(uuid=version_uuid).first()
    if row is None:
        raise ServiceUnknown
    return Package.from_canonical(bytes(row.canonical))


def get_package(version_uuid: UUID) -> Package:
    """Return the package of a published version.

    :raises ServiceUnknown: if there is none.
    """
    return _cached_package(version_uuid)


def stored_package(version_uuid: UUID) -> bytes:
    """Return a version's canonical JSON as it was published: the bytes whose SHA-256 its reference names.

    :raises ServiceUnknown: if there is none.
    """
    row = models.ServiceVersion.objects.only("canonical").filter(uuid=version_uuid).first()
    if row is None:
        raise ServiceUnknown
    return bytes(row.canonical)


def get_version(version_uuid: UUID) -> VersionRef:
    """Return a published version's reference.

    :raises ServiceUnknown: if there is none.
    """
    row = models.ServiceVersion.objects.select_related("service").filter(uuid=version_uuid).first()
    if row is None:
        raise ServiceUnknown
    return _ref(row)


def get_current_version(service_code: str) -> VersionRef:
    """Return the version of a service that is offered now.

    :raises ServiceUnknown: if the service is unknown or withdrawn.
    """
    row = _current().filter(service__code=service_code).first()
    if row is None:
        raise ServiceUnknown(service=service_code)
    return _ref(row)


def _behind(code: str) -> Q:
    last = models.ServiceVersion.objects.only("sort_key").filter(service__code=code).order_by("-number").first()
    if last is None:
        raise ServiceUnknown(service=code)
    return Q(sort_key__gt=last.sort_key) | Q(sort_key=last.sort_key, service__code__gt=code)


def list_services(
    *, language: str = "fa", query: str = "", body: str = "", after: str = "", limit: int = 500
) -> list[ServiceListing]:
    """Return the services offered now that hold every word of the query, in Persian alphabetical order.

    ``after`` is the code of the last service of the page before; it may have been withdrawn since.

    :raises ServiceUnknown: if no service ever had the code ``after``.
    """
    rows = _current().defer("canonical").order_by("sort_key", "service__code")
    if after:
        rows = rows.filter(_behind(after))
    if body:
        rows = rows.filter(body_code=body)
    for term in search_terms(query):
        rows = rows.filter(search_text__contains=term)
    found = list(rows[:limit])
    bodies = {unit.code: unit for unit in people.list_bodies()} if found else {}
    return [
        ServiceListing(
            code=row.service.code,
            title=row.title_en if language == "en" else row.title_fa,
            summary=row.summary_en if language == "en" else row.summary_fa,
            body_name=bodies[row.body_code].name(language) if row.body_code in bodies else row.body_code,
            delivery=row.delivery,
            version=_ref(row),
        )
        for row in found
    ]
