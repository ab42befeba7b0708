"""What the worklist tells."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection

from divan.dealings.correspondence import models
from divan.dealings.correspondence.values import Secrecy, Urgency, WorkItem, WorkPage, WorkUnknown

PAGE = 50
FAR = 10_000
"""Counts beyond this are said as "more than": counting further would read the whole list for a number nobody needs."""


def work_of_row(row: models.WorkItem) -> WorkItem:
    """Return the value of a line's row."""
    return WorkItem(
        uuid=row.uuid,
        post_uuid=row.post_uuid,
        about_kind=row.about_kind,
        about_uuid=row.about_uuid,
        case_uuid=row.case_uuid,
        number=row.number,
        title_fa=row.title_fa,
        title_en=row.title_en,
        step_fa=row.step_fa,
        step_en=row.step_en,
        sender_fa=row.sender_fa,
        sender_en=row.sender_en,
        note=row.note,
        urgency=Urgency(row.urgency),
        arrived_at=row.arrived_at,
        due_at=row.due_at,
        read_at=row.read_at,
        secrecy=Secrecy(row.secrecy),
        from_post=row.from_post,
        flagged_at=row.flagged_at,
        closed_at=row.closed_at,
    )


def get_work(work_uuid: UUID) -> WorkItem:
    """Return an open line of a worklist.

    :raises WorkUnknown: if it is unknown or no longer open.
    """
    row = models.WorkItem.objects.filter(uuid=work_uuid, closed_at__isnull=True).first()
    if row is None:
        raise WorkUnknown
    return work_of_row(row)


def find_work(works: Iterable[UUID]) -> list[WorkItem]:
    """Return the open lines with these identifiers, what is due first on top; what was dealt with is absent."""
    rows = models.WorkItem.objects.filter(uuid__in=list(works), closed_at__isnull=True).order_by("order_at", "id")
    return [work_of_row(row) for row in rows]


def find_open_work(about_uuid: UUID) -> WorkItem | None:
    """Return the open line that speaks of something, or None."""
    row = models.WorkItem.objects.filter(about_uuid=about_uuid, closed_at__isnull=True).first()
    return work_of_row(row) if row else None


def list_open_work_of_case(case_uuid: UUID) -> list[WorkItem]:
    """Return the open lines of a case, in whichever worklists they stand."""
    rows = models.WorkItem.objects.filter(case_uuid=case_uuid, closed_at__isnull=True).order_by("id")
    return [work_of_row(row) for row in rows]


def list_worklist(post_uuid: UUID, *, after: str = "", limit: int = PAGE) -> WorkPage:
    """Return a page of a post's worklist, what is due first on top; ``after`` is what the page before returned."""
    rows = models.WorkItem.objects.filter(post_uuid=post_uuid, closed_at__isnull=True).order_by("order_at", "id")
    key = read_key(after)
    if key:
        # A comparison of pairs, not two conditions joined by "or": the index on (post, order, id) is entered there.
        rows = rows.extra(where=["(order_at, correspondence_workitem.id) > (%s, %s)"], params=list(key))
    found = list(rows[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return WorkPage(
        items=tuple(work_of_row(row) for row in found[:limit]),
        after=f"{last.order_at.isoformat()}~{last.id}" if last else "",
        open_count=_count(post_uuid, ""),
        unread_count=_count(post_uuid, "AND read_at IS NULL"),
    )


def read_key(after: str) -> tuple[datetime, int] | None:
    """Return the moment and the row after which a page begins; None for what no page returned."""
    moment, _, row_id = after.partition("~")
    try:
        order_at, number = datetime.fromisoformat(moment), int(row_id)
    except ValueError:
        return None
    return (order_at, number) if order_at.tzinfo and 0 < number < 2**63 else None


def _count(post_uuid: UUID, condition: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT 1 FROM correspondence_workitem "  # noqa: S608 (the condition is one of ours)
            f"WHERE post_uuid = %s AND closed_at IS NULL {condition} LIMIT %s) AS counted",
            [post_uuid, FAR],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def count_open_work(post_uuids: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many lines are open for each post, up to 10,000."""
    return {post_uuid: _count(post_uuid, "") for post_uuid in post_uuids}
