"""Which texts a question has in a package, and under which keys those of its inner questions stand.

A question's own texts stand under ``questions.<code>``; the questions of a group under
``questions.<group>.questions.<inner>``, the columns of a table under ``questions.<table>.columns.<column>``.
"""

from __future__ import annotations

from collections.abc import Iterator

from divan_libs.servicepack.answer_values import AnyAsked, Rowed, is_rowed
from divan_libs.servicepack.models import Question
from divan_libs.servicepack.models.form import (
    Column,
    GroupQuestion,
    Information,
    InnerQuestion,
    SignatureQuestion,
    TableQuestion,
    YesNoQuestion,
)


def key_of(question: Question) -> str:
    """Return the key under which a question's texts stand."""
    return f"questions.{question.code}"


def inner_questions(question: Rowed) -> tuple[InnerQuestion | Column, ...]:
    """Return the questions of a group's row, or the columns of a table."""
    return question.questions if isinstance(question, GroupQuestion) else question.columns


def inner_key(question: Rowed, inner: InnerQuestion | Column) -> str:
    """Return the key under which the texts of a group's question or a table's column stand."""
    return f"{key_of(question)}.{'questions' if isinstance(question, GroupQuestion) else 'columns'}.{inner.code}"


def required_texts_of(question: Question) -> Iterator[str]:
    """Yield the keys of a question that must stand in every language.

    A group names what a row is (``row``: «فرزند»), a table each of its rows, a signature its ``declaration``.
    """
    key = key_of(question)
    yield from _required(question, key)
    if isinstance(question, Information):
        yield f"{key}.body"
    if isinstance(question, SignatureQuestion):
        yield f"{key}.declaration"
    if isinstance(question, GroupQuestion):
        yield f"{key}.row"
    if isinstance(question, TableQuestion):
        yield from (f"{key}.rows.{row}" for row in question.rows)
    if is_rowed(question):
        for inner in inner_questions(question):
            yield from _required(inner, inner_key(question, inner))


def optional_texts_of(question: Question) -> Iterator[str]:
    """Yield the keys of a question that may stand besides."""
    yield from _optional(question, key_of(question))
    if is_rowed(question):
        for inner in inner_questions(question):
            yield from _optional(inner, inner_key(question, inner))


def _required(question: AnyAsked, key: str) -> Iterator[str]:
    yield f"{key}.label"
    options: tuple[str, ...] = (
        ("yes", "no") if isinstance(question, YesNoQuestion) else getattr(question, "options", ())
    )
    yield from (f"{key}.options.{option}" for option in options)


def _optional(question: AnyAsked, key: str) -> Iterator[str]:
    yield f"{key}.hint"
    options: tuple[str, ...] = getattr(question, "options", ())
    yield from (f"{key}.option-hints.{option}" for option in options)
