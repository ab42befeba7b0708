"""Until when something may or must happen in a case."""

from __future__ import annotations

from datetime import datetime

from divan.dealings.cases import models, rules
from divan.dealings.cases.queries.calendar import work_calendar
from divan.dealings.cases.values import Case
from divan.registers.catalogue import queries as catalogue
from divan_libs.servicepack.models import ClockLength


def due_of_case(row: models.Case, now: datetime) -> datetime | None:
    """Return when a submitted case must be answered: the flow's own deadline, else what the card promises."""
    package = catalogue.get_package(row.version.uuid)
    deadline = package.flow.deadline_of(row.entry)
    length: ClockLength | None = deadline.clock if deadline else package.card.promise()
    if length is None:
        return None
    pauses = list(models.ClockPause.objects.filter(case=row).values_list("starts_at", "ends_at"))
    return rules.due(row.submitted_at or now, length, work_calendar(now.date()), pauses)


def objection_until(case: Case) -> datetime | None:
    """Return until when the applicant may object to the decision of a closed case, or None if nobody hears it."""
    package = catalogue.get_package(case.version)
    ending = package.flow.outcome(case.outcome) if case.outcome else None
    begun = case.closed_at or case.decided_at
    if ending is None or ending.review is None or begun is None:
        return None
    return rules.due(begun, ending.review.clock, work_calendar(begun.date()))
