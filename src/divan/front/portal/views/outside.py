"""What others bring to an application: a second party reads and signs, a time for a visit is taken."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from divan.dealings.cases import actions, queries
from divan.dealings.cases.values import AnswersChanged, Case, CaseState, Signature, TimeTaken, VisitNotPossible
from divan.foundation import clock
from divan.foundation.http.access import SIGNED_IN, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Problem
from divan.foundation.ui.pieces import Row
from divan.foundation.ui.refusals import text_of
from divan.front.portal.account import account_tabs
from divan.front.portal.views.apply import own_case
from divan.front.questions.outside import STATES, by_day, words_to_sign
from divan.registers.people import queries as people
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.evaluation import Context
from divan_libs.servicepack.models import AppointmentNeed, Package


def _language() -> str:
    return "en" if get_language() == "en" else "fa"


def _known(case: Case) -> tuple[Package, Context]:
    package = queries.get_package_of(case)
    return package, queries.context_of(case, package, clock.now().astimezone(TEHRAN).date())


@access(SIGNED_IN)
@require_POST
def ask_signature(request: HttpRequest, case: UUID, need: str) -> HttpResponse:
    """Ask the second parties whom the answers name to sign."""
    own_case(request, case)
    actions.ask_signatures(case=case, need=need, actor=actor_of(request), now=clock.now())
    messages.success(request, _("The signature was asked for. It is found under “Asked of me” after signing in."))
    return redirect("portal:application", case)


def _mine(request: HttpRequest) -> str:
    actor = actor_of(request)
    return people.get_person(actor.uuid).national_code if actor.uuid else ""


@access(SIGNED_IN)
@require_safe
def signatures(request: HttpRequest) -> HttpResponse:
    """List what others ask the acting person to sign, and what they have answered."""
    lines = []
    for one in queries.list_signatures_of(_mine(request)):
        case = queries.get_case(one.case)
        package = queries.get_package_of(case)
        said, tone = STATES[one.state]
        lines.append(
            {
                "signature": one,
                "title": package.text(f"needs.{one.need}.title", _language()),
                "service": package.text("card.title", _language()),
                "by": people.get_person(case.applicant).full_name,
                "state": said,
                "tone": tone,
            }
        )
    person = actor_of(request).uuid
    tabs = account_tabs(person, "asked") if person else []
    return render(request, "portal/signatures.html", {"lines": lines, "account_tabs": tabs})


@access(SIGNED_IN)
@never_cache
@require_http_methods(["GET", "POST"])
def signature(request: HttpRequest, signature: UUID) -> HttpResponse:
    """Show the statement and the answers to a second party; take the signature of exactly these, or the refusal."""
    found = queries.get_signature_of(signature, _mine(request))
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            _answer(request, found)
        except AnswersChanged as refusal:
            problems.append(Problem(text_of(refusal).title))
        except _NotDeclared:
            problems.append(Problem(_("Confirm that you have read it and sign yourself."), "declared"))
        else:
            messages.success(request, _("Your answer was recorded."))
            return redirect("portal:signatures")
        found = queries.get_signature_of(signature, _mine(request))
    case = queries.get_case(found.case)
    package, context = _known(case)
    said, tone = STATES[found.state]
    values = {
        "signature": found,
        "title": package.text(f"needs.{found.need}.title", _language()),
        "service": package.text("card.title", _language()),
        "by": people.get_person(case.applicant).full_name,
        "statement": package.text(f"needs.{found.need}.statement", _language()),
        "rows": [Row(label, words) for label, words in words_to_sign(package, context, found, _language())],
        "state": said,
        "tone": tone,
        "open": found.state == "asked" and case.state in {CaseState.DRAFT, CaseState.CORRECTION},
        "error_summary": ErrorSummary(tuple(problems)),
    }
    return render(request, "portal/signature.html", values, status=422 if problems else 200)


class _NotDeclared(Exception):
    """The box beside the signature was not ticked."""


def _answer(request: HttpRequest, found: Signature) -> None:
    if request.POST.get("do") == "refuse":
        actions.refuse_signature(
            signature=found.uuid, note=request.POST.get("note", ""), actor=actor_of(request), now=clock.now()
        )
        return
    if request.POST.get("declared") != "yes":
        raise _NotDeclared
    actions.give_signature(
        signature=found.uuid, digest=request.POST.get("digest", ""), actor=actor_of(request), now=clock.now()
    )


@access(SIGNED_IN)
@never_cache
@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, case: UUID, need: str) -> HttpResponse:
    """Show the free times of a visit by day, and take the one that is chosen."""
    found = own_case(request, case)
    package, _context = _known(found)
    declared = package.needs.of(need)
    if not isinstance(declared, AppointmentNeed):
        raise VisitNotPossible(reason="no-such-visit")
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            actions.book_visit(
                case=case, need=need, starts_at=_chosen(request), actor=actor_of(request), now=clock.now()
            )
        except (TimeTaken, VisitNotPossible) as refusal:
            problems.append(Problem(str(text_of(refusal).title)))
        else:
            messages.success(request, _("The visit is booked."))
            return redirect("portal:application" if not found.number else "portal:case", case)
    held = next((one for one in queries.list_visits(case) if one.need == need), None)
    values = {
        "case": found,
        "need": need,
        "title": package.text(f"needs.{need}.title", _language()),
        "reason": package.text(f"needs.{need}.reason", _language()),
        "body": people.get_unit(declared.body).name(_language()),
        "held": held,
        "may_cancel": held is not None and not found.number,
        "days": by_day(queries.list_free_times(found, declared, clock.now())),
        "error_summary": ErrorSummary(tuple(problems)),
    }
    return render(request, "portal/visit.html", values, status=422 if problems else 200)


def _chosen(request: HttpRequest) -> datetime:
    """Return the chosen time.

    :raises VisitNotPossible: if none was chosen, or what was sent is no time.
    """
    try:
        chosen = datetime.fromisoformat(request.POST.get("starts_at", ""))
    except ValueError as error:
        raise VisitNotPossible(reason="no-such-time") from error
    if chosen.tzinfo is None:
        raise VisitNotPossible(reason="no-such-time")
    return chosen


@access(SIGNED_IN)
@require_POST
def cancel_visit(request: HttpRequest, case: UUID, need: str) -> HttpResponse:
    """Give a booked visit up."""
    own_case(request, case)
    actions.cancel_visit(case=case, need=need, actor=actor_of(request), now=clock.now())
    messages.success(request, _("The visit was cancelled."))
    return redirect("portal:application", case)
