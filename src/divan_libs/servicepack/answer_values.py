"""What an answer is once it has been read, what it is before, and why it may be none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, TypeAlias, TypeGuard

from divan_libs.servicepack.models import (
    Question,
)
from divan_libs.servicepack.models.form import (
    AddressQuestion,
    Column,
    GroupQuestion,
    InnerQuestion,
    PersonQuestion,
    SignatureQuestion,
    TableQuestion,
)

PERSON_PARTS = ("national_code", "born_on")
ADDRESS_PARTS = ("postal_code", "province", "county", "city", "lines")
SIGNATURE_PARTS = ("name", "declared")

AnswerValue: TypeAlias = "str | int | bool | date | tuple[AnswerValue, ...] | Mapping[str, AnswerValue]"
"""What an answer is after reading.

Choices and files are tuples of texts; a person, an address and a signature are mappings of their parts; a group is a
tuple of mappings, one a row; a table a mapping from row to a mapping from column. A time is ``HH:MM``, money rials.
"""

Raw: TypeAlias = "str | Sequence[Raw] | Mapping[str, Raw]"
"""What is typed: a text, several texts, or by part (``{"national_code": …}``) and by row (``{"0": {…}}``, a list)."""

AnyAsked: TypeAlias = Question | InnerQuestion | Column
"""A question of a page, of a group's row, or the column of a table."""

Composed: TypeAlias = PersonQuestion | AddressQuestion | SignatureQuestion
"""A question of several parts."""

Rowed: TypeAlias = GroupQuestion | TableQuestion
"""A question of several rows."""


class AnswerProblem(Exception):
    """What was typed is no answer to the question; ``code`` is stable, ``facts`` carry the limits for the message.

    ``row`` and ``part`` say where in a group, a table or a question of several parts (``part`` of a group names the
    inner question and, after a dot, its own part); both are empty where the whole answer is meant. ``others`` are
    further problems of the same answer, so that everything wrong is marked at once.
    """

    def __init__(
        self, code: str, *, row: str = "", part: str = "", others: Sequence[AnswerProblem] = (), **facts: Any
    ) -> None:
        self.code = code
        self.row = row
        self.part = part
        self.others = tuple(others)
        self.facts: Mapping[str, Any] = MappingProxyType(facts)
        super().__init__(f"{code} {self.at} {facts}")

    @property
    def at(self) -> str:
        """Where it stands below the question's name, as fields of a form are named: ``0.child.born_on``."""
        return ".".join(part for part in (self.row, self.part) if part)

    def each(self) -> Iterator[AnswerProblem]:
        """Yield this problem and all others of the same answer."""
        yield self
        for other in self.others:
            yield from other.each()

    def below(self, *, row: str = "", part: str = "") -> list[AnswerProblem]:
        """Return these problems as those of an answer that this one is a part or a row of."""
        return [
            AnswerProblem(
                one.code,
                row=row or one.row,
                part=".".join(name for name in (part, one.part) if name),
                **dict(one.facts),
            )
            for one in self.each()
        ]


def raise_gathered(problems: Sequence[AnswerProblem]) -> None:
    """Raise the first problem with the others, if there is any.

    :raises AnswerProblem: if there is one.
    """
    if problems:
        first, *others = problems
        raise AnswerProblem(first.code, row=first.row, part=first.part, others=others, **dict(first.facts))


def is_composed(question: Any) -> TypeGuard[Composed]:
    """Whether a question is answered in several named parts."""
    return isinstance(question, PersonQuestion | AddressQuestion | SignatureQuestion)


def is_rowed(question: Any) -> TypeGuard[Rowed]:
    """Whether a question is answered in rows."""
    return isinstance(question, GroupQuestion | TableQuestion)


def parts_of(question: Composed) -> tuple[str, ...]:
    """Return the names of the parts of a question, in the order in which they are asked."""
    if isinstance(question, PersonQuestion):
        return PERSON_PARTS
    return ADDRESS_PARTS if isinstance(question, AddressQuestion) else SIGNATURE_PARTS


def raw_of(question: Question, given: Mapping[str, Sequence[str]]) -> Raw:
    """Return what a form sent for a question, gathered from its flat names.

    A question of one field is its list of texts. ``child.born_on`` becomes ``{"born_on": …}`` of the question
    ``child``; ``members.0.child.born_on`` is part of row ``0`` of the group ``members``.
    """
    if not is_composed(question) and not is_rowed(question):
        return list(given.get(question.code, ()))
    gathered: dict[str, Any] = {}
    for name, values in given.items():
        head, *path = name.split(".", 4)
        if head != question.code or not path or not all(path):
            continue
        within = gathered
        for step in path[:-1]:
            deeper = within.setdefault(step, {})
            if not isinstance(deeper, dict):
                break
            within = deeper
        else:
            within.setdefault(path[-1], list(values))
    return gathered
