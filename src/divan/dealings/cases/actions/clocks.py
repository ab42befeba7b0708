"""Clocks: what silence does by itself, and the days that do not count."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.cases import models, queries, rules
from divan.dealings.cases.actions.applying import locked_case
from divan.dealings.cases.actions.stepping import perform
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.values import DAY_CLOSED, TASK_ESCALATED, CaseState, Given
from divan.dealings.correspondence import actions as worklist
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.catalogue import queries as catalogue
from divan.registers.people import queries as people
from divan_libs.servicepack import flow_rules


@transaction.atomic
def let_clock_run_out(*, task: UUID, actor: Actor, now: datetime) -> bool:
    """Carry out the declared consequence of silence for one task; return whether anything was to be done.

    Escalation hands the task to the declared superior with a fresh clock, once. A deemed action is performed as if the
    officer had acted, by the system, and says so.
    """
    row = locked_case(queries.get_task(task).case)
    waiting = models.Task.objects.select_for_update().get(uuid=task)
    overdue = waiting.due_at is not None and waiting.due_at < now
    if waiting.closed_at or waiting.escalated_at or not overdue or row.state != CaseState.OPEN:
        return False
    package = catalogue.get_package(row.version.uuid)
    silence = flow_rules.step_of(package, waiting.step).silence
    waiting.escalated_at = now
    if silence.perform:
        waiting.save(update_fields=["escalated_at"])
        facts.record(TASK_ESCALATED, subject=waiting, actor=actor, at=now, performs=silence.perform)
        perform(row, waiting, silence.perform, Given(), actor=actor, now=now)
        return True
    superior = queries.responsible_post(case_of(row), package, silence.to) if silence.to else None
    late = people.get_post(waiting.post_uuid)
    if superior is None or superior.uuid == late.uuid:
        waiting.save(update_fields=["escalated_at"])
        facts.record(TASK_ESCALATED, subject=waiting, actor=actor, at=now, post=late.uuid)
        return True
    waiting.post_uuid, waiting.clock_started_at = superior.uuid, now
    step = flow_rules.step_of(package, waiting.step)
    waiting.due_at = rules.due(now, step.clock, queries.work_calendar(now.date()))
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
