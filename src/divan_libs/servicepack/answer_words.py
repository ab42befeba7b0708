"""Answers as people read them: options by their texts, days in Jalali, sums in tomans and words, rows one by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from divan_libs.persian.amounts import LARGEST_RIALS, rials_in_words
from divan_libs.persian.jalali import TEHRAN, format_jalali
from divan_libs.persian.text import persian_digits
from divan_libs.servicepack.answer_values import AnswerValue, AnyAsked
from divan_libs.servicepack.models import Package, Question
from divan_libs.servicepack.models.form import GroupQuestion, TableQuestion
from divan_libs.servicepack.question_texts import inner_key, inner_questions, key_of

PlaceName = Callable[[str], str | None]
"""Gives the name of a place by its code, or None where the register does not have it."""

_WORD = re.compile(r"\S+")
_LATIN = re.compile(r"[A-Za-z]", re.ASCII)
_ISLAND, _RIGHT_TO_LEFT, _LEFT_TO_RIGHT, _ISLAND_ENDS = "\u2066", "\u2067", "\u200e", "\u2069"


@dataclass(frozen=True, slots=True)
class RowInWords:
    """A row of a group or a table: its heading, and label and words of each answer in it."""

    heading: str
    answers: tuple[tuple[str, str], ...]


def answer_in_words(
    package: Package,
    question: Question,
    value: AnswerValue,
    language: str = "fa",
    place_name: PlaceName | None = None,
) -> str:
    """Return an answer as people read it, in one text; the rows of a group or table stand on a line each.

    A declaration that was ticked reads as its own wording, files as their number. A place reads as its code unless
    ``place_name`` tells its name.
    """
    if isinstance(question, GroupQuestion | TableQuestion):
        separator, colon = ("؛ ", ": ") if language == "fa" else ("; ", ": ")
        return "\n".join(
            f"{row.heading}{colon}" + separator.join(f"{label}{colon}{words}" for label, words in row.answers)
            for row in rows_in_words(package, question, value, language, place_name)
        )
    return _words(package, question, key_of(question), value, language, place_name)


def rows_in_words(
    package: Package,
    question: GroupQuestion | TableQuestion,
    value: AnswerValue,
    language: str = "fa",
    place_name: PlaceName | None = None,
) -> list[RowInWords]:
    """Return the rows of a group («فرزند ۱») or of a table (its row's text) with their answers in words."""
    key = key_of(question)
    if isinstance(question, TableQuestion):
        given = value if isinstance(value, Mapping) else {}
        rows = [(package.text(f"{key}.rows.{row}", language), given[row]) for row in question.rows if row in given]
    else:
        heading = package.text(f"{key}.row", language)
        entries = value if isinstance(value, tuple) else ()
        rows = [(f"{heading} {_digits(str(n), language)}", row) for n, row in enumerate(entries, start=1)]
    return [
        RowInWords(
            heading,
            tuple(
                (
                    package.text(f"{inner_key(question, inner)}.label", language),
                    _words(package, inner, inner_key(question, inner), row[inner.code], language, place_name),
                )
                for inner in inner_questions(question)
                if isinstance(row, Mapping) and inner.code in row
            ),
        )
        for heading, row in rows
    ]


def value_in_words(value: object, language: str) -> str:
    """Return a value that no question explains: days in Jalali, lists as their number, digits of the language."""
    if isinstance(value, date):
        return format_jalali(value, language=_language(language))
    return _digits(str(len(value)) if isinstance(value, tuple) else str(value), language)


def _language(language: str) -> Literal["fa", "en"]:
    return "en" if language == "en" else "fa"


def _digits(text: str, language: str) -> str:
    """Return a text with Persian figures in Persian; a word with Latin letters is a code, and stays as it was given."""
    if language == "en":
        return text
    return _WORD.sub(lambda word: word[0] if _LATIN.search(word[0]) else persian_digits(word[0]), text)


def _words(
    package: Package, question: AnyAsked, key: str, value: AnswerValue, language: str, place_name: PlaceName | None
) -> str:
    options = _options(question, value)
    if options is not None:
        separator = "، " if language == "fa" else ", "
        return separator.join(package.text(f"{key}.options.{option}", language) for option in options)
    if question.type == "consent":
        return package.text(f"{key}.label", language)
    if question.type == "place" and place_name is not None:
        return place_name(str(value)) or _digits(str(value), language)
    if question.type in _COMPOSED and isinstance(value, Mapping):
        return _COMPOSED[question.type](value, language)
    if question.type in _WRITTEN and not isinstance(value, Mapping):
        return _WRITTEN[question.type](value, language)
    return value_in_words(value, language)


def _options(question: AnyAsked, value: AnswerValue) -> Sequence[str] | None:
    """Return the options that were chosen, or None for a question without options."""
    match question.type:
        case "yes-no":
            return ["yes" if value else "no"]
        case "choice":
            return [str(value)]
        case "choices" if isinstance(value, tuple):
            return [str(option) for option in value]
    return None


def _money(value: AnswerValue, language: str) -> str:
    if not isinstance(value, int) or not 0 <= value <= LARGEST_RIALS:
        return value_in_words(value, language)
    return rials_in_words(value, _language(language))


def _sheba(value: AnswerValue, language: str) -> str:
    return f"{_ISLAND}{_digits(' '.join(_fours(str(value))), language)}{_ISLAND_ENDS}"


def _fours(text: str) -> list[str]:
    return [text[at : at + 4] for at in range(0, len(text), 4)]


def plate_in_words(plate: str, language: str = "fa") -> str:
    """Return a plate in one island: from right to left as Persian is written, in English as it stands on the vehicle.

    The letter between the digits would turn their order round in a line of the other direction.
    """
    typed = plate_as_typed(plate, language)
    if language == "fa":
        return f"{_RIGHT_TO_LEFT}{typed}{_ISLAND_ENDS}"
    front, letter, rest = typed.split(" ", 2)
    return f"{_ISLAND}{front} {letter}{_LEFT_TO_RIGHT} {rest}{_ISLAND_ENDS}"


def plate_as_typed(plate: str, language: str = "fa") -> str:
    """Return a plate as a person types it, without marks: «۱۲ ب ۳۴۵ ایران ۶۷»."""
    front, _, region = plate.partition("-")
    country = "ایران" if language == "fa" else "IR"
    return _digits(f"{front[:2]} {front[2:-3]} {front[-3:]} {country} {region}", language)


def _person(value: Mapping[str, AnswerValue], language: str) -> str:
    born = value.get("born_on")
    day = format_jalali(born, language=_language(language)) if isinstance(born, date) else ""
    code = _digits(str(value.get("national_code", "")), language)
    return f"کد ملی {code}، متولد {day}" if language == "fa" else f"national code {code}, born {day}"


def _address(value: Mapping[str, AnswerValue], language: str) -> str:
    order = ("province", "county", "city", "lines")
    parts = [_digits(str(value[part]), language) for part in order if part in value]
    if language != "fa":
        parts.reverse()
    code = value.get("postal_code")
    if code is not None:
        parts.append(f"کد پستی {_digits(str(code), language)}" if language == "fa" else f"postal code {code}")
    return ("، " if language == "fa" else ", ").join(parts)


def _signature(value: Mapping[str, AnswerValue], language: str) -> str:
    name = str(value.get("name", ""))
    if "signed_at" not in value:
        return name
    moment = datetime.fromisoformat(str(value["signed_at"])).astimezone(TEHRAN)
    day, time = format_jalali(moment.date(), language=_language(language)), _digits(f"{moment:%H:%M}", language)
    return f"{name}، امضا در {day} ساعت {time}" if language == "fa" else f"{name}, signed on {day} at {time}"


_COMPOSED: Mapping[str, Callable[[Mapping[str, AnswerValue], str], str]] = {
    "person": _person,
    "address": _address,
    "signature": _signature,
}
_WRITTEN: Mapping[str, Callable[[AnswerValue, str], str]] = {
    "money": _money,
    "sheba": _sheba,
    "plate": lambda value, language: plate_in_words(str(value), language),
    "email": lambda value, _language: str(value),
}
