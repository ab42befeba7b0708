"""A law as people read it: its name and article in Persian, the language it is written in, one piece in any page."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from divan.foundation.ui.numbers import digits, jalali
from divan_libs.servicepack.models import Card

_ISOLATED = "\u2068{}\u2069"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLaw:
    """The Persian words of a law, and whether somebody has read the text itself."""

    words: str
    confirmed: bool

    def __str__(self) -> str:
        """Return it as plain text: in a page of another language its words keep their own direction."""
        words = self.words if (get_language() or "fa").startswith("fa") else _ISOLATED.format(self.words)
        return words if self.confirmed else f"{words} {_('(wording not yet confirmed)')}"


def shown_law(card: Card, code: str, *, short: bool = False) -> ShownLaw:
    """Return a law of a card with its article, and unless ``short`` with its number and day; its code if unknown."""
    law = card.law(code)
    if law is None:
        return ShownLaw(words=code, confirmed=True)
    with override("fa"):
        parts = [law.title, digits(law.article) if law.article else ""]
        if not short:
            parts.append(_("no. %(number)s") % {"number": digits(law.number)} if law.number else "")
            parts.append(jalali(law.on) if law.on else "")
        words = _(", ").join(part for part in parts if part)
    return ShownLaw(words=words, confirmed=law.confirmed)
