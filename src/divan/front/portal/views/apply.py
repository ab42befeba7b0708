"""Applying: one page at a time, saved as one goes, checked at the end, sent once."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from divan.dealings.cases import actions, queries
from divan.dealings.cases.values import AnswerFault, AnswersRefused, Case, CaseState, NotComplete
from divan.foundation import clock, files
from divan.foundation.errors import Refusal, Trouble
from divan.foundation.http.access import SIGNED_IN, access
from divan.foundation.http.media import file_answer
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Problem
from divan.foundation.ui.frame import Link
from divan.foundation.ui.numbers import digits, listed
from divan.foundation.ui.pieces import Row, Task
from divan.foundation.ui.refusals import text_of
from divan.front.portal.options import options
from divan.front.portal.summaries import carried_over, summaries
from divan.front.questions.drawing import question_fields
from divan.front.questions.outside import asked_facts, outside_of
from divan.front.questions.posted import context_as_sent, is_redisplay, not_yet_asked, read_posted
from divan.front.questions.sending import send
from divan.front.texts.fees import shown_fee
from divan.front.texts.missing import missing_text
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.answers import complete, may_change, pages_to_show, visible_answers, visible_questions
from divan_libs.servicepack.evaluation import Context
from divan_libs.servicepack.models import APPLICATION, FileQuestion, Package, Page, Question


def own_case(request: HttpRequest, case_uuid: UUID) -> Case:
    """Return the acting person's case.

    :raises CaseUnknown: if there is none, or it is another person's.
    """
    return queries.get_case_of(case_uuid, actor_of(request).uuid)


def _known(case: Case) -> tuple[Package, Context, str]:
    package = queries.get_package_of(case)
    today = clock.now().astimezone(TEHRAN).date()
    return package, queries.context_of(case, package, today), get_language() or "fa"


@access(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Begin an application, or go on with the one that was begun; a GET only comes from the sign-in page."""
    if request.method == "GET":
        return redirect("portal:service", code)
    case = actions.start_draft(
        service_code=code, language=get_language() or "fa", actor=actor_of(request), now=clock.now()
    )
    return redirect("portal:application", case.uuid)


@access(SIGNED_IN)
@require_safe
def overview(request: HttpRequest, case: UUID) -> HttpResponse:
    """Show the pages of an application with what is done, and what registers were asked."""
    found = own_case(request, case)
    if found.state not in {CaseState.DRAFT, CaseState.CORRECTION}:
        return redirect("portal:case", case)
    package, context, language = _known(found)
    missing = complete(package, context)
    by_page = {one.page for one in missing if one.kind == "answer"}
    asked = queries.pages_asked(package, context, found)
    answers = visible_answers(package, context)
    asking = any(need.state == "asked" for need in found.needs)
    tasks = [
        _page_task(package, page, found, by_page, answers, language)
        for page in pages_to_show(package, context)
        if page.code in asked
    ]
    fee = shown_fee(package, context, found, language)
    tasks.append(
        Task(
            _("Check your answers, pay and send") if fee.due_now else _("Check your answers and send"),
            _("Ready") if not missing else _("Cannot start yet"),
            "info" if not missing else "",
            reverse("portal:check", args=[case]) if not missing or not by_page else "",
        )
    )
    context_of_page = {
        "case": found,
        "title": package.text("card.title", language),
        "tasks": tasks,
        **outside_of(found, package, context, language),
        "fee": fee,
        "entry": package.text(f"entries.{found.entry}.title", language) if found.entry != APPLICATION else "",
        "carried": carried_over(package, context, found, asked, language),
        "bundle": queries.find_run_of_case(case),
        "asking": asking,
        "correction": [package.text(f"needs.{one}.title", language) for one in found.correction_codes],
        "correcting": found.state is CaseState.CORRECTION,
    }
    return render(request, "portal/application.html", context_of_page)


def _page_task(
    package: Package, page: Page, case: Case, unfinished: set[str | None], answers: Mapping[str, object], language: str
) -> Task:
    begun = any(question.code in case.answers for question in page.questions)
    if page.code not in unfinished and (begun or any(question.code in answers for question in page.questions)):
        status, tone = _("Completed"), "good"
    else:
        status, tone = (_("In progress"), "info") if begun else (_("Not started"), "")
    return Task(
        package.text(f"pages.{page.code}.title", language),
        status,
        tone,  # type: ignore[arg-type]  # one of the tones
        reverse("portal:page", args=[case.uuid, page.code]),
    )


