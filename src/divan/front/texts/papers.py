"""What a paper of a secretariat states, in words: the rows of its sheet and of the page that verifies it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.values import GivenPaper, PaperKind
from divan.foundation.ui.numbers import digits, jalali_time, number
from divan.foundation.ui.pieces import Row
from divan.front.texts.words import word
from divan.registers.people import queries as people


def paper_title(paper: GivenPaper) -> str:
    """Return what a paper is."""
    return _("Receipt of registration") if paper.kind is PaperKind.RECEIPT else _("Proof of no gap")


def paper_body(paper: GivenPaper, language: str) -> tuple[str, str]:
    """Return the body and the secretariat that gave a paper out."""
    secretariat = queries.get_secretariat(paper.secretariat)
    return people.get_unit(secretariat.body_code).name(language), secretariat.name(language)


def paper_rows(paper: GivenPaper) -> list[Row]:
    """Return what a paper states, row by row."""
    said = paper.said
    if paper.kind is PaperKind.RECEIPT:
        channel = str(said["received_by"])
        rows = [
            Row(_("Our number"), said["number"], code=True),
            Row(_("Registered"), _moment(said["registered_at"])),
            Row(_("How it came"), word("letter-channel", channel) if channel else ""),
            Row(_("Arrived"), _moment(said["received_at"])),
            Row(_("Pages"), digits(said["pages"]) if said["pages"] else ""),
            Row(_("Files"), digits(said["files"]) if said["files"] else ""),
        ]
        return [row for row in rows if row.value]
    gaps = said["gaps"]
    missing = _(", ").join(digits(one) for one in gaps) if isinstance(gaps, Sequence) and gaps else _("none")
    counts = (
        ("last", _("Last number")),
        ("letters", _("Letters")),
        ("reserved", _("Reserved")),
        ("void", _("Given up")),
    )
    return [
        Row(_("Register"), said["register"], code=True),
        Row(_("Year"), digits(said["year"])),
        *(Row(label, number(int(str(said[name])))) for name, label in counts),
        Row(_("Missing numbers"), missing),
    ]


def _moment(said: object) -> str:
    return jalali_time(datetime.fromisoformat(str(said))) if said else ""
