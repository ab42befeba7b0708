"""The tabs of what is one's own, each with how much stands there."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from divan.dealings.cases import queries
from divan.dealings.cases.values import Case, CaseState
from divan.dealings.correspondence import queries as correspondence
from divan.dealings.payments import queries as payments
from divan.dealings.payments.values import InvoiceState
from divan.foundation.ui.frame import Link
from divan.registers.people import queries as people

DRAFTS, RUNNING, ANSWERED = "drafts", "running", "answered"
TABS = (DRAFTS, RUNNING, ANSWERED)

_OVER = frozenset({CaseState.CLOSED, CaseState.WITHDRAWN, CaseState.AFTERCARE})


def tab_of(case: Case) -> str:
    """Return the tab on which a case stands."""
    if case.state is CaseState.DRAFT:
        return DRAFTS
    return ANSWERED if case.state in _OVER else RUNNING


def account_tabs(person: UUID, current: str, cases: Sequence[Case] | None = None) -> list[Link]:
    """Return the tabs with right counts: drafts, running, answered, permits, what is asked of one, what is to be paid.

    Those that wait for oneself are marked: corrections and fees, signatures, open invoices.
    """
    own = queries.list_cases_of(person) if cases is None else cases
    counts = {tab: sum(tab_of(case) == tab for case in own) for tab in TABS}
    waits = any(case.state in {CaseState.CORRECTION, CaseState.PAYMENT} for case in own)
    asked = queries.list_signatures_of(people.get_person(person).national_code)
    to_sign = sum(one.state == "asked" and one.ended_at is None for one in asked)
    to_pay = sum(one.state is InvoiceState.OPEN for one in payments.list_invoices_of(person))
    titles = {DRAFTS: _("Not sent yet"), RUNNING: _("Running"), ANSWERED: _("Answered")}
    tabs = [
        Link(f"{reverse('portal:cases')}?tab={tab}", titles[tab], current == tab, counts[tab], waits and tab == RUNNING)
        for tab in TABS
    ]
    permits = len(queries.list_permits_of(person))
    letters = correspondence.count_petitions(person)
    return [
        *tabs,
        Link(reverse("portal:permits"), _("Permits"), current == "permits", permits),
        Link(reverse("portal:petitions"), _("Letters"), current == "letters", letters),
        Link(reverse("portal:signatures"), _("Asked of me"), current == "asked", to_sign, bool(to_sign)),
        Link(reverse("portal:payments"), _("To be paid"), current == "payments", to_pay, bool(to_pay)),
    ]
