"""Figures of letters: from the tallies that were kept, and of what waits now; never what a letter says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q

from divan.dealings.correspondence import models
from divan.dealings.correspondence.values import LateUnit, LetterFigures, LongWaiting
from divan.registers.people import queries as people

LONG_WAITING = 20


def figures_by_body(year: int) -> list[LetterFigures]:
    """Return the figures of each body in a Jalali year, as far as it has any, by the order of bodies."""
    rows = models.LetterTally.objects.filter(month__gte=year * 100, month__lt=(year + 1) * 100)
    by_body: dict[int, list[models.LetterTally]] = defaultdict(list)
    for row in rows:
        by_body[row.body_id].append(row)
    bodies = dict(models.Secretariat.objects.filter(body_id__in=by_body).values_list("body_id", "body__uuid"))
    return [_figures(bodies.get(body), by_body[body]) for body in sorted(by_body)]


def figures_by_month(body: UUID, year: int) -> dict[int, LetterFigures]:
    """Return the figures of one body in each month of a Jalali year."""
    row = models.Secretariat.objects.filter(body__uuid=body).values_list("body_id", flat=True).first()
    rows = models.LetterTally.objects.filter(month__gte=year * 100, month__lt=(year + 1) * 100, body_id=row or 0)
    by_month: dict[int, list[models.LetterTally]] = defaultdict(list)
    for one in rows.order_by("month"):
        by_month[one.month % 100].append(one)
    return {month: _figures(body, found) for month, found in by_month.items()}


def total_figures(figures: Iterable[LetterFigures]) -> LetterFigures:
    """Return figures taken together."""
    received: dict[str, int] = defaultdict(int)
    sent: dict[str, int] = defaultdict(int)
    sheets = acted = seconds = 0
    for one in figures:
        for channel, count in one.received.items():
            received[channel] += count
        for channel, count in one.sent.items():
            sent[channel] += count
        sheets, acted, seconds = sheets + one.sheets, acted + one.acted, seconds + one.seconds
    return LetterFigures(body=None, received=received, sent=sent, sheets=sheets, acted=acted, seconds=seconds)


def list_figure_years() -> list[int]:
    """Return the Jalali years of which there are figures, newest first."""
    months = models.LetterTally.objects.values_list("month", flat=True).distinct()
    return sorted({month // 100 for month in months}, reverse=True)


def _figures(body: UUID | None, rows: list[models.LetterTally]) -> LetterFigures:
    received: dict[str, int] = defaultdict(int)
    sent: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.measure in {"in", "out"}:
            (received if row.measure == "in" else sent)[row.channel] += row.count
    acted = [row for row in rows if row.measure == "acted"]
    return LetterFigures(
        body=body,
        received=received,
        sent=sent,
        sheets=sum(row.amount for row in rows if row.measure == "sheets"),
        acted=sum(row.count for row in acted),
        seconds=sum(row.amount for row in acted),
    )


def late_units(now: datetime, *, body: UUID | None = None) -> list[LateUnit]:
    """Return at which units referred letters wait, most late ones first: of a body, or of all."""
    open_ones = _waiting(body)
    late = Count("id", filter=Q(due_at__lt=now))
    by_post = list(open_ones.values("to_post").annotate(waiting=Count("id"), late=late, oldest=Min("sent_at")))
    posts = people.find_posts(row["to_post"] for row in by_post)
    units: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in by_post:
        if row["to_post"] in posts:
            units[posts[row["to_post"]].unit.uuid].append(row)
    owner = {post.unit.uuid: post.unit.body_uuid for post in posts.values()}
    found = [
        LateUnit(
            body=owner[unit],
            unit=unit,
            waiting=sum(row["waiting"] for row in rows),
            late=sum(row["late"] for row in rows),
            oldest_at=min(row["oldest"] for row in rows),
        )
        for unit, rows in units.items()
    ]
    return sorted(found, key=lambda one: (-one.late, -one.waiting, one.oldest_at))


def long_waiting(*, body: UUID | None = None) -> list[LongWaiting]:
    """Return the referrals that wait longest for a report, oldest first, twenty at most."""
    rows = _waiting(body).select_related("letter").order_by("sent_at", "id")[:LONG_WAITING]
    return [
        LongWaiting(
            letter=row.letter.uuid,
            number=row.letter.number,
            post=row.to_post,
            sent_at=row.sent_at,
            due_at=row.due_at,
        )
        for row in rows
    ]


def _waiting(body: UUID | None) -> Any:
    rows = models.Referral.objects.filter(state="open", copy=False)
    return rows if body is None else rows.filter(letter__body__uuid=body)
