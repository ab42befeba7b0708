"""What the province sees of its cases, counted from the cases themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Count, Min, Q

from divan.dealings.cases import models
from divan.dealings.cases.values import Bottleneck, CaseState, CountyFigures, ServiceFigures
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


def service_figures(codes: Sequence[str], since: datetime) -> dict[str, ServiceFigures]:
    """Return, for each of these services, what became of the cases received since a moment, in one indexed query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.code, count(*), count(c.decided_at),
                   avg(extract(epoch FROM c.decided_at - c.submitted_at)) / 3600,
                   count(*) FILTER (WHERE c.decided_at > c.due_at)
            FROM catalogue_service s
            JOIN catalogue_serviceversion v ON v.service_id = s.id JOIN cases_case c ON c.version_id = v.id
            WHERE s.code = ANY (%s) AND c.submitted_at >= %s GROUP BY s.code
            """,
            [list(codes), since],
        )
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    none = (0, 0, None, 0)
    return {
        code: ServiceFigures(
            received=received, decided=decided, mean_hours=None if mean is None else float(mean), late=late
        )
        for code, (received, decided, mean, late) in ((code, rows.get(code, none)) for code in codes)
    }


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
