"""Permits, objections, outside orders and invoices of cases."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from divan.dealings.cases import models, rules
from divan.dealings.cases.queries.calendar import work_calendar
from divan.dealings.cases.values import CaseInvoice, Objection, Permit, PermitLine, PermitUnknown
from divan_libs.persian.text import latin_digits
from divan_libs.servicepack.models import Effect, Outcome, Package


def permit_of(row: models.Permit) -> Permit:
    """Return the value of a row; for the rooms of this context."""
    return Permit(
        uuid=row.uuid,
        number=row.number,
        case=row.case.uuid,
        holder=row.holder.uuid,
        service_code=row.service_code,
        state=row.state,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        assess_at=row.assess_at,
        document=row.document_uuid,
    )


def end_of_permit(row: models.Permit | None, package: Package, ending: Outcome, now: datetime) -> datetime | None:
    """Return until when a permit holds once an outcome comes about now; None without end or without a permit.

    ``row`` is None while nothing is granted yet. The letter that is signed prints this day, before the permit stands.
    """
    if row is None and ending.effect is not Effect.GRANTS:
        return None
    start, lasting = now, ending
    if row is not None:
        if ending.effect is not Effect.RENEWS:
            return row.ends_at
        start = max(now, row.ends_at or now)
        lasting = ending if ending.validity is not None else package.flow.outcome(row.outcome) or ending
    return rules.due(start, lasting.validity, work_calendar(now.date())) if lasting.validity else None


def get_permit(permit: UUID) -> Permit:
    """Return a permit.

    :raises PermitUnknown: if there is none.
    """
    row = models.Permit.objects.select_related("case", "holder").filter(uuid=permit).first()
    if row is None:
        raise PermitUnknown
    return permit_of(row)


def find_permit_of_case(case: UUID) -> Permit | None:
    """Return the permit that a case granted, or None."""
    row = models.Permit.objects.select_related("case", "holder").filter(case__uuid=case).first()
    return permit_of(row) if row else None


def list_permits_of(holder: UUID) -> list[Permit]:
    """Return a person's permits, newest first."""
    rows = models.Permit.objects.select_related("case", "holder").filter(holder__uuid=holder).order_by("-starts_at")
    return [permit_of(row) for row in rows]


def list_permits_of_body(
    body: str, *, number: str = "", after: UUID | None = None, limit: int = 50
) -> list[PermitLine]:
    """Return the permits that the services of a body gave, newest first, behind the last one of the page before.

    ``number`` keeps those whose number begins so, in whatever digits it was typed.

    :raises PermitUnknown: if there is no permit ``after``.
    """
    versions: Any = models.Case._meta.get_field("version").related_model
    codes = versions._default_manager.filter(body_code=body).values("service__code")
    rows = models.Permit.objects.select_related("holder").filter(service_code__in=codes)
    if number:
        rows = rows.filter(number__startswith=latin_digits(number).strip())
    if after is not None:
        last = models.Permit.objects.only("id", "starts_at").filter(uuid=after).first()
        if last is None:
            raise PermitUnknown
        rows = rows.filter(Q(starts_at__lt=last.starts_at) | Q(starts_at=last.starts_at, id__lt=last.id))
    return [
        PermitLine(
            uuid=row.uuid,
            number=row.number,
            holder=row.holder.uuid,
            service_code=row.service_code,
            state=row.state,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
        )
        for row in rows.order_by("-starts_at", "-id")[:limit]
    ]


def list_permits_ending(now: datetime, *, limit: int = 100) -> list[UUID]:
    """Return permits in force whose time is over."""
    rows = models.Permit.objects.filter(state="in-force", ends_at__lte=now).order_by("ends_at")
    return list(rows.values_list("uuid", flat=True)[:limit])


def list_permits_to_assess(now: datetime, *, limit: int = 100) -> list[UUID]:
    """Return permits in force whose reassessment is due."""
    rows = models.Permit.objects.filter(state="in-force", assess_at__lte=now).order_by("assess_at")
    return list(rows.values_list("uuid", flat=True)[:limit])


def list_objections(case: UUID) -> list[Objection]:
    """Return the objections of a case, oldest first."""
    rows = models.Objection.objects.select_related("case", "decision").filter(case__uuid=case).order_by("id")
    return [
        Objection(
            uuid=row.uuid,
            case=row.case.uuid,
            decision=row.decision.uuid,
            text=row.text,
            raised_at=row.raised_at,
            state=row.state,
            ended_at=row.ended_at,
        )
        for row in rows
    ]


def invoice_of(row: models.CaseInvoice) -> CaseInvoice:
    """Return the value of a row; for the rooms of this context."""
    return CaseInvoice(
        invoice=row.invoice_uuid, amount=row.amount, state=row.state, issued_at=row.issued_at, paid_at=row.paid_at
    )


def list_case_invoices(case: UUID) -> list[CaseInvoice]:
    """Return what a case had to pay, oldest first."""
    return [invoice_of(row) for row in models.CaseInvoice.objects.filter(case__uuid=case).order_by("id")]


def list_reassessments(*, limit: int = 100) -> list[UUID]:
    """Return drafts that time itself began and whose registers have all answered."""
    asked = models.CaseNeed.objects.filter(state="asked").values("case_id")
    rows = models.Case.objects.filter(state="draft", permit__isnull=False, begun_by_itself=True).exclude(pk__in=asked)
    return list(rows.order_by("id").values_list("uuid", flat=True)[:limit])


def key_of_version(version: UUID) -> int:
    """Return the key of a version's row; its model is another context's and stays unnamed."""
    target: Any = models.Case._meta.get_field("version").related_model
    key: int = target._default_manager.values_list("pk", flat=True).get(uuid=version)
    return key
