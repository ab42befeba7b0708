"""A step that waits for the post in use: the case, and what the flow offers to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from divan.dealings.cases import actions, queries
from divan.dealings.cases.values import (
    ActionNotPossible,
    AnswerFault,
    AnswersRefused,
    Case,
    CaseState,
    CaseUnknown,
    Task,
    TaskDone,
)
from divan.dealings.correspondence import actions as correspondence
from divan.dealings.correspondence import queries as work
from divan.foundation import clock
from divan.foundation.actors import Actor
from divan.foundation.errors import Refusal, Trouble
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.media import bytes_answer
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.choices import (
    Problems,
    choice_forms,
    given_with,
    problem_of_reason,
    problems_of,
    with_reason,
)
from divan.front.backoffice.dossier import open_dossier
from divan.front.backoffice.duties import own_post
from divan.front.backoffice.paper import Paper, proposed_paper
from divan.front.backoffice.referring import read_referral, referral_fields
from divan.front.backoffice.reporting import read_report, report_fields
from divan.front.backoffice.standing import law_of, note_field, pause_fields, recusal_field
from divan.front.backoffice.views.cases import seen_case
from divan.front.backoffice.views.standing import conflict_page, is_barred
from divan.front.questions.posted import is_redisplay
from divan.registers.people import queries as people
from divan.registers.people.values import Post
from divan.trust.signing import queries as signing
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack import flow_rules
from divan_libs.servicepack.models import Action, Package


def _task_and_case(post: Post, task: UUID) -> tuple[Task, Case]:
    try:
        found = queries.get_task(task)
    except TaskDone as unknown:
        raise CaseUnknown from unknown
    return found, seen_case(post, found.case)


def _is_waiting(task: Task, case: Case, post: Post) -> bool:
    return task.closed_at is None and task.post == post.uuid and case.state in {CaseState.OPEN, CaseState.AFTERCARE}


@access(STAFF)
@require_http_methods(["GET", "POST"])
def task(request: HttpRequest, task: UUID) -> HttpResponse:
    """Show a step with its case; do what was chosen, or say why not and keep what was typed.

    :raises CaseUnknown: if it is not for this post.
    """
    post, now = own_post(request), clock.now()
    found, case = _task_and_case(post, task)
    if _is_waiting(found, case, post) and is_barred(case, actor_of(request)):
        return conflict_page(request, found, case, now)
    if request.method == "POST":
        return _decide(request, found, case, post, now)
    if not _is_waiting(found, case, post):
        return redirect("backoffice:case", case.uuid)
    _note_reading(found.uuid, case, actor_of(request), now)
    return _page(request, found, case, now)


def _note_reading(about: UUID, case: Case, actor: Actor, now: datetime) -> None:
    line = work.find_open_work(about)
    if line is not None:
        correspondence.mark_read(work=line.uuid, actor=actor, now=now)
    actions.note_view(case=case.uuid, actor=actor, now=now)


def _decide(request: HttpRequest, task: Task, case: Case, post: Post, now: datetime) -> HttpResponse:
    language = get_language() or "fa"
    package = queries.get_package_of(case)
    chosen = _chosen(request, task, case, now)
    if chosen is None and is_redisplay(request.POST):
        return _again(request, task, case, post, now, status=200)
    if chosen is None:
        problems = problem_of_reason("flow.action-not-offered")
        return _again(request, task, case, post, now, problems=problems, status=422)
    given = replace(given_with(chosen, request.POST), report=read_report(package, task.step, request.POST))
    if "insert" in request.POST:
        sent = with_reason(package, task.step, chosen, request.POST)
        return _again(request, task, case, post, now, chosen=chosen, sent=sent, status=200)
    if "preview" in request.POST and chosen.proposes:
        author = post.title(language)
        paper = proposed_paper(
            case, package, language, outcome=chosen.proposes, codes=given.codes, text=given.text, author=author
        )
        return _again(request, task, case, post, now, chosen=chosen, preview=paper, status=200)
    problems = problems_of(package, task.step, chosen, given, request.POST)
    if problems:
        return _again(request, task, case, post, now, chosen=chosen, problems=problems, status=422)
    try:
        after = actions.act(task=task.uuid, action=chosen.code, given=given, actor=actor_of(request), now=now)
    except ActionNotPossible as refusal:
        problems = problem_of_reason(str(refusal.facts.get("reason", ""))) or {"": str(text_of(refusal))}
        return _again(request, task, case, post, now, chosen=chosen, problems=problems, status=refusal.status)
    except AnswersRefused as refusal:
        return _again(request, task, case, post, now, chosen=chosen, faults=_faults_of(refusal), status=422)
    except (Refusal, Trouble) as refusal:
        status = refusal.status if isinstance(refusal, Refusal) else 503
        return _again(request, task, case, post, now, chosen=chosen, refusal=refusal, status=status)
    messages.success(request, _outcome(task, chosen, after, now, language))
    return redirect("backoffice:worklist")


def _chosen(request: HttpRequest, task: Task, case: Case, now: datetime) -> Action | None:
    """Return the choice whose button was pressed, if the step offers it."""
    code = next((request.POST[name] for name in ("action", "preview", "insert") if name in request.POST), "")
    return next((one for one in _offered(task, case, now) if one.code == code), None)


def _faults_of(refusal: AnswersRefused) -> tuple[AnswerFault, ...]:
    faults = refusal.facts["faults"]
    return faults if isinstance(faults, tuple) else ()


def _outcome(task: Task, chosen: Action, after: Case, now: datetime, language: str) -> str:
    """Return what is said when the choice was carried out: what was done, and where the case is now."""
    package = queries.get_package_of(after)
    label = package.text(f"actions.{task.step}.{chosen.code}.label", language)
    where = ""
    if after.state is CaseState.CORRECTION:
        where = _("The applicant was asked to correct; the clock stands still until then.")
    elif after.state is CaseState.DECIDED:
        where = _("The decision has its number and is signed; the letter is being made.")
    elif after.state is CaseState.CLOSED:
        where = _("The case is closed; the applicant was told.")
    elif after.state is CaseState.PAYMENT:
        where = _("The applicant was asked to pay; the clock stands still until then.")
    else:
        where = _where(after, package, now, language)
    return _("%(number)s: %(choice)s. %(where)s") % {"number": after.number, "choice": label, "where": where}


def _where(after: Case, package: Package, now: datetime, language: str) -> str:
    """Return who has a case now: whom it has just come to, or whose reviews it still waits for."""
    waiting = queries.list_open_tasks(after.uuid)
    fresh = [task for task in waiting if task.opened_at == now]
    named = [
        _("%(step)s (%(post)s)")
        % {
            "step": package.text(f"steps.{task.step}.title", language),
            "post": people.get_post(task.post).title(language),
        }
        for task in fresh or waiting
    ]
    if not named:
        return ""
    if not fresh:
        return _("The case goes on when these have answered as well: %(steps)s.") % {"steps": _("; ").join(named)}
    if len(named) == 1:
        return _("The case went on to %(post)s.") % {"post": people.get_post(fresh[0].post).title(language)}
    return _("The case is now with several at once: %(steps)s.") % {"steps": _("; ").join(named)}


def _offered(task: Task, case: Case, now: datetime) -> list[Action]:
    package = queries.get_package_of(case)
    context = queries.context_of(case, package, now.astimezone(TEHRAN).date())
    return flow_rules.offered_actions(package, task.step, context)


def _again(
    request: HttpRequest,
    task: Task,
    case: Case,
    post: Post,
    now: datetime,
    *,
    status: int,
    chosen: Action | None = None,
    problems: Problems | None = None,
    preview: Paper | None = None,
    refusal: Refusal | Trouble | None = None,
    sent: QueryDict | None = None,
    faults: tuple[AnswerFault, ...] = (),
) -> HttpResponse:
    """Show the step once more as it was sent; when it waits here no longer, show what was typed to be copied."""
    task, case = queries.get_task(task.uuid), queries.get_case(case.uuid)
    if not _is_waiting(task, case, post):
        given = given_with(chosen, request.POST) if chosen else None
        return _too_late(request, case, [given.text, given.note] if given else [], refusal or TaskDone())
    if refusal is not None:
        problems = {"": str(text_of(refusal))}
    answer = _page(
        request,
        task,
        case,
        now,
        chosen=chosen.code if chosen else "",
        sent=sent if sent is not None else request.POST,
        problems=problems,
        preview=preview,
        faults=faults,
    )
    answer.status_code = status
    return answer


def _too_late(request: HttpRequest, case: Case, typed: list[str], refusal: Refusal | Trouble) -> HttpResponse:
    values = {"case": case, "refusal": refusal, "typed": [part for part in typed if part]}
    status = refusal.status if isinstance(refusal, Refusal) else 503
    return render(request, "backoffice/too_late.html", values, status=status)


def _page(
    request: HttpRequest,
    task: Task,
    case: Case,
    now: datetime,
    *,
    chosen: str = "",
    sent: QueryDict | None = None,
    problems: Problems | None = None,
    preview: Paper | None = None,
    referring: list[Field] | None = None,
    faults: tuple[AnswerFault, ...] = (),
) -> HttpResponse:
    language = get_language() or "fa"
    dossier = open_dossier(case, {task.step}, language=language, now=now, post=task.post)
    forms = choice_forms(
        dossier.package,
        task.step,
        _offered(task, case, now),
        language=language,
        decision=dossier.decision,
        context=dossier.context,
        chosen=chosen,
        sent=sent,
        problems=problems,
    )
    report = report_fields(dossier.package, task.step, dossier.context, language=language, sent=sent, faults=faults)
    fields = [*report, *(field for form in forms for field in form.fields)]
    general = [problems[""]] if problems and "" in problems else []
    work_line = work.find_open_work(task.uuid)
    values = {
        "dossier": dossier,
        "task": task,
        "step": dossier.package.text(f"steps.{task.step}.title", language),
        "instruction": dossier.package.find_text(f"steps.{task.step}.instruction", language),
        "note": work_line.note if work_line else "",
        "sender": work_line.sender(language) if work_line else "",
        "law": law_of(dossier.package, task.step),
        "report": report,
        "forms": forms,
        "pausing": pause_fields(dossier.package, task.step, language) if dossier.pause is None else [],
        "pause_reason": dossier.package.text(f"pauses.{dossier.pause.reason}.title", language) if dossier.pause else "",
        "recusing": recusal_field(),
        "note_field": note_field(),
        "preview": preview,
        "referring": referring if referring is not None else referral_fields(task.post, now, language),
        "is_referring": referring is not None,
        "error_summary": ErrorSummary.of([*fields, *(referring or [])], general),
        "signing_body": people.get_unit(dossier.package.card.provider.body).name(language),
        "now": now,
    }
    return render(request, "backoffice/task.html", values)


@access(STAFF)
@require_safe
def letter(request: HttpRequest, task: UUID) -> HttpResponse:
    """Show the letter on the table as the visitor would sign it: typeset as it will be, unsigned and without a number.

    :raises CaseUnknown: if it is not for this post.
    :raises ActionNotPossible: if there is no draft.
    """
    post, now = own_post(request), clock.now()
    _found, case = _task_and_case(post, task)
    actor = actor_of(request)
    if actor.uuid is None:
        raise CaseUnknown
    document = queries.letter_on_the_table(case, signer=actor.uuid, post=post.uuid, now=now)
    pdf = signing.preview_letter(document, now)
    return bytes_answer(pdf, name=f"{case.number}-draft.pdf", media_type="application/pdf", download=False)


@access(STAFF)
@require_POST
def refer(request: HttpRequest, task: UUID) -> HttpResponse:
    """Refer a step to a colleague of the same body, or say why not and keep what was typed.

    :raises CaseUnknown: if it is not for this post.
    """
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    found, case = _task_and_case(post, task)
    if not _is_waiting(found, case, post):
        return _too_late(request, case, [request.POST.get("instruction", "")], TaskDone())
    fields = referral_fields(post.uuid, now, language, sent=request.POST)
    to, due_at, problems = read_referral(request.POST, fields, now)
    if to is not None and not problems:
        try:
            actions.refer_task(
                task=task,
                to_post=to,
                instruction=request.POST.get("instruction", ""),
                due_at=due_at,
                actor=actor_of(request),
                now=now,
            )
        except Refusal as refusal:
            problems = {"to": str(text_of(refusal))}
        else:
            receiver = people.get_post(to).title(language)
            messages.success(request, _("Referred to %(post)s. The case stays with you.") % {"post": receiver})
            return redirect("backoffice:task", task)
    fields = referral_fields(post.uuid, now, language, sent=request.POST, problems=problems)
    answer = _page(request, found, case, now, referring=fields)
    answer.status_code = 422
    return answer
