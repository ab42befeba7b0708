"""What was typed into the forms of the secretariat, read: days, codes and choices, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.values import Secrecy, TermCategory, Urgency
from divan.foundation.ui.fields import Field, Option, read_date
from divan.front.texts.answers import problem_text
from divan.front.texts.words import word
from divan_libs.persian.jalali import TEHRAN, InvalidDate, parse_jalali

Problems = dict[str, str]


def line(sent: QueryDict, name: str, most: int = 200) -> str:
    """Return a line as typed, without the spaces around it."""
    return " ".join(sent.get(name, "").split())[:most]


def day(sent: QueryDict, name: str, problems: Problems) -> date | None:
    """Return the day that was typed in Jalali, or None; what is no day is written into the problems."""
    typed = read_date(sent, name)
    if not typed:
        return None
    try:
        return parse_jalali(typed)
    except InvalidDate:
        problems[name] = problem_text("answers.date.invalid", {})
        return None


def end_of_day(on: date | None) -> datetime | None:
    """Return the last moment of a day in Tehran."""
    return datetime.combine(on, time.max, TEHRAN) if on else None


def identifier(text: str) -> UUID | None:
    """Return an identifier, or None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def keywords(typed: str) -> tuple[str, ...]:
    """Return the keywords that were typed with commas of either script between them."""
    parts = typed.replace("،", ",").replace("؛", ",").split(",")
    return tuple(dict.fromkeys(one.strip()[:60] for one in parts if one.strip()))[:20]


def whole(text: str, *, most: int = 999_999) -> int | None:
    """Return a whole number from 0, in the digits of either language; None for what is none."""
    digits = queries.number_key(text)
    return int(digits) if digits.isascii() and digits.isdigit() and int(digits) <= most else None


def errors(problems: Mapping[str, str], name: str) -> list[str]:
    """Return what is wrong with a field as the field takes it."""
    return [problems[name]] if name in problems else []


def secrecy_options(readable: Iterable[Secrecy]) -> list[Option]:
    """Return the classes of secrecy that somebody reads."""
    return [Option(one, word("secrecy", one)) for one in readable]


def urgency_options() -> list[Option]:
    """Return the urgencies."""
    return [Option(one, word("urgency", one)) for one in Urgency]


def term_options(body: UUID, category: TermCategory, language: str) -> list[Option]:
    """Return the words that a body offers in a category."""
    return [Option(one.code, one.text(language)) for one in queries.list_terms(body, category)]


def reason_field(problems: Mapping[str, str], typed: str = "", label: str = "", name: str = "reason") -> Field:
    """Return the question for a reason in writing."""
    said = label or _("Why?")
    return Field(
        name, "long-text", said, "", typed, errors(problems, name), attributes={"rows": "2", "maxlength": "500"}
    )


def one_of(typed: str, options: Iterable[Option]) -> str:
    """Return what was typed if it is one of the options, else nothing."""
    return typed if typed in {one.value for one in options} else ""
