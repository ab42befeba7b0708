"""An application that a letter asks for is entered page by page, checked and sent, by the post that opened it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from divan.dealings.cases import actions, queries
from divan.dealings.cases.values import AnswerFault, AnswersRefused, Case, CaseState, NotComplete
from divan.dealings.correspondence import queries as letters
from divan.foundation import clock, files
from divan.foundation.errors import Refusal, Trouble
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.media import file_answer
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Problem
from divan.foundation.ui.frame import Link
from divan.foundation.ui.numbers import digits
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import own_post
from divan.front.questions.drawing import question_fields
from divan.front.questions.outside import asked_facts
from divan.front.questions.posted import context_as_sent, is_redisplay, read_posted
from divan.front.questions.summaries import summaries
from divan.front.texts.missing import missing_text
from divan.registers.people import queries as people
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.answers import complete, may_change, pages_to_show, visible_answers, visible_questions
from divan_libs.servicepack.evaluation import Context
from divan_libs.servicepack.models import FileQuestion, Package, Page, Question


def _entered(request: HttpRequest, case: UUID) -> Case:
    """Return a case whose answers the visitor's post enters.

    :raises CaseUnknown: if it enters none such.
    """
    return queries.get_entered_case(case, own_post(request))


def _known(case: Case) -> tuple[Package, Context, str]:
    package = queries.get_package_of(case)
    today = clock.now().astimezone(TEHRAN).date()
    return package, queries.context_of(case, package, today), get_language() or "fa"


def _letter_of(case: Case) -> UUID:
    opening = queries.find_opening(case.uuid)
    assert opening is not None  # noqa: S101 (only cases of letters are entered here)
    return opening.letter


@access(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, case: UUID) -> HttpResponse:
    """Show what was entered and what is missing; send it once, however often the button is pressed.

    :raises CaseUnknown: if the visitor's post enters no such case.
    """
    found = _entered(request, case)
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            number = _send(found, request)
        except NotComplete as refusal:
            problems = [Problem(text_of(refusal).title)]
            found = _entered(request, case)
        else:
            said = _("Case %(number)s was opened. The applicant was told its number by short message.")
            messages.success(request, said % {"number": digits(number)})
            return redirect("backoffice:letter", _letter_of(found))
    package, context, language = _known(found)
    missing = [missing_text(package, one.kind, one.code, language) for one in complete(package, context)]
    values = {
        "case": found,
        "letter": letters.get_letter(_letter_of(found)),
        "title": package.text("card.title", language),
        "applicant": people.get_person(found.applicant),
        "parts": summaries(package, context, found, language, change=partial(_page_address, case)),
        "missing": missing,
        "first": _page_address(case, _first_open(package, context)),
        "pays": package.needs.payment is not None and package.needs.payment.before == "submission",
        "needs": asked_facts(found, package, language),
        "asking": any(need.state == "asked" for need in found.needs),
        "correcting": found.state is CaseState.CORRECTION,
        "error_summary": ErrorSummary(tuple(problems)),
    }
    return render(request, "backoffice/letters/entry.html", values, status=422 if problems else 200)


def _send(case: Case, request: HttpRequest) -> str:
    actor, now = actor_of(request), clock.now()
    if case.state is CaseState.CORRECTION:
        return actions.resubmit_case(case=case.uuid, actor=actor, now=now).number
    return actions.submit_case(case=case.uuid, actor=actor, now=now).number


def _page_address(case: UUID, page: str) -> str:
    return reverse("backoffice:entry-page", args=[case, page])


def _first_open(package: Package, context: Context) -> str:
    """Return the first page that lacks an answer, else the first."""
    lacking = {one.page for one in complete(package, context) if one.kind == "answer"}
    codes = [one.code for one in pages_to_show(package, context)]
    return next((code for code in codes if code in lacking), codes[0])


@access(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def entry_page(request: HttpRequest, case: UUID, page: str) -> HttpResponse:
    """Ask one page beside the letter; save what was entered, or say what cannot stand and keep what was typed.

    :raises CaseUnknown: if the visitor's post enters no such case.
    """
    found = _entered(request, case)
    package, context, _language = _known(found)
    shown = {one.code: one for one in pages_to_show(package, context)}
    if page not in shown:
        return redirect("backoffice:entry", case)
    if request.method != "POST" or is_redisplay(request.POST):
        return _ask(request, found, shown[page], sent=request.POST if is_redisplay(request.POST) else None)
    questions = list(shown[page].questions)
    faults: list[AnswerFault] = []
    given = read_posted(questions, request.POST)
    try:
        actions.save_page(case=case, page=page, given=given, actor=actor_of(request), now=clock.now())
    except AnswersRefused as refusal:
        faults = _faults_of(refusal)
    file_faults, general = _take_files(request, case, questions)
    if faults or file_faults or general:
        found = queries.get_case(case)
        return _ask(request, found, shown[page], sent=request.POST, faults=[*faults, *file_faults], general=general)
    return redirect(_following(case, page))


def _following(case: UUID, page: str) -> str:
    package, context, _language = _known(queries.get_case(case))
    codes = [one.code for one in pages_to_show(package, context)]
    after = codes[codes.index(page) + 1 :] if page in codes else []
    return _page_address(case, after[0]) if after else reverse("backoffice:entry", args=[case])


def _faults_of(refusal: AnswersRefused) -> list[AnswerFault]:
    faults = refusal.facts["faults"]
    return list(faults) if isinstance(faults, tuple) else []


def _take_files(request: HttpRequest, case: UUID, questions: Sequence[Question]) -> tuple[list[AnswerFault], list[str]]:
    faults: list[AnswerFault] = []
    general: list[str] = []
    actor, now = actor_of(request), clock.now()
    for question in (one for one in questions if isinstance(one, FileQuestion)):
        for upload in request.FILES.getlist(question.code)[: question.max_files]:
            try:
                stored = files.store_upload(name=upload.name or "file", content=upload.chunks(), actor=actor, now=now)
                actions.add_file(case=case, question=question.code, file=stored, actor=actor, now=now)
            except AnswersRefused as refusal:
                faults += _faults_of(refusal)
            except (Refusal, Trouble) as refusal:
                general.append(str(text_of(refusal)))
    return faults, general


def _ask(
    request: HttpRequest,
    case: Case,
    page: Page,
    *,
    sent: QueryDict | None = None,
    faults: Sequence[AnswerFault] = (),
    general: Sequence[str] = (),
) -> HttpResponse:
    package, context, language = _known(case)
    seen = context if sent is None else context_as_sent(page.questions, context, sent)
    questions = visible_questions(package, seen, page.code)
    held = queries.list_case_files(case.uuid)
    fields = question_fields(
        package,
        questions,
        language=language,
        answers=visible_answers(package, context),
        sent=sent,
        faults=faults,
        locked=[question.code for question in questions if not may_change(package, question, context)],
        files={code: Link(reverse("backoffice:entry-file", args=[case.uuid, file]), name) for code, file, name in held},
    )
    codes = [one.code for one in pages_to_show(package, context)]
    asked = {one.name for one in fields}
    summary = ErrorSummary.of(fields, general)
    values = {
        "case": case,
        "content": letters.content_of(_letter_of(case)),
        "title": package.text(f"pages.{page.code}.title", language),
        "fields": fields,
        "uploads": any(one.kind == "file" for one in fields),
        "held": [(file, name) for question, file, name in held if question in asked],
        "number": codes.index(page.code) + 1,
        "count": len(codes),
        "error_summary": summary,
    }
    return render(request, "backoffice/letters/entry_page.html", values, status=422 if summary else 200)


@access(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def give_up(request: HttpRequest, case: UUID) -> HttpResponse:
    """Give up an application that was begun from a letter, after asking once more; its answers are erased.

    :raises CaseUnknown: if the visitor's post enters no such case.
    """
    found = _entered(request, case)
    letter = _letter_of(found)
    if request.method == "POST":
        actions.abandon_draft(case=case, actor=actor_of(request), now=clock.now())
        messages.success(request, _("The application was given up and its answers were erased."))
        return redirect("backoffice:letter", letter)
    return render(request, "backoffice/letters/give_up_entry.html", {"case": found})


@access(STAFF)
@require_safe
def entry_file(request: HttpRequest, case: UUID, file: UUID) -> HttpResponse:
    """Give back a file of an application that the visitor's post enters.

    :raises CaseUnknown: if it enters none such, or the file is not of it.
    """
    _entered(request, case)
    return file_answer(*queries.case_file_bytes(case, file))


@access(STAFF)
@require_POST
def remove_file(request: HttpRequest, case: UUID, file: UUID) -> HttpResponse:
    """Take a file off an application and go back to its overview.

    :raises CaseUnknown: if the visitor's post enters none such, or the file is not of it.
    """
    _entered(request, case)
    actions.remove_file(case=case, file=file, actor=actor_of(request), now=clock.now())
    return redirect("backoffice:entry", case)


@access(STAFF)
@require_POST
def ask_again(request: HttpRequest, case: UUID, need: str) -> HttpResponse:
    """Ask a register once more that did not answer.

    :raises CaseUnknown: if the visitor's post enters no such case, or it asks for nothing of the kind.
    """
    _entered(request, case)
    actions.ask_again(case=case, need=need, actor=actor_of(request), now=clock.now())
    return redirect("backoffice:entry", case)
