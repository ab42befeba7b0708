"""Under which names expressions see the answer to a question, and with which values.

The names follow from the question alone; they are declared by ``expression_names`` and filled by ``expression_values``,
which give the same keys, less those that are absent for this answer.

A question of one value is ``answers.<code>``; a person is its national code there, an address its postal code, a
signature whether it was given. A group or table gives ``groups.<code>.count`` and, by column, ``<column>_total``,
``_least`` and ``_most`` of numbers and sums, ``_least`` and ``_most`` of days, ``_all`` and ``_any`` of yes and no, and
``<column>`` itself, the list of texts, of everything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from divan_libs.servicepack.answer_values import AnswerValue, AnyAsked, Rowed, is_rowed
from divan_libs.servicepack.expressions import ValueType
from divan_libs.servicepack.models import (
    Question,
)
from divan_libs.servicepack.models.form import (
    GroupQuestion,
)

_TYPES: Mapping[str, ValueType] = MappingProxyType(
    {
        "number": ValueType.NUMBER,
        "money": ValueType.NUMBER,
        "yes-no": ValueType.YES_NO,
        "consent": ValueType.YES_NO,
        "signature": ValueType.YES_NO,
        "choices": ValueType.TEXTS,
        "file": ValueType.TEXTS,
        "date": ValueType.MOMENT,
    }
)
_SEEN_PART = MappingProxyType({"person": "national_code", "address": "postal_code", "signature": "declared"})


def expression_names(question: Question) -> Mapping[str, ValueType]:
    """Return the full names that a question gives to expressions, with their types; an information gives none."""
    if question.type == "information":
        return {}
    if not is_rowed(question):
        return {f"answers.{question.code}": _TYPES.get(question.type, ValueType.TEXT)}
    root = f"groups.{question.code}"
    names = {f"{root}.count": ValueType.NUMBER}
    for code, kind in _columns(question):
        names.update({f"{root}.{code}{end}": value for end, value in _derived(kind).items()})
    return names


def always_present(question: Question) -> frozenset[str]:
    """Return those of its names that have a value whatever was answered, so that they need no guard.

    A hidden or unanswered group has the count 0, totals of 0, empty lists, ``_all`` true and ``_any`` false; the least
    and the most of nothing are absent.
    """
    if not is_rowed(question):
        return frozenset()
    return frozenset(name for name in expression_names(question) if not name.endswith(("_least", "_most")))


def expression_values(question: Question, answer: AnswerValue | None) -> Mapping[str, Any]:
    """Return the values of its names; ``None`` is a question that is hidden or open."""
    if is_rowed(question):
        root = f"groups.{question.code}"
        return {f"{root}.{name}": value for name, value in _of_rows(question, answer).items()}
    if question.type == "information" or answer is None:
        return {}
    part = _SEEN_PART.get(question.type)
    seen = answer.get(part) if part and isinstance(answer, Mapping) else answer
    return {} if seen is None else {f"answers.{question.code}": seen}


def _columns(question: Rowed) -> list[tuple[str, str]]:
    inner = question.questions if isinstance(question, GroupQuestion) else question.columns
    return [(one.code, one.type) for one in inner]


def derived_names(inner: AnyAsked) -> list[str]:
    """Return the names that a group's question or a table's column gives below the group: ``fee_total``, …"""
    return [f"{inner.code}{end}" for end in _derived(inner.type)]


def _derived(kind: str) -> dict[str, ValueType]:
    match _TYPES.get(kind, ValueType.TEXT):
        case ValueType.NUMBER:
            return dict.fromkeys(("_total", "_least", "_most"), ValueType.NUMBER)
        case ValueType.MOMENT:
            return dict.fromkeys(("_least", "_most"), ValueType.MOMENT)
        case ValueType.YES_NO:
            return dict.fromkeys(("_all", "_any"), ValueType.YES_NO)
        case _:
            return {"": ValueType.TEXTS}


def _of_rows(question: Rowed, value: AnswerValue | None) -> dict[str, AnswerValue]:
    rows: list[Any] = list(value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else ())
    found: dict[str, AnswerValue] = {"count": len(rows)}
    for code, kind in _columns(question):
        column = [row[code] for row in rows if code in row]
        part = _SEEN_PART.get(kind)
        if part:
            column = [one[part] for one in column if part in one]
        match _TYPES.get(kind, ValueType.TEXT):
            case ValueType.NUMBER:
                found[f"{code}_total"] = sum(column)
                found.update(_extremes(code, column))
            case ValueType.MOMENT:
                found.update(_extremes(code, column))
            case ValueType.YES_NO:
                found[f"{code}_all"] = all(column)
                found[f"{code}_any"] = any(column)
            case _:
                found[code] = tuple(column)
    return found


def _extremes(code: str, column: list[int] | list[date]) -> dict[str, AnswerValue]:
    return {f"{code}_least": min(column), f"{code}_most": max(column)} if column else {}
