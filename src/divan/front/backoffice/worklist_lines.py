"""Lines of the worklist as pages show them, and the filters and columns that somebody chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from divan.dealings.correspondence.values import Folder, Urgency, WorkFilters, WorkItem
from divan.front.texts.words import WORDS, word
from divan_libs.persian.jalali import TEHRAN, InvalidDate, parse_jalali
from divan_libs.persian.text import normalize

ROUTES = {
    "cases.task": "backoffice:task",
    "cases.referral": "backoffice:referral",
    "correspondence.letter": "backoffice:letter",
    "correspondence.intake": "backoffice:register-arrival",
    "correspondence.dispatch": "backoffice:dispatch",
    "correspondence.dispatch-back": "backoffice:came-back",
    "correspondence.step": "backoffice:letter-step",
    "correspondence.draft": "backoffice:compose",
    "correspondence.referral": "backoffice:letter-referral",
    "correspondence.referral-back": "backoffice:letter-referral",
    "correspondence.follow-up": "backoffice:follow-up",
    "correspondence.escalation": "backoffice:follow-up",
    "correspondence.vacancy": "backoffice:hand-over-of",
}
"""Which page a line of the worklist leads to, by the kind of what it speaks of."""

COLUMNS = ("step", "note", "sender", "arrived", "due")
"""The columns that one may leave out; number and subject always stand."""

KEPT = ("kind", "urgency", "text", "sender", "since", "until")
"""The filters, as they stand in the address and in a saved search."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkLine:
    """A line as the page shows it; ``seat`` names the post where the lines of several stand together."""

    item: WorkItem
    url: str
    title: str
    step: str
    sender: str
    kind: str
    urgency: str
    urgency_tone: str
    secrecy: str
    is_unread: bool
    seat: str
    is_elsewhere: bool


def line_of(item: WorkItem, language: str, *, seats: Mapping[UUID, str], current: UUID) -> WorkLine:
    """Return a line as the page shows it."""
    title = _("Above your clearance") if item.is_withheld else item.title(language)
    return WorkLine(
        item=item,
        url=reverse(ROUTES[item.about_kind], args=[item.about_uuid]),
        title=title,
        step=item.step(language) or word("work-step", item.about_kind),
        sender=item.sender(language),
        kind=word("work-kind", item.about_kind),
        urgency="" if item.urgency is Urgency.ORDINARY else word("urgency", item.urgency),
        urgency_tone="solid-bad" if item.urgency is Urgency.IMMEDIATE else "bad",
        secrecy="" if item.secrecy == "ordinary" else word("secrecy", item.secrecy),
        is_unread=item.read_at is None and item.closed_at is None,
        seat=seats.get(item.post_uuid, "") if len(seats) > 1 else "",
        is_elsewhere=item.post_uuid in seats and item.post_uuid != current,
    )


def typed_filters(sent: QueryDict) -> dict[str, str]:
    """Return the filters that stand in an address, in one form of their characters; empty ones are left out."""
    found = {name: normalize(sent.get(name, ""))[:80] for name in KEPT}
    return {name: value for name, value in found.items() if value}


def read_filters(typed: Mapping[str, str]) -> tuple[WorkFilters, dict[str, str]]:
    """Return the filters that were typed, and what is wrong with them by name: that one does not narrow."""
    problems: dict[str, str] = {}

    def day(name: str) -> datetime | None:
        if not typed.get(name):
            return None
        try:
            return datetime.combine(parse_jalali(typed[name]), time(), TEHRAN)
        except InvalidDate:
            problems[name] = _("Write the day like 1405/09/01.")
            return None

    kind, urgency = typed.get("kind", ""), typed.get("urgency", "")
    until = day("until")
    filters = WorkFilters(
        kind=kind if kind in ROUTES else "",
        urgency=urgency if urgency in WORDS["urgency"] else "",
        text=typed.get("text", ""),
        sender=typed.get("sender", ""),
        since=day("since"),
        until=until + timedelta(days=1) if until else None,
    )
    return filters, problems


def read_folder(sent: QueryDict) -> Folder:
    """Return the folder that an address names; all that is open where it names none."""
    try:
        return Folder(sent.get("folder", Folder.ALL))
    except ValueError:
        return Folder.ALL


def address(folder: Folder, typed: Mapping[str, str], *, all_posts: bool = False, **more: str) -> str:
    """Return the address of a folder with its filters."""
    parts = {**({"folder": str(folder)} if folder is not Folder.ALL else {}), **({"posts": "all"} if all_posts else {})}
    query = urlencode({**parts, **typed, **more})
    return reverse("backoffice:worklist") + (f"?{query}" if query else "")


def read_columns(cookie: str) -> frozenset[str]:
    """Return the columns that somebody wants to see: all of them until they chose."""
    if not cookie:
        return frozenset(COLUMNS)
    return frozenset(cookie.split(".")) & frozenset(COLUMNS)
