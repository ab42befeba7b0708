"""Registers as questions: which letters they take, and the formula of their numbers with an example of it."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import QueryDict
from django.utils.translation import gettext as _

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.values import (
    Direction,
    FormulaUnfit,
    NumberFormula,
    NumberPart,
    Register,
    Secretariat,
)
from divan.foundation.ui.fields import Field, Option
from divan.foundation.ui.numbers import digits
from divan.front.backoffice.secretariat.reading import Problems, errors, line, whole
from divan.front.texts.words import word

MOST_PARTS = 6
EXAMPLE = 125


def register_fields(typed: Mapping[str, str] | QueryDict, problems: Mapping[str, str], takes: list[str]) -> list[Field]:
    """Return the questions of a register: names, directions, and up to six parts of its numbers."""

    def text(name: str, label: str, *, required: bool = True, hint: str = "") -> Field:
        return Field(name, "text", label, hint, typed.get(name, ""), errors(problems, name), required)

    return [
        text("name_fa", _("Name in Persian")),
        text("name_en", _("Name in English"), required=False),
        Field(
            "takes",
            "choices",
            _("Which letters does it number?"),
            "",
            takes,
            errors(problems, "takes"),
            options=[Option(one, word("direction", one)) for one in Direction],
        ),
        *(_part_field(at, typed, problems) for at in range(1, MOST_PARTS + 1)),
        text("separator", _("Sign between the parts"), hint=_("For example / or -")),
        text("text", _("A text of your own"), required=False, hint=_("Stands where that part was chosen.")),
        Field(
            "digits",
            "number",
            _("Digits of the count"),
            _("Shorter counts get zeros before them; 0 for none."),
            typed.get("digits", "0"),
            errors(problems, "digits"),
            required=False,
        ),
    ]


def _part_field(at: int, typed: Mapping[str, str] | QueryDict, problems: Mapping[str, str]) -> Field:
    return Field(
        f"part-{at}",
        "select",
        _("Part %(number)s of the number") % {"number": digits(at)},
        "",
        typed.get(f"part-{at}", ""),
        errors(problems, f"part-{at}"),
        required=False,
        options=[Option("", "–"), *(Option(one, word("number-part", one)) for one in NumberPart)],
    )


def typed_of(register: Register) -> tuple[dict[str, str], list[str]]:
    """Return a register as its questions are answered now."""
    said = {
        "name_fa": register.name_fa,
        "name_en": register.name_en,
        "separator": register.formula.separator,
        "text": register.formula.text,
        "digits": str(register.formula.digits),
    }
    said |= {f"part-{at}": str(part) for at, part in enumerate(register.formula.parts, start=1)}
    return said, [str(one) for one in register.takes]


def first_typed() -> tuple[dict[str, str], list[str]]:
    """Return what a new register begins with."""
    parts = (NumberPart.SECRETARIAT, NumberPart.YEAR, NumberPart.COUNT)
    said = {"separator": "/", "digits": "0"}
    said |= {f"part-{at}": str(part) for at, part in enumerate(parts, start=1)}
    return said, []


def read_formula(sent: QueryDict, problems: Problems) -> NumberFormula:
    """Return the formula that was typed; what makes it unfit is written into the problems."""
    chosen = [sent.get(f"part-{at}", "") for at in range(1, MOST_PARTS + 1)]
    places = whole(sent.get("digits", "") or "0", most=9)
    if places is None:
        problems["digits"] = _("Write a number from 0 to 9.")
    formula = NumberFormula(
        parts=tuple(NumberPart(one) for one in chosen if one in set(NumberPart)),
        separator=sent.get("separator", "").strip()[:3],
        text=line(sent, "text", 20),
        digits=places or 0,
    )
    try:
        queries.example_of(formula, register="", secretariat="", year=1405, count=EXAMPLE)
    except FormulaUnfit as refusal:
        problems[_place(str(refusal.facts.get("reason", "")))] = _why(str(refusal.facts.get("reason", "")))
    return formula


def _place(reason: str) -> str:
    return {"separator": "separator", "text": "text"}.get(reason, "part-1")


def _why(reason: str) -> str:
    said = {
        "parts": _("A number has two to six parts."),
        "count-and-year": _("A number has the count once and the year once."),
        "separator": _("Write a sign that is no letter and no digit."),
        "text": _("The text must not hold the sign between the parts."),
    }
    return said.get(reason, _("By this formula two letters could get the same number."))


def read_takes(sent: QueryDict, problems: Problems) -> tuple[Direction, ...]:
    """Return the directions that were chosen."""
    chosen = tuple(one for one in Direction if one in sent.getlist("takes"))
    if not chosen:
        problems["takes"] = _("Choose one at least.")
    return chosen


def example(formula: NumberFormula, secretariat: Secretariat, register: str, year: int) -> str:
    """Return how a number is written by a formula, or nothing for a formula that is none."""
    try:
        return queries.example_of(formula, register=register, secretariat=secretariat.code, year=year, count=EXAMPLE)
    except FormulaUnfit:
        return ""
