"""An application that a letter asks for is entered page by page, checked and sent, by the post that opened it."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from divan.dealings.cases import actions, queries
from divan.dealings.cases.values import Case, CaseState, NotComplete
from divan.dealings.correspondence import queries as letters
from divan.foundation import clock
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.media import file_answer
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Problem
from divan.foundation.ui.numbers import digits
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import own_post
from divan.front.questions.outside import asked_facts
from divan.front.questions.pages import NO_OBJECTIONS, Objections, known, page_values, take_page
from divan.front.questions.posted import is_redisplay
from divan.front.questions.summaries import summaries
from divan.front.texts.missing import missing_text
from divan.registers.people import queries as people
from divan_libs.servicepack.answers import complete, pages_to_show
from divan_libs.servicepack.evaluation import Context
from divan_libs.servicepack.models import Package, Page


def _entered(request: HttpRequest, case: UUID) -> Case:
    """Return a case whose answers the visitor's post enters.

    :raises CaseUnknown: if it enters none such.
    """
    return queries.get_entered_case(case, own_post(request))


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
    package, context, language = known(found)
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
    package, context, _language = known(found)
    shown = {one.code: one for one in pages_to_show(package, context)}
    if page not in shown:
        return redirect("backoffice:entry", case)
    if request.method != "POST" or is_redisplay(request.POST):
        return _ask(request, found, page=shown[page], sent=request.POST if is_redisplay(request.POST) else None)
    ask, following = partial(_ask, request, page=shown[page]), partial(_following, page=page)
    return take_page(request, found, shown[page], ask=ask, following=following)


def _following(case: Case, *, page: str) -> str:
    codes = _page_codes(case)
    after = codes[codes.index(page) + 1 :] if page in codes else []
    return _page_address(case.uuid, after[0]) if after else reverse("backoffice:entry", args=[case.uuid])


def _page_codes(case: Case) -> list[str]:
    package, context, _language = known(case)
    return [one.code for one in pages_to_show(package, context)]


def _ask(
    request: HttpRequest,
    case: Case,
    *,
    page: Page,
    sent: QueryDict | None = None,
    objections: Objections = NO_OBJECTIONS,
) -> HttpResponse:
    values = page_values(
        case,
        page,
        sent=sent,
        objections=objections,
        file_address=lambda file: reverse("backoffice:entry-file", args=[case.uuid, file]),
        codes=_page_codes(case),
    )
    values["content"] = letters.content_of(_letter_of(case))
    return render(request, "backoffice/letters/entry_page.html", values, status=422 if objections else 200)


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
