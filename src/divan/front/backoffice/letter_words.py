"""The rich text of a letter as a question, and how what was sent is read."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext as _

from divan.foundation.ui.fields import Field
from divan.foundation.ui.rich_text import read_rich_text
from divan_libs.richtext.documents import RichTextRefused


def words_of(name: str, label: str, html: str, errors: list[str]) -> Field:
    """Return the question for a rich text."""
    return Field(name, "rich-text", label, "", html, errors)


def read_words(sent: QueryDict, name: str, *, kept: str = "") -> tuple[str, str]:
    """Return the clean HTML that was written, and what is wrong with it; what cannot be read leaves what was kept."""
    try:
        return read_rich_text(sent, name, before=kept), ""
    except RichTextRefused:
        return kept, _("The text is too long, or nested too deep.")
