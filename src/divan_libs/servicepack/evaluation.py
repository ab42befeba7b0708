"""What is visible and true for one case: the package's expressions over answers and facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from divan_libs.servicepack.expressions import Environment, ValueType, environment_for, prepared
from divan_libs.servicepack.models import Channel, InquiryState, Package, Page, Question
from divan_libs.servicepack.models.form import Prefillable
from divan_libs.servicepack.models.needs import FieldKind

AnswerValue = str | int | bool | date | tuple[str, ...]
"""What an answer is after parsing; a place, a mobile and a choice are texts, choices and files tuples of texts."""

_QUESTION_TYPES: Mapping[str, ValueType] = MappingProxyType(
    {
        "number": ValueType.NUMBER,
        "yes-no": ValueType.YES_NO,
        "consent": ValueType.YES_NO,
        "choices": ValueType.TEXTS,
        "file": ValueType.TEXTS,
        "date": ValueType.MOMENT,
    }
)
_FIELD_TYPES: Mapping[FieldKind, ValueType] = MappingProxyType(
    {
        FieldKind.TEXT: ValueType.TEXT,
        FieldKind.NUMBER: ValueType.NUMBER,
        FieldKind.YES_NO: ValueType.YES_NO,
        FieldKind.DATE: ValueType.MOMENT,
    }
)


@dataclass(frozen=True, slots=True)
class Fact:
    """What an inquiry has brought: its state, and the fields when it matched."""

    state: InquiryState = InquiryState.NOT_ASKED
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """All that a package may know of a case: answers by question, facts by fact name, the channel and today's date."""

    today: date
    answers: Mapping[str, AnswerValue] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    channel: Channel = Channel.INTERNET


def names_of(package: Package) -> frozenset[tuple[str, ValueType]]:
    """Return the names that expressions of this package may speak, with their types."""
    names: dict[str, ValueType] = {"case.channel": ValueType.TEXT, "case.today": ValueType.MOMENT}
    for question in package.form.questions():
        if question.type != "information":
            names[f"answers.{question.code}"] = _QUESTION_TYPES.get(question.type, ValueType.TEXT)
    for need in package.needs.inquiries:
        names[f"facts.{need.fact}.state"] = ValueType.TEXT
        names.update({f"facts.{need.fact}.{code}": _FIELD_TYPES[kind] for code, kind in need.fields.items()})
    return frozenset(names.items())


def environment_of(package: Package) -> Environment:
    """Return the compiled-expression store of a package, shared by all packages that speak the same names."""
    return environment_for(names_of(package))


@dataclass(frozen=True, slots=True)
class View:
    """What the applicant sees: the pages, their visible questions, and the answers that count."""

    pages: tuple[tuple[Page, tuple[Question, ...]], ...]
    answers: Mapping[str, AnswerValue]

    @property
    def questions(self) -> tuple[Question, ...]:
        """All visible questions in order."""
        return tuple(question for _, questions in self.pages for question in questions)


class Evaluator:
    """Evaluates the expressions of one package for one context."""

    def __init__(self, package: Package, context: Context) -> None:
        self.package = package
        self.context = context
        self._environment = environment_of(package)
        self._facts = {
            need.fact: {**dict(fact.fields), "state": str(fact.state)}
            for need in package.needs.inquiries
            for fact in (context.facts.get(need.fact, Fact()),)
        }
        self._case = {"channel": str(context.channel), "today": context.today}

    def holds(self, source: str | None, answers: Mapping[str, AnswerValue]) -> bool:
        """Return whether an expression holds over these answers; no expression always holds.

        :raises EvaluationFailed: if it ends in an error; lint prevents the causes it can see.
        """
        if source is None:
            return True
        inputs = prepared({"answers": answers, "facts": self._facts, "case": self._case})
        return bool(self._environment.compile(source).evaluate(inputs))

    def view(self) -> View:
        """Return what is visible, page by page; an answer to a hidden question is absent for all that follows."""
        answers: dict[str, AnswerValue] = {}
        given = with_known_answers(self.package, self.context).answers
        pages = []
        for page in self.package.form.pages:
            if not self.holds(page.show_when, answers):
                continue
            visible = []
            for question in page.questions:
                if self.holds(question.show_when, answers):
                    visible.append(question)
                    if question.code in given and question.type != "information":
                        answers[question.code] = given[question.code]
            if visible:
                pages.append((page, tuple(visible)))
        return View(tuple(pages), MappingProxyType(answers))


def with_known_answers(package: Package, context: Context) -> Context:
    """Return the context with the answers that registers know.

    A locked answer is the register's whatever was typed; one that is not locked is only offered, so a typed one wins.
    """
    answers = dict(context.answers)
    for question in package.form.questions():
        known = known_answer(package, question, context)
        if known is not None and (_is_locked(question) or question.code not in answers):
            answers[question.code] = known
    return replace(context, answers=answers)


def known_answer(package: Package, question: Question, context: Context) -> AnswerValue | None:
    """Return what a matched inquiry says about a question, or None."""
    if not isinstance(question, Prefillable) or question.prefill is None:
        return None
    need = next((need for need in package.needs.inquiries if need.code == question.prefill.need), None)
    fact = context.facts.get(need.fact) if need else None
    if fact is None or fact.state is not InquiryState.MATCHED:
        return None
    value: AnswerValue | None = fact.fields.get(question.prefill.field)
    return value


def is_locked(package: Package, question: Question, context: Context) -> bool:
    """Return whether the applicant may not change this answer, because a register gave it."""
    return _is_locked(question) and known_answer(package, question, context) is not None


def _is_locked(question: Question) -> bool:
    return isinstance(question, Prefillable) and question.prefill is not None and question.prefill.locked
