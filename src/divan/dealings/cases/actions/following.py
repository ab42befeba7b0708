"""Following the outside: a state that another body reports may be an action of a waiting step."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from divan.dealings.cases import models, rules
from divan.dealings.cases.actions.locking import locked_case
from divan.dealings.cases.actions.outside import note_state
from divan.dealings.cases.actions.stepping import perform
from divan.dealings.cases.apps import options
from divan.dealings.cases.values import CaseState, Given
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.registers.catalogue import queries as catalogue
from divan_libs.servicepack import flow_rules


@transaction.atomic
def note_order_state(*, order: UUID, state: str, reference: str, actor: Actor, now: datetime) -> bool:
    """Note the state of an outside process, and do what its waiting step declares for it; return whether it acted.

    An order that ended meanwhile, because an officer acted by hand or the case was withdrawn, is left alone.
    """
    known = models.OutsideOrder.objects.select_related("task__case").filter(uuid=order).first()
    if known is None:
        return False
    row = locked_case(known.task.case.uuid)
    held = models.OutsideOrder.objects.select_for_update().filter(uuid=order, ended_at__isnull=True).first()
    task = models.Task.objects.select_for_update().get(pk=known.task_id)
    if held is None or task.closed_at is not None:
        return False
    package = catalogue.get_package(row.version.uuid)
    step = flow_rules.step_of(package, task.step)
    declared = timedelta(hours=step.wait.every_hours if step.wait else 6)
    every = rules.asking_pause(declared, options().longest_order_pause)
    note_state(held, state=state, reference=reference, every=every, actor=actor, now=now)
    power_may_fail("order.after-state")
    action = next((action for action in step.actions if state in action.on), None)
    if action is None or row.state not in {CaseState.OPEN, CaseState.AFTERCARE}:
        return False
    perform(row, task, action.code, Given(), actor=actor, now=now)
    return True
