"""What the catalogue tells."""

from __future__ import annotations

import re
from functools import lru_cache
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from divan.registers.catalogue import models
from divan.registers.catalogue.values import ServiceListing, ServiceUnknown, VersionRef
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


_LISTED = """
    SELECT s.code, v.title_{0}, v.summary_{0}, v.body_{0}, v.delivery, v.uuid, v.number, v.sha256, v.published_at
    FROM catalogue_service s JOIN catalogue_serviceversion v ON v.id = s.current_id
    WHERE (%(body)s = '' OR v.body_code = %(body)s) AND v.search_text LIKE ALL (%(terms)s)
      AND (v.sort_key, s.code COLLATE "C") > (%(sort_key)s, %(after)s COLLATE "C")
    ORDER BY v.sort_key, s.code COLLATE "C" LIMIT %(limit)s
"""


def _sort_key(service_code: str) -> str:
    """Return the sort key of the newest version of a service, offered or not.

    :raises ServiceUnknown: if no service ever had this code.
    """
    versions = models.ServiceVersion.objects.filter(service__code=service_code).order_by("-number")
    found: str | None = versions.values_list("sort_key", flat=True).first()
    if found is None:
        raise ServiceUnknown(service=service_code)
    return found


def list_services(
    *, language: str = "fa", query: str = "", body: str = "", after: str = "", limit: int = 500
) -> list[ServiceListing]:
    """Return the services offered now that hold every word of the query, in Persian alphabetical order.

    ``after`` is the code of the last service of the page before; it may have been withdrawn since. This is the most
    visited query of the house, so it is one statement written out.

    :raises ServiceUnknown: if no service ever had the code ``after``.
    """
    given: dict[str, str | int | list[str]] = {
        "body": body,
        "terms": ["%" + re.sub(r"([\\%_])", r"\\\1", term) + "%" for term in search_terms(query)],
        "after": after,
        "sort_key": _sort_key(after) if after else "",
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LISTED.format("en" if language == "en" else "fa"), given)
        rows = cursor.fetchall()
    return [
        ServiceListing(
            code=code,
            title=title,
            summary=summary,
            body_name=body_name,
            delivery=delivery,
            version=VersionRef(uuid=uuid, service_code=code, number=number, digest=digest, published_at=published_at),
        )
        for code, title, summary, body_name, delivery, uuid, number, digest, published_at in rows
    ]
