"""What correspondence tells."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection

from divan.dealings.correspondence import models
from divan.dealings.correspondence.values import (
    Direction,
    Letter,
    LetterNumber,
    LetterState,
    LetterUnknown,
    Urgency,
    WorkItem,
    WorkPage,
    WorkUnknown,
)

PAGE = 50
FAR = 10_000
"""Counts beyond this are said as "more than": counting further would read the whole list for a number nobody needs."""


def _letter(row: models.Letter) -> Letter:
    return Letter(
        uuid=row.uuid,
        number=LetterNumber(register=row.register.code, year=row.year, count=row.count),
        direction=Direction(row.direction),
        body_uuid=row.register.body.uuid,
        subject=row.subject,
        recipient=row.recipient,
        signer_name=row.signer_name,
        signer_title=row.signer_title,
        registered_at=row.registered_at,
        state=LetterState(row.state),
        about_kind=row.about_kind,
        about_uuid=row.about_uuid,
        document_uuid=row.document_uuid,
    )


def get_letter(letter_uuid: UUID) -> Letter:
    """Return a letter.

    :raises LetterUnknown: if there is none.
    """
    row = models.Letter.objects.select_related("register__body").filter(uuid=letter_uuid).first()
    if row is None:
        raise LetterUnknown
    return _letter(row)


def list_letters_about(about_uuid: UUID) -> list[Letter]:
    """Return the letters about something, oldest first."""
    rows = models.Letter.objects.select_related("register__body").filter(about_uuid=about_uuid).order_by("id")
    return [_letter(row) for row in rows]


def list_register(body_code: str, *, year: int, before: int | None = None, limit: int = PAGE) -> list[Letter]:
    """Return the lines of a body's register in a Jalali year, newest first, below a count."""
    rows = models.Letter.objects.select_related("register__body").filter(register__body__code=body_code, year=year)
    if before is not None:
        rows = rows.filter(count__lt=before)
    return [_letter(row) for row in rows.order_by("-count")[:limit]]


def list_register_years(body_code: str) -> list[int]:
    """Return the Jalali years in which a body's register holds numbers, newest first."""
    rows = models.RegisterYear.objects.filter(register__body__code=body_code).order_by("-year")
    return list(rows.values_list("year", flat=True))


def find_gaps(body_code: str, year: int) -> list[int]:
    """Return the counts that are missing in a register's year: always empty, and this is what proves it."""
    top = (
        models.RegisterYear.objects.filter(register__body__code=body_code, year=year)
        .values_list("last", flat=True)
        .first()
    )
    have = set(models.Letter.objects.filter(register__body__code=body_code, year=year).values_list("count", flat=True))
    return sorted(set(range(1, (top or 0) + 1)) - have)


def has_register(body_code: str) -> bool:
    """Whether a body has a secretariat register."""
    return models.Register.objects.filter(body__code=body_code).exists()


def _work(row: models.WorkItem) -> WorkItem:
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
    )


def get_work(work_uuid: UUID) -> WorkItem:
    """Return an open line of a worklist.

    :raises WorkUnknown: if it is unknown or no longer open.
    """
    row = models.WorkItem.objects.filter(uuid=work_uuid, closed_at__isnull=True).first()
    if row is None:
        raise WorkUnknown
    return _work(row)


def find_open_work(about_uuid: UUID) -> WorkItem | None:
    """Return the open line that speaks of something, or None."""
    row = models.WorkItem.objects.filter(about_uuid=about_uuid, closed_at__isnull=True).first()
    return _work(row) if row else None


def list_open_work_of_case(case_uuid: UUID) -> list[WorkItem]:
    """Return the open lines of a case, in whichever worklists they stand."""
    rows = models.WorkItem.objects.filter(case_uuid=case_uuid, closed_at__isnull=True).order_by("id")
    return [_work(row) for row in rows]


def list_worklist(post_uuid: UUID, *, after: str = "", limit: int = PAGE) -> WorkPage:
    """Return a page of a post's worklist, what is due first on top; ``after`` is what the page before returned."""
    rows = models.WorkItem.objects.filter(post_uuid=post_uuid, closed_at__isnull=True).order_by("order_at", "id")
    key = _key(after)
    if key:
        # A comparison of pairs, not two conditions joined by "or": the index on (post, order, id) is entered there.
        rows = rows.extra(where=["(order_at, correspondence_workitem.id) > (%s, %s)"], params=list(key))
    found = list(rows[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return WorkPage(
        items=tuple(_work(row) for row in found[:limit]),
        after=f"{last.order_at.isoformat()}~{last.id}" if last else "",
        open_count=_count(post_uuid, ""),
        unread_count=_count(post_uuid, "AND read_at IS NULL"),
    )


def _key(after: str) -> tuple[datetime, int] | None:
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
