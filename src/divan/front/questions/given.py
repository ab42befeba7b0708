"""What a program gives as answers, under the flat names in which a page sends them: ``members.0.income``.

What was read may be given back: days are taken as Gregorian ISO days beside the Jalali ones that people type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from divan.dealings.cases.values import AnswerFault
from divan_libs.persian.jalali import format_jalali
from divan_libs.servicepack.answer_values import AnyAsked, is_composed, is_rowed, parts_of
from divan_libs.servicepack.models import Package, Question
from divan_libs.servicepack.models.form import GroupQuestion
from divan_libs.servicepack.question_texts import inner_questions

Flat = dict[str, list[str]]

_ISO_DAY = re.compile(r"(1[7-9]|2\d)\d\d-\d\d-\d\d", re.ASCII)
_DAYS = frozenset({"born_on"})
"""Parts of composed questions that are days."""

LONGEST_LIST = 400
"""Rows or choices read of one answer at most; no question takes as many."""


class Misshapen(Exception):
    """The value is not of the shape that its question takes; the argument says at which place."""


def read_given(package: Package, given: Mapping[str, Any]) -> tuple[dict[str, Flat | None], list[AnswerFault]]:
    """Return by question what was given under flat names, None where an answer is taken back, and what has no shape.

    A name that is no question is passed on, so that who judges the answers says so.
    """
    typed: dict[str, Flat | None] = {}
    faults: list[AnswerFault] = []
    for code, value in given.items():
        question = package.form.question(code)
        try:
            typed[code] = None if value is None else {} if question is None else flat_answer(question, value)
        except Misshapen as wrong:
            faults.append(AnswerFault(code, "answers.shape", at=str(wrong)))
    return typed, faults


def flat_answer(question: Question, value: Any) -> Flat:
    """Return an answer under the flat names of its question."""
    if not is_rowed(question):
        return dict(_inner(question, question.code, "", value))
    inner = {one.code: one for one in inner_questions(question)}
    flat: Flat = {}
    for row, cells in _rows(question, value):
        if not isinstance(cells, Mapping) or set(cells) - set(inner):
            raise Misshapen(row)
        for code, cell in cells.items():
            flat |= dict(_inner(inner[code], f"{question.code}.{row}.{code}", f"{row}.{code}", cell))
    return flat


def _rows(question: Question, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(question, GroupQuestion):
        if not isinstance(value, list) or len(value) > LONGEST_LIST:
            raise Misshapen
        yield from ((str(number), row) for number, row in enumerate(value))
        return
    if not isinstance(value, Mapping) or set(value) - set(getattr(question, "rows", ())):
        raise Misshapen
    yield from value.items()


def _inner(question: AnyAsked, name: str, at: str, value: Any) -> Iterator[tuple[str, list[str]]]:
    """Yield the flat names of a question without rows; ``at`` says where it stands below the outermost one."""
    if value is None:
        return
    if not is_composed(question):
        yield name, _texts(value, at, is_day=question.type == "date")
        return
    # The moment of a signature is kept beside its parts; what was read may be given back with it.
    if not isinstance(value, Mapping) or set(value) - {*parts_of(question), "signed_at"}:
        raise Misshapen(at)
    for part in parts_of(question):
        if value.get(part) is not None:
            yield f"{name}.{part}", _texts(value[part], f"{at}.{part}".strip("."), is_day=part in _DAYS)


def _texts(value: Any, at: str, *, is_day: bool) -> list[str]:
    if isinstance(value, list):
        if len(value) > LONGEST_LIST:
            raise Misshapen(at)
        return [_text(one, at, is_day=is_day) for one in value]
    return [_text(value, at, is_day=is_day)]


def _text(value: Any, at: str, *, is_day: bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return _as_typed(value) if is_day else value
    if isinstance(value, int) and abs(value) < 10**20:
        return str(value)
    raise Misshapen(at)


def _as_typed(text: str) -> str:
    """Return a Gregorian ISO day as a person would type it; anything else as it is."""
    if not _ISO_DAY.fullmatch(text):
        return text
    try:
        return format_jalali(date.fromisoformat(text), "numeric")
    except (ValueError, OverflowError):
        return text
