"""Clocks: what silence does by itself, and the days that do not count."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.cases import models, queries, rules
from divan.dealings.cases.actions.concluding import deem
from divan.dealings.cases.actions.locking import locked_case
from divan.dealings.cases.actions.stepping import perform
from divan.dealings.cases.actions.tasks import work_of
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.values import DAY_CLOSED, DEADLINE_PASSED, TASK_ESCALATED, CaseState, Given
from divan.dealings.correspondence import actions as worklist
from divan.dealings.correspondence.values import WorkUnknown
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.catalogue import queries as catalogue
from divan.registers.people import queries as people
from divan.registers.people.values import Post
from divan_libs.servicepack import flow_rules
from divan_libs.servicepack.models import Package


@transaction.atomic
def let_clock_run_out(*, task: UUID, actor: Actor, now: datetime) -> bool:
    """Carry out the declared consequence of silence for one task; return whether anything was to be done.

    Escalation hands the task to the next declared superior with a fresh clock, one after the other. A deemed action is
    performed as if the officer had acted, a deemed outcome decides the case; both by the system, and both say so.
    """
    row = locked_case(queries.get_task(task).case)
    waiting = models.Task.objects.select_for_update().get(uuid=task)
    overdue = waiting.due_at is not None and waiting.due_at < now
    if waiting.closed_at or waiting.silent or not overdue or row.state not in {CaseState.OPEN, CaseState.AFTERCARE}:
        return False
    package = catalogue.get_package(row.version.uuid)
    silence = flow_rules.step_of(package, waiting.step).owned.silence
    if silence.perform or silence.deem:
        waiting.escalated_at, waiting.silent = now, True
        waiting.save(update_fields=["escalated_at", "silent"])
        performs = silence.perform or silence.deem
        facts.record(TASK_ESCALATED, subject=waiting, actor=actor, at=now, performs=performs)
        if silence.perform:
            perform(row, waiting, silence.perform, Given(), actor=actor, now=now)
        else:
            deem(row, package, silence.deem or "", actor=actor, now=now)
        return True
    _escalate(row, package, waiting, actor=actor, now=now)
    return True


def _escalate(row: models.Case, package: Package, waiting: models.Task, *, actor: Actor, now: datetime) -> None:
    """Hand a task to the next holder that silence names and somebody is; the last one keeps it."""
    step = flow_rules.step_of(package, waiting.step)
    late = people.get_post(waiting.post_uuid)
    superior: Post | None = None
    holders = step.owned.silence.to
    while superior is None and waiting.escalations < len(holders):
        found = queries.responsible_post(case_of(row), package, holders[waiting.escalations], now)
        waiting.escalations += 1
        superior = found if found is not None and found.uuid != late.uuid else None
    waiting.escalated_at = now
    if superior is None:
        waiting.silent = True
        waiting.save(update_fields=["escalated_at", "escalations", "silent"])
        facts.record(TASK_ESCALATED, subject=waiting, actor=actor, at=now, post=late.uuid)
        return
    waiting.silent = waiting.escalations >= len(holders)
    waiting.post_uuid, waiting.clock_started_at = superior.uuid, now
    waiting.due_at = rules.due(now, step.owned.clock, queries.work_calendar(now.date()))
    waiting.save()
    facts.record(TASK_ESCALATED, subject=waiting, actor=actor, at=now, before=late.uuid, post=superior.uuid)
    try:
        worklist.move_work(
            about_uuid=waiting.uuid,
            post=superior.uuid,
            sender_fa=late.title_fa,
            sender_en=late.title_en,
            note="",
            due_at=waiting.due_at,
            actor=actor,
            now=now,
        )
    except WorkUnknown:
        # What waits for the outside was on nobody's worklist until now.
        worklist.give_work(
            post=superior.uuid, work=work_of(row, package, waiting, sender=late, note=""), actor=actor, now=now
        )


@transaction.atomic
def let_deadline_pass(*, case: UUID, actor: Actor, now: datetime) -> bool:
    """Carry out what silence over the whole case means; return whether anything was to be done.

    A deemed outcome decides it. Escalation brings every step that waits to the declared superior, once.
    """
    row = locked_case(case)
    package = catalogue.get_package(row.version.uuid)
    deadline = package.flow.deadline_of(row.entry)
    overdue = row.due_at is not None and row.due_at < now
    if deadline is None or not overdue or row.state != CaseState.OPEN or row.deadline_passed_at is not None:
        return False
    row.deadline_passed_at = now
    row.save(update_fields=["deadline_passed_at"])
    facts.record(DEADLINE_PASSED, subject=row, actor=actor, at=now, deems=deadline.silence.deem)
    if deadline.silence.deem:
        deem(row, package, deadline.silence.deem, actor=actor, now=now)
        return True
    superior = next(
        (post for to in deadline.silence.to if (post := queries.responsible_post(case_of(row), package, to, now))), None
    )
    for waiting in models.Task.objects.select_for_update().filter(case=row, closed_at__isnull=True).order_by("id"):
        if superior is None or waiting.post_uuid == superior.uuid:
            continue
        late = people.get_post(waiting.post_uuid)
        waiting.post_uuid, waiting.escalated_at, waiting.escalations = superior.uuid, now, waiting.escalations + 1
        waiting.save()
        facts.record(TASK_ESCALATED, subject=waiting, actor=actor, at=now, before=late.uuid, post=superior.uuid)
        worklist.move_work(
            about_uuid=waiting.uuid,
            post=superior.uuid,
            sender_fa=late.title_fa,
            sender_en=late.title_en,
            note="",
            due_at=waiting.due_at,
            actor=actor,
            now=now,
        )
    return True


@transaction.atomic
def declare_closed_day(*, day: date, name: str, lifts: bool, actor: Actor, now: datetime) -> None:
    """Declare a day closed for the province's clocks, or lift a holiday; clocks that begin from now on count so."""
    row, _ = models.ClosedDay.objects.update_or_create(
        day=day,
        defaults={"name": name, "lifts": lifts},
        create_defaults={"uuid": uuid4(), "name": name, "lifts": lifts},
    )
    facts.record(DAY_CLOSED, subject=row, actor=actor, at=now, day=day, lifts=lifts)
