"""A referral (ارجاع) that waits for an answer, with the case as the step it belongs to needs it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from divan.dealings.cases import actions, queries
from divan.dealings.cases.values import Case, CaseUnknown, Referral, ReferralNotPossible
from divan.dealings.correspondence import actions as correspondence
from divan.dealings.correspondence import queries as work
from divan.foundation import clock
from divan.foundation.errors import Refusal
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.choices import LONGEST_NOTE
from divan.front.backoffice.dossier import open_dossier
from divan.front.backoffice.duties import own_post
from divan.front.backoffice.views.cases import seen_case
from divan.front.texts.answers import problem_text
from divan.registers.people import queries as people
from divan.registers.people.values import Post


def _referral_and_case(post: Post, referral: UUID) -> tuple[Referral, Case]:
    try:
        found, case = queries.get_referral(referral)
    except ReferralNotPossible as unknown:
        raise CaseUnknown from unknown
    return found, seen_case(post, case)


@access(STAFF)
@require_http_methods(["GET", "POST"])
def referral(request: HttpRequest, referral: UUID) -> HttpResponse:
    """Show an instruction with its case; take the answer once, or say why not and keep what was typed.

    :raises CaseUnknown: if it is not for this post.
    """
    post, now = own_post(request), clock.now()
    found, case = _referral_and_case(post, referral)
    if request.method == "POST":
        return _answer(request, found, case, post, now)
    if not _is_waiting(found, post):
        return redirect("backoffice:case", case.uuid)
    line = work.find_open_work(referral)
    if line is not None:
        correspondence.mark_read(work=line.uuid, actor=actor_of(request), now=now)
    actions.note_view(case=case.uuid, actor=actor_of(request), now=now)
    return _page(request, found, case, now)


def _is_waiting(referral: Referral, post: Post) -> bool:
    return referral.to_post == post.uuid and referral.answered_at is None and referral.recalled_at is None


def _answer(request: HttpRequest, referral: Referral, case: Case, post: Post, now: datetime) -> HttpResponse:
    typed = request.POST.get("answer", "")
    problem = ""
    if not typed.strip():
        problem = _("Write your answer.")
    elif len(typed) > LONGEST_NOTE:
        problem = problem_text("answers.too-long", {"maximum": LONGEST_NOTE})
    else:
        try:
            actions.answer_referral(referral=referral.uuid, answer=typed, actor=actor_of(request), now=now)
        except Refusal as refusal:
            if not _is_waiting(queries.get_referral(referral.uuid)[0], post):
                values = {"case": case, "refusal": refusal, "typed": [typed]}
                return render(request, "backoffice/too_late.html", values, status=refusal.status)
            problem = str(text_of(refusal))
        else:
            messages.success(request, _("Your answer went back to whoever asked."))
            return redirect("backoffice:worklist")
    return _page(request, referral, case, now, typed=typed, problem=problem)


def _page(
    request: HttpRequest, referral: Referral, case: Case, now: datetime, *, typed: str = "", problem: str = ""
) -> HttpResponse:
    language = get_language() or "fa"
    step = next(one.step for one in queries.list_tasks(case.uuid) if one.uuid == referral.task)
    field = Field(
        "answer",
        "long-text",
        _("Your answer"),
        _("It stands in the case for whoever referred it to you."),
        typed,
        [problem] if problem else [],
        attributes={"rows": "5", "maxlength": str(LONGEST_NOTE)},
    )
    values = {
        "dossier": open_dossier(case, {step}, language=language, now=now, post=referral.to_post),
        "referral": referral,
        "sender": people.get_post(referral.from_post).title(language),
        "field": field,
        "error_summary": ErrorSummary.of([field]),
        "now": now,
    }
    return render(request, "backoffice/referral.html", values, status=422 if problem else 200)
