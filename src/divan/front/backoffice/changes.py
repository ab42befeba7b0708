"""What a correction changed: the answers as they stood when the case went back, beside those of today."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from divan.dealings.cases.values import Case, KeptAnswers
from divan.front.backoffice.people_named import identifier
from divan.front.backoffice.readable import is_read_in
from divan.front.questions.drawing import place_name
from divan_libs.servicepack.answers import from_json
from divan_libs.servicepack.filling import answer_in_words
from divan_libs.servicepack.models import FileQuestion, Package, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An answer that is another one now; either may be empty."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What changed in the answers that the reader's steps need, since the case was sent back."""

    since: datetime
    lines: list[Change]


def changes_of(case: Case, kept: KeptAnswers, package: Package, steps: Collection[str], language: str) -> Changes:
    """Return what the applicant changed since the case was last sent back for correction."""
    lines = [
        Change(
            label=package.text(f"questions.{question.code}.label", language),
            before=_words(package, question, kept.answers, kept.files, language),
            after=_words(package, question, case.answers, kept.files, language),
        )
        for question in package.form.questions()
        if question.type not in {"information", "consent"}
        and kept.answers.get(question.code) != case.answers.get(question.code)
        and is_read_in(package, question, steps)
    ]
    return Changes(since=kept.kept_at, lines=lines)


def _words(
    package: Package, question: Question, answers: Mapping[str, object], files: Mapping[UUID, str], language: str
) -> str:
    answer = answers.get(question.code)
    if answer is None:
        return ""
    if isinstance(question, FileQuestion):
        held = answer if isinstance(answer, list) else []
        found = (identifier(one) for one in held)
        return _(", ").join(files[one] for one in found if one is not None and one in files)
    return answer_in_words(package, question, from_json(question, answer), language, place_name)
