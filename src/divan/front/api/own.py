"""Whose request it is, and what is theirs: another person's is not found."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from divan.dealings.cases import queries
from divan.dealings.cases.values import Case, CaseState, CaseUnknown, NotADraft, Permit, PermitUnknown
from divan.dealings.payments import queries as payments
from divan.dealings.payments.values import Invoice
from divan.foundation.http.middleware import actor_of

EDITABLE = frozenset({CaseState.DRAFT, CaseState.CORRECTION})


def person_of(request: HttpRequest) -> UUID:
    """Return the acting person; the door has let only somebody signed in pass.

    :raises CaseUnknown: if it is nobody, who has nothing.
    """
    found = actor_of(request).uuid
    if found is None:
        raise CaseUnknown
    return found


def own_case(request: HttpRequest, case: UUID) -> Case:
    """Return the acting person's case.

    :raises CaseUnknown: if there is none, or it is another person's.
    """
    return queries.get_case_of(case, person_of(request))


def own_application(request: HttpRequest, case: UUID) -> Case:
    """Return the acting person's case while it is filled in or corrected.

    :raises CaseUnknown: as for a case.
    :raises NotADraft: if its answers stand.
    """
    found = own_case(request, case)
    if found.state not in EDITABLE:
        raise NotADraft(state=found.state)
    return found


def own_permit(request: HttpRequest, permit: UUID) -> Permit:
    """Return the acting person's permit.

    :raises PermitUnknown: if there is none, or it is another person's.
    """
    found = queries.get_permit(permit)
    if found.holder != person_of(request):
        raise PermitUnknown
    return found


def own_invoice(request: HttpRequest, invoice: UUID) -> Invoice:
    """Return an invoice that the acting person has to pay.

    :raises InvoiceUnknown: if it is somebody else's, or does not exist.
    """
    return payments.get_invoice_of(invoice, person_of(request))
