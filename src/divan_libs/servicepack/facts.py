"""What an inquiry has brought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from divan_libs.servicepack.models import InquiryState
from divan_libs.servicepack.models.needs import FieldKind


@dataclass(frozen=True, slots=True)
class Fact:
    """The state of an inquiry, and the fields when it matched.

    ``states`` are those of each person asked about where a fact is gathered from the rows of a group; empty otherwise.
    """

    state: InquiryState = InquiryState.NOT_ASKED
    fields: Mapping[str, Any] = field(default_factory=dict)
    states: tuple[InquiryState, ...] = ()

    def may_proceed(self, proceeds_when: tuple[str, ...]) -> bool:
        """Whether a requirement that proceeds in these states may do so: of everybody asked about, not of the worst."""
        return all(state in proceeds_when for state in self.states or (self.state,))


class FieldFaulty(Exception):
    """A register told a field that a package declares in another type, or not at all."""

    code = "needs.field-faulty"

    def __init__(self, field_code: str, reason: str) -> None:
        self.field = field_code
        self.reason = reason
        super().__init__(f"{field_code}: {reason}")


def declared_fields(declared: Mapping[str, FieldKind], told: Mapping[str, Any]) -> dict[str, str | int | bool]:
    """Return the declared fields of what a register told, in the types declared, days as ISO text; nothing is coerced.

    :raises FieldFaulty: if one is absent, or of another type.
    """
    fields: dict[str, str | int | bool] = {}
    for code, kind in declared.items():
        if code not in told:
            raise FieldFaulty(code, "absent")
        if not _is_of(kind, told[code]):
            raise FieldFaulty(code, f"not-{kind}")
        fields[code] = told[code]
    return fields


def _is_of(kind: FieldKind, value: object) -> bool:
    match kind:
        case FieldKind.TEXT:
            return isinstance(value, str)
        case FieldKind.NUMBER:
            return isinstance(value, int) and not isinstance(value, bool)
        case FieldKind.YES_NO:
            return isinstance(value, bool)
        case FieldKind.DATE:
            return isinstance(value, str) and _is_day(value)


def _is_day(text: str) -> bool:
    try:
        return len(text) == len("2026-01-31") and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def fields_as_values(declared: Mapping[str, FieldKind], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored fields as expressions take them: days as days."""
    return {
        code: date.fromisoformat(value) if declared.get(code) is FieldKind.DATE and isinstance(value, str) else value
        for code, value in stored.items()
    }
