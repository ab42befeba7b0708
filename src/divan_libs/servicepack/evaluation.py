"""What is visible and true for one case: the package's expressions over all that is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from divan_libs.persian.clocks import WorkCalendar
from divan_libs.servicepack.answer_values import AnswerValue, is_rowed
from divan_libs.servicepack.derivation import Derivation, derived_names
from divan_libs.servicepack.expressions import Environment, EvaluationFailed, ValueType, environment_for
from divan_libs.servicepack.facts import Fact
from divan_libs.servicepack.gathered_facts import fact_names
from divan_libs.servicepack.models import Channel, InquiryState, Package, Page, Question
from divan_libs.servicepack.models.form import Prefillable
from divan_libs.servicepack.question_names import expression_names, expression_values

__all__ = [
    "AnswerValue",
    "Context",
    "Evaluator",
    "Fact",
    "View",
    "environment_of",
    "is_locked",
    "known_answer",
    "names_of",
    "spoken",
    "with_known_answers",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """All that a package may know of a case.

    ``answers`` are the applicant's by question, ``facts`` what registers brought by fact name, ``reports`` what
    officers answered to the questions of their steps, ``tracks`` the action by which each parallel review was finished.
    ``entry`` is the beginning of the case (``application`` or the code of an entry), ``objected`` whether any of the
    parallel reviews objected. ``calendar`` tells the days without work, those of the province included; without one
    they are the country's usual ones. ``unfulfilled`` are the codes of those signatures of second parties, visits and
    payments before submission that are still to come; where nothing is said they have come.
    """

    today: date
    answers: Mapping[str, AnswerValue] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    channel: Channel = Channel.INTERNET
    reports: Mapping[str, AnswerValue] = field(default_factory=dict)
    tracks: Mapping[str, str] = field(default_factory=dict)
    entry: str = "application"
    objected: bool = False
    calendar: WorkCalendar | None = None
    unfulfilled: frozenset[str] = frozenset()


_CASE_NAMES: Mapping[str, ValueType] = MappingProxyType(
    {
        "case.channel": ValueType.TEXT,
        "case.today": ValueType.MOMENT,
        "case.entry": ValueType.TEXT,
        "case.objected": ValueType.YES_NO,
    }
)


def names_of(package: Package) -> frozenset[tuple[str, ValueType]]:
    """Return the names that expressions of this package may speak, with their types."""
    names: dict[str, ValueType] = dict(_CASE_NAMES)
    for question in package.form.questions():
        names.update(expression_names(question))
    for question in package.flow.report_questions():
        names.update({_of_report(name): kind for name, kind in expression_names(question).items()})
    names.update({f"tracks.{spoken(track)}": ValueType.TEXT for track in package.flow.track_codes()})
    for need in package.needs.inquiries:
        names.update(fact_names(need))
    names.update(derived_names(package))
    return frozenset(names.items())


def spoken(code: str) -> str:
    """Return a code with dashes as expressions speak it: ``fire-safety`` is ``tracks.fire_safety``."""
    return code.replace("-", "_")


def _of_report(name: str) -> str:
    """Return the name of a report's answer: ``answers.income`` → ``reports.income``."""
    return f"reports.{name.partition('.')[2]}"


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
        self._derivation = Derivation(package, self._environment, context.today, context.calendar)
        self._questions = {question.code: question for question in package.form.questions()}
        self._fixed = {
            "facts": {
                need.fact: {**dict(fact.fields), "state": str(fact.state)}
                for need in package.needs.inquiries
                for fact in (context.facts.get(need.fact, Fact()),)
            },
            "reports": _reported(package, context),
            "tracks": {spoken(track): context.tracks.get(track, "") for track in package.flow.track_codes()},
            "case": {
                "channel": str(context.channel),
                "today": context.today,
                "entry": context.entry,
                "objected": context.objected,
            },
        }

    def holds(self, source: str | None, answers: Mapping[str, AnswerValue]) -> bool:
        """Return whether an expression holds over these answers; no expression always holds.

        :raises EvaluationFailed: if it ends in an error; lint prevents the causes it can see.
        """
        return True if source is None else bool(self.value(source, answers))

    def value(
        self, source: str, answers: Mapping[str, AnswerValue], wanted: ValueType = ValueType.YES_NO
    ) -> bool | int | str | list[str] | datetime:
        """Return the value of an expression over these answers.

        :raises ExpressionRefused: if it does not compile to the type wanted.
        :raises EvaluationFailed: if it ends in an error.
        """
        expression = self._environment.compile(source, wanted)
        answered = self._answered(answers, self._derivation.spoken(expression))
        result: bool | int | str | list[str] | datetime = self._derivation.evaluate(
            expression, {**answered, **self._fixed}
        )
        return result

    def table_value(self, code: str, answers: Mapping[str, AnswerValue]) -> bool | int | str | list[str] | None:
        """Return what a decision table of the package says over these answers, or None where it says nothing."""
        name = f"tables.{code}"
        kind = dict(names_of(self.package)).get(name)
        if kind is None:
            return None
        try:
            told = self.value(name, answers, kind)
        except EvaluationFailed:
            return None
        return None if isinstance(told, datetime) else told

    def _answered(self, answers: Mapping[str, AnswerValue], spoken: frozenset[str]) -> dict[str, dict[str, Any]]:
        """Return the answers that an expression depends on, under the names that it speaks.

        A question without an answer is told in its own way: a group has then a count of 0.
        """
        codes = {name.split(".")[1] for name in spoken if name.startswith(("answers.", "groups."))}
        return _nested(
            (name, value)
            for code in codes
            for name, value in expression_values(self._questions[code], answers.get(code)).items()
        )

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


def _reported(package: Package, context: Context) -> dict[str, Any]:
    """Return the reports' answers; a group that nobody has reported is an empty map, so that ``has`` may look in it."""
    reports: dict[str, Any] = {question.code: {} for question in package.flow.report_questions() if is_rowed(question)}
    return (
        reports
        | _nested(
            (_of_report(name), value)
            for question in package.flow.report_questions()
            if question.code in context.reports
            for name, value in expression_values(question, context.reports[question.code]).items()
        )["reports"]
    )


def _nested(named: Iterable[tuple[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return values by dotted name as maps within maps: ``groups.members.count`` → ``{"groups": {"members": …}}``."""
    roots: dict[str, dict[str, Any]] = {"answers": {}, "groups": {}, "reports": {}}
    for name, value in named:
        *above, last = name.split(".")
        place: dict[str, Any] = roots
        for part in above:
            place = place.setdefault(part, {})
        place[last] = value
    return roots


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
