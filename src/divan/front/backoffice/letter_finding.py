"""The form by which letters are looked for: what was typed into an address, what it asks, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.values import LetterFilters, LetterState, TermCategory
from divan.front.texts.words import WORDS, word
from divan.registers.people import queries as people
from divan.registers.people.values import Post
from divan_libs.persian.jalali import InvalidDate, parse_jalali
from divan_libs.persian.text import normalize

KEPT = (
    "text",
    "direction",
    "kind",
    "urgency",
    "secrecy",
    "state",
    "sender",
    "recipient",
    "keyword",
    "secretariat",
    "unit",
    "files",
    "since",
    "until",
)
LONGEST = 200

Choices = Sequence[tuple[str, str]]


def typed_search(sent: QueryDict) -> dict[str, str]:
    """Return what stands in an address of a search, in one form of its characters; what is empty is left out."""
    found = {name: normalize(sent.get(name, "")).replace("\n", " ")[:LONGEST] for name in KEPT}
    return {name: value for name, value in found.items() if value}


def read_search(typed: Mapping[str, str], choices: Mapping[str, Choices]) -> tuple[LetterFilters, dict[str, str]]:
    """Return what is asked, and what is wrong with it by name: that one does not narrow."""
    problems: dict[str, str] = {}

    def day(name: str) -> date | None:
        try:
            return parse_jalali(typed[name]) if typed.get(name) else None
        except InvalidDate:
            problems[name] = _("Write the day like 1405/09/01.")
            return None

    def one_of(name: str) -> str:
        said = typed.get(name, "")
        if said and said not in {code for code, _text in choices[name]}:
            problems[name] = _("Choose one of the list.")
            return ""
        return said

    since, until = day("since"), day("until")
    if since and until and until < since:
        problems["until"] = _("It lies before the first day.")
        until = None
    secretariat, unit = one_of("secretariat"), one_of("unit")
    filters = LetterFilters(
        text=typed.get("text", ""),
        direction=one_of("direction"),
        kind=one_of("kind"),
        urgency=one_of("urgency"),
        secrecy=one_of("secrecy"),
        state=one_of("state"),
        sender=typed.get("sender", ""),
        recipient=typed.get("recipient", ""),
        keyword=typed.get("keyword", ""),
        secretariat=UUID(secretariat) if secretariat else None,
        unit=UUID(unit) if unit else None,
        with_files="files" in typed,
        since=since,
        until=until,
    )
    return filters, problems


def choices_of(post: Post, language: str, now: datetime) -> dict[str, Choices]:
    """Return what each list of the form offers to a post, each with its words."""
    kinds = queries.list_terms(post.unit.body_uuid, TermCategory.LETTER_KIND)
    units = {one.unit.uuid: one.unit for one in people.list_posts_of_body(post.unit.body_code)}
    classes = queries.clearance_of(post.uuid, now).readable
    return {
        "direction": _words("direction"),
        "kind": [(one.code, one.text(language)) for one in kinds],
        "urgency": _words("urgency"),
        "secrecy": [(str(one), word("secrecy", one)) for one in classes],
        "state": [(str(one), word("letter-state", one)) for one in LetterState],
        "secretariat": [(str(one.uuid), one.name(language)) for one in queries.list_secretariats(post.unit.body_code)],
        "unit": [(str(one.uuid), one.name(language)) for one in units.values()],
    }


def _words(kind: str) -> Choices:
    return [(code, str(text)) for code, text in WORDS[kind].items()]


def search_address(typed: Mapping[str, str], **more: str) -> str:
    """Return the address of a search."""
    query = urlencode({**typed, **more})
    return reverse("backoffice:search-letters") + (f"?{query}" if query else "")
