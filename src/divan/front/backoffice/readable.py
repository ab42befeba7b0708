"""What an officer reads of an application: the answers that the own steps need, in words, and no others."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from divan.dealings.cases import queries
from divan.dealings.cases.values import Case
from divan.foundation.ui.frame import Link
from divan.foundation.ui.numbers import number
from divan.foundation.ui.pieces import Row
from divan.front.questions.drawing import place_name
from divan_libs.servicepack.answer_values import AnswerValue
from divan_libs.servicepack.answer_words import rows_in_words
from divan_libs.servicepack.answers import visible_answers, visible_questions
from divan_libs.servicepack.evaluation import Context
from divan_libs.servicepack.filling import answer_in_words
from divan_libs.servicepack.models import FileQuestion, Package, Question, StepKind
from divan_libs.servicepack.models.form import GroupQuestion, TableQuestion

FileLine = tuple[str, UUID, str]
"""Question, file and name, as cases lists them."""


def is_read_in(package: Package, question: Question, steps: Collection[str]) -> bool:
    """Whether one of these steps needs an answer.

    A file that a requirement asks for and that names no readers is read in every step: each may judge by that code.
    """
    if question.read_by:
        return bool(set(question.read_by) & set(steps))
    return bool(steps) and any(need.question == question.code for need in package.needs.documents)


def is_told_in(package: Package, need: str, steps: Collection[str]) -> bool:
    """Whether one of these steps needs what a register told.

    The body that gives the service and whoever signs for it read all that was asked for it; another body only what it
    may refuse by, or what an answer it reads was taken from.
    """
    for step in (one for one in package.flow.steps if one.code in steps):
        if step.at is None or step.kind is StepKind.SIGN or need in step.codes:
            return True
    filled = (
        one for one in package.form.questions() if (source := getattr(one, "prefill", None)) and source.need == need
    )
    return any(set(one.read_by) & set(steps) for one in filled)


def told(
    package: Package, context: Context, case: Case, steps: Collection[str], language: str
) -> list[tuple[str, list[Row]]]:
    """Return the answers that these steps need, by page, files as links to download."""
    answers = visible_answers(package, context)
    held = queries.list_case_files(case.uuid)
    parts = []
    for page in package.form.pages:
        rows = [
            row
            for question in visible_questions(package, context, page.code)
            if question.type not in {"information", "consent"} and is_read_in(package, question, steps)
            for row in _rows(package, question, answers, held, case, language)
        ]
        if rows:
            parts.append((package.text(f"pages.{page.code}.title", language), rows))
    return parts


def _rows(
    package: Package,
    question: Question,
    answers: dict[str, AnswerValue],
    held: list[FileLine],
    case: Case,
    language: str,
) -> list[Row]:
    """Return a question as rows to read: of a group or table each of its rows stands for itself."""
    answer = answers.get(question.code)
    if answer is None or not isinstance(question, GroupQuestion | TableQuestion):
        return [_row(package, question, answers, held, case, language)]
    label = package.text(f"questions.{question.code}.label", language)
    said = rows_in_words(package, question, answer, language, place_name)
    return [
        Row(f"{label} – {row.heading}", _(", ").join(f"{part}: {words}" for part, words in row.answers)) for row in said
    ] or [Row(label, "")]


def _row(
    package: Package,
    question: Question,
    answers: dict[str, AnswerValue],
    held: list[FileLine],
    case: Case,
    language: str,
) -> Row:
    label = package.text(f"questions.{question.code}.label", language)
    if isinstance(question, FileQuestion):
        files = [(file, name) for code, file, name in held if code == question.code]
        links = [Link(reverse("backoffice:file", args=[case.uuid, file]), name) for file, name in files]
        count = {"count": number(len(files))}
        return Row(label, ngettext("%(count)s file", "%(count)s files", len(files)) % count if files else "", links)
    answer = answers.get(question.code)
    if answer is None:
        return Row(label, "")
    return Row(label, answer_in_words(package, question, answer, language, place_name))


def may_read_file(package: Package, case: Case, file: UUID, steps: Collection[str]) -> bool:
    """Whether a file of a case was put to a question that these steps need, or added later for whoever has a step."""
    if steps and any(one.file == file for one in queries.list_additions(case.uuid)):
        return True
    questions = {code for code, held, _name in queries.list_case_files(case.uuid) if held == file}
    return any(
        question.code in questions and is_read_in(package, question, steps) for question in package.form.questions()
    )
