"""Tasks: steps of a case as they wait for a post, and their clocks."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from divan.dealings.cases import models, queries, rules
from divan.dealings.cases.actions.outside import end_order, open_order
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.values import (
    REFERRAL_RECALLED,
    TASK_CLOCK_SET,
    TASK_DONE,
    TASK_OPENED,
    Case,
    Given,
    NobodyResponsible,
)
from divan.dealings.correspondence import actions as worklist
from divan.dealings.correspondence.values import NewWork
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.catalogue import queries as catalogue
from divan.registers.people import queries as people
from divan.registers.people.values import Post
from divan_libs.servicepack import flow_rules
from divan_libs.servicepack.models import Package, Step, StepKind

WITHDRAWN = "withdrawn"
DEEMED = "deemed"
"""Actions that no flow declares: a task ended because the applicant withdrew, or because silence decided the case."""


def open_task(
    row: models.Case,
    package: Package,
    step_code: str,
    *,
    actor: Actor,
    now: datetime,
    track: str = "",
    note: str = "",
    clock_started_at: datetime | None = None,
) -> models.Task:
    """Let a step wait for the post that holds its role, or for the one its silence goes to when nobody holds it.

    A step that waits for the outside is on nobody's worklist until its clock runs out; its order goes out by itself.

    :raises NobodyResponsible: if neither exists.
    """
    step = flow_rules.step_of(package, step_code)
    post = _responsible(case_of(row), package, step, now)
    started = clock_started_at or now
    task = models.Task.objects.create(
        uuid=uuid4(),
        case=row,
        step=step_code,
        track=track,
        post_uuid=post.uuid,
        opened_at=now,
        clock_started_at=started,
        due_at=rules.due(started, step.owned.clock, queries.work_calendar(now.date()), _pauses(row)),
    )
    facts.record(TASK_OPENED, subject=task, actor=actor, at=now, step=step_code, post=post.uuid, case=row.uuid)
    if step.kind is StepKind.WAIT:
        open_order(row, package, task, step, actor=actor, now=now)
    else:
        sender = people.get_post(actor.post) if actor.post else None
        worklist.give_work(
            post=post.uuid, work=work_of(row, package, task, sender=sender, note=note), actor=actor, now=now
        )
    return task


def work_of(row: models.Case, package: Package, task: models.Task, *, sender: Post | None, note: str) -> NewWork:
    """Return the line of the worklist that brings a step to its holder."""
    return NewWork(
        about_kind=task.subject_kind,
        about_uuid=task.uuid,
        case_uuid=row.uuid,
        number=row.number or "",
        title_fa=package.text("card.title", "fa"),
        title_en=package.text("card.title", "en"),
        step_fa=package.text(f"steps.{task.step}.title", "fa"),
        step_en=package.text(f"steps.{task.step}.title", "en"),
        sender_fa=sender.title_fa if sender else "",
        sender_en=sender.title_en if sender else "",
        note=note,
        due_at=task.due_at,
    )


def _responsible(case: Case, package: Package, step: Step, now: datetime) -> Post:
    owned = step.owned
    for holder in (owned.holder, *owned.silence.to):
        post = queries.responsible_post(case, package, holder, now)
        if post is not None:
            return post
    raise NobodyResponsible(role=owned.holder.role)


def close_task(task: models.Task, *, action: str, actor: Actor, now: datetime, given: Given | None = None) -> None:
    """End a step: note who did what, take it off the worklist, and recall the referrals that were not answered."""
    given = given or Given()
    task.closed_at, task.action = now, action
    task.codes, task.text, task.note = list(given.codes), given.text, given.note
    task.done_by, task.done_in_post = actor.uuid, actor.post
    task.save()
    facts.record(TASK_DONE, subject=task, actor=actor, at=now, step=task.step, action=action, codes=list(given.codes))
    worklist.finish_work(about_uuid=task.uuid, actor=actor, now=now)
    end_order(task, actor=actor, now=now)
    waiting = models.Referral.objects.select_for_update().filter(
        task=task, answered_at__isnull=True, recalled_at__isnull=True
    )
    for referral in waiting:
        referral.recalled_at = now
        referral.save(update_fields=["recalled_at"])
        facts.record(REFERRAL_RECALLED, subject=referral, actor=actor, at=now)
        worklist.finish_work(about_uuid=referral.uuid, actor=actor, now=now)


def close_open_tasks(row: models.Case, *, action: str, actor: Actor, now: datetime) -> None:
    """End every step that still waits in a case: it was withdrawn, or silence decided it."""
    for task in models.Task.objects.select_for_update().filter(case=row, closed_at__isnull=True).order_by("id"):
        close_task(task, action=action, actor=actor, now=now)


def hold_clocks(row: models.Case, *, actor: Actor, now: datetime) -> None:
    """Let the clocks of all open steps stand still: while a case is paused no step of it can become late."""
    _set_clocks(row, still=True, actor=actor, now=now)


def restart_clocks(row: models.Case, *, actor: Actor, now: datetime) -> None:
    """Let the clocks of the open steps go on where they stood."""
    _set_clocks(row, still=False, actor=actor, now=now)


def _set_clocks(row: models.Case, *, still: bool, actor: Actor, now: datetime) -> None:
    package, pauses = catalogue.get_package(row.version.uuid), _pauses(row)
    for task in models.Task.objects.select_for_update().filter(case=row, closed_at__isnull=True).order_by("id"):
        clock = flow_rules.step_of(package, task.step).owned.clock
        task.due_at = (
            None if still else rules.due(task.clock_started_at, clock, queries.work_calendar(now.date()), pauses)
        )
        task.save(update_fields=["due_at"])
        facts.record(TASK_CLOCK_SET, subject=task, actor=actor, at=now, due_at=task.due_at)
        worklist.set_due(about_uuid=task.uuid, due_at=task.due_at, actor=actor, now=now)


def _pauses(row: models.Case) -> list[tuple[datetime, datetime | None]]:
    return list(models.ClockPause.objects.filter(case=row).values_list("starts_at", "ends_at"))
