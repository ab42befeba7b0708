"""Records that other bodies ask for: what a decision tells, and what holds about a subject at a moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from divan.dealings.cases import models
from divan.dealings.cases.queries.beneficiaries import name_of_beneficiary
from divan.dealings.cases.queries.contexts import context_of
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.values import Record
from divan.dealings.correspondence import queries as letters
from divan.registers.places import queries as places
from divan.registers.places.values import Level
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.answer_values import AnswerValue
from divan_libs.servicepack.answers import to_json
from divan_libs.servicepack.asking import beneficiary, named
from divan_libs.servicepack.evaluation import Evaluator
from divan_libs.servicepack.fees import FeeUndetermined, fee_of
from divan_libs.servicepack.models import CaseField, DecisionField, OutputField, Package, RecordTemplate
from divan_libs.servicepack.models.needs import Subject

Told = str | int | bool
_PARTS = ("national_code", "postal_code", "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class RawSources:
    """A case as records tell it: values, not words, so that the next service reckons with them."""

    package: Package
    row: models.Case
    evaluator: Evaluator
    answers: Mapping[str, AnswerValue]
    permit: models.Permit | None
    decision: models.Decision | None


def raw_sources(row: models.Case, package: Package, now: datetime) -> RawSources:
    """Return where the fields of a case's records come from."""
    context = context_of(case_of(row), package, now.astimezone(TEHRAN).date())
    evaluator = Evaluator(package, context)
    return RawSources(
        package=package,
        row=row,
        evaluator=evaluator,
        answers=evaluator.view().answers,
        permit=models.Permit.objects.filter(Q(pk=row.permit_id) if row.permit_id else Q(case=row)).first(),
        decision=models.Decision.objects.filter(case=row).order_by("-number").first(),
    )


def subjects_of(record: RecordTemplate, sources: RawSources) -> list[str]:
    """Return the codes of everybody whom a record is about."""
    applicant = sources.row.applicant.national_code
    match record.subject:
        case "applicant":
            return [applicant]
        case "beneficiary":
            return [beneficiary(sources.package, sources.answers, applicant=applicant)]
        case Subject() as subject:
            reports = sources.evaluator.context.reports
            return list(dict.fromkeys(code for code, _row in named(sources.package, subject, sources.answers, reports)))
    return []


def record_fields(record: RecordTemplate, sources: RawSources) -> dict[str, Told]:
    """Return a record's fields as whole numbers, yes or no, and texts; days are ISO texts, what is open is left out."""
    told = {entry.code: _plain(_value(entry, sources)) for entry in record.fields}
    return {code: value for code, value in told.items() if value is not None}


def _value(entry: OutputField, sources: RawSources) -> object:
    context = sources.evaluator.context
    if entry.answer is not None:
        return sources.answers.get(entry.answer)
    if entry.place is not None and entry.level is not None:
        code, level = sources.answers.get(entry.place), Level(entry.level.value)
        line = places.lineage(code) if isinstance(code, str) else []
        return next((place.code for place in line if place.level == level), None)
    if entry.fact is not None and entry.field is not None:
        fact = context.facts.get(entry.fact)
        return fact.fields.get(entry.field) if fact else None
    if entry.report is not None:
        return context.reports.get(entry.report)
    if entry.table is not None:
        return sources.evaluator.table_value(entry.table, sources.answers)
    return _of_case(entry, sources)


def _of_case(entry: OutputField, sources: RawSources) -> object:
    row, permit, decision = sources.row, sources.permit, sources.decision
    known: Mapping[str, Callable[[], object]] = {
        CaseField.NUMBER: lambda: row.number,
        CaseField.PERMIT_NUMBER: lambda: permit.number if permit else row.number,
        CaseField.SUBMITTED_ON: lambda: row.submitted_at,
        CaseField.DUE_ON: lambda: row.due_at,
        CaseField.VALID_UNTIL: lambda: permit.ends_at if permit else None,
        CaseField.BENEFICIARY: lambda: name_of_beneficiary(case_of(row), sources.package, sources.evaluator.context),
        CaseField.FEE: lambda: _fee(sources),
        DecisionField.TEXT: lambda: decision.text if decision else None,
        DecisionField.REQUIREMENTS: lambda: ", ".join(decision.codes) if decision else None,
        DecisionField.LETTER_DATE: lambda: decision.signed_at if decision else None,
        DecisionField.LETTER_NUMBER: lambda: _letter_number(decision),
    }
    wanted = known.get(entry.case or entry.decision or "")
    return wanted() if wanted else None


def _fee(sources: RawSources) -> int | None:
    try:
        return fee_of(sources.package, sources.evaluator.context).total
    except FeeUndetermined:
        return None


def _letter_number(decision: models.Decision | None) -> str | None:
    if decision is None or decision.letter_uuid is None:
        return None
    return str(letters.get_letter(decision.letter_uuid).number)


def _plain(value: object) -> Told | None:
    if isinstance(value, datetime):
        return value.astimezone(TEHRAN).date().isoformat()
    if isinstance(value, Mapping):
        return next((str(value[part]) for part in _PARTS if part in value), None)
    if isinstance(value, tuple | list):
        return ", ".join(str(one) for one in value)
    plain = to_json(value) if value is not None else None  # type: ignore[arg-type]  # values of a case
    return plain if isinstance(plain, str | int | bool) else None


def record_of(row: models.IssuedRecord) -> Record:
    """Return the value of a row; for the rooms of this context."""
    return Record(
        uuid=row.uuid,
        case=row.case.uuid,
        record=row.record,
        data_service=row.data_service,
        subject=row.subject_code,
        fields=row.fields,
        published_at=row.published_at,
        valid_until=row.valid_until,
        ended_at=row.ended_at,
    )


def find_record(data_service: str, subject: str, at: datetime) -> Record | None:
    """Return the newest record about a subject that holds at a moment, or None."""
    row = (
        models.IssuedRecord.objects.select_related("case")
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gt=at))
        .filter(data_service=data_service, subject_code=subject, ended_at__isnull=True, published_at__lte=at)
        .order_by("-published_at", "-id")
        .first()
    )
    return record_of(row) if row else None
