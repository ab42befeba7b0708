"""What a page sent for the questions it asked, under flat names: ``child.born_on``, ``members.0.income``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from django.http import QueryDict

from divan.foundation.ui.fields import read_answer
from divan_libs.servicepack.answer_values import AnyAsked, is_composed, is_rowed, parts_of
from divan_libs.servicepack.answers import AnswerProblem, parse_answer, raw_of
from divan_libs.servicepack.evaluation import Context
from divan_libs.servicepack.models import Question
from divan_libs.servicepack.models.form import MAX_ROWS, GroupQuestion
from divan_libs.servicepack.question_texts import inner_questions

PART_KINDS = {"born_on": "date", "lines": "long-text", "declared": "consent"}
"""Kinds of the parts of composed questions, where they are not plain lines."""

_CHANGE = "row"
_FIND = "find"
_SHOWN = "shown"


def read_posted(questions: Iterable[Question], sent: QueryDict, prefix: str = "") -> dict[str, list[str]]:
    """Return what was sent for these questions by flat name, without the prefix; the three parts of a day are joined.

    Files are sent apart and absent here; an information has no answer.
    """
    given: dict[str, list[str]] = {}
    for question in questions:
        for name, kind in _controls(question, sent, prefix):
            answer = read_answer(sent, f"{prefix}{name}", kind)
            given[name] = answer if isinstance(answer, list) else [answer]
    return given


def is_redisplay(sent: QueryDict) -> bool:
    """Whether a button asked only to look for a place, or for a row more or less: nothing is judged or saved then."""
    return _FIND in sent or _CHANGE in sent


def not_yet_asked(questions: Iterable[Question], sent: QueryDict) -> frozenset[str]:
    """Return the codes of those questions that the page which was sent had not asked; none where it does not say.

    A question that an answer on the same page leads to comes only after that page was sent: one that came while others
    are typed would move them away under the fingers, and over a slow line take back what was typed meanwhile.
    """
    if _SHOWN not in sent:
        return frozenset()
    return frozenset(question.code for question in questions) - set(sent.get(_SHOWN, "").split())


def row_keys(question: GroupQuestion, sent: QueryDict, name: str) -> list[str]:
    """Return the keys of the rows to be shown again: those that were sent, less a removed one, with an added one."""
    keys = _sent_keys(sent, name)
    match sent.get(_CHANGE, "").split(":"):
        case ["add", group] if group == name and len(keys) < question.max_rows:
            keys.append(str(max((int(key) for key in keys), default=-1) + 1))
        case ["remove", group, key] if group == name and key in keys:
            keys.remove(key)
    return keys


def _sent_keys(sent: QueryDict, name: str) -> list[str]:
    keys = dict.fromkeys(key for key in sent.getlist(f"{name}.row") if key.isascii() and key.isdigit() and len(key) < 4)
    return list(keys)[:MAX_ROWS]


def _controls(question: Question, sent: QueryDict, prefix: str) -> Iterator[tuple[str, str]]:
    if not is_rowed(question):
        yield from _inner(question, question.code)
        return
    rows = _sent_keys(sent, f"{prefix}{question.code}") if isinstance(question, GroupQuestion) else question.rows
    for row in rows:
        for inner in inner_questions(question):
            yield from _inner(inner, f"{question.code}.{row}.{inner.code}")


def _inner(question: AnyAsked, name: str) -> Iterator[tuple[str, str]]:
    if is_composed(question):
        yield from ((f"{name}.{part}", PART_KINDS.get(part, "text")) for part in parts_of(question))
    elif question.type not in {"information", "file"}:
        yield name, question.type


def context_as_sent(questions: Iterable[Question], context: Context, sent: QueryDict) -> Context:
    """Return the context with what was just sent, as far as it can be read: a page shown again asks what it asked."""
    asked = [question for question in questions if question.type not in ("information", "file")]
    answers, given = dict(context.answers), read_posted(asked, sent)
    for question in asked:
        try:
            value = parse_answer(question, raw_of(question, given), today=context.today)
        except AnswerProblem:
            value = None
        if value is None:
            answers.pop(question.code, None)
        else:
            answers[question.code] = value
    return replace(context, answers=answers)
