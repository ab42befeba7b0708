"""Handing a whole worklist over to another post: from the own post, or from one below it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import HandOver
from divan.foundation import clock
from divan.foundation.errors import REFUSALS, Refusal
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field, Option
from divan.foundation.ui.numbers import number
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import own_post
from divan.front.backoffice.letter_referring import words_field
from divan.front.backoffice.people_named import Names
from divan.registers.people import queries as people
from divan.registers.people.values import Post

Problems = dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A hand-over as the page shows it."""

    hand_over: HandOver
    giver: str
    taker: str
    by: str
    stayed: list[tuple[str, int]]


@access(STAFF)
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, vacant: UUID | None = None) -> HttpResponse:
    """Ask which worklist goes to whom and why, order it, and tell how far earlier ones have come.

    Where a line of the worklist told of a ``vacant`` post, that one is proposed.
    """
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    givers, takers = _options(post, now, language)
    problems: Problems = {}
    if request.method == "POST":
        problems = _order(request, givers, takers, now)
        if not problems:
            messages.success(request, _("The lines go over one by one; this page tells how far it has come."))
            return redirect("backoffice:hand-over")
    fields = _fields(request.POST, str(vacant or post.uuid), givers, takers, problems)
    known = queries.list_hand_overs([UUID(one.value) for one in givers])
    ends = {uuid for one in known for uuid in (one.from_post, one.to_post)}
    names = Names({one.asked_by for one in known}, ends, language)
    values = {
        "fields": fields,
        "handed": [_handed(one, names) for one in known],
        "error_summary": ErrorSummary.of(fields),
    }
    return render(request, "backoffice/hand_over.html", values, status=422 if problems else 200)


def _options(post: Post, now: datetime, language: str) -> tuple[list[Option], list[Option]]:
    """Return whose worklist a post may hand over, with how much waits there, and to whom."""
    posts = people.list_posts_of_body(post.unit.body_code)
    holders = people.holders_of([one.uuid for one in posts], now)
    labels = {
        one.uuid: f"{one.title(language)} – {holders[one.uuid].full_name if one.uuid in holders else _('vacant')}"
        for one in posts
    }
    counts = queries.count_open_work([one.uuid for one in posts if queries.may_hand_over(post, one)])
    givers = [
        Option(str(one), f"{labels[one]} ({_('%(count)s open') % {'count': number(count)}})")
        for one, count in counts.items()
    ]
    return givers, [Option(str(uuid), label) for uuid, label in labels.items()]


def _order(request: HttpRequest, givers: list[Option], takers: list[Option], now: datetime) -> Problems:
    """Order what was typed, or return what is wrong with it by the name of the field."""
    typed = request.POST
    problems: Problems = {}
    for name, options in (("from", givers), ("to", takers)):
        if typed.get(name, "") not in {one.value for one in options}:
            problems[name] = [_("Choose a post.")]
    if problems:
        return problems
    try:
        actions.hand_over_worklist(
            from_post=UUID(typed["from"]),
            to_post=UUID(typed["to"]),
            reason=typed.get("reason", ""),
            actor=actor_of(request),
            now=now,
        )
    except Refusal as refusal:
        return {"reason": [str(text_of(refusal))]}
    return {}


def _fields(typed: QueryDict, own: str, givers: list[Option], takers: list[Option], problems: Problems) -> list[Field]:
    hint = _("Your own, or that of a post below yours.")
    whose = typed.get("from", own)
    to = [Option("", _("Choose a post")), *takers]
    return [
        Field("from", "select", _("Whose worklist?"), hint, whose, problems.get("from", []), options=givers),
        Field("to", "select", _("To whom?"), "", typed.get("to", ""), problems.get("to", []), options=to),
        words_field("reason", _("Why?"), typed.get("reason", ""), problems.get("reason", [])),
    ]


def _handed(one: HandOver, names: Names) -> Handed:
    codes = [code for _line, code in one.stayed]
    return Handed(
        hand_over=one,
        giver=names.post(one.from_post),
        taker=names.post(one.to_post),
        by=names.person(one.asked_by),
        stayed=[(text_of(REFUSALS[code]()).title, codes.count(code)) for code in dict.fromkeys(codes)],
    )
