"""Papers of a secretariat typeset as PDF: receipts of letters and proofs of registers, each with its code."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.values import GivenPaper, PaperKind
from divan.foundation.ui.numbers import digits, jalali_time
from divan.foundation.ui.pieces import Row
from divan.front.texts.papers import paper_body, paper_rows, paper_title
from divan.registers.people import queries as people
from divan.trust.signing import queries as signing


def paper_pdf(
    paper: GivenPaper,
    *,
    more: Sequence[Row] = (),
    columns: Sequence[str] = (),
    lines: Sequence[Sequence[str]] = (),
    lines_title: str = "",
    note: str = "",
) -> bytes:
    """Return a paper as PDF/A-3a; ``more`` are rows that only whoever has the paper reads, ``lines`` a list below.

    :raises WordingFault, WordingTooSlow, FontsMissing: as when a letter is made.
    """
    language = get_language() or "fa"
    body, secretariat = paper_body(paper, language)
    known = people.get_unit(queries.get_secretariat(paper.secretariat).body_code)
    mark = signing.mark_of(paper.code)
    rows = [*paper_rows(paper), *(row for row in more if row.value)]
    sheet = {
        "language": language,
        "small": paper.kind is PaperKind.RECEIPT,
        "title": paper_title(paper),
        "parent": known.parent_body_fa if language == "fa" else "",
        "body": body,
        "secretariat": secretariat,
        "rows": [{"key": str(row.key), "value": digits(row.value), "code": row.code} for row in rows],
        "columns": list(columns),
        "lines": [[str(one) for one in line] for line in lines],
        "lines_title": lines_title,
        "note": note,
        "code": paper.code,
        "code_said": _("Verification code"),
        "verify_said": _("Whether this paper is genuine anybody sees by the square code, or by the code at"),
        "address": mark.address.partition("://")[2].rpartition("/")[0],
        "square_code": mark.square_code,
        "square_code_said": _("Square code with the address where this paper is verified"),
        "given": _("Given out on %(moment)s.") % {"moment": jalali_time(paper.given_at)},
        "rehearsal": _("Rehearsal: this paper has no official force.") if mark.is_rehearsal else "",
    }
    layout = resources.files("divan.front.backoffice").joinpath("given_paper.typ").read_text(encoding="utf-8")
    return signing.typeset_sheet(sheet, layout, made_at=paper.given_at)
