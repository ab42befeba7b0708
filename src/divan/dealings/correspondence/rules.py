"""What correspondence decides."""

from __future__ import annotations

from collections.abc import Mapping

from divan.dealings.correspondence.values import (
    FormulaUnfit,
    LetterNotSigned,
    LetterState,
    NumberFormula,
    NumberPart,
)


def require_signed(state: LetterState) -> None:
    """Refuse to file what is not fully signed.

    :raises LetterNotSigned: unless the letter is signed.
    """
    if state is not LetterState.SIGNED:
        raise LetterNotSigned


MOST_PARTS = 6


def require_fit(formula: NumberFormula) -> None:
    """Refuse a formula that is no formula, or by which two letters of a register could be written with one number.

    :raises FormulaUnfit: with more than six parts, without the count or with two, without a year, or with digits next
        to each other that nothing separates.
    """
    parts = formula.parts
    years = [part for part in parts if part in {NumberPart.YEAR, NumberPart.SHORT_YEAR}]
    if not 2 <= len(parts) <= MOST_PARTS:
        raise FormulaUnfit(reason="parts")
    if parts.count(NumberPart.COUNT) != 1 or len(years) != 1:
        raise FormulaUnfit(reason="count-and-year")
    if not formula.separator or any(char.isalnum() for char in formula.separator):
        raise FormulaUnfit(reason="separator")
    if formula.separator in formula.text or not 0 <= formula.digits <= 9:
        raise FormulaUnfit(reason="text")


def read_formula(data: Mapping[str, object]) -> NumberFormula:
    """Return the formula that a register's row keeps; an empty one is code, year and count."""
    if not data:
        return NumberFormula()
    parts = data.get("parts")
    return NumberFormula(
        parts=tuple(NumberPart(one) for one in parts) if isinstance(parts, list) else NumberFormula().parts,
        separator=str(data.get("separator", "/")),
        text=str(data.get("text", "")),
        digits=int(str(data.get("digits", 0))),
    )


def formula_data(formula: NumberFormula) -> dict[str, object]:
    """Return a formula as a register's row keeps it."""
    return {
        "parts": [str(part) for part in formula.parts],
        "separator": formula.separator,
        "text": formula.text,
        "digits": formula.digits,
    }


def write_number(
    formula: NumberFormula,
    *,
    register: str,
    secretariat: str,
    year: int,
    count: int,
    kind: str = "",
    direction: str = "",
    unit: str = "",
    archive_class: str = "",
) -> str:
    """Write a letter's number by a formula; a part that has nothing to say is left out with its separator."""
    said = {
        NumberPart.SECRETARIAT: secretariat,
        NumberPart.REGISTER: register,
        NumberPart.YEAR: str(year),
        NumberPart.SHORT_YEAR: f"{year % 100:02d}",
        NumberPart.COUNT: str(count).zfill(formula.digits),
        NumberPart.UNIT: unit,
        NumberPart.KIND: kind,
        NumberPart.DIRECTION: direction[:1],
        NumberPart.CLASS: archive_class,
        NumberPart.TEXT: formula.text,
    }
    return formula.separator.join(said[part] for part in formula.parts if said[part])
