"""A question as data in both languages."""

from __future__ import annotations

from typing import Any

from divan.front.api.schemas import applications as shapes
from divan.front.api.service_data import LIMITS
from divan_libs.servicepack.answer_values import AnyAsked, is_composed, is_rowed, parts_of
from divan_libs.servicepack.models import FileQuestion, Package, Question
from divan_libs.servicepack.models.form import TableQuestion
from divan_libs.servicepack.question_texts import inner_key, inner_questions, key_of


def words(package: Package, key: str) -> shapes.Words:
    """Return a text in both languages."""
    return shapes.Words(fa=package.text(key, "fa"), en=package.text(key, "en"))


def find_words(package: Package, key: str) -> shapes.Words | None:
    """Return a text in both languages, or None where the package has none."""
    persian, english = package.find_text(key, "fa"), package.find_text(key, "en")
    return shapes.Words(fa=persian, en=english or persian) if persian else None


def asked_question(
    package: Package, question: Question, *, shown: bool, locked: bool, answer: Any
) -> shapes.AskedQuestion:
    """Describe a question of a page with its answer as it stands."""
    key = key_of(question)
    rows = question.rows if isinstance(question, TableQuestion) else ()
    inner = [(one, inner_key(question, one)) for one in inner_questions(question)] if is_rowed(question) else []
    described = _described(package, question, key)
    return described.model_copy(
        update={
            "shown": shown,
            "locked": locked,
            "answer": answer,
            "questions": [_described(package, one, place) for one, place in inner],
            "rows": [
                shapes.AskedOption(code=row, label=words(package, f"{key}.rows.{row}"), hint=None) for row in rows
            ],
        }
    )


def _described(package: Package, question: AnyAsked, key: str) -> shapes.AskedQuestion:
    """Describe a question as it stands on a page, in a row or over a column."""
    options: tuple[str, ...] = ("yes", "no") if question.type == "yes-no" else getattr(question, "options", ())
    limits = {name: getattr(question, name, None) for name in LIMITS}
    return shapes.AskedQuestion(
        code=question.code,
        type=question.type,
        label=words(package, f"{key}.label"),
        hint=find_words(package, f"{key}.hint"),
        body=find_words(package, f"{key}.body") or find_words(package, f"{key}.declaration"),
        required=question.required,
        shown=True,
        locked=False,
        show_when=question.show_when,
        answer=None,
        options=[
            shapes.AskedOption(
                code=one,
                label=words(package, f"{key}.options.{one}"),
                hint=find_words(package, f"{key}.option-hints.{one}"),
            )
            for one in options
        ],
        limits={name: limit for name, limit in limits.items() if limit is not None},
        accept=[str(kind) for kind in question.accept] if isinstance(question, FileQuestion) else [],
        parts=list(parts_of(question)) if is_composed(question) else [],
        questions=[],
        rows=[],
    )
