"""Visits: a time is taken, changed or given up; of two who want the last seat one gets it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.cases import models, queries, rules
from divan.dealings.cases.actions.locking import locked_case
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.queries.visits import desk_of, visit_of
from divan.dealings.cases.values import (
    VISIT_BOOKED,
    VISIT_CANCELLED,
    CaseState,
    NotADraft,
    TimeTaken,
    Visit,
    VisitNotPossible,
)
from divan.foundation import facts, locks
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.registers.catalogue import queries as catalogue
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.models import AppointmentNeed, Package


@transaction.atomic
def book_visit(*, case: UUID, need: str, starts_at: datetime, actor: Actor, now: datetime) -> Visit:
    """Take a seat at a time; the one that was taken before is free again. The same time again changes nothing.

    :raises CaseUnknown: if it is not the acting person's case.
    :raises NotADraft: if the case is over, or was sent without a visit.
    :raises VisitNotPossible: if the service asks for no such visit, or offers none at this time.
    :raises TimeTaken: if no seat is left; what was taken before is kept.
    """
    row = locked_case(case, actor)
    package = catalogue.get_package(row.version.uuid)
    declared = _declared(package, need)
    held = _held(row, need)
    if row.state not in rules.EDITABLE and not (row.state == CaseState.OPEN and held is not None):
        raise NotADraft(state=row.state)
    if held is not None and held.starts_at == starts_at:
        return visit_of(held)
    ends_at = _end_of(declared, starts_at, now)
    desk = desk_of(case_of(row), declared)
    # A seat is free or not only while nobody else takes one at this desk; the table refuses what this would miss.
    locks.hold(f"cases.desk.{desk}")
    busy = models.Appointment.objects.filter(
        desk=desk, cancelled_at__isnull=True, starts_at__lt=ends_at, ends_at__gt=starts_at
    ).exclude(case=row)
    taken = set(busy.values_list("seat", flat=True))
    seat = next((number for number in range(1, declared.seats + 1) if number not in taken), None)
    if seat is None:
        raise TimeTaken
    if held is not None:
        _cancel(held, actor=actor, now=now)
    booked = models.Appointment.objects.create(
        uuid=uuid4(),
        case=row,
        need=need,
        desk=desk,
        body=declared.body,
        starts_at=starts_at,
        ends_at=ends_at,
        seat=seat,
        booked_at=now,
    )
    power_may_fail("visit.before-fact")
    facts.record(VISIT_BOOKED, subject=booked, actor=actor, at=now, case=row.uuid, need=need, starts_at=starts_at)
    return visit_of(booked)


def _declared(package: Package, need: str) -> AppointmentNeed:
    declared = package.needs.of(need)
    if not isinstance(declared, AppointmentNeed):
        raise VisitNotPossible(reason="no-such-visit")
    return declared


def _end_of(need: AppointmentNeed, starts_at: datetime, now: datetime) -> datetime:
    today, day = now.astimezone(TEHRAN).date(), starts_at.astimezone(TEHRAN).date()
    if 0 < (day - today).days <= need.days_ahead:
        for begins, ends in rules.visit_times(need, day, queries.work_calendar(today)):
            if begins == starts_at:
                return ends
    raise VisitNotPossible(reason="no-such-time")


def _held(row: models.Case, need: str) -> models.Appointment | None:
    held = models.Appointment.objects.select_for_update().filter(case=row, need=need, cancelled_at__isnull=True).first()
    if held is not None:
        held.case = row
    return held


@transaction.atomic
def cancel_visit(*, case: UUID, need: str, actor: Actor, now: datetime) -> None:
    """Give a visit up before the case is sent; where there is none nothing changes.

    :raises CaseUnknown, NotADraft: as for answers.
    """
    row = locked_case(case, actor)
    rules.require_editable(CaseState(row.state))
    held = _held(row, need)
    if held is not None:
        _cancel(held, actor=actor, now=now)


def free_visits(row: models.Case, *, actor: Actor, now: datetime) -> None:
    """Free the seats of a case that is given up, in the running transaction; visits that were are left as they were."""
    for held in models.Appointment.objects.select_for_update().filter(
        case=row, cancelled_at__isnull=True, starts_at__gt=now
    ):
        _cancel(held, actor=actor, now=now)


def _cancel(held: models.Appointment, *, actor: Actor, now: datetime) -> None:
    held.cancelled_at = now
    held.save(update_fields=["cancelled_at"])
    facts.record(VISIT_CANCELLED, subject=held, actor=actor, at=now, need=held.need)
