"""What the catalogue tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from divan.registers.catalogue import models, rules
from divan.registers.catalogue.values import (
    BundleRef,
    BundleUnknown,
    Forest,
    Neighbour,
    OfferedBundle,
    OutlineEntry,
    ServiceListing,
    ServiceOutside,
    ServiceUnknown,
    ServiceWays,
    VersionRef,
    Way,
)
from divan_libs.persian.text import search_terms
from divan_libs.servicepack.bundles import Bundle, bundle_from
from divan_libs.servicepack.models import Card, Package


def _ref(row: models.ServiceVersion) -> VersionRef:
    return VersionRef(
        uuid=row.uuid,
        service_code=row.service.code,
        number=row.number,
        digest=row.sha256,
        published_at=row.published_at,
        audience=row.audience,
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


def get_numbered_version(service_code: str, number: int) -> VersionRef:
    """Return a version of a service by its number, offered or not.

    :raises ServiceUnknown: if the service or the version is unknown.
    """
    row = (
        models.ServiceVersion.objects.select_related("service")
        .filter(service__code=service_code, number=number)
        .first()
    )
    if row is None:
        raise ServiceUnknown(service=service_code, number=number)
    return _ref(row)


def get_offered_version(service_code: str, *, inside: bool) -> VersionRef:
    """Return the version offered now to whoever asks; services to employees exist only for those inside.

    :raises ServiceUnknown: if the service is unknown, withdrawn, or for employees and the asker is not ``inside``.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT v.uuid, v.number, v.sha256, v.published_at, v.audience
            FROM catalogue_service s JOIN catalogue_serviceversion v ON v.id = s.current_id
            WHERE s.code = %s AND (%s OR v.audience = 'public')
            """,
            [service_code, inside],
        )
        row = cursor.fetchone()
    if row is None:
        raise ServiceUnknown(service=service_code)
    uuid, number, digest, published_at, audience = row
    return VersionRef(
        uuid=uuid,
        service_code=service_code,
        number=number,
        digest=digest,
        published_at=published_at,
        audience=audience,
    )


# Those below a service by either's word, the one above it, and those that its own card names.
_NEIGHBOURS = """
    SELECT s.code, v.title_{0}, v.broader, %(code)s = ANY (v.narrower)
    FROM catalogue_service s JOIN catalogue_serviceversion v ON v.id = s.current_id
    WHERE s.code <> %(code)s AND (%(inside)s OR v.audience = 'public')
      AND (v.broader = %(code)s OR %(code)s = ANY (v.narrower) OR s.code = ANY (%(named)s))
    ORDER BY v.sort_key, s.code COLLATE "C"
"""


def list_neighbours(card: Card, *, language: str = "fa", inside: bool = False) -> list[Neighbour]:
    """Return the offered services that stand in a declared relation to one, whichever card declares it."""
    named = [*card.sub_services, *card.requires, *card.follows, *card.related_services, card.broader or ""]
    with connection.cursor() as cursor:
        statement = _NEIGHBOURS.format(_column_language(language))
        cursor.execute(statement, {"code": card.code, "inside": inside, "named": named})
        rows = cursor.fetchall()
    return [
        Neighbour(
            code=code,
            title=title,
            is_part=broader == card.code or (code in card.sub_services and not broader),
            is_whole=code == card.broader or (names_it and not card.broader),
        )
        for code, title, broader, names_it in rows
    ]


_LISTED = """
    SELECT s.code, v.identifier, v.title_{0}, v.summary_{0}, v.body_{0}, v.delivery,
           v.uuid, v.number, v.sha256, v.published_at, v.audience
    FROM catalogue_service s JOIN catalogue_serviceversion v ON v.id = s.current_id
    WHERE (%(inside)s OR v.audience = 'public')
      AND (%(body)s = '' OR v.body_code = %(body)s) AND (%(delivery)s = '' OR v.delivery = %(delivery)s)
      AND (%(event)s = '' OR %(event)s = ANY (v.life_events))
      AND (%(group)s = '' OR %(group)s = ANY (v.audience_groups))
      AND v.search_text LIKE ALL (%(terms)s)
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
    *,
    language: str = "fa",
    query: str = "",
    body: str = "",
    delivery: str = "",
    life_event: str = "",
    audience_group: str = "",
    inside: bool = False,
    after: str = "",
    limit: int = 500,
) -> list[ServiceListing]:
    """Return the services offered now that hold every word of the query, in Persian alphabetical order.

    Empty filters let everything through; services to employees are listed only ``inside``. ``after`` is the code of the
    last service of the page before; it may have been withdrawn since. One statement written out, for it is read often.

    :raises ServiceUnknown: if no service ever had the code ``after``.
    """
    given: dict[str, str | int | bool | list[str]] = {
        "inside": inside,
        "body": body,
        "delivery": delivery,
        "event": life_event,
        "group": audience_group,
        "terms": ["%" + re.sub(r"([\\%_])", r"\\\1", term) + "%" for term in search_terms(query)],
        "after": after,
        "sort_key": _sort_key(after) if after else "",
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LISTED.format(_column_language(language)), given)
        rows = cursor.fetchall()
    return [
        ServiceListing(
            code=code,
            identifier=identifier,
            title=title,
            summary=summary,
            body_name=body_name,
            delivery=kind,
            version=VersionRef(
                uuid=uuid,
                service_code=code,
                number=number,
                digest=digest,
                published_at=published_at,
                audience=audience,
            ),
        )
        for code, identifier, title, summary, body_name, kind, uuid, number, digest, published_at, audience in rows
    ]


