"""Read what is typed for questions of several parts and of several rows; everything wrong is said at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from divan_libs.persian.identifiers import parse_national_code, parse_postal_code
from divan_libs.persian.text import normalize
from divan_libs.servicepack.answer_values import (
    ADDRESS_PARTS,
    AnswerProblem,
    AnswerValue,
    Composed,
    Raw,
    is_composed,
    parts_of,
    raise_gathered,
)
from divan_libs.servicepack.models import (
    Question,
)
from divan_libs.servicepack.models.form import (
    MAX_ROWS,
    AddressQuestion,
    Column,
    GroupQuestion,
    InnerQuestion,
    PersonQuestion,
    TableQuestion,
)
from divan_libs.servicepack.simple_answers import identified, parse_simple, typed_day

LONGEST_NAME = 200
LONGEST_LINES = 500

_Row = Mapping[str, AnswerValue]


def texts_of(raw: Raw) -> list[str]:
    """Return the texts typed for one field.

    :raises AnswerProblem: if parts or rows were given where one field is asked.
    """
    values = [raw] if isinstance(raw, str) else raw
    if isinstance(values, Mapping) or not all(isinstance(value, str) for value in values):
        raise AnswerProblem("answers.shape")
    return [value for value in values if isinstance(value, str)]


def parse_inner(question: Question | InnerQuestion | Column, raw: Raw, today: date) -> AnswerValue | None:
    """Return the answer to a question that has no rows, or None if it is optional and was left open.

    :raises AnswerProblem: if what was typed is none.
    """
    if is_composed(question):
        return parse_composed(question, raw, today=today, at=None)
    return parse_simple(question, texts_of(raw), today)


def parse_composed(question: Composed, raw: Raw, *, today: date, at: datetime | None) -> AnswerValue | None:
    """Return the parts of a person, an address or a signature; ``at`` is kept with a signature.

    :raises AnswerProblem: with every part that is wrong.
    """
    if not isinstance(raw, Mapping):
        if not any(text.strip() for text in texts_of(raw)):
            raw = {}
        else:
            raise AnswerProblem("answers.shape")
    typed = {part: _single(raw.get(part, ""), part) for part in parts_of(question)}
    if not any(typed.values()):
        if question.required:
            raise AnswerProblem("answers.required", part=parts_of(question)[0])
        return None
    if isinstance(question, PersonQuestion):
        return _person(typed, today)
    if isinstance(question, AddressQuestion):
        return _address(question, typed)
    return _signature(typed, at)


def _single(raw: Raw, part: str) -> str:
    if isinstance(raw, bool):
        return "yes" if raw else ""
    try:
        values = [value for value in texts_of(raw) if value.strip()]
    except AnswerProblem as problem:
        raise AnswerProblem(problem.code, part=part) from problem
    if len(values) > 1:
        raise AnswerProblem("answers.one-only", part=part)
    return normalize(values[0]) if values else ""


def _person(typed: Mapping[str, str], today: date) -> AnswerValue:
    problems: list[AnswerProblem] = []
    found: dict[str, AnswerValue] = {}
    for part, text in typed.items():
        try:
            found[part] = _person_part(part, text, today)
        except AnswerProblem as problem:
            problems += problem.below(part=part)
    raise_gathered(problems)
    return MappingProxyType(found)


def _person_part(part: str, text: str, today: date) -> AnswerValue:
    if not text:
        raise AnswerProblem("answers.required")
    if part == "national_code":
        return identified(parse_national_code, text)
    day = typed_day(text)
    if day > today:
        raise AnswerProblem("answers.date.in-future")
    return day


def _address(question: AddressQuestion, typed: Mapping[str, str]) -> AnswerValue:
    problems: list[AnswerProblem] = []
    found: dict[str, AnswerValue] = {}
    for part in ADDRESS_PARTS:
        if not typed[part] and part == "postal_code" and question.postal_code_optional:
            continue
        try:
            found[part] = _address_part(part, typed[part])
        except AnswerProblem as problem:
            problems += problem.below(part=part)
    raise_gathered(problems)
    return MappingProxyType(found)


def _address_part(part: str, text: str) -> AnswerValue:
    longest = LONGEST_LINES if part == "lines" else LONGEST_NAME
    if not text:
        raise AnswerProblem("answers.required")
    if len(text) > longest:
        raise AnswerProblem("answers.too-long", maximum=longest, length=len(text))
    return identified(parse_postal_code, text) if part == "postal_code" else text


def _signature(typed: Mapping[str, str], at: datetime | None) -> AnswerValue:
    name, problems = typed["name"], []
    if not name:
        problems.append(AnswerProblem("answers.required", part="name"))
    elif len(name) < 3:
        problems.append(AnswerProblem("answers.too-short", part="name", minimum=3, length=len(name)))
    elif len(name) > LONGEST_NAME:
        problems.append(AnswerProblem("answers.too-long", part="name", maximum=LONGEST_NAME, length=len(name)))
    if typed["declared"] != "yes":
        problems.append(AnswerProblem("answers.consent-required", part="declared"))
    raise_gathered(problems)
    signed: dict[str, AnswerValue] = {"name": name, "declared": True}
    if at is not None:
        signed["signed_at"] = at.isoformat()
    return MappingProxyType(signed)


def is_blank(raw: Any) -> bool:
    """Whether nothing at all was typed in a row or a part of it."""
    if isinstance(raw, Mapping):
        return all(is_blank(inner) for inner in raw.values())
    if isinstance(raw, str):
        return not normalize(raw)
    return all(is_blank(inner) for inner in raw) if isinstance(raw, Sequence) else raw is None


def _rows_in_order(raw: Raw) -> list[tuple[str, Mapping[str, Raw]]]:
    """Return the rows with something typed in them, with the names under which they came.

    :raises AnswerProblem: ``answers.shape`` if they are no rows.
    """
    if isinstance(raw, str):
        if normalize(raw):
            raise AnswerProblem("answers.shape")
        return []
    pairs = list(raw.items()) if isinstance(raw, Mapping) else [(str(n), row) for n, row in enumerate(raw)]
    if len(pairs) > 4 * MAX_ROWS:
        raise AnswerProblem("answers.group.too-many", maximum=MAX_ROWS)
    rows: list[tuple[str, Mapping[str, Raw]]] = []
    for name, row in pairs:
        if is_blank(row):
            continue
        if not isinstance(row, Mapping) or not (name.isascii() and name.isdigit() and len(name) <= 4):
            raise AnswerProblem("answers.shape")
        rows.append((name, row))
    return sorted(rows, key=lambda pair: int(pair[0]))


def typed_rows(question: Question, raw: Raw) -> list[str]:
    """Return the names under which the rows of a group came that its answer has, in order; none for other questions.

    :raises AnswerProblem: as ``parse_group``.
    """
    return [name for name, _ in _rows_in_order(raw)] if isinstance(question, GroupQuestion) else []


def parse_group(question: GroupQuestion, raw: Raw, today: date) -> AnswerValue | None:
    """Return the rows of a group; a row in which nothing was typed is none.

    :raises AnswerProblem: with everything wrong in any row, or the number of rows.
    """
    rows = _rows_in_order(raw)
    if not rows:
        if question.required:
            raise AnswerProblem("answers.group.too-few", minimum=question.min_rows)
        return None
    problems: list[AnswerProblem] = []
    if len(rows) < question.min_rows:
        problems.append(AnswerProblem("answers.group.too-few", minimum=question.min_rows))
    if len(rows) > question.max_rows:
        raise AnswerProblem("answers.group.too-many", maximum=question.max_rows)
    found = [_row(question.questions, row, name, today, problems) for name, row in rows]
    raise_gathered(problems)
    return tuple(found)


def _row(
    questions: Sequence[InnerQuestion | Column],
    row: Mapping[str, Raw],
    name: str,
    today: date,
    problems: list[AnswerProblem],
) -> _Row:
    answers: dict[str, AnswerValue] = {}
    for inner in questions:
        try:
            value = parse_inner(inner, row.get(inner.code, ""), today)
        except AnswerProblem as problem:
            problems += problem.below(row=name, part=inner.code)
        else:
            if value is not None:
                answers[inner.code] = value
    return MappingProxyType(answers)


def parse_table(question: TableQuestion, raw: Raw, today: date) -> AnswerValue | None:
    """Return the rows of a table that were filled.

    :raises AnswerProblem: with everything wrong in any cell; a required table lacks no row.
    """
    if not isinstance(raw, Mapping):
        if not is_blank(raw):
            raise AnswerProblem("answers.shape")
        raw = {}
    problems: list[AnswerProblem] = []
    found: dict[str, AnswerValue] = {}
    for row in question.rows:
        cells = raw.get(row, {})
        if is_blank(cells) and not question.required:
            continue
        if not isinstance(cells, Mapping):
            if not is_blank(cells):
                raise AnswerProblem("answers.shape", row=row)
            cells = {}
        found[row] = _row(question.columns, cells, row, today, problems)
    raise_gathered(problems)
    return MappingProxyType(found) if found else None
