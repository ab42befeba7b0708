"""Applying: one page at a time, saved as one goes, checked at the end, sent once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from divan.dealings.cases import actions, queries
from divan.dealings.cases.values import Case, CaseState, NotComplete
from divan.foundation import clock
from divan.foundation.http.access import SIGNED_IN, access
from divan.foundation.http.media import file_answer
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Problem
from divan.foundation.ui.numbers import digits, listed
from divan.foundation.ui.pieces import Row, Task
from divan.foundation.ui.refusals import text_of
from divan.front.portal.options import options
from divan.front.portal.service_facts import begins_at
from divan.front.portal.summaries import carried_over, summaries
from divan.front.questions.outside import asked_facts, outside_of
from divan.front.questions.pages import NO_OBJECTIONS, Objections, known, page_values, take_page
from divan.front.questions.posted import is_redisplay
from divan.front.questions.sending import send
from divan.front.texts.fees import shown_fee
from divan.front.texts.missing import missing_text
from divan.registers.catalogue import queries as catalogue
from divan_libs.servicepack.answers import complete, pages_to_show, visible_answers
from divan_libs.servicepack.models import APPLICATION, FileQuestion, Package, Page


def own_case(request: HttpRequest, case_uuid: UUID) -> Case:
    """Return the acting person's case.

    :raises CaseUnknown: if there is none, or it is another person's.
    """
    return queries.get_case_of(case_uuid, actor_of(request).uuid)


@access(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Begin an application, or go on with the one that was begun; a GET only comes from the sign-in page.

    Where the card names another page of this portal for it, that page is where it begins.
    """
    if request.method == "GET":
        return redirect("portal:service", code)
    if elsewhere := begins_at(catalogue.get_package(catalogue.get_offered_version(code, inside=True).uuid).card):
        return redirect(elsewhere)
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
    package, context, language = known(found)
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
    package, context, _language = known(found)
    shown = {
        one.code: one
        for one in pages_to_show(package, context)
        if one.code in queries.pages_asked(package, context, found)
    }
    if page not in shown:
        return redirect("portal:application", case)
    if request.method == "GET" or is_redisplay(request.POST):
        return _ask(request, found, page=shown[page], sent=request.POST if is_redisplay(request.POST) else None)
    ask, following = partial(_ask, request, page=shown[page]), partial(_following, request, page=page)
    return take_page(request, found, shown[page], ask=ask, following=following)


def _following(request: HttpRequest, case: Case, *, page: str) -> str:
    package, context, _language = known(case)
    if request.POST.get("then") == "overview":
        return _overview_address(case)
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
    *,
    page: Page,
    sent: QueryDict | None = None,
    objections: Objections = NO_OBJECTIONS,
) -> HttpResponse:
    package, context, _language = known(case)
    codes = queries.pages_asked(package, context, case)
    at = codes.index(page.code)
    before = reverse("portal:page", args=[case.uuid, codes[at - 1]]) if at else _overview_address(case)
    values = page_values(
        case,
        page,
        sent=sent,
        objections=objections,
        file_address=lambda file: reverse("portal:file", args=[case.uuid, file]),
        codes=codes,
        province=options().province_code,
    )
    return render(request, "portal/page.html", {**values, "back": before}, status=422 if objections else 200)


def _overview_address(case: Case) -> str:
    return reverse("portal:application", args=[case.uuid])


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
    package, context, language = known(found)
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
    package, _context, language = known(found)
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
    package, context, _language = known(case)
    for one in pages_to_show(package, context):
        if any(isinstance(question, FileQuestion) for question in one.questions):
            return reverse("portal:page", args=[case.uuid, one.code])
    return reverse("portal:application", args=[case.uuid])
