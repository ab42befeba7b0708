"""Pages to show, what people type, and what is still missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from divan_libs.persian.identifiers import InvalidIdentifier, parse_mobile, parse_national_code, parse_postal_code
from divan_libs.persian.jalali import InvalidDate, parse_jalali
from divan_libs.persian.text import latin_digits, normalize
from divan_libs.servicepack.evaluation import AnswerValue, Context, Evaluator, Fact, is_locked
from divan_libs.servicepack.models import (
    ChoiceQuestion,
    ChoicesQuestion,
    DateQuestion,
    FileQuestion,
    LongTextQuestion,
    NumberQuestion,
    Package,
    Page,
    Question,
    TextQuestion,
)

MAX_RAW = 20_000
"""Characters read from one field at most, before any question's own limit."""


class AnswerProblem(Exception):
    """What was typed is no answer to the question; ``code`` is stable, ``facts`` carry the limits for the message."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts: Mapping[str, object] = MappingProxyType(facts)
        super().__init__(f"{code} {facts}")


@dataclass(frozen=True, slots=True)
class Missing:
    """What keeps a case from being submitted.

    ``kind`` is ``answer`` (``code`` is the question's), ``inquiry`` (not asked, or in a state that may not proceed) or
    ``condition`` (``code`` is the requirement's).
    """

    kind: str
    code: str
    page: str | None = None
    state: str | None = None


def pages_to_show(package: Package, context: Context) -> list[Page]:
    """Return the pages that are shown for these answers and facts, in order."""
    return [page for page, _ in Evaluator(package, context).view().pages]


def visible_questions(package: Package, context: Context, page: str | None = None) -> list[Question]:
    """Return the visible questions, of one page or of all."""
    view = Evaluator(package, context).view()
    return [question for shown, questions in view.pages if page in (None, shown.code) for question in questions]


def visible_answers(package: Package, context: Context) -> dict[str, AnswerValue]:
    """Return the answers that count: given or known, and not hidden."""
    return dict(Evaluator(package, context).view().answers)


def may_change(package: Package, question: Question, context: Context) -> bool:
    """Return whether the applicant may type an answer; a locked one given by a register stands."""
    return not is_locked(package, question, context)


def complete(package: Package, context: Context) -> list[Missing]:
    """Return what is still missing; an empty list means that the case may be submitted.

    An optional question may stay open. An inquiry must have come to a state in which its requirement may proceed.
    """
    evaluator = Evaluator(package, context)
    view = evaluator.view()
    missing = [
        Missing("answer", question.code, page.code)
        for page, questions in view.pages
        for question in questions
        if question.required and question.code not in view.answers
    ]
    for need in package.needs.inquiries:
        state = context.facts.get(need.fact, Fact()).state
        if state not in need.proceeds_when:
            missing.append(Missing("inquiry", need.code, state=str(state)))
    if not missing:
        conditions = package.needs.conditions
        missing += [
            Missing("condition", need.code) for need in conditions if not evaluator.holds(need.expression, view.answers)
        ]
    return missing


def parse_answer(question: Question, raw: str | Sequence[str], *, today: date) -> AnswerValue | None:
    """Return the answer that was typed, or None if an optional question was left open.

    Persian, Arabic and Latin digits, ي/ك and stray spaces are accepted; dates are Jalali.

    :raises AnswerProblem: if it is no answer to this question.
    """
    values = [raw] if isinstance(raw, str) else list(raw)
    if sum(len(value) for value in values) > MAX_RAW:
        raise AnswerProblem("answers.too-long", maximum=MAX_RAW)
    values = [cleaned for cleaned in (_cleaned(question, value) for value in values) if cleaned]
    if not values:
        if question.required:
            raise AnswerProblem("answers.consent-required" if question.type == "consent" else "answers.required")
        return None
    if isinstance(question, ChoicesQuestion):
        return _choices(question, values)
    if isinstance(question, FileQuestion):
        return _files(question, values)
    if len(values) > 1:
        raise AnswerProblem("answers.one-only")
    return _PARSERS[question.type](question, values[0], today)


def to_json(value: AnswerValue) -> Any:
    """Return an answer as JSON keeps it: days as ISO text, tuples as lists."""
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def from_json(question: Question, value: Any) -> AnswerValue:
    """Return an answer from its JSON form; the reverse of ``to_json`` for the same question."""
    if question.type == "date":
        return date.fromisoformat(value)
    result: AnswerValue = tuple(value) if isinstance(value, list) else value
    return result


def _cleaned(question: Question, text: str) -> str:
    if question.type == "long-text":
        return "\n".join(normalize(line) for line in text.splitlines()).strip()
    return normalize(text)


def _text(question: Question, text: str, _today: date) -> str:
    assert isinstance(question, TextQuestion | LongTextQuestion)  # noqa: S101 (for the type checker; the table ensures it)
    if len(text) < question.min_length:
        raise AnswerProblem("answers.too-short", minimum=question.min_length, length=len(text))
    if len(text) > question.max_length:
        raise AnswerProblem("answers.too-long", maximum=question.max_length, length=len(text))
    return text


def _number(question: Question, text: str, _today: date) -> int:
    assert isinstance(question, NumberQuestion)  # noqa: S101 (for the type checker; the table ensures it)
    digits = latin_digits(text).replace("٬", "").replace(",", "").replace(" ", "").replace("−", "-")
    if not digits.removeprefix("-").isascii() or not digits.removeprefix("-").isdigit() or len(digits) > 18:
        raise AnswerProblem("answers.number.not-whole")
    value = int(digits)
    if value < question.minimum:
        raise AnswerProblem("answers.number.too-small", minimum=question.minimum)
    if value > question.maximum:
        raise AnswerProblem("answers.number.too-large", maximum=question.maximum)
    return value


def _yes_no(_question: Question, text: str, _today: date) -> bool:
    if text not in ("yes", "no"):
        raise AnswerProblem("answers.choice.unknown")
    return text == "yes"


def _consent(_question: Question, text: str, _today: date) -> bool:
    if text != "yes":
        raise AnswerProblem("answers.consent-required")
    return True


def _choice(question: Question, text: str, _today: date) -> str:
    assert isinstance(question, ChoiceQuestion)  # noqa: S101 (for the type checker; the table ensures it)
    if text not in question.options:
        raise AnswerProblem("answers.choice.unknown")
    return text


def _choices(question: ChoicesQuestion, values: list[str]) -> tuple[str, ...]:
    if not set(values) <= set(question.options):
        raise AnswerProblem("answers.choice.unknown")
    # In the order of the options and each once, so that ticking in another order is the same answer.
    chosen = tuple(option for option in question.options if option in values)
    if len(chosen) < question.min_chosen:
        raise AnswerProblem("answers.choices.too-few", minimum=question.min_chosen)
    if len(chosen) > question.max_chosen:
        raise AnswerProblem("answers.choices.too-many", maximum=question.max_chosen)
    return chosen


def _files(question: FileQuestion, values: list[str]) -> tuple[str, ...]:
    references = tuple(dict.fromkeys(values))
    if len(references) > question.max_files:
        raise AnswerProblem("answers.files.too-many", maximum=question.max_files)
    return references


def _date(question: Question, text: str, today: date) -> date:
    assert isinstance(question, DateQuestion)  # noqa: S101 (for the type checker; the table ensures it)
    try:
        day = parse_jalali(text)
    except InvalidDate as problem:
        raise AnswerProblem("answers.date.invalid") from problem
    if question.past_only and day > today:
        raise AnswerProblem("answers.date.in-future")
    if question.future_only and day < today:
        raise AnswerProblem("answers.date.in-past")
    if question.earliest_days_ago is not None and day < today - timedelta(days=question.earliest_days_ago):
        raise AnswerProblem("answers.date.too-early", days=question.earliest_days_ago)
    return day


def _place(_question: Question, text: str, _today: date) -> str:
    code = latin_digits(text)
    if len(code) > 40 or not code.isascii() or not code.replace("-", "").isalnum():
        raise AnswerProblem("answers.place.unknown")
    return code


def _identifier(parse: Callable[[str], str]) -> Callable[[Question, str, date], str]:
    def parsed(_question: Question, text: str, _today: date) -> str:
        try:
            return parse(text)
        except InvalidIdentifier as problem:
            raise AnswerProblem(problem.code) from problem

    return parsed


_PARSERS: Mapping[str, Callable[[Question, str, date], AnswerValue]] = MappingProxyType(
    {
        "text": _text,
        "long-text": _text,
        "number": _number,
        "yes-no": _yes_no,
        "consent": _consent,
        "choice": _choice,
        "date": _date,
        "place": _place,
        "mobile": _identifier(parse_mobile),
        "national-code": _identifier(parse_national_code),
        "postal-code": _identifier(parse_postal_code),
    }
)
