"""The class of a letter in its body's classification plan, as a question."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from divan.dealings.correspondence import queries
from divan.foundation.ui.fields import Field, Option
from divan.front.texts.answers import problem_text
from divan_libs.persian.text import latin_digits

NAME = "archive-class"
MOST_LISTED = 300
"""A plan with more classes is not listed: the code is typed."""


def class_field(body: UUID, value: str, language: str, errors: Sequence[str] = ()) -> list[Field]:
    """Return the question for the class of a letter, or nothing for a body without a plan."""
    plan = queries.list_plan(body)
    if not plan:
        return []
    label = _("Class in the classification plan")
    hint = _("A register whose numbers name the class takes it from here.")
    if len(plan) > MOST_LISTED:
        return [Field(NAME, "code", label, hint, value, errors, required=False)]
    options = [Option(one.code, f"{one.code} – {one.title(language)}") for one in plan]
    return [Field(NAME, "select", label, hint, value, errors, required=False, options=[Option("", "–"), *options])]


def class_of(body: UUID, sent: QueryDict, problems: dict[str, str]) -> str:
    """Return the class that was typed; what is wrong with it is written into the problems."""
    archive_class, wrong = read_class(body, sent.get(NAME, ""))
    if wrong:
        problems[NAME] = wrong
    return archive_class


def read_class(body: UUID, typed: str, kept: str = "") -> tuple[str, str]:
    """Return the class that was typed and what is wrong with it; what stood there stays, though it ended meanwhile."""
    code = latin_digits(typed.strip())[:40]
    if not code or code == kept or any(one.code == code for one in queries.list_plan(body)):
        return code, ""
    return "", problem_text("answers.choice.unknown", {})
