"""The one worklist (کارتابل): cases, referrals and letters that wait for the post in use, what is due first on top."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from divan.dealings.correspondence import queries as correspondence
from divan.dealings.correspondence.values import Urgency, WorkItem
from divan.foundation import clock
from divan.foundation.actors import Actor
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.middleware import actor_of
from divan.front.texts.words import word
from divan.registers.people import queries as people

ROUTES = {
    "cases.task": "backoffice:task",
    "cases.referral": "backoffice:referral",
    "correspondence.letter": "backoffice:letter",
    "correspondence.referral": "backoffice:letter-referral",
    "correspondence.referral-back": "backoffice:letter-referral",
    "correspondence.follow-up": "backoffice:follow-up",
    "correspondence.escalation": "backoffice:follow-up",
}
"""Which page a line of the worklist leads to, by the kind of what it speaks of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkLine:
    """A line as the page shows it."""

    item: WorkItem
    url: str
    title: str
    step: str
    sender: str
    kind: str
    urgency: str
    is_unread: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A post that the visitor may choose, with how much waits there; ``stands_in_for`` names its absent holder."""

    uuid: str
    title: str
    unit: str
    count: int
    is_current: bool
    stands_in_for: str = ""


@access(STAFF)
@require_safe
def worklist(request: HttpRequest) -> HttpResponse:
    """Show a page of the worklist of the post in use; without a post there is none."""
    actor, language, now = actor_of(request), get_language() or "fa", clock.now()
    if actor.post is None:
        return render(request, "backoffice/no_post.html")
    after = request.GET.get("after", "")[:80]
    page = correspondence.list_worklist(actor.post, after=after)
    values = {
        "lines": [_line(item, language) for item in page.items],
        "open_count": page.open_count,
        "unread_count": page.unread_count,
        "is_far": page.open_count >= correspondence.FAR,
        "after": page.after,
        "is_first": not after,
        "seats": _seats(actor, language, now),
        "now": now,
    }
    return render(request, "backoffice/worklist.html", values)


def _line(item: WorkItem, language: str) -> WorkLine:
    is_letter = item.about_kind == "correspondence.letter"
    return WorkLine(
        item=item,
        url=reverse(ROUTES[item.about_kind], args=[item.about_uuid]),
        title=item.title(language),
        step=item.step(language) or (_("File the letter") if is_letter else ""),
        sender=item.sender(language),
        kind=word("work-kind", item.about_kind),
        urgency="" if item.urgency is Urgency.ORDINARY else word("urgency", item.urgency),
        is_unread=item.read_at is None,
    )


def _seats(actor: Actor, language: str, now: datetime) -> list[Seat]:
    """Return the posts to choose from; somebody with one post has nothing to choose."""
    if actor.uuid is None:
        return []
    held = people.list_holdings(actor.uuid, now)
    if len(held) < 2 and all(one.stands_in_for is None for one in held):
        return []
    counts = correspondence.count_open_work([holding.post.uuid for holding in held])
    absent = people.find_persons({one.stands_in_for for one in held if one.stands_in_for is not None})
    return [
        Seat(
            uuid=str(holding.post.uuid),
            title=holding.post.title(language),
            unit=holding.post.unit.name(language),
            count=counts[holding.post.uuid],
            is_current=holding.post.uuid == actor.post,
            stands_in_for=absent[holding.stands_in_for].full_name if holding.stands_in_for in absent else "",
        )
        for holding in held
    ]
