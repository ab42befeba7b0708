"""Visits: which times are free, and who comes when."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from uuid import UUID

from divan.dealings.cases import models, rules
from divan.dealings.cases.queries.calendar import work_calendar
from divan.dealings.cases.values import Case, FreeTime, Visit
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.asking import is_required
from divan_libs.servicepack.evaluation import Context, Evaluator
from divan_libs.servicepack.models import AppointmentNeed, Package


def visit_of(row: models.Appointment) -> Visit:
    """Return the value of a row; for the rooms of this context."""
    return Visit(
        uuid=row.uuid,
        case=row.case.uuid,
        case_number=row.case.number or "",
        need=row.need,
        body=row.body,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        seat=row.seat,
        booked_at=row.booked_at,
        cancelled_at=row.cancelled_at,
    )


def desk_of(case: Case, need: AppointmentNeed) -> str:
    """Return the name of the desk at which a requirement's visits take place: one for each requirement of a service."""
    return f"{case.service_code}/{need.code}"


def list_free_times(case: Case, need: AppointmentNeed, now: datetime) -> list[FreeTime]:
    """Return the times from tomorrow on at which a visit is possible, with the seats still free."""
    today = now.astimezone(TEHRAN).date()
    calendar = work_calendar(today)
    held = models.Appointment.objects.filter(
        desk=desk_of(case, need), cancelled_at__isnull=True, ends_at__gt=now
    ).exclude(case__uuid=case.uuid)
    taken = list(held.values_list("starts_at", "ends_at"))
    by_day: dict[date, list[tuple[datetime, datetime]]] = defaultdict(list)
    for starts_at, ends_at in taken:
        by_day[starts_at.astimezone(TEHRAN).date()].append((starts_at, ends_at))
    free = []
    for ahead in range(1, need.days_ahead + 1):
        day = today + timedelta(days=ahead)
        for starts_at, ends_at in rules.visit_times(need, day, calendar):
            busy = sum(one[0] < ends_at and starts_at < one[1] for one in by_day[day])
            if busy < need.seats:
                free.append(FreeTime(starts_at=starts_at, ends_at=ends_at, seats=need.seats - busy))
    return free


def list_visits(case_uuid: UUID) -> list[Visit]:
    """Return the visits of a case that were not cancelled, in their order."""
    rows = models.Appointment.objects.select_related("case").filter(case__uuid=case_uuid, cancelled_at__isnull=True)
    return [visit_of(row) for row in rows.order_by("starts_at", "id")]


def list_visits_of_day(body: str, day: date) -> list[Visit]:
    """Return a body's visits of a day (in Tehran) of cases that were sent, in their order."""
    begins = datetime.combine(day, datetime.min.time(), TEHRAN)
    rows = models.Appointment.objects.select_related("case").filter(
        body=body,
        cancelled_at__isnull=True,
        starts_at__gte=begins,
        starts_at__lt=begins + timedelta(days=1),
        case__number__isnull=False,
    )
    return [visit_of(row) for row in rows.order_by("starts_at", "seat", "id")]


def unvisited_needs(case: Case, package: Package, context: Context) -> frozenset[str]:
    """Return the codes of the requirements for which no visit has been booked yet."""
    if not package.needs.appointments:
        return frozenset()
    evaluator = Evaluator(package, context)
    answers = evaluator.view().answers
    booked = {one.need for one in list_visits(case.uuid)}
    return frozenset(
        need.code
        for need in package.needs.appointments
        if need.code not in booked and is_required(evaluator, need, answers)
    )
