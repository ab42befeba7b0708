"""Answers in words, page by page, for whoever gave them: each with the way back to its question."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from divan.dealings.cases import queries
from divan.dealings.cases.values import Case
from divan.foundation.ui.frame import Link
from divan.foundation.ui.pieces import Row
from divan.front.questions.drawing import place_name
from divan_libs.servicepack.answer_values import AnswerValue
from divan_libs.servicepack.answers import may_change, pages_to_show, visible_answers, visible_questions
from divan_libs.servicepack.evaluation import Context
from divan_libs.servicepack.filling import answer_in_words
from divan_libs.servicepack.models import ConsentQuestion, FileQuestion, Package, Question


def summaries(
    package: Package,
    context: Context,
    case: Case,
    language: str,
    *,
    change: Callable[[str], str] | None = None,
    pages: Collection[str] | None = None,
    only: Collection[str] | None = None,
) -> list[tuple[str, list[Row]]]:
    """Return the answers of each page in words, with links to change them where they may be changed.

    ``change`` gives the address at which a page is answered; without it nothing is changed here. ``pages`` names the
    pages that are asked; what stands on others was carried over and is not changed.
    ``only`` names the pages that are told, where not all of them are.
    """
    answers = visible_answers(package, context)
    held = queries.list_case_files(case.uuid)
    parts = []
    for page in pages_to_show(package, context):
        if only is not None and page.code not in only:
            continue
        rows = []
        for question in visible_questions(package, context, page.code):
            if question.type == "information":
                continue
            label = package.text(f"questions.{question.code}.label", language)
            asked = change is not None and (pages is None or page.code in pages)
            changeable = asked and may_change(package, question, context)
            links = [Link(change(page.code), _("Change"), hidden=label)] if change and changeable else []
            rows.append(Row(label, _in_words(package, question, answers, held, language), links))
        parts.append((package.text(f"pages.{page.code}.title", language), rows))
    return parts


def _in_words(
    package: Package,
    question: Question,
    answers: Mapping[str, AnswerValue],
    held: list[tuple[str, UUID, str]],
    language: str,
) -> str:
    if isinstance(question, FileQuestion):
        names = [name for code, _file, name in held if code == question.code]
        return _(", ").join(names)
    answer = answers.get(question.code)
    if answer is None:
        return ""
    if isinstance(question, ConsentQuestion):
        return _("Confirmed")
    return answer_in_words(package, question, answer, language, place_name)
