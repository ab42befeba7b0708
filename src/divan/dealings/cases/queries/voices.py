"""What applicants added to their cases, and how services were rated."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Count

from divan.dealings.cases import models
from divan.dealings.cases.queries.clocks import objection_until
from divan.dealings.cases.queries.dossier import find_decision
from divan.dealings.cases.queries.permits import list_objections
from divan.dealings.cases.values import Addition, Case, CaseState, Rating, Ratings

SHOWN_FROM = 5
"""Ratings that a service has before they are shown together: fewer would tell of single people."""

ADDED_TO = frozenset({CaseState.OPEN, CaseState.CORRECTION, CaseState.PAYMENT})
"""States of a case to which its applicant may add a file."""


def addition_of(row: models.Addition) -> Addition:
    """Return the value of a row; for the rooms of this context."""
    return Addition(
        uuid=row.uuid,
        case=row.case.uuid,
        note=row.note,
        file=row.file_uuid,
        name=row.name,
        added_at=row.added_at,
    )


def list_additions(case: UUID, *, since: datetime | None = None) -> list[Addition]:
    """Return what the applicant added to a sent case, the newest first; ``since`` leaves older ones out."""
    rows = models.Addition.objects.select_related("case").filter(case__uuid=case).order_by("-id")
    return [addition_of(row) for row in (rows.filter(added_at__gt=since) if since else rows)]


def may_object_until(case: Case, now: datetime) -> datetime | None:
    """Return until when the applicant may object to the newest decision, or None if they may not, or did."""
    newest = find_decision(case.uuid)
    if case.state is not CaseState.CLOSED or newest is None:
        return None
    if any(one.decision == newest.uuid for one in list_objections(case.uuid)):
        return None
    until = objection_until(case)
    return until if until is not None and until >= now else None


def find_rating(case: UUID) -> Rating | None:
    """Return how the applicant of a case was served, or None while they have not said."""
    row = models.Rating.objects.select_related("case").filter(case__uuid=case).first()
    return Rating(case=row.case.uuid, stars=row.stars, words=row.words, rated_at=row.rated_at) if row else None


def ratings_of(service_code: str) -> Ratings | None:
    """Return the ratings of a service together, or None while there are too few to be shown."""
    rows = models.Rating.objects.filter(service_code=service_code).values("stars").annotate(many=Count("id"))
    many = {row["stars"]: row["many"] for row in rows.order_by("stars")}
    count = sum(many.values())
    if count < SHOWN_FROM:
        return None
    one, two, three, four, five = (many.get(stars, 0) for stars in range(1, 6))
    mean = sum(stars * found for stars, found in many.items()) / count
    return Ratings(count=count, by_stars=(one, two, three, four, five), mean=mean)
