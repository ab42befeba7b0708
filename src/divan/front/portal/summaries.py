"""Answers in words: what was told page by page."""

from __future__ import annotations

from collections.abc import Collection

from django.urls import reverse

from divan.dealings.cases.values import Case
from divan.foundation.ui.pieces import Row
from divan.front.questions.summaries import summaries as told_by_page
from divan_libs.servicepack.answers import pages_to_show
from divan_libs.servicepack.evaluation import Context
from divan_libs.servicepack.models import APPLICATION, Package


def carried_over(
    package: Package, context: Context, case: Case, asked: Collection[str], language: str
) -> list[tuple[str, list[Row]]]:
    """Return what a renewal or amendment takes over from the permit's own case and does not ask again, in words."""
    if case.entry == APPLICATION:
        return []
    rest = [page.code for page in pages_to_show(package, context) if page.code not in asked]
    told = summaries(package, context, case, language, changing=False, only=rest)
    return [(title, [row for row in rows if row.value]) for title, rows in told]


def summaries(
    package: Package,
    context: Context,
    case: Case,
    language: str,
    *,
    changing: bool,
    pages: Collection[str] | None = None,
    only: Collection[str] | None = None,
) -> list[tuple[str, list[Row]]]:
    """Return the answers of each page in words, with links to the portal's pages where they may be changed.

    ``pages`` names the pages that are asked; what stands on others was carried over and is not changed.
    ``only`` names the pages that are told, where not all of them are.
    """

    def change(page: str) -> str:
        return reverse("portal:page", args=[case.uuid, page]) + "?then=check"

    return told_by_page(package, context, case, language, change=change if changing else None, pages=pages, only=only)
