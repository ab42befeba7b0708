"""The rich text of a letter as a question, and how what was sent is read."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext as _

from divan.foundation.ui.fields import Field
from divan_libs.richtext.cleaning import clean, from_plain_text, plain_text
from divan_libs.richtext.documents import RichTextRefused


def words_of(name: str, label: str, html: str, errors: list[str]) -> Field:
    """Return the question for a rich text."""
    hint = _("Blank lines part paragraphs.")
    return Field(name, "long-text", label, hint, plain_text(html), errors, attributes={"rows": "14", "dir": "auto"})


def read_words(sent: QueryDict, name: str, *, kept: str = "") -> tuple[str, str]:
    """Return the HTML that was written, and what is wrong with it.

    Whoever left the plain words as they were keeps the looks of ``kept``.
    """
    typed = sent.get(name, "")
    try:
        if _lines(typed) == _lines(plain_text(kept)):
            return clean(kept), ""
        return from_plain_text(typed), ""
    except RichTextRefused:
        return kept, _("The text is too long, or nested too deep.")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
