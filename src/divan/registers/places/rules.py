"""What makes a row of the divisions acceptable."""

from __future__ import annotations

from collections.abc import Mapping

from divan.registers.places.values import CODE_LENGTH, Level, PlaceRow

PARENT_FIELDS = {
    Level.PROVINCE: (),
    Level.COUNTY: ("ostan",),
    Level.DISTRICT: ("shahrestan",),
    Level.CITY: ("bakhsh",),
    Level.RURAL_DISTRICT: ("bakhsh",),
    Level.VILLAGE: ("dehestan",),
}
"""Which column of the Statistical Centre's list names the parent, by the source's own row id."""


def code_fault(row: PlaceRow) -> str:
    """Return the coded reason why a row's code or name cannot stand, or an empty text."""
    if not row.name:
        return "places.row-without-name"
    if not (row.code.isascii() and row.code.isdigit() and len(row.code) == CODE_LENGTH[row.level]):
        return "places.row-code-malformed"
    if row.level is not Level.PROVINCE and not row.code.startswith(row.parent_code):
        return "places.row-code-outside-parent"
    return ""


def is_inhabitable(level: Level, columns: Mapping[str, str]) -> bool:
    """Whether people can live there: the list marks works and farms (آبادی بلوک) with type 1."""
    return level is not Level.VILLAGE or columns.get("abadi_type", "0") == "0"
