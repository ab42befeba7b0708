"""One fact of several answers: what registers told about everybody in the rows of a group, under one name.

The names and values follow the same rule as those of a group's columns (``question_names``): ``<field>_total``,
``_least`` and ``_most`` of numbers, ``_least`` and ``_most`` of days, ``_all`` and ``_any`` of yes and no, and
``<field>`` itself, the list of texts; besides them ``count``, how many were asked about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from divan_libs.servicepack.expressions import ValueType
from divan_libs.servicepack.facts import Fact
from divan_libs.servicepack.models import InquiryNeed, InquiryState, MandateNeed
from divan_libs.servicepack.models.needs import FieldKind, Subject

FIELD_TYPES: Mapping[FieldKind, ValueType] = MappingProxyType(
    {
        FieldKind.TEXT: ValueType.TEXT,
        FieldKind.NUMBER: ValueType.NUMBER,
        FieldKind.YES_NO: ValueType.YES_NO,
        FieldKind.DATE: ValueType.MOMENT,
    }
)
SURENESS = (
    InquiryState.NOT_ASKED,
    InquiryState.ASKED,
    InquiryState.UNKNOWN,
    InquiryState.NOT_MATCHED,
    InquiryState.MATCHED,
)
"""From the least sure to the surest: a denial is surer than silence, and only a confirmation tells fields."""


def is_gathered(need: InquiryNeed | MandateNeed) -> bool:
    """Whether a requirement asks about everybody in the rows of a group."""
    return isinstance(need, InquiryNeed) and isinstance(need.subject, Subject) and need.subject.group is not None


def fact_names(need: InquiryNeed | MandateNeed) -> dict[str, ValueType]:
    """Return the full names that a requirement's fact gives to expressions, with their types."""
    root = f"facts.{need.fact}"
    names = {f"{root}.state": ValueType.TEXT}
    if not is_gathered(need):
        return names | {f"{root}.{code}": FIELD_TYPES[kind] for code, kind in need.fields.items()}
    names[f"{root}.count"] = ValueType.NUMBER
    for code, kind in need.fields.items():
        names.update({f"{root}.{code}{end}": value for end, value in _ENDINGS[kind].items()})
    return names


_ENDINGS: Mapping[FieldKind, Mapping[str, ValueType]] = {
    FieldKind.NUMBER: dict.fromkeys(("_total", "_least", "_most"), ValueType.NUMBER),
    FieldKind.DATE: dict.fromkeys(("_least", "_most"), ValueType.MOMENT),
    FieldKind.YES_NO: dict.fromkeys(("_all", "_any"), ValueType.YES_NO),
    FieldKind.TEXT: {"": ValueType.TEXTS},
}


def gathered(need: InquiryNeed, answers: Sequence[Fact]) -> Fact:
    """Return the fact that these answers make together, one for each person asked about.

    Its state is the least sure of them; of nobody it is matched, with totals of 0, as nothing stands in the way. Fields
    are told only when all matched, so that no total leaves somebody out in silence.
    """
    states = tuple(answer.state for answer in answers)
    state = min(states, key=SURENESS.index, default=InquiryState.MATCHED)
    if state is not InquiryState.MATCHED:
        return Fact(state, {}, states)
    fields: dict[str, Any] = {"count": len(answers)}
    for code, kind in need.fields.items():
        column = [answer.fields[code] for answer in answers if code in answer.fields]
        fields.update(_told(code, kind, column))
    return Fact(state, MappingProxyType(fields), states)


def _told(code: str, kind: FieldKind, column: list[Any]) -> dict[str, Any]:
    extremes = {f"{code}_least": min(column), f"{code}_most": max(column)} if column else {}
    match kind:
        case FieldKind.NUMBER:
            return {f"{code}_total": sum(column), **extremes}
        case FieldKind.DATE:
            return extremes
        case FieldKind.YES_NO:
            return {f"{code}_all": all(column), f"{code}_any": any(column)}
        case FieldKind.TEXT:
            return {code: column}
