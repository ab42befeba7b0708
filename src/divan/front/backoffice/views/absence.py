"""Absence: the holder of a post says who stands in for them from one day to another, sees it, and ends it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from divan.dealings.correspondence.values import Secrecy
from divan.foundation import clock
from divan.foundation.errors import NotAllowed, Refusal
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field, Option, read_date
from divan.foundation.ui.refusals import text_of
from divan.front.texts.answers import problem_text
from divan.front.texts.words import word
from divan.registers.people import actions
from divan.registers.people import queries as people
from divan.registers.people.values import Post, SeatLimit, SubstituteScope
from divan_libs.persian.jalali import TEHRAN, InvalidDate, parse_jalali

Problems = dict[str, str]


@access(STAFF)
@require_http_methods(["GET", "POST"])
def absence(request: HttpRequest) -> HttpResponse:
    """Show who stands in for the visitor, and appoint somebody; or say why not and keep what was typed.

    :raises NotAllowed: for somebody who is not known as a person.
    """
    actor, now, language = actor_of(request), clock.now(), get_language() or "fa"
    if actor.uuid is None:
        raise NotAllowed
    own = [held.post for held in people.list_holdings(actor.uuid, now) if held.stands_in_for is None]
    problems: Problems = {}
    if request.method == "POST" and own:
        substitute, starts_at, ends_at, problems = _read(request.POST, _colleagues(own, actor.uuid, now, language), now)
        if substitute is not None and starts_at is not None and ends_at is not None and not problems:
            try:
                actions.appoint_substitute(
                    person=actor.uuid,
                    substitute=substitute,
                    starts_at=starts_at,
                    ends_at=ends_at,
                    limit=_limit(request.POST),
                    actor=actor,
                    now=now,
                )
            except Refusal as refusal:
                problems = {"substitute": str(text_of(refusal))}
            else:
                messages.success(request, _("Your substitute finds your work in their worklist from that day on."))
                return redirect("backoffice:absence")
    sent = request.POST if request.method == "POST" else None
    fields = _fields(_colleagues(own, actor.uuid, now, language), sent, problems) if own else []
    appointed = people.list_substitutions(actor.uuid, now)
    values = {
        "fields": fields,
        "appointed": appointed,
        "rows": [(one, _limit_in_words(one.limit)) for one in appointed],
        "error_summary": ErrorSummary.of(fields),
        "now": now,
    }
    return render(request, "backoffice/absence.html", values, status=422 if problems else 200)


@access(STAFF)
@require_POST
def end(request: HttpRequest, substitution: UUID) -> HttpResponse:
    """End somebody's standing in for one's own post.

    :raises SubstitutionUnknown: if there is none, or it is another person's.
    """
    actions.end_substitution(substitution=substitution, actor=actor_of(request), now=clock.now())
    messages.success(request, _("Nobody stands in for you in this post any more."))
    return redirect("backoffice:absence")


def _colleagues(own: list[Post], person: UUID, now: datetime, language: str) -> list[Option]:
    """Return who holds a post in the bodies of the own posts, as options."""
    posts = {one.uuid: one for post in own for one in people.list_posts_of_body(post.unit.body_code)}
    holders = people.holders_of(posts, now)
    return [
        Option(str(holder.uuid), f"{holder.full_name} – {posts[post].title(language)}")
        for post, holder in holders.items()
        if holder.uuid != person
    ]


def _fields(colleagues: list[Option], sent: QueryDict | None, problems: Problems) -> list[Field]:
    typed = sent if sent is not None else QueryDict()

    def errors(name: str) -> list[str]:
        return [problems[name]] if name in problems else []

    return [
        Field(
            "substitute",
            "select",
            _("Who stands in for you?"),
            _("A colleague of your body. They act in their own name, in all your posts."),
            typed.get("substitute", ""),
            errors("substitute"),
            options=colleagues,
        ),
        Field(
            "scope",
            "choice",
            _("In what?"),
            "",
            typed.get("scope", SubstituteScope.ALL),
            options=[Option(one, word("substitute-scope", one)) for one in SubstituteScope],
        ),
        Field(
            "secrecy",
            "select",
            _("Letters up to which class of secrecy?"),
            _("Never beyond what your post is cleared for."),
            typed.get("secrecy", ""),
            required=False,
            options=[
                Option("", _("all that my post may read")),
                *(Option(one, word("secrecy", one)) for one in Secrecy),
            ],
        ),
        Field("starts", "date", _("First day"), "", read_date(typed, "starts"), errors("starts")),
        Field("ends", "date", _("Last day"), "", read_date(typed, "ends"), errors("ends")),
    ]


def _limit(sent: QueryDict) -> SeatLimit:
    """Return how far the substitute acts; what is none of the choices limits to the narrowest."""
    scope, secrecy = sent.get("scope", SubstituteScope.ALL), sent.get("secrecy", "")
    return SeatLimit(
        scope=SubstituteScope(scope) if scope in set(SubstituteScope) else SubstituteScope.CASES,
        secrecy=secrecy if not secrecy or secrecy in set(Secrecy) else Secrecy.ORDINARY,
    )


def _limit_in_words(limit: SeatLimit) -> str:
    scope = word("substitute-scope", limit.scope)
    if not limit.secrecy:
        return scope
    return _("%(scope)s, up to %(secrecy)s") % {"scope": scope, "secrecy": word("secrecy", limit.secrecy)}


def _read(
    sent: QueryDict, colleagues: list[Option], now: datetime
) -> tuple[UUID | None, datetime | None, datetime | None, Problems]:
    """Return who and from when to when (the last day is included), and what is wrong by the name of the field."""
    problems: Problems = {}
    chosen = sent.get("substitute", "")
    if chosen not in {one.value for one in colleagues}:
        problems["substitute"] = _("Choose a colleague.")
    days = {name: _day(read_date(sent, name)) for name in ("starts", "ends")}
    problems |= {name: problem_text("answers.date.invalid", {}) for name, day in days.items() if day is None}
    starts, ends = days["starts"], days["ends"]
    today = now.astimezone(TEHRAN).date()
    if starts is not None and starts < today:
        problems["starts"] = problem_text("answers.date.in-past", {})
    if starts is not None and ends is not None and ends < starts:
        problems["ends"] = _("The last day must not be before the first.")
    if problems or starts is None or ends is None:
        return None, None, None, problems
    begins = max(now, datetime.combine(starts, time(), TEHRAN))
    return UUID(chosen), begins, datetime.combine(ends + timedelta(days=1), time(), TEHRAN), problems


def _day(typed: str) -> date | None:
    try:
        return parse_jalali(typed)
    except InvalidDate:
        return None
