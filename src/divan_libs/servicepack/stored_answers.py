"""Answers as JSON keeps them: days as ISO text, tuples as lists, mappings as objects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from divan_libs.servicepack.answer_values import AnswerValue
from divan_libs.servicepack.models import (
    Question,
)
from divan_libs.servicepack.models.form import (
    Column,
    GroupQuestion,
    InnerQuestion,
    PersonQuestion,
    TableQuestion,
)


def to_json(value: AnswerValue) -> Any:
    """Return an answer as JSON keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: to_json(inner) for name, inner in value.items()}
    return [to_json(inner) for inner in value] if isinstance(value, tuple) else value


def from_json(question: Question | InnerQuestion | Column, value: Any) -> AnswerValue:
    """Return an answer from its JSON form; the reverse of ``to_json`` for the same question."""
    if question.type == "date":
        return date.fromisoformat(value)
    if isinstance(question, PersonQuestion) and isinstance(value, Mapping):
        return MappingProxyType({**value, "born_on": date.fromisoformat(value["born_on"])})
    if isinstance(question, GroupQuestion) and isinstance(value, list):
        return tuple(_row({inner.code: inner for inner in question.questions}, row) for row in value)
    if isinstance(question, TableQuestion) and isinstance(value, Mapping):
        columns = {inner.code: inner for inner in question.columns}
        return MappingProxyType({row: _row(columns, cells) for row, cells in value.items()})
    if isinstance(value, Mapping):
        return MappingProxyType(dict(value))
    result: AnswerValue = tuple(value) if isinstance(value, list) else value
    return result


def _row(questions: Mapping[str, Any], row: Mapping[str, Any]) -> AnswerValue:
    return MappingProxyType(
        {name: from_json(questions[name], inner) for name, inner in row.items() if name in questions}
    )