@access(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, case: UUID, page: str) -> HttpResponse:
    """Ask one page; save what was answered and lead to the next, or say what cannot stand and keep what was typed."""
    found = own_case(request, case)
    if found.state not in {CaseState.DRAFT, CaseState.CORRECTION}:
        return redirect("portal:case", case)
    package, context, _language = _known(found)
    shown = {
        one.code: one
        for one in pages_to_show(package, context)
        if one.code in queries.pages_asked(package, context, found)
    }
    if page not in shown:
        return redirect("portal:application", case)
    if request.method == "GET" or is_redisplay(request.POST):
        return _ask(request, found, shown[page], sent=request.POST if is_redisplay(request.POST) else None)
    return _take(request, found, shown[page])


def _take(request: HttpRequest, found: Case, page: Page) -> HttpResponse:
    """Save what a page sent; ask it again where something cannot stand, or where an answer leads to more on it."""
    questions = list(page.questions)
    faults: tuple[AnswerFault, ...] = ()
    given = read_posted(questions, request.POST)
    try:
        found = actions.save_page(
            case=found.uuid, page=page.code, given=given, actor=actor_of(request), now=clock.now()
        )
    except AnswersRefused as refusal:
        faults = tuple(_faults_of(refusal))
    file_faults, general = _take_files(request, found, questions)
    if any(isinstance(question, FileQuestion) for question in questions):
        found = queries.get_case(found.uuid)
    fresh = _led_to(found, page, request.POST)
    if faults and not file_faults and not general and {fault.question for fault in faults} <= fresh:
        messages.info(request, _further())
        return _ask(request, found, page, sent=request.POST)
    if faults or file_faults or general:
        return _ask(request, found, page, sent=request.POST, faults=(*faults, *file_faults), general=general)
    if fresh and request.POST.get("then") != "overview":
        messages.info(request, _further())
        return redirect(request.get_full_path())
    return redirect(_following(request, found, page.code))


def _led_to(case: Case, page: Page, sent: QueryDict) -> frozenset[str]:
    """Return the questions of a page that its answers lead to and that it had not asked."""
    package, context, _language = _known(case)
    seen = context_as_sent(page.questions, context, sent)
    return not_yet_asked(visible_questions(package, seen, page.code), sent)


def _further() -> str:
    return _("Your answer leads to a further question on this page.")


def _faults_of(refusal: AnswersRefused) -> list[AnswerFault]:
    faults = refusal.facts["faults"]
    return list(faults) if isinstance(faults, tuple) else []


def _take_files(request: HttpRequest, case: Case, questions: list[Question]) -> tuple[list[AnswerFault], list[str]]:
    faults: list[AnswerFault] = []
    general: list[str] = []
    for question in questions:
        if not isinstance(question, FileQuestion):
            continue
        for upload in request.FILES.getlist(question.code)[: question.max_files]:
            try:
                stored = files.store_upload(
                    name=upload.name or "file", content=upload.chunks(), actor=actor_of(request), now=clock.now()
                )
                actions.add_file(
                    case=case.uuid, question=question.code, file=stored, actor=actor_of(request), now=clock.now()
                )
            except AnswersRefused as refusal:
                faults += _faults_of(refusal)
            except (Refusal, Trouble) as refusal:
                general.append(str(text_of(refusal)))
    return faults, general


def _following(request: HttpRequest, case: Case, page: str) -> str:
    package, context, _language = _known(case)
    if request.POST.get("then") == "overview":
        return reverse("portal:application", args=[case.uuid])
    if request.GET.get("then") == "check":
        return reverse("portal:check", args=[case.uuid])
    codes = queries.pages_asked(package, context, case)
    following = codes[codes.index(page) + 1 :] if page in codes else []
    if following:
        return reverse("portal:page", args=[case.uuid, following[0]])
    return reverse("portal:check", args=[case.uuid])


def _ask(
    request: HttpRequest,
    case: Case,
    page: Page,
    *,
    sent: QueryDict | None = None,
    faults: tuple[AnswerFault, ...] = (),
    general: list[str] | None = None,
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
        files={code: Link(reverse("portal:file", args=[case.uuid, file]), name) for code, file, name in held},
        province=options().province_code,
    )
    codes = queries.pages_asked(package, context, case)
    at = codes.index(page.code)
    back = (
        reverse("portal:page", args=[case.uuid, codes[at - 1]])
        if at
        else reverse("portal:application", args=[case.uuid])
    )
    summary = ErrorSummary.of(fields, general or [])
    values = {
        "case": case,
        "title": package.text(f"pages.{page.code}.title", language),
        "lead": package.find_text(f"pages.{page.code}.lead", language),
        "fields": fields,
        "uploads": any(field.kind == "file" for field in fields),
        "shown": " ".join(question.code for question in questions),
        "held": [
            (question, file, name) for question, file, name in held if any(field.name == question for field in fields)
        ],
        "error_summary": summary,
        "back": back,
        "number": at + 1,
        "count": len(codes),
    }
    return render(request, "portal/page.html", values, status=422 if summary else 200)


