"""Under which names expressions see the answer to a question, and with which values.

The names follow from the question alone; they are declared by ``expression_names`` and filled by ``expression_values``,
which give the same keys (less those that are absent for this answer).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from divan_libs.servicepack.expressions import ValueType
from divan_libs.servicepack.models import Question

_TYPES: Mapping[str, ValueType] = MappingProxyType(
    {
        "number": ValueType.NUMBER,
        "yes-no": ValueType.YES_NO,
        "consent": ValueType.YES_NO,
        "choices": ValueType.TEXTS,
        "file": ValueType.TEXTS,
        "date": ValueType.MOMENT,
    }
)


def expression_names(question: Question) -> Mapping[str, ValueType]:
    """Return the names of a question's answer with their types; a piece of information has none."""
    if question.type == "information":
        return {}
    return {f"answers.{question.code}": _TYPES.get(question.type, ValueType.TEXT)}


def expression_values(question: Question, answer: Any) -> Mapping[str, Any]:
    """Return the values of these names for an answer; ``None`` stands for a question without one."""
    if question.type == "information" or answer is None:
        return {}
    return {f"answers.{question.code}": answer}
