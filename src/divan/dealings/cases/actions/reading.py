"""Reading what was typed for questions of a package: the values to keep, and what is wrong at which place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from divan.dealings.cases.values import AnswerFault
from divan.registers.places import queries as places
from divan.registers.places.values import Level, PlaceUnknown
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack import answers as answering
from divan_libs.servicepack.answer_values import AnswerValue
from divan_libs.servicepack.answers import AnswerProblem
from divan_libs.servicepack.evaluation import Context
from divan_libs.servicepack.models import FileQuestion, Package, PlaceQuestion, Question
from divan_libs.servicepack.models.form import GroupQuestion


@dataclass(frozen=True, slots=True)
class Reading:
    """What was typed: the kept form by question (None where it was left open) and the faults."""

    values: Mapping[str, Any]
    faults: tuple[AnswerFault, ...]


def read_answers(
    package: Package, questions: Iterable[Question], given: Mapping[str, list[str]], context: Context, *, now: datetime
) -> Reading:
    """Read the answers to these questions from the flat names of a form; an absent name is a question left open.

    Files are added and removed apart and passed over here, as is what the applicant may not change.
    """
    values: dict[str, Any] = {}
    faults: list[AnswerFault] = []
    today = now.astimezone(TEHRAN).date()
    for question in questions:
        if question.type == "information" or isinstance(question, FileQuestion):
            continue
        if not answering.may_change(package, question, context):
            continue
        raw = answering.raw_of(question, given)
        try:
            answer = answering.parse_answer(question, raw, today=today, at=now)
            if answer is not None:
                answering.check_answer(package, question, answer, context)
                _require_places(question, answer, answering.typed_rows(question, raw))
        except AnswerProblem as problem:
            faults += [AnswerFault(question.code, one.code, dict(one.facts), one.at) for one in problem.each()]
        else:
            values[question.code] = None if answer is None else answering.to_json(answer)
    return Reading(values, tuple(faults))


def _require_places(question: Question, answer: AnswerValue, rows: list[str]) -> None:
    """Refuse places that the register does not have, or has at another level.

    :raises AnswerProblem: ``answers.place.unknown`` at the row and part where it stands.
    """
    unknown = [
        AnswerProblem("answers.place.unknown", row=row, part=part)
        for row, part, asked, code in _places_in(question, answer, rows)
        if not _is_place(asked, code)
    ]
    answering.raise_gathered(unknown)


def _places_in(
    question: Question, answer: AnswerValue, rows: list[str]
) -> Iterator[tuple[str, str, PlaceQuestion, str]]:
    if isinstance(question, PlaceQuestion):
        yield "", "", question, str(answer)
    if isinstance(question, GroupQuestion) and isinstance(answer, tuple):
        asked = [inner for inner in question.questions if isinstance(inner, PlaceQuestion)]
        for key, row in zip(rows, answer, strict=True):
            for inner in asked:
                if isinstance(row, Mapping) and inner.code in row:
                    yield key, inner.code, inner, str(row[inner.code])


def _is_place(question: PlaceQuestion, code: str) -> bool:
    try:
        place = places.get_place(code)
    except PlaceUnknown:
        return False
    return place.level is Level(question.level.value) and place.inhabitable
