"""Fill documents and messages: every value becomes words in the reader's language, and stays data."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from divan_libs.servicepack.answer_values import AnswerValue
from divan_libs.servicepack.answer_words import answer_in_words, value_in_words
from divan_libs.servicepack.evaluation import Fact
from divan_libs.servicepack.models import OutputField, Package, PlaceLevel
from divan_libs.servicepack.stored_answers import to_json

__all__ = [
    "PLACEHOLDER",
    "FieldUnavailable",
    "Sources",
    "answer_in_words",
    "field_values",
    "fill_text",
    "message_parts",
]

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_GSM = re.compile(r"[@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉA-Za-z0-9¡ÄÖÑÜ§¿äöñüà \n\r!\"#¤%&'()*+,\-./:;<=>?]*")


class FieldUnavailable(Exception):
    """A document or message needs something that this case does not have."""

    code = "outputs.field-unavailable"

    def __init__(self, field_code: str) -> None:
        self.field = field_code
        super().__init__(field_code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where fields come from: visible answers, facts, and what the house knows, already in words.

    ``place_name`` gives the name of an answered place's ancestor at a level (or of the place itself).
    ``case`` and ``decision`` are keyed by ``CaseField`` and ``DecisionField``; ``plain`` gives fields of the case as
    machines exchange them. ``reports`` are officers' answers, and ``table`` gives what a decision table says of it.
    """

    answers: Mapping[str, AnswerValue]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    case: Mapping[str, str] = field(default_factory=dict)
    plain: Mapping[str, object] = field(default_factory=dict)
    decision: Mapping[str, str] = field(default_factory=dict)
    place_name: Callable[[str, PlaceLevel], str | None]
    reports: Mapping[str, AnswerValue] = field(default_factory=dict)
    table: Callable[[str], object] = lambda _code: None


def field_values(
    package: Package, fields: tuple[OutputField, ...], sources: Sources, language: str = "fa"
) -> dict[str, str]:
    """Return each field in words; an answer that was left open or is hidden becomes an empty text.

    :raises FieldUnavailable: if the case, the decision or the register of places does not have it.
    """
    return {entry.code: _value(package, entry, sources, language) for entry in fields}


def raw_values(fields: tuple[OutputField, ...], sources: Sources) -> dict[str, object]:
    """Return each field as machines exchange it: numbers as numbers, days in ISO form, answers as JSON keeps them.

    What a case does not have is left out. Names of places stay words; what the house knows of a case is taken as
    ``Sources.plain`` has it, and stays words only where that says nothing.
    """
    found = {entry.code: _raw(entry, sources) for entry in fields}
    return {code: value for code, value in found.items() if value is not None}


def _raw(entry: OutputField, sources: Sources) -> object:
    if entry.answer is not None:
        value = sources.answers.get(entry.answer)
        return None if value is None else to_json(value)
    if entry.report is not None:
        told = sources.reports.get(entry.report)
        return None if told is None else to_json(told)
    if entry.place is not None and entry.level is not None:
        code = sources.answers.get(entry.place)
        return sources.place_name(code, entry.level) if isinstance(code, str) else None
    if entry.fact is not None and entry.field is not None:
        fact = sources.facts.get(entry.fact)
        known = fact.fields.get(entry.field) if fact else None
        return known.isoformat() if isinstance(known, date) else known
    if entry.table is not None:
        return sources.table(entry.table)
    if entry.case is not None:
        return sources.plain.get(entry.case, sources.case.get(entry.case))
    return sources.decision.get(str(entry.decision))


def fill_text(template: str, values: Mapping[str, str]) -> str:
    """Put values for ``{name}`` placeholders; nothing but plain names is understood, so a value is never evaluated.

    :raises FieldUnavailable: if a placeholder has no value.
    """

    def value_of(found: re.Match[str]) -> str:
        if found[1] not in values:
            raise FieldUnavailable(found[1])
        return values[found[1]]

    return PLACEHOLDER.sub(value_of, template)


def message_parts(text: str) -> int:
    """Return how many parts a short message takes (GSM 03.38 seven-bit: 160 or 153 each; otherwise UCS-2: 70 or 67)."""
    if _GSM.fullmatch(text):
        return 1 if len(text) <= 160 else -(-len(text) // 153)
    units = len(text.encode("utf-16-le")) // 2
    return 1 if units <= 70 else -(-units // 67)


def _value(package: Package, entry: OutputField, sources: Sources, language: str) -> str:
    if entry.answer is not None:
        question, value = package.form.question(entry.answer), sources.answers.get(entry.answer)
        return "" if question is None or value is None else answer_in_words(package, question, value, language)
    if entry.report is not None:
        return _report_in_words(package, entry.report, sources, language)
    found: str | None = None
    if entry.place is not None and entry.level is not None:
        code = sources.answers.get(entry.place)
        found = sources.place_name(code, entry.level) if isinstance(code, str) else None
    elif entry.fact is not None and entry.field is not None:
        fact = sources.facts.get(entry.fact)
        value_of_fact = fact.fields.get(entry.field) if fact else None
        found = None if value_of_fact is None else value_in_words(value_of_fact, language)
    elif entry.table is not None:
        told = sources.table(entry.table)
        found = None if told is None else value_in_words(told, language)
    elif entry.case is not None:
        found = sources.case.get(entry.case)
    elif entry.decision is not None:
        found = sources.decision.get(entry.decision)
    if found is None:
        raise FieldUnavailable(entry.code)
    return found


def _report_in_words(package: Package, code: str, sources: Sources, language: str) -> str:
    question = next((asked for asked in package.flow.report_questions() if asked.code == code), None)
    value = sources.reports.get(code)
    return "" if question is None or value is None else answer_in_words(package, question, value, language)
