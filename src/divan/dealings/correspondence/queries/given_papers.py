"""What the papers of a secretariat state, for whoever holds one."""

from __future__ import annotations

from divan.dealings.correspondence import models
from divan.dealings.correspondence.values import GivenPaper, PaperKind
from divan.trust.signing.values import read_code


def paper_of(row: models.GivenPaper) -> GivenPaper:
    """Return the value of a paper's row; its secretariat is loaded with it."""
    return GivenPaper(
        uuid=row.uuid,
        code=row.code,
        kind=PaperKind(row.kind),
        secretariat=row.secretariat.uuid,
        about=row.about_uuid,
        said=dict(row.said),
        given_at=row.given_at,
    )


def find_paper(typed: str) -> GivenPaper | None:
    """Return the paper with a code as people type it, or None."""
    code = read_code(typed)
    row = models.GivenPaper.objects.select_related("secretariat").filter(code=code).first() if code else None
    return paper_of(row) if row else None
