"""The folders of the one worklist: of one post or of several at once, narrowed by filters, paged and counted."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from divan.dealings.correspondence import models
from divan.dealings.correspondence.queries.letters import readable_by
from divan.dealings.correspondence.queries.worklist import FAR, PAGE, read_key, work_of_row
from divan.dealings.correspondence.values import Folder, HandOver, SavedSearch, WorkFilters, WorkItem, WorkPage
from divan.registers.people.values import Post, SubstituteScope
from divan_libs.persian.jalali import TEHRAN
from divan_libs.persian.text import search_text

REFERRED = ("correspondence.referral", "cases.referral")
"""Kinds of lines that say that somebody referred something: those of the folder of what was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """How a folder is read: whose lines, which column orders them, and whether the newest stands first."""

    owner: str
    column: str
    newest: bool = False


_VIEWS: dict[Folder, _View] = {
    Folder.ALL: _View(owner="post_uuid", column="order_at"),
    Folder.UNREAD: _View(owner="post_uuid", column="order_at"),
    Folder.OVERDUE: _View(owner="post_uuid", column="due_at"),
    Folder.TODAY: _View(owner="post_uuid", column="due_at"),
    Folder.FLAGGED: _View(owner="post_uuid", column="order_at"),
    Folder.SENT: _View(owner="from_post", column="order_at"),
    Folder.DONE: _View(owner="post_uuid", column="closed_at", newest=True),
}


def list_folder(
    posts: Sequence[Post],
    folder: Folder = Folder.ALL,
    filters: WorkFilters | None = None,
    *,
    now: datetime,
    after: str = "",
    limit: int = PAGE,
) -> WorkPage:
    """Return a page of a folder of one or several posts; ``after`` is what the page before returned.

    What is due first stands first; what is done stands newest first. A line above its post's clearance says nothing,
    and no filter of words finds it. Each post's lines are read along their index and merged here, so that a page of
    three long worklists costs three pages. Who only stands in sees what the standing-in is for.
    """
    view, narrowed, key = _VIEWS[folder], filters or WorkFilters(), read_key(after)
    pages = []
    for post in posts:
        cleared = frozenset(readable_by(post, now))
        rows = _narrowed(_rows(post.uuid, folder, view, now), narrowed, cleared)
        if scope := scope_of(post):
            rows = rows.filter(about_kind__startswith=scope)
        # A comparison of pairs, not two conditions joined by "or": the index is entered there.
        if key is not None:
            sign = "<" if view.newest else ">"
            condition = f"(correspondence_workitem.{view.column}, correspondence_workitem.id) {sign} (%s, %s)"
            rows = rows.extra(where=[condition], params=list(key))  # noqa: S610 (no word of it comes from outside)
        order = (f"-{view.column}", "-id") if view.newest else (view.column, "id")
        pages.append([(row, cleared) for row in rows.order_by(*order)[: limit + 1]])

    def place(found: tuple[models.WorkItem, frozenset[str]]) -> tuple[datetime, int]:
        return getattr(found[0], view.column), found[0].id

    merged = list(heapq.merge(*pages, key=place, reverse=view.newest))
    shown, last = merged[:limit], merged[limit - 1][0] if len(merged) > limit else None
    counts = count_folders(posts, now=now)
    return WorkPage(
        items=tuple(withheld(work_of_row(row), cleared) for row, cleared in shown),
        after=f"{getattr(last, view.column).isoformat()}~{last.id}" if last else "",
        open_count=counts[Folder.ALL],
        unread_count=counts[Folder.UNREAD],
        counts=counts,
    )


def scope_of(post: Post) -> str:
    """Return how the kinds of lines begin that are open to who stands in for a post's holder; "" for every kind."""
    if post.limit is None or post.limit.scope is SubstituteScope.ALL:
        return ""
    return "correspondence." if post.limit.opens_letters else "cases."


def withheld(item: WorkItem, cleared: Iterable[str]) -> WorkItem:
    """Return a line as a post with a clearance reads it: above it nothing is said but that something waits."""
    if item.secrecy in cleared:
        return item
    return replace(
        item, number="", title_fa="", title_en="", sender_fa="", sender_en="", note="", from_post=None, is_withheld=True
    )


def _rows(post: UUID, folder: Folder, view: _View, now: datetime) -> QuerySet[models.WorkItem]:
    rows = models.WorkItem.objects.filter(**{view.owner: post})
    if folder is Folder.DONE:
        return rows.filter(closed_at__isnull=False)
    rows = rows.filter(closed_at__isnull=True)
    _, tomorrow = _day(now)
    narrowing: dict[Folder, dict[str, Any]] = {
        Folder.UNREAD: {"read_at__isnull": True},
        Folder.OVERDUE: {"due_at__isnull": False, "due_at__lt": now},
        Folder.TODAY: {"due_at__isnull": False, "due_at__gte": now, "due_at__lt": tomorrow},
        Folder.FLAGGED: {"flagged_at__isnull": False},
        Folder.SENT: {"about_kind__in": REFERRED},
    }
    return rows.filter(**narrowing.get(folder, {}))


