"""What documents and messages of a case are filled from, in words."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q

from divan.dealings.cases import models
from divan.dealings.cases.queries.beneficiaries import name_of_beneficiary
from divan.dealings.cases.queries.contexts import context_of
from divan.dealings.cases.queries.dossier import LEFT_TO_RIGHT
from divan.dealings.cases.queries.permits import end_of_permit
from divan.dealings.cases.values import Case
from divan.registers.places import queries as places
from divan.registers.places.values import Level
from divan_libs.persian.jalali import TEHRAN, format_jalali
from divan_libs.persian.text import persian_digits
from divan_libs.servicepack.evaluation import Evaluator
from divan_libs.servicepack.fees import FeeUndetermined, fee_of
from divan_libs.servicepack.filling import Sources
from divan_libs.servicepack.models import CaseField, Outcome, OutputField, Package, PlaceLevel


def output_sources(
    case: Case,
    package: Package,
    *,
    today: date,
    language: str,
    base_url: str,
    decision: dict[str, str] | None = None,
    ending: tuple[Outcome, datetime] | None = None,
) -> Sources:
    """Return where the fields of documents and messages come from, already in words of a language.

    ``ending`` is an outcome that is about to come about and when: until when its permit holds is then told beforehand.
    """
    context = context_of(case, package, today)
    number = case.number if language == "en" else LEFT_TO_RIGHT + persian_digits(case.number)

    def day(moment: datetime | None) -> str:
        return (
            format_jalali(moment.astimezone(TEHRAN).date(), "long", "en" if language == "en" else "fa")
            if moment
            else ""
        )

    def place_name(code: str, level: PlaceLevel) -> str | None:
        return next((place.name for place in places.lineage(code) if place.level == Level(level.value)), None)

    evaluator = Evaluator(package, context)
    visible = evaluator.view().answers
    return Sources(
        answers=visible,
        facts=context.facts,
        reports=context.reports,
        table=lambda table: evaluator.table_value(table, visible),
        case={
            CaseField.NUMBER: number,
            CaseField.TRACKING_ADDRESS: f"{base_url}/track/",
            CaseField.SUBMITTED_ON: day(case.submitted_at),
            CaseField.DUE_ON: day(case.due_at),
            **(_fields_of_permit(case, package, language, ending) if _speaks_of_permits(package) else {}),
        },
        plain=_plain(case),
        decision=decision or {},
        place_name=place_name,
    )


def _plain(case: Case) -> dict[str, object]:
    """Return what machines are told of a case: its number as it is printed in Latin figures, days in ISO form."""

    def day(moment: datetime | None) -> str | None:
        return moment.astimezone(TEHRAN).date().isoformat() if moment else None

    return {
        CaseField.NUMBER: case.number,
        CaseField.SUBMITTED_ON: day(case.submitted_at),
        CaseField.DUE_ON: day(case.due_at),
    }


_OF_PERMITS = frozenset({CaseField.BENEFICIARY, CaseField.PERMIT_NUMBER, CaseField.VALID_UNTIL, CaseField.FEE})


def _speaks_of_permits(package: Package) -> bool:
    """Return whether any output of a package needs what costs further queries."""
    outputs = package.outputs
    fields: list[OutputField] = [entry for document in outputs.documents for entry in document.fields]
    fields += [entry for message in outputs.messages for entry in message.fields]
    fields += [entry for record in outputs.records for entry in record.fields]
    return any(entry.case in _OF_PERMITS for entry in fields)


def _fields_of_permit(
    case: Case, package: Package, language: str, ending: tuple[Outcome, datetime] | None
) -> dict[str, str]:
    """Return whom a case is for, what it costs, and the permit it concerns or has granted, in words of a language."""
    row = models.Permit.objects.filter(Q(uuid=case.permit) if case.permit else Q(case__uuid=case.uuid)).first()
    number, until = (row.number, row.ends_at) if row else (case.number, None)
    if ending is not None:
        until = end_of_permit(row, package, *ending)
    fields: dict[str, str] = {
        CaseField.BENEFICIARY: name_of_beneficiary(case, package, context_of(case, package, _day_of(case))),
        CaseField.PERMIT_NUMBER: number if language == "en" else LEFT_TO_RIGHT + persian_digits(number),
    }
    if until is not None:
        day = until.astimezone(TEHRAN).date()
        fields[CaseField.VALID_UNTIL] = format_jalali(day, "long", "en" if language == "en" else "fa")
    try:
        total = str(fee_of(package, context_of(case, package, _day_of(case))).total)
        fields[CaseField.FEE] = total if language == "en" else persian_digits(total)
    except FeeUndetermined:
        pass
    return fields


def _day_of(case: Case) -> date:
    """Return the day whose tariffs count for a case: that of its submission, else of its last change."""
    return (case.submitted_at or case.changed_at).astimezone(TEHRAN).date()
