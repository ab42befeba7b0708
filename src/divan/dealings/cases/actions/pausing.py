"""Pausing: the clocks of a case stand still for a coded reason, no longer than its law allows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.dealings.cases import models, queries, rules
from divan.dealings.cases.actions.locking import locked_case
from divan.dealings.cases.actions.stepping import require_seat
from divan.dealings.cases.actions.tasks import hold_clocks, restart_clocks
from divan.dealings.cases.values import CLOCK_PAUSED, CLOCK_RESUMED, CaseState, PauseNotPossible
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.catalogue import queries as catalogue
from divan_libs.servicepack import flow_rules


@transaction.atomic
def pause_clocks(*, task: UUID, reason: str, note: str, actor: Actor, now: datetime) -> None:
    """Let the clocks of a case stand still, as the holder of one of its steps, for a reason that the step allows.

    They go on by themselves when the longest time that the reason's law gives is over.

    :raises NotYourTask: if the actor does not hold the step's post.
    :raises PauseNotPossible: if the step does not allow this reason, or the clocks stand still already.
    """
    row = locked_case(queries.get_task(task).case)
    waiting = models.Task.objects.select_for_update().get(uuid=task)
    rules.require_waiting(waiting.closed_at)
    rules.require_open(CaseState(row.state))
    require_seat(waiting, actor, now)
    package = catalogue.get_package(row.version.uuid)
    declared = package.flow.pause(reason)
    running = models.ClockPause.objects.filter(case=row, ends_at__isnull=True).exists()
    if declared is None or reason not in flow_rules.step_of(package, waiting.step).pauses or running:
        raise PauseNotPossible(reason=reason)
    until = rules.due(now, declared.longest, queries.work_calendar(now.date()))
    models.ClockPause.objects.create(case=row, reason=reason, starts_at=now, until=until)
    row.due_at, row.changed_at = None, now
    row.save(update_fields=["due_at", "changed_at"])
    facts.record(CLOCK_PAUSED, subject=row, actor=actor, at=now, reason=reason, note=note, until=until)
    hold_clocks(row, actor=actor, now=now)


@transaction.atomic
def resume_clocks(*, task: UUID, actor: Actor, now: datetime) -> None:
    """Let the clocks go on before the longest time is over, as the holder of one of the steps.

    :raises NotYourTask: if the actor does not hold the step's post.
    :raises PauseNotPossible: if no declared pause runs.
    """
    row = locked_case(queries.get_task(task).case)
    waiting = models.Task.objects.select_for_update().get(uuid=task)
    rules.require_waiting(waiting.closed_at)
    require_seat(waiting, actor, now)
    if not _resume(row, actor=actor, now=now):
        raise PauseNotPossible(reason="none")


@transaction.atomic
def end_pause(*, case: UUID, actor: Actor, now: datetime) -> bool:
    """Let the clocks of a case go on because the longest time of its pause is over; return whether they did."""
    row = locked_case(case)
    over = models.ClockPause.objects.filter(case=row, ends_at__isnull=True, until__lte=now).exists()
    return over and _resume(row, actor=actor, now=now)


def _resume(row: models.Case, *, actor: Actor, now: datetime) -> bool:
    pause = models.ClockPause.objects.filter(case=row, ends_at__isnull=True, until__isnull=False).first()
    if pause is None or row.state != CaseState.OPEN:
        return False
    pause.ends_at = min(now, pause.until) if pause.until else now
    pause.save(update_fields=["ends_at"])
    row.due_at, row.changed_at = queries.due_of_case(row, now), now
    row.save(update_fields=["due_at", "changed_at"])
    facts.record(CLOCK_RESUMED, subject=row, actor=actor, at=now, reason=pause.reason)
    restart_clocks(row, actor=actor, now=now)
    return True
