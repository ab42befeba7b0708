"""What the province sees of its cases, counted from the cases themselves."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import Count, Min, Q

from divan.dealings.cases import models
from divan.dealings.cases.values import Bottleneck, CaseState, CountyFigures
from divan.registers.places import queries as places

RUNNING = (CaseState.OPEN, CaseState.CORRECTION, CaseState.DECIDED)


def county_figures(at: datetime) -> list[CountyFigures]:
    """Return what was received, answered, is open and is late in each county, the most received first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT county_code, count(*),
                   count(*) FILTER (WHERE state = 'closed'),
                   count(*) FILTER (WHERE state IN ('open', 'correction', 'decided')),
                   count(*) FILTER (WHERE state IN ('open', 'correction') AND due_at < %s)
            FROM cases_case WHERE state NOT IN ('draft', 'abandoned') GROUP BY county_code ORDER BY 2 DESC, 1
            """,
            [at],
        )
        rows = cursor.fetchall()
    names = places.find_places([row[0] for row in rows])
    return [
        CountyFigures(
            county_code=code,
            county=names[code].name if code in names else code,
            received=received,
            answered=answered,
            open=running,
            late=late,
        )
        for code, received, answered, running, late in rows
    ]


def totals(at: datetime) -> CountyFigures:
    """Return the same figures for the whole province."""
    rows = county_figures(at)
    return CountyFigures(
        county_code="",
        county="",
        received=sum(row.received for row in rows),
        answered=sum(row.answered for row in rows),
        open=sum(row.open for row in rows),
        late=sum(row.late for row in rows),
    )


def list_bottlenecks(at: datetime, *, limit: int = 20) -> list[Bottleneck]:
    """Return the posts with the most late steps: by whom, not only how many."""
    rows = (
        models.Task.objects.filter(closed_at__isnull=True)
        .values("post_uuid")
        .annotate(waiting=Count("id"), late=Count("id", filter=Q(due_at__lt=at)), oldest=Min("due_at"))
        .order_by("-late", "-waiting")
    )
    return [
        Bottleneck(post=row["post_uuid"], waiting=row["waiting"], late=row["late"], oldest_due_at=row["oldest"])
        for row in rows[:limit]
    ]