def _column_language(language: str) -> str:
    return "en" if language == "en" else "fa"


_OUTLINED = """
    SELECT s.code, v.identifier, v.title_{0}, v.body_code, v.body_{0}, v.delivery, v.audience, v.life_events,
           v.audience_groups, v.broader, v.narrower, v.sha256
    FROM catalogue_service s JOIN catalogue_serviceversion v ON v.id = s.current_id
    WHERE %(inside)s OR v.audience = 'public' ORDER BY v.sort_key, s.code COLLATE "C"
"""


def outline(*, language: str = "fa", inside: bool = False) -> list[OutlineEntry]:
    """Return the whole catalogue in its order, each service with what the tree and the filters need, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTLINED.format(_column_language(language)), {"inside": inside})
        rows = cursor.fetchall()
    return [
        OutlineEntry(
            code=row[0],
            identifier=row[1],
            title=row[2],
            body_code=row[3],
            body_name=row[4],
            delivery=row[5],
            audience=row[6],
            life_events=tuple(row[7]),
            audience_groups=tuple(row[8]),
            broader=row[9],
            narrower=tuple(row[10]),
            digest=row[11],
        )
        for row in rows
    ]


def list_ways(*, language: str = "fa", body: str = "") -> list[ServiceWays]:
    """Return every public service, or those of a body, with the ways that its card declares."""
    tongue = _column_language(language)
    rows = _current().filter(audience="public").order_by("body_code", "sort_key", "service__code")
    if body:
        rows = rows.filter(body_code=body)
    fields = ("service__code", "identifier", f"title_{tongue}", "body_code", f"body_{tongue}", "delivery", "ways")
    return [
        ServiceWays(
            code=code,
            identifier=identifier,
            title=title,
            body_code=body_code,
            body_name=body_name,
            delivery=delivery,
            ways=tuple(
                Way(
                    stage=way["stage"],
                    channel=way["channel"],
                    electronic=way["electronic"],
                    address=way["address"],
                    reason=way[f"reason_{tongue}"],
                )
                for way in ways
            ),
        )
        for code, identifier, title, body_code, body_name, delivery, ways in rows.values_list(*fields)
    ]


def list_outside(own_hosts: Iterable[str], *, language: str = "fa", body: str = "") -> list[ServiceOutside]:
    """Return every public service, or those of a body, with what of it is not given through the portal.

    ``own_hosts`` are the names under which the portal itself is reached; law: services are given only through it.
    """
    hosts = frozenset(own_hosts)
    return [rules.outside(service, hosts) for service in list_ways(language=language, body=body)]


def trees(entries: Sequence[OutlineEntry]) -> Forest:
    """Return the services of an outline as trees."""
    return rules.forest(entries)


def count_visits(service_code: str, since: date) -> int:
    """Return how often the page of a service was opened since a day (included)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum((counts ->> %s)::bigint), 0) FROM catalogue_visitday WHERE day >= %s",
            [service_code, since],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def current_versions(codes: Iterable[str]) -> dict[str, UUID]:
    """Return the versions of these services that are offered now, by code; those that are not are left out."""
    rows = _current().filter(service__code__in=list(codes), audience="public")
    return dict(rows.values_list("service__code", "uuid"))


def bundle_ref(row: models.BundleVersion) -> BundleRef:
    """Return the reference of a row; for the rooms of this context."""
    return BundleRef(uuid=row.uuid, code=row.code, number=row.number, digest=row.sha256, published_at=row.published_at)


@lru_cache(maxsize=64)
def get_bundle(version: UUID) -> Bundle:
    """Return the bundle of a published version, offered or not; a version never changes.

    :raises BundleUnknown: if there is none.
    """
    row = models.BundleVersion.objects.only("canonical").filter(uuid=version).first()
    if row is None:
        raise BundleUnknown
    return bundle_from(bytes(row.canonical))


def list_bundles(*, language: str = "fa") -> list[OfferedBundle]:
    """Return the bundles that are offered now, each with those of its services that are offered, in its order."""
    newest = models.BundleVersion.objects.order_by("code", "-number").distinct("code").defer("canonical")
    return _offered([row for row in newest if row.withdrawn_at is None], language)


def get_offered_bundle(code: str, *, language: str = "fa") -> OfferedBundle:
    """Return a bundle that is offered now.

    :raises BundleUnknown: if none is offered under this code.
    """
    row = models.BundleVersion.objects.filter(code=code).order_by("-number").defer("canonical").first()
    if row is None or row.withdrawn_at is not None:
        raise BundleUnknown(bundle=code)
    return _offered([row], language)[0]


def _offered(found: Sequence[models.BundleVersion], language: str) -> list[OfferedBundle]:
    bundles, tongue = [get_bundle(row.uuid) for row in found], _column_language(language)
    codes = {one.code for bundle in bundles for one in bundle.services}
    listed = {
        version.service.code: ServiceListing(
            code=version.service.code,
            identifier=version.identifier,
            title=getattr(version, f"title_{tongue}"),
            summary=getattr(version, f"summary_{tongue}"),
            body_name=getattr(version, f"body_{tongue}"),
            delivery=version.delivery,
            version=_ref(version),
        )
        for version in _current().filter(service__code__in=codes, audience="public").defer("canonical", "search_text")
    }
    services = [tuple(listed[one.code] for one in bundle.services if one.code in listed) for bundle in bundles]
    rows = zip(found, bundles, services, strict=True)
    return [OfferedBundle(ref=bundle_ref(row), bundle=one, services=those) for row, one, those in rows]