@access(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, case: UUID) -> HttpResponse:
    """Show everything once more; send it once, however often the button is pressed."""
    found = own_case(request, case)
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            asked = send(found, actor=actor_of(request), now=clock.now())
        except NotComplete as refusal:
            problems.append(Problem(text_of(refusal).title))
        else:
            if asked is not None:
                return redirect("portal:invoice", asked.invoice)
            if found.state is CaseState.CORRECTION:
                messages.success(request, _("Your correction was sent. The clock runs on."))
            return redirect("portal:case" if found.state is CaseState.CORRECTION else "portal:done", case)
    if found.number and found.state is not CaseState.CORRECTION:
        return redirect("portal:done", case)
    package, context, language = _known(found)
    missing = complete(package, context)
    told = [missing_text(package, one.kind, one.code, language) for one in missing]
    problems += [Problem(one) for one in told] if problems else []
    values = {
        "case": found,
        "title": package.text("card.title", language),
        "parts": summaries(
            package, context, found, language, changing=True, pages=queries.pages_asked(package, context, found)
        ),
        "needs": [
            Row(listed(one.title, digits(one.about)), listed(one.state, one.source))
            for one in asked_facts(found, package, language)
        ],
        "missing": told,
        "asking": any(need.state == "asked" for need in found.needs),
        "fee": shown_fee(package, context, found, language),
        "error_summary": ErrorSummary(tuple(problems)),
    }
    return render(request, "portal/check.html", values, status=422 if problems else 200)


@access(SIGNED_IN)
@require_POST
def pay_case(request: HttpRequest, case: UUID) -> HttpResponse:
    """Lead to the invoice of a case that waits for its fee, or of a draft that is paid before it is sent."""
    own_case(request, case)
    asked = actions.ask_payment(case=case, actor=actor_of(request), now=clock.now())
    return redirect("portal:invoice", asked.invoice)


@access(SIGNED_IN)
@require_safe
def done(request: HttpRequest, case: UUID) -> HttpResponse:
    """Confirm a sent application: number, secret, what happens next; the same however often it is opened."""
    found = own_case(request, case)
    if not found.number:
        return redirect("portal:application", case)
    package, _context, language = _known(found)
    first = package.flow.step(package.flow.start or "")
    values = {
        "case": found,
        "receipt": queries.get_receipt(found),
        "title": package.text("card.title", language),
        "next": package.find_text(f"steps.{first.code}.applicant", language) if first else None,
    }
    return render(request, "portal/done.html", values)


@access(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def give_up(request: HttpRequest, case: UUID) -> HttpResponse:
    """Give a draft up after asking once more; its answers are erased."""
    found = own_case(request, case)
    if request.method == "POST":
        actions.abandon_draft(case=case, actor=actor_of(request), now=clock.now())
        messages.success(request, _("The application was given up and its answers were erased."))
        return redirect("portal:cases")
    return render(request, "portal/give_up.html", {"case": found})


@access(SIGNED_IN)
@require_POST
def ask_again(request: HttpRequest, case: UUID, need: str) -> HttpResponse:
    """Ask a register once more that did not answer."""
    own_case(request, case)
    actions.ask_again(case=case, need=need, actor=actor_of(request), now=clock.now())
    return redirect("portal:application", case)


@access(SIGNED_IN)
@require_safe
def file(request: HttpRequest, case: UUID, file: UUID) -> HttpResponse:
    """Give a file of one's own application back."""
    own_case(request, case)
    return file_answer(*queries.case_file_bytes(case, file))


@access(SIGNED_IN)
@require_POST
def remove_file(request: HttpRequest, case: UUID, file: UUID) -> HttpResponse:
    """Take a file off an application and go back to the page it stood on."""
    found = own_case(request, case)
    actions.remove_file(case=case, file=file, actor=actor_of(request), now=clock.now())
    return HttpResponseRedirect(_page_with_files(found))


def _page_with_files(case: Case) -> str:
    package, context, _language = _known(case)
    for one in pages_to_show(package, context):
        if any(isinstance(question, FileQuestion) for question in one.questions):
            return reverse("portal:page", args=[case.uuid, one.code])
    return reverse("portal:application", args=[case.uuid])
