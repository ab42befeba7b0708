"""Lists of cases."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from divan.dealings.cases import models
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.values import Case, CaseState, CaseUnknown


def list_cases_of(applicant: UUID, *, limit: int = 100) -> list[Case]:
    """Return a person's cases, newest change first; abandoned drafts are left out."""
    rows = (
        models.Case.objects.named()
        .filter(applicant__uuid=applicant)
        .exclude(state=CaseState.ABANDONED)
        .order_by("-changed_at")
    )
    return [case_of(row) for row in rows[:limit]]


def find_cases_by_answer(
    applicant: UUID, service_code: str, question: str, answers: Collection[str]
) -> dict[str, Case]:
    """Return a person's sent cases of a service by what they answered to a question; withdrawn ones are left out."""
    rows = (
        models.Case.objects.named()
        .filter(applicant__uuid=applicant, version__service__code=service_code, number__isnull=False)
        .filter(**{f"answers__{question}__in": list(answers)})
        .exclude(state=CaseState.WITHDRAWN)
        .order_by("submitted_at")
    )
    return {str(row.answers[question]): case_of(row) for row in rows}


def page_of_cases(applicant: UUID, *, after: UUID | None = None, limit: int = 50) -> list[Case]:
    """Return a page of a person's cases, the one begun last first, behind the case that the page before ended with.

    The order is by the beginning, which never changes, so that nothing is shown twice or left out while cases move on.

    :raises CaseUnknown: if ``after`` is no case of this person.
    """
    rows = models.Case.objects.named().filter(applicant__uuid=applicant)
    if after is not None:
        last = models.Case.objects.only("id", "started_at").filter(applicant__uuid=applicant, uuid=after).first()
        if last is None:
            raise CaseUnknown
        rows = rows.filter(Q(started_at__lt=last.started_at) | Q(started_at=last.started_at, id__lt=last.id))
    rows = rows.exclude(state=CaseState.ABANDONED).order_by("-started_at", "-id")
    return [case_of(row) for row in rows[:limit]]


def list_documents_of(applicant: UUID) -> list[tuple[Case, UUID]]:
    """Return a person's closed cases with the document each brought, newest first."""
    rows = (
        models.Decision.objects.select_related("case__version__service", "case__applicant")
        .defer(*(f"case__{name}" for name in models.HEAVY))
        .filter(case__applicant__uuid=applicant, state="issued", document_uuid__isnull=False)
        .order_by("-signed_at")
    )
    return [(case_of(row.case), row.document_uuid) for row in rows if row.document_uuid]
