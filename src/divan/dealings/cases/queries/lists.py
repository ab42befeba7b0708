"""Lists of cases."""

from __future__ import annotations

from uuid import UUID

from divan.dealings.cases import models
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.values import Case, CaseState


def list_cases_of(applicant: UUID, *, limit: int = 100) -> list[Case]:
    """Return a person's cases, newest change first; abandoned drafts are left out."""
    rows = (
        models.Case.objects.select_related("version__service", "applicant")
        .filter(applicant__uuid=applicant)
        .exclude(state=CaseState.ABANDONED)
        .order_by("-changed_at")
    )
    return [case_of(row) for row in rows[:limit]]


def list_documents_of(applicant: UUID) -> list[tuple[Case, UUID]]:
    """Return a person's closed cases with the document each brought, newest first."""
    rows = (
        models.Decision.objects.select_related("case__version__service", "case__applicant")
        .filter(case__applicant__uuid=applicant, state="issued", document_uuid__isnull=False)
        .order_by("-signed_at")
    )
    return [(case_of(row.case), row.document_uuid) for row in rows if row.document_uuid]