def _day(now: datetime) -> tuple[datetime, datetime]:
    """Return when the day of a moment begins and ends in Tehran."""
    begins = now.astimezone(TEHRAN).replace(hour=0, minute=0, second=0, microsecond=0)
    return begins, begins + timedelta(days=1)


def _narrowed(
    rows: QuerySet[models.WorkItem], filters: WorkFilters, cleared: Iterable[str]
) -> QuerySet[models.WorkItem]:
    if filters.kind:
        rows = rows.filter(about_kind=filters.kind)
    if filters.urgency:
        rows = rows.filter(urgency=filters.urgency)
    if filters.since is not None:
        rows = rows.filter(arrived_at__gte=filters.since)
    if filters.until is not None:
        rows = rows.filter(arrived_at__lt=filters.until)
    if filters.text or filters.sender:
        rows = rows.filter(secrecy__in=list(cleared))
    for word in search_text(filters.text).split():
        rows = rows.filter(search_text__contains=word)
    for word in filters.sender.split():
        rows = rows.filter(Q(sender_fa__icontains=word) | Q(sender_en__icontains=word))
    return rows


_OPEN = "closed_at IS NULL"
_COUNTED: dict[Folder, tuple[str, str]] = {
    Folder.ALL: ("post_uuid", _OPEN),
    Folder.UNREAD: ("post_uuid", f"{_OPEN} AND read_at IS NULL"),
    Folder.OVERDUE: ("post_uuid", f"{_OPEN} AND due_at IS NOT NULL AND due_at < %(now)s"),
    Folder.TODAY: ("post_uuid", f"{_OPEN} AND due_at IS NOT NULL AND due_at >= %(now)s AND due_at < %(tomorrow)s"),
    Folder.FLAGGED: ("post_uuid", f"{_OPEN} AND flagged_at IS NOT NULL"),
    Folder.SENT: ("from_post", f"{_OPEN} AND from_post IS NOT NULL AND about_kind = ANY(%(referred)s)"),
}


def count_folders(posts: Sequence[Post], *, now: datetime) -> dict[Folder, int]:
    """Return how many lines stand in each open folder of posts, for each post up to 10,000, of one moment.

    One statement reads one snapshot: a line that moves between two folders meanwhile is counted in one of them.
    """
    scopes = [scope_of(post) for post in posts]
    # Without a limit the condition is left out: the counts are read from the indexes alone.
    limited = " AND starts_with(about_kind, seat.scope)" if any(scopes) else ""
    parts = [
        f"(SELECT count(*) FROM (SELECT 1 FROM correspondence_workitem WHERE {owner} = seat.post "  # noqa: S608 (ours)
        f"AND {condition}{limited} LIMIT %(far)s) AS counted)"
        for owner, condition in _COUNTED.values()
    ]
    seats = "unnest(%(posts)s::uuid[], %(scopes)s::text[]) AS seat(post, scope)"
    statement = f"SELECT {', '.join(parts)} FROM {seats}"  # noqa: S608 (as above)
    values: dict[str, Any] = {
        "now": now,
        "tomorrow": _day(now)[1],
        "referred": list(REFERRED),
        "far": FAR,
        "posts": [post.uuid for post in posts],
        "scopes": scopes,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchall()
    return {folder: sum(int(row[place]) for row in found) for place, folder in enumerate(_COUNTED)}


def list_saved_searches(person: UUID) -> list[SavedSearch]:
    """Return the searches that a person keeps as folders, by name."""
    rows = models.SavedSearch.objects.filter(person=person, ended_at=None).order_by("name")
    return [SavedSearch(uuid=row.uuid, name=row.name, filters=dict(row.filters)) for row in rows]


def list_hand_overs(posts: Iterable[UUID], *, limit: int = 20) -> list[HandOver]:
    """Return the hand-overs from or to these posts, newest first."""
    known = list(posts)
    rows = models.HandOver.objects.filter(Q(from_post__in=known) | Q(to_post__in=known)).order_by("-id")[:limit]
    return [
        HandOver(
            uuid=row.uuid,
            from_post=row.from_post,
            to_post=row.to_post,
            reason=row.reason,
            asked_by=row.asked_by,
            asked_at=row.asked_at,
            moved=row.moved,
            stayed=tuple((UUID(one["line"]), one["code"]) for one in row.stayed),
            ended_at=row.ended_at,
        )
        for row in rows
    ]


def list_open_hand_overs() -> list[UUID]:
    """Return the hand-overs under way, oldest first."""
    return list(models.HandOver.objects.filter(ended_at=None).order_by("id").values_list("uuid", flat=True))
