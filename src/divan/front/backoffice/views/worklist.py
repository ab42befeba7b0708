"""The one worklist (کارتابل): cases, referrals and letters that wait, in folders, of one post or of all one holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from divan.dealings.correspondence import actions as deeds
from divan.dealings.correspondence import queries as correspondence
from divan.dealings.correspondence.values import Folder
from divan.foundation import clock
from divan.foundation.actors import Actor
from divan.foundation.errors import Refusal
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.frame import Link
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import own_post
from divan.front.backoffice.worklist_lines import (
    COLUMNS,
    ROUTES,
    address,
    line_of,
    read_columns,
    read_filters,
    read_folder,
    typed_filters,
)
from divan.front.texts.words import WORDS, word
from divan.registers.people import queries as people
from divan.registers.people.values import Holding

COLUMNS_COOKIE = "divan_columns"
A_YEAR = 365 * 24 * 3600


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
    """Show a page of a folder of the worklist, of the post in use or of all one holds; without a post there is none."""
    actor, language, now = actor_of(request), get_language() or "fa", clock.now()
    if actor.post is None:
        return render(request, "backoffice/no_post.html")
    held = people.list_holdings(actor.uuid, now) if actor.uuid else []
    seats = _seats(held, actor, language, now)
    all_posts = bool(seats) and request.GET.get("posts") == "all"
    posts = [one.post for one in held] if all_posts else [own_post(request)]
    folder, typed, after = read_folder(request.GET), typed_filters(request.GET), request.GET.get("after", "")[:80]
    filters, problems = read_filters(typed)
    page = correspondence.list_folder(posts, folder, filters, now=now, after=after)
    titles = {one.post.uuid: one.post.title(language) for one in held} if all_posts else {}
    values = {
        "lines": [line_of(item, language, seats=titles, current=actor.post) for item in page.items],
        "open_count": page.open_count,
        "unread_count": page.unread_count,
        "is_far": page.open_count >= correspondence.FAR,
        "after": page.after,
        "next_url": address(folder, typed, all_posts=all_posts, after=page.after) if page.after else "",
        "top_url": address(folder, typed, all_posts=all_posts),
        "is_first": not after,
        "folder": folder,
        "folders": _folders(folder, page.counts, all_posts=all_posts),
        "saved": _saved(actor, folder, typed, all_posts=all_posts),
        "typed": typed,
        "problems": problems,
        "kinds": [(kind, word("work-kind", kind)) for kind in ROUTES],
        "urgencies": [(code, str(text)) for code, text in WORDS["urgency"].items()],
        "seats": seats,
        "all_posts": all_posts,
        "all_url": address(Folder.ALL, {}, all_posts=True),
        "columns": read_columns(request.COOKIES.get(COLUMNS_COOKIE, "")),
        "now": now,
    }
    return render(request, "backoffice/worklist.html", values)


def _folders(current: Folder, counts: Mapping[Folder, int], *, all_posts: bool) -> list[Link]:
    """Return the ways to the folders, with how much stands in each; what is done is not counted."""
    folders = [
        Link(
            address(one, {}, all_posts=all_posts),
            word("folder", one),
            current=one is current,
            count=counts.get(one),
            late=one is Folder.OVERDUE and bool(counts.get(one)),
        )
        for one in Folder
    ]
    return [*folders[:-1], Link(reverse("backoffice:drafts"), _("Drafts")), folders[-1]]


def _saved(actor: Actor, folder: Folder, typed: Mapping[str, str], *, all_posts: bool) -> Sequence[tuple[UUID, Link]]:
    """Return the searches that the visitor keeps as folders."""
    if actor.uuid is None:
        return []
    here = {**typed, "folder": str(folder)}
    return [
        (
            one.uuid,
            Link(
                address(_folder(one.filters), _without_folder(one.filters), all_posts=all_posts),
                one.name,
                current=one.filters == here,
            ),
        )
        for one in correspondence.list_saved_searches(actor.uuid)
    ]


def _folder(filters: Mapping[str, str]) -> Folder:
    return Folder(filters.get("folder", Folder.ALL))


def _without_folder(filters: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in filters.items() if name != "folder"}


def _seats(held: Sequence[Holding], actor: Actor, language: str, now: datetime) -> list[Seat]:
    """Return the posts to choose from; somebody with one post has nothing to choose."""
    if len(held) < 2 and all(one.stands_in_for is None for one in held):
        return []
    counts = {holding.post.uuid: correspondence.count_folders([holding.post], now=now)[Folder.ALL] for holding in held}
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


@access(STAFF)
@require_POST
def save_search(request: HttpRequest) -> HttpResponse:
    """Keep the filters of the page as a folder, or end a folder."""
    actor, now = actor_of(request), clock.now()
    folder, typed = read_folder(request.POST), typed_filters(request.POST)
    all_posts = request.POST.get("posts") == "all"
    ends = request.POST.get("end", "")
    try:
        if ends:
            deeds.end_search(search=UUID(ends), actor=actor, now=now)
            return redirect(address(Folder.ALL, {}, all_posts=all_posts))
        filters = {**typed, "folder": str(folder)}
        saved = deeds.save_search(name=request.POST.get("name", ""), filters=filters, actor=actor, now=now)
    except (Refusal, ValueError) as refusal:
        said = str(text_of(refusal)) if isinstance(refusal, Refusal) else _("There is no such folder.")
        messages.error(request, said)
    else:
        messages.success(request, _("“%(name)s” stands among your folders.") % {"name": saved.name})
    return redirect(address(folder, typed, all_posts=all_posts))


@access(STAFF)
@require_POST
def choose_columns(request: HttpRequest) -> HttpResponse:
    """Keep which columns the visitor wants to see, in their browser."""
    chosen = [one for one in COLUMNS if one in request.POST.getlist("column")]
    answer = redirect(
        address(read_folder(request.POST), typed_filters(request.POST), all_posts=request.POST.get("posts") == "all")
    )
    answer.set_cookie(
        COLUMNS_COOKIE,
        ".".join(chosen) or "none",
        max_age=A_YEAR,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return answer
