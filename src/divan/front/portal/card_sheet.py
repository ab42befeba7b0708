"""The identity card on paper: the same parts and rows as the page, typeset as a PDF."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from importlib import resources
from threading import Lock

from django.utils.translation import gettext as _

from divan.front.portal.cards import card_parts
from divan.trust.signing import queries as signing
from divan_libs.servicepack.models import Package

KEPT = 64

_made: OrderedDict[tuple[str, str], bytes] = OrderedDict()
_turn = Lock()


def card_pdf(package: Package, language: str, heading: Mapping[str, str], *, made_at: datetime) -> bytes:
    """Return the card of a version as PDF/A-3a; the newest few stay in memory.

    :raises WordingFault, WordingTooSlow, FontsMissing: as when a letter is made.
    """
    key = (heading["tag"], language)
    with _turn:
        if key in _made:
            _made.move_to_end(key)
            return _made[key]
    sheet = {
        "language": language,
        "title": f"{heading['title']}: {package.text('card.title', language)}",
        "name": package.text("card.title", language),
        "heading": heading["title"],
        "edition": package.edition,
        "edition_said": _("Edition of the form:"),
        "version": heading["version"],
        "columns": [_("Field"), _("Value")],
        "digest": heading["tag"],
        "declared_said": _("Words of the form:"),
        "parts": [
            {
                "title": part.title,
                "rows": [
                    {"label": row.label, "values": list(row.values), "code": row.code, "declared": row.declared}
                    for row in part.rows
                ],
            }
            for part in card_parts(package, language)
        ],
    }
    source = resources.files("divan.front.portal").joinpath("card_sheet.typ").read_text(encoding="utf-8")
    content = signing.typeset_sheet(sheet, source, made_at=made_at)
    with _turn:
        _made[key] = content
        while len(_made) > KEPT:
            _made.popitem(last=False)
    return content
