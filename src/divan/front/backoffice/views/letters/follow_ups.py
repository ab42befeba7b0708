"""Following a letter up (پیگیری): an answer is wanted by a day; its page tells how often it reminded, and closes it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import FollowUp, FollowUpUnknown, Letter, ReferralState
from divan.foundation import clock
from divan.foundation.errors import Refusal
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field, Option, read_date
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import own_post
from divan.front.backoffice.letter_referring import read_day, words_field
from divan.front.backoffice.people_named import Names
from divan.registers.people import queries as people
from divan.registers.people.values import Post


@access(STAFF)
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Ask by which day an answer is wanted and from whom, and open the follow-up.

    :raises LetterUnknown: if the letter is not for this post.
    """
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    found = queries.get_letter_for(letter, post, now)
    typed = request.POST if request.method == "POST" else request.GET
    targets = _targets(letter, post, language)
    problems: dict[str, str] = {}
    if request.method == "POST":
        due_at, problem = read_day(request.POST, "due", now, required=True)
        if problem:
            problems["due"] = problem
        of = typed.get("of", "")
        if of not in {one.value for one in targets}:
            problems["of"] = _("Choose one of the list.")
        if due_at is not None and not problems:
            kind, _sign, one = of.partition(":")
            try:
                actions.open_follow_up(
                    letter=letter,
                    due_at=due_at,
                    note=typed.get("note", ""),
                    referral=UUID(one) if kind == "referral" else None,
                    recipient=UUID(one) if kind == "recipient" else None,
                    actor=actor_of(request),
                    now=now,
                )
            except Refusal as refusal:
                problems["due"] = str(text_of(refusal))
            else:
                messages.success(request, _("You are reminded from that day on."))
                return redirect("backoffice:letter", letter)
    errors = {name: [text] for name, text in problems.items()}
    fields = [
        Field("of", "choice", _("From whom?"), "", typed.get("of", "letter"), errors.get("of", []), options=targets),
        Field("due", "date", _("Answer until"), "", read_date(typed, "due"), errors.get("due", [])),
        words_field("note", _("What is wanted?"), typed.get("note", ""), [], required=False),
    ]
    rule = queries.rule_of(post.unit.body_uuid)
    values = {"letter": found, "fields": fields, "rule": rule, "error_summary": ErrorSummary.of(fields)}
    return render(request, "backoffice/letters/follow.html", values, status=422 if problems else 200)


def _targets(letter: UUID, post: Post, language: str) -> list[Option]:
    """Return of whom an answer can be wanted: who has an own referral of the letter, its recipients, or nobody."""
    sent = [one for one in queries.list_referrals(letter) if one.from_post == post.uuid and not one.copy]
    waiting = [one for one in sent if one.state is ReferralState.OPEN]
    posts = people.find_posts([one.to_post for one in waiting])
    options = [Option(f"referral:{one.uuid}", posts[one.to_post].title(language)) for one in waiting]
    for one in queries.list_recipients(letter):
        if one.answered_at is None and not one.hidden:
            options.append(Option(f"recipient:{one.uuid}", str(one.party), _("Recipient of the letter")))
    return [*options, Option("letter", _("The letter as a whole"), _("It reminds you alone."))]


@access(STAFF)
@require_http_methods(["GET", "POST"])
def follow_up(request: HttpRequest, follow_up: UUID) -> HttpResponse:
    """Show a follow-up to whoever opened it, or to the superior who was told, and close it or take note.

    :raises FollowUpUnknown: if it does not concern this post.
    """
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    found = queries.get_follow_up(follow_up)
    if post.uuid not in {found.post, found.escalated_to}:
        raise FollowUpUnknown
    letter = queries.get_letter_for(found.letter, post, now)
    problem, status = "", 200
    if request.method == "POST":
        try:
            if found.post == post.uuid:
                actions.close_follow_up(
                    follow_up=found.uuid, closing=request.POST.get("closing", ""), actor=actor_of(request), now=now
                )
            else:
                actions.note_escalation(escalation=follow_up, actor=actor_of(request), now=now)
        except Refusal as refusal:
            problem, status = str(text_of(refusal)), refusal.status
        else:
            messages.success(request, _("It left your worklist."))
            return redirect("backoffice:worklist")
    else:
        line = queries.find_open_work(follow_up)
        if line is not None:
            actions.mark_read(work=line.uuid, actor=actor_of(request), now=now)
    values = _values(found, letter, post, request.POST.get("closing", ""), problem, language) | {"now": now}
    return render(request, "backoffice/letters/follow_up.html", values, status=status)


def _values(found: FollowUp, letter: Letter, post: Post, typed: str, problem: str, language: str) -> dict[str, object]:
    """Return what the page of a follow-up shows, with the question for its closing."""
    asked = queries.get_referral(found.referral).to_post if found.referral else None
    names = Names({found.opened_by, found.closed_by}, {found.post, asked, found.escalated_to}, language)
    field = words_field("closing", _("Why is it closed?"), typed, [problem] if problem else [])
    return {
        "letter": letter,
        "follow_up": found,
        "asked": names.post(asked),
        "by": names.both(found.opened_by, found.post),
        "escalated_to": names.post(found.escalated_to),
        "is_own": found.post == post.uuid,
        "field": field,
        "error_summary": ErrorSummary.of([field]),
    }
