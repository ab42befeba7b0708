"""One's own cases and documents."""

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
from divan.dealings.cases.values import BundleRun, Case, CaseState, CaseUnknown
from divan.foundation import clock
from divan.foundation.http.access import SIGNED_IN, access
from divan.foundation.http.media import bytes_answer
from divan.foundation.http.middleware import actor_of
from divan.front.portal.account import ANSWERED, DRAFTS, RUNNING, TABS, account_tabs, tab_of
from divan.front.portal.case_page import case_page
from divan.front.portal.receipts import receipt_answer
from divan.front.portal.views.apply import own_case
from divan.front.texts.words import TONES, word
from divan.registers.catalogue import queries as catalogue
from divan.trust.signing import queries as signing
from divan.trust.signing.values import Document


@access(SIGNED_IN)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List one's cases on the tab that is asked for, what waits for oneself first; bundles that run stand above."""
    language, person = get_language() or "fa", _self(request)
    own = queries.list_cases_of(person)
    tab = request.GET.get("tab", "")
    tab = (
        tab if tab in TABS else next((one for one in (RUNNING, DRAFTS) if any(tab_of(c) == one for c in own)), ANSWERED)
    )
    shown = sorted(
        (case for case in own if tab_of(case) == tab),
        key=lambda case: case.state not in {CaseState.CORRECTION, CaseState.PAYMENT},
    )
    lines = [
        {
            "case": case,
            "title": queries.get_package_of(case).text("card.title", language),
            "state": word("case-state", case.state),
            "tone": TONES[case.state],
            "url": reverse("portal:application" if case.state is CaseState.DRAFT else "portal:case", args=[case.uuid]),
        }
        for case in shown
    ]
    values = {
        "lines": lines,
        "now": clock.now(),
        "account_tabs": account_tabs(person, tab, own),
        "bundles": _bundles(person, own, tab, language),
        "any": bool(own),
    }
    return render(request, "portal/cases.html", values)


def _bundles(person: UUID, own: list[Case], tab: str, language: str) -> list[tuple[BundleRun, str]]:
    """Return the bundles of which a case stands on this tab, with their titles."""
    here = {case.uuid for case in own if tab_of(case) == tab}
    runs = [run for run in queries.list_bundle_runs(person) if here & set(run.parts.values())]
    return [(run, catalogue.get_bundle(run.bundle).text("title", language)) for run in runs]


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
    return receipt_answer(request, found.issued_fact, name=found.number.replace("/", "-"))
