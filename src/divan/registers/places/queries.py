"""What places tells."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from divan.registers.places import models
from divan.registers.places.values import Level, Place, PlaceUnknown
from divan_libs.persian.text import search_terms


def _value(row: models.Place) -> Place:
    return Place(uuid=row.uuid, code=row.code, name=row.name, level=Level(row.level), inhabitable=row.inhabitable)


def get_place(code: str) -> Place:
    """Return the division with this statistical code.

    :raises PlaceUnknown: if there is none.
    """
    row = models.Place.objects.filter(code=code).first()
    if row is None:
        raise PlaceUnknown(place=code)
    return _value(row)


def find_places(codes: Iterable[str]) -> dict[str, Place]:
    """Return the divisions with these codes, by code; unknown codes are absent."""
    return {row.code: _value(row) for row in models.Place.objects.filter(code__in=list(codes))}


def lineage(code: str) -> list[Place]:
    """Return a division and the wider ones that hold it, widest first; empty when the code is unknown."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE line AS (
                SELECT *, 0 AS step FROM places_place WHERE code = %s
                UNION ALL
                SELECT p.*, line.step + 1 FROM places_place p JOIN line ON p.id = line.parent_id
            ) SELECT uuid, code, name, level, inhabitable FROM line ORDER BY step DESC
            """,
            [code],
        )
        return [
            Place(uuid=UUID(str(uuid)), code=code, name=name, level=Level(level), inhabitable=inhabitable)
            for uuid, code, name, level, inhabitable in cursor.fetchall()
        ]


def ancestor(code: str, level: Level) -> Place:
    """Return the division itself or the wider one at a level.

    :raises PlaceUnknown: if the code is unknown or nothing at this level holds it.
    """
    for place in lineage(code):
        if place.level is level:
            return place
    raise PlaceUnknown(place=code, level=str(level))


def list_children(parent_code: str | None, level: Level | None = None, *, inhabitable_only: bool = True) -> list[Place]:
    """Return the open divisions directly inside one (or the provinces), in Persian alphabetical order."""
    rows = models.Place.objects.filter(valid_until__isnull=True).order_by("sort_key", "code")
    rows = rows.filter(parent__code=parent_code) if parent_code else rows.filter(level=Level.PROVINCE)
    if level is not None:
        rows = rows.filter(level=level)
    if inhabitable_only:
        rows = rows.filter(inhabitable=True)
    return [_value(row) for row in rows[:2000]]


def search_places(text: str, *, level: Level | None = None, within: str = "", limit: int = 20) -> list[Place]:
    """Return the open divisions whose name holds every word of the text, those that begin with it first."""
    terms = search_terms(text)
    if not terms:
        return []
    rows = models.Place.objects.filter(valid_until__isnull=True, inhabitable=True)
    if level is not None:
        rows = rows.filter(level=level)
    if within:
        rows = rows.filter(code__startswith=within)
    for term in terms:
        rows = rows.filter(search_text__contains=term)
    found = [_value(row) for row in rows.order_by("sort_key", "code")[: limit * 5]]
    return sorted(found, key=lambda place: not place.name.startswith(text.strip()))[:limit]


def count_places(level: Level) -> int:
    """Return how many open divisions there are at a level."""
    return models.Place.objects.filter(level=level, valid_until__isnull=True).count()
