"""Read what is typed for a question of one field: texts, numbers, days, times, identifiers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType

from divan_libs.persian.amounts import parse_rials
from divan_libs.persian.identifiers import (
    InvalidIdentifier,
    parse_email,
    parse_foreigner_id,
    parse_legal_id,
    parse_mobile,
    parse_national_code,
    parse_plate,
    parse_postal_code,
    parse_sheba,
)
from divan_libs.persian.jalali import InvalidDate, parse_jalali
from divan_libs.persian.text import InvalidNumber, latin_digits, normalize
from divan_libs.servicepack.answer_values import AnswerProblem, AnswerValue
from divan_libs.servicepack.models import (
    ChoiceQuestion,
    ChoicesQuestion,
    DateQuestion,
    FileQuestion,
    LongTextQuestion,
    NumberQuestion,
    Question,
    TextQuestion,
)
from divan_libs.servicepack.models.form import (
    ForeignerIdQuestion,
    MoneyQuestion,
    TimeQuestion,
)

_GROUPING = str.maketrans("", "", "٬, _\u200f\u200e")
_TIME = re.compile(r"(\d{1,2})\s*[:.٫]\s*(\d{2})|(\d{2})(\d{2})", re.ASCII)


def parse_simple(question: Question, values: Sequence[str], today: date) -> AnswerValue | None:
    """Return the answer that these texts are, or None if an optional question was left open.

    :raises AnswerProblem: if they are no answer to this question.
    """
    typed = [cleaned for cleaned in (_cleaned(question, value) for value in values) if cleaned]
    if not typed:
        if question.required:
            raise AnswerProblem("answers.consent-required" if question.type == "consent" else "answers.required")
        return None
    if isinstance(question, ChoicesQuestion):
        return _choices(question, typed)
    if isinstance(question, FileQuestion):
        return _files(question, typed)
    if len(typed) > 1:
        raise AnswerProblem("answers.one-only")
    parser = _PARSERS.get(question.type)
    if parser is None:
        raise AnswerProblem("answers.unknown-question")
    return parser(question, typed[0], today)


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


def _whole(text: str) -> int:
    digits = latin_digits(text).translate(_GROUPING).replace("−", "-")
    if not digits.removeprefix("-").isascii() or not digits.removeprefix("-").isdigit() or len(digits) > 18:
        raise AnswerProblem("answers.number.not-whole")
    return int(digits)


def _number(question: Question, text: str, _today: date) -> int:
    assert isinstance(question, NumberQuestion)  # noqa: S101 (for the type checker; the table ensures it)
    value = _whole(text)
    if value < question.minimum:
        raise AnswerProblem("answers.number.too-small", minimum=question.minimum)
    if value > question.maximum:
        raise AnswerProblem("answers.number.too-large", maximum=question.maximum)
    return value


def _money(question: Question, text: str, _today: date) -> int:
    assert isinstance(question, MoneyQuestion)  # noqa: S101 (for the type checker; the table ensures it)
    try:
        rials = parse_rials(text)
    except InvalidNumber as problem:
        raise AnswerProblem("answers.money.not-a-sum") from problem
    if rials < question.minimum:
        raise AnswerProblem("answers.money.too-small", minimum=question.minimum)
    if rials > question.maximum:
        raise AnswerProblem("answers.money.too-large", maximum=question.maximum)
    return rials


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


def typed_day(text: str) -> date:
    """Return the Gregorian day of a Jalali date as typed.

    :raises AnswerProblem: if there is no such day.
    """
    try:
        return parse_jalali(text)
    except InvalidDate as problem:
        raise AnswerProblem("answers.date.invalid") from problem


def _date(question: Question, text: str, today: date) -> date:
    assert isinstance(question, DateQuestion)  # noqa: S101 (for the type checker; the table ensures it)
    day = typed_day(text)
    if question.past_only and day > today:
        raise AnswerProblem("answers.date.in-future")
    if question.future_only and day < today:
        raise AnswerProblem("answers.date.in-past")
    if question.earliest_days_ago is not None and day < today - timedelta(days=question.earliest_days_ago):
        raise AnswerProblem("answers.date.too-early", days=question.earliest_days_ago)
    return day


def _time(question: Question, text: str, _today: date) -> str:
    assert isinstance(question, TimeQuestion)  # noqa: S101 (for the type checker; the table ensures it)
    found = _TIME.fullmatch(latin_digits(text).strip())
    hour, minute = (found[1] or found[3], found[2] or found[4]) if found else ("", "")
    if not found or int(hour) > 23 or int(minute) > 59:
        raise AnswerProblem("answers.time.invalid")
    time = f"{int(hour):02}:{minute}"
    if time < question.earliest:
        raise AnswerProblem("answers.time.too-early", earliest=question.earliest)
    if time > question.latest:
        raise AnswerProblem("answers.time.too-late", latest=question.latest)
    return time


def _place(_question: Question, text: str, _today: date) -> str:
    code = latin_digits(text)
    if len(code) > 40 or not code.isascii() or not code.replace("-", "").isalnum():
        raise AnswerProblem("answers.place.unknown")
    return code


def identified(parse: Callable[[str], str], text: str) -> str:
    """Return an identifier in its stored form.

    :raises AnswerProblem: with the code of the identifier's rule that it breaks.
    """
    try:
        return parse(text)
    except InvalidIdentifier as problem:
        raise AnswerProblem(problem.code) from problem


def _identifier(parse: Callable[[str], str]) -> Callable[[Question, str, date], str]:
    return lambda _question, text, _today: identified(parse, text)


def _foreigner_id(question: Question, text: str, _today: date) -> str:
    assert isinstance(question, ForeignerIdQuestion)  # noqa: S101 (for the type checker; the table ensures it)
    shortest, longest = question.min_digits, question.max_digits
    try:
        return parse_foreigner_id(text, shortest=shortest, longest=longest)
    except InvalidIdentifier as problem:
        raise AnswerProblem(problem.code, minimum=shortest, maximum=longest) from problem


_PARSERS: Mapping[str, Callable[[Question, str, date], AnswerValue]] = MappingProxyType(
    {
        "text": _text,
        "long-text": _text,
        "number": _number,
        "money": _money,
        "yes-no": _yes_no,
        "consent": _consent,
        "choice": _choice,
        "date": _date,
        "time": _time,
        "place": _place,
        "organization": _identifier(parse_legal_id),
        "foreigner-id": _foreigner_id,
        "mobile": _identifier(parse_mobile),
        "email": _identifier(parse_email),
        "national-code": _identifier(parse_national_code),
        "postal-code": _identifier(parse_postal_code),
        "sheba": _identifier(parse_sheba),
        "plate": _identifier(parse_plate),
    }
)
