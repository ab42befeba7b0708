"""Besides deciding: internal notes, pauses of the clocks, and stepping aside for a conflict of interest."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from divan.dealings.cases import actions, queries
from divan.dealings.cases.values import (
    LONGEST_NOTE,
    Case,
    CaseUnknown,
    NoteNotPossible,
    RecusalNotPossible,
    Task,
    TaskDone,
)
from divan.foundation import clock
from divan.foundation.actors import Actor
from divan.foundation.errors import Refusal
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import own_post
from divan.front.backoffice.standing import note_field, pause_fields, recusal_field
from divan.front.backoffice.views.cases import case_page, seen_case
from divan.front.texts.answers import problem_text
from divan.registers.people import queries as people


def is_barred(case: Case, actor: Actor) -> bool:
    """Whether somebody may not decide in a case: it is their own, or they have stepped aside from it."""
    return actor.uuid is not None and (actor.uuid == case.applicant or queries.has_recused(case.uuid, actor.uuid))


def conflict_page(
    request: HttpRequest,
    task: Task,
    case: Case,
    now: datetime,
    *,
    typed: str = "",
    problem: str = "",
    status: int = 403,
) -> HttpResponse:
    """Tell an officer that they may not decide in this case, and let them hand the step on; nothing of it is shown."""
    language = get_language() or "fa"
    package = queries.get_package_of(case)
    field = recusal_field(
        typed or (_("It is my own case.") if case.applicant == actor_of(request).uuid else ""), problem
    )
    values = {
        "case": case,
        "task": task,
        "title": package.text("card.title", language),
        "step": package.text(f"steps.{task.step}.title", language),
        "is_own": case.applicant == actor_of(request).uuid,
        "field": field,
        "error_summary": ErrorSummary.of([field]),
        "now": now,
    }
    return render(request, "backoffice/conflict.html", values, status=status)


def _task_and_case(request: HttpRequest, task: UUID) -> tuple[Task, Case]:
    try:
        found = queries.get_task(task)
    except TaskDone as unknown:
        raise CaseUnknown from unknown
    return found, seen_case(own_post(request), found.case)


@access(STAFF)
@require_POST
def recuse(request: HttpRequest, task: UUID) -> HttpResponse:
    """Hand a step on because the officer may not decide in the case; say why not and keep what was typed.

    :raises CaseUnknown: if it is not for this post.
    """
    found, case = _task_and_case(request, task)
    now, typed = clock.now(), request.POST.get("recusal", "")
    try:
        after = actions.recuse(task=task, reason=typed, actor=actor_of(request), now=now)
    except RecusalNotPossible as refusal:
        problem = {
            "reason": _("Write why you may not decide here."),
            "too-long": problem_text("answers.too-long", {"maximum": LONGEST_NOTE}),
        }.get(str(refusal.facts.get("reason")), str(text_of(refusal)))
        return conflict_page(request, found, case, now, typed=typed, problem=problem, status=refusal.status)
    holder = people.get_post(after.post).title(get_language() or "fa")
    messages.success(request, _("The step went on to %(post)s; it no longer waits for you.") % {"post": holder})
    return redirect("backoffice:worklist")


@access(STAFF)
@require_POST
def pause(request: HttpRequest, task: UUID) -> HttpResponse:
    """Stop the clocks of a case for a coded reason, or say why not.

    :raises CaseUnknown: if it is not for this post.
    """
    found, case = _task_and_case(request, task)
    language, reason, note = get_language() or "fa", request.POST.get("reason", ""), request.POST.get("note", "")
    problem = ""
    package = queries.get_package_of(case)
    if not reason:
        problem = _("Choose the reason.")
    elif len(note) > LONGEST_NOTE:
        problem = problem_text("answers.too-long", {"maximum": LONGEST_NOTE})
    else:
        try:
            actions.pause_clocks(task=task, reason=reason, note=note.strip(), actor=actor_of(request), now=clock.now())
        except Refusal as refusal:
            problem = str(text_of(refusal))
        else:
            messages.success(request, _("The clocks of the case stand still."))
            return redirect("backoffice:task", task)
    fields = pause_fields(package, found.step, language, reason=reason, note=note, problem=problem)
    values = {
        "case": case,
        "task": found,
        "fields": fields,
        "error_summary": ErrorSummary.of(fields, [] if fields else [problem]),
    }
    return render(request, "backoffice/pause.html", values, status=422)


@access(STAFF)
@require_POST
def resume(request: HttpRequest, task: UUID) -> HttpResponse:
    """Let the clocks of a case go on, or say why not.

    :raises CaseUnknown: if it is not for this post.
    """
    _found, case = _task_and_case(request, task)
    try:
        actions.resume_clocks(task=task, actor=actor_of(request), now=clock.now())
    except Refusal as refusal:
        messages.error(request, str(text_of(refusal)))
        return redirect("backoffice:case", case.uuid)
    messages.success(request, _("The clocks of the case go on."))
    return redirect("backoffice:task", task)


@access(STAFF)
@require_POST
def note(request: HttpRequest, case: UUID) -> HttpResponse:
    """Write an internal note in a case, or say why not and keep what was typed.

    :raises CaseUnknown: if it is not for this post.
    """
    post = own_post(request)
    found, typed = seen_case(post, case), request.POST.get("note-text", "")
    try:
        actions.write_note(case=case, text=typed, actor=actor_of(request), now=clock.now())
    except NoteNotPossible as refusal:
        problem = (
            problem_text("answers.too-long", {"maximum": LONGEST_NOTE})
            if refusal.facts.get("reason") == "too-long"
            else _("Write something first.")
        )
        return case_page(request, found, post, note=note_field(typed, problem), status=refusal.status)
    messages.success(request, _("The note stands in the case."))
    own = next((task for task in queries.list_open_tasks(case) if task.post == post.uuid), None)
    address = redirect("backoffice:task", own.uuid) if own is not None else redirect("backoffice:case", case)
    address["Location"] += "#notes"
    return address
