"""One's own cases and documents, and who looked at one's data."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from divan.dealings.cases import actions, queries
from divan.dealings.cases.values import Case, CaseState, CaseUnknown
from divan.foundation import clock
from divan.foundation.http.access import SIGNED_IN, access
from divan.foundation.http.media import bytes_answer
from divan.foundation.http.middleware import actor_of
from divan.front.portal.progress import applicant_events
from divan.front.portal.views.apply import own_case, summaries
from divan.front.texts.words import TONES, word
from divan.registers.people import queries as people
from divan.trust.exchange import queries as exchange
from divan.trust.ledger import queries as ledger
from divan.trust.signing import queries as signing
from divan.trust.signing.values import Document
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack import flow_rules


@access(SIGNED_IN)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List one's cases, what waits for oneself first."""
    language = get_language() or "fa"
    own = queries.list_cases_of(_self(request))
    own.sort(key=lambda case: case.state not in {CaseState.CORRECTION, CaseState.DRAFT})
    lines = [
        {
            "case": case,
            "title": queries.get_package_of(case).text("card.title", language),
            "state": word("case-state", case.state),
            "tone": TONES[case.state],
            "url": reverse("portal:application" if case.state is CaseState.DRAFT else "portal:case", args=[case.uuid]),
        }
        for case in own
    ]
    return render(request, "portal/cases.html", {"lines": lines, "now": clock.now()})


def _self(request: HttpRequest) -> UUID:
    found = actor_of(request).uuid
    if found is None:
        raise CaseUnknown
    return found


@access(SIGNED_IN)
@require_safe
def case(request: HttpRequest, case: UUID) -> HttpResponse:
    """Show a case: where it stands, with whom, until when, what happened, and its document."""
    found = own_case(request, case)
    if found.state is CaseState.DRAFT:
        return redirect("portal:application", case)
    return render(request, "portal/case.html", case_page(found, own=True))


def case_page(case: Case, *, own: bool) -> dict[str, object]:
    """Return what a case page shows; to whoever only tracks by number and secret, without answers and document."""
    language = get_language() or "fa"
    package = queries.get_package_of(case)
    task = queries.find_open_task(case.uuid)
    decision = queries.find_decision(case.uuid)
    # Signing issues the letter a moment before the decision says so, and only from then on may it be fetched.
    issued = decision.document if decision and decision.state == "issued" else None
    document = signing.get_document(issued) if issued else None
    today = clock.now().astimezone(TEHRAN).date()
    holder = people.get_post(task.post) if task else None
    return {
        "case": case,
        "own": own,
        "now": clock.now(),
        "title": package.text("card.title", language),
        "state": word("case-state", case.state),
        "tone": TONES[case.state],
        "outcome": package.text(f"outcomes.{case.outcome}.title", language) if case.outcome else "",
        "with_whom": holder.title(language) if holder else "",
        "with_unit": holder.unit.name(language) if holder else "",
        "step": (
            package.find_text(f"steps.{task.step}.applicant", language)
            or package.text(f"steps.{task.step}.title", language)
        )
        if task
        else "",
        "step_due": task.due_at if task else None,
        "paused": case.state is CaseState.CORRECTION,
        "events": applicant_events(case, package, language),
        "correction": [package.text(f"needs.{one}.rejection", language) for one in case.correction_codes],
        "parts": summaries(package, queries.context_of(case, package, today), case, language, changing=False)
        if own
        else [],
        "document": document,
        "visits": queries.list_visits(case.uuid) if own else [],
        "beneficiary": queries.find_beneficiary(case, package, queries.context_of(case, package, today))
        if own
        else None,
        "may_withdraw": own and task is not None and flow_rules.may_withdraw(package, task.step),
        "secret": queries.tracking_secret(case.uuid) if own else "",
    }


@access(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, case: UUID) -> HttpResponse:
    """Withdraw a case after asking once more."""
    found = own_case(request, case)
    if request.method == "POST":
        actions.withdraw_case(case=case, actor=actor_of(request), now=clock.now())
        messages.success(request, _("The case was withdrawn."))
        return redirect("portal:case", case)
    return render(request, "portal/withdraw.html", {"case": found})


@access(SIGNED_IN)
@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    """List the documents one was given."""
    lines = [(case, signing.get_document(document)) for case, document in queries.list_documents_of(_self(request))]
    return render(request, "portal/documents.html", {"lines": lines})


def own_document(request: HttpRequest, document: UUID) -> Document:
    """Return a document that was issued to the acting person.

    :raises CaseUnknown: if it was issued to somebody else, or does not exist.
    """
    if all(known != document for _case, known in queries.list_documents_of(_self(request))):
        raise CaseUnknown
    return signing.get_document(document)


@access(SIGNED_IN)
@require_safe
def document(request: HttpRequest, document: UUID) -> HttpResponse:
    """Give one's document as the signed PDF."""
    found = own_document(request, document)
    name = found.number.replace("/", "-") + ".pdf"
    return bytes_answer(signing.read_pdf(document), name=name, media_type="application/pdf", download=False)


@access(SIGNED_IN)
@require_safe
def receipt(request: HttpRequest, document: UUID) -> HttpResponse:
    """Give the receipt that proves the document's place in the log, for `divan verify` and other tools."""
    found = own_document(request, document)
    proof = ledger.find_receipt(found.issued_fact) if found.issued_fact else None
    if proof is None:
        waiting = render(request, "portal/not_sealed_yet.html", status=503)
        waiting["Retry-After"] = "5"
        return waiting
    name = found.number.replace("/", "-") + ".tlog-proof"
    return bytes_answer(proof, name=name, media_type="text/plain; charset=utf-8", download=True)


@access(SIGNED_IN)
@require_safe
def looks(request: HttpRequest) -> HttpResponse:
    """Show who looked at one's data, when and why: through the exchange, and officers who opened one's cases."""
    language = get_language() or "fa"
    person = people.get_person(_self(request))
    own = queries.list_cases_of(person.uuid)
    views = []
    for case in own:
        for line in queries.list_history(case.uuid):
            if line.kind == "cases.case-viewed" and "post" in line.actor:
                views.append((line.at, UUID(line.actor["post"]), case))
    posts = people.find_posts({post for _at, post, _case in views})
    opened = [
        {
            "at": at,
            "who": posts[post].title(language) if post in posts else "",
            "unit": posts[post].unit.name(language) if post in posts else "",
            "case": case,
        }
        for at, post, case in sorted(views, key=lambda view: view[0], reverse=True)
    ]
    asked = exchange.list_looks_at(person.national_code, language=language)
    return render(request, "portal/looks.html", {"opened": opened, "asked": asked})
