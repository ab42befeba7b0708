"""Stepping: an officer acts, the flow says where the case goes, and exactly one officer wins."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.cases import models, queries, rules
from divan.dealings.cases.actions.applying import locked_case
from divan.dealings.cases.actions.deciding import draft_decision, paraph_decision, sign_decision
from divan.dealings.cases.actions.notices import send_notice
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.values import (
    CASE_MOVED,
    CASE_VIEWED,
    CORRECTION_ASKED,
    REFERRAL_RECALLED,
    TASK_DONE,
    TASK_OPENED,
    ActionNotPossible,
    Case,
    CaseState,
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
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack import flow_rules
from divan_libs.servicepack.flow_rules import FlowRefusal, Transition, TransitionKind
from divan_libs.servicepack.models import Package, Step, StepKind


def open_task(
    row: models.Case,
    package: Package,
    step_code: str,
    *,
    actor: Actor,
    now: datetime,
    note: str = "",
    clock_started_at: datetime | None = None,
) -> models.Task:
    """Let a step wait for the post that holds its role, or for the one its silence goes to when nobody holds it.

    :raises NobodyResponsible: if neither exists.
    """
    step = flow_rules.step_of(package, step_code)
    post = _responsible(case_of(row), package, step)
    pauses = list(models.ClockPause.objects.filter(case=row).values_list("starts_at", "ends_at"))
    started = clock_started_at or now
    task = models.Task.objects.create(
        uuid=uuid4(),
        case=row,
        step=step_code,
        post_uuid=post.uuid,
        opened_at=now,
        clock_started_at=started,
        due_at=rules.due(started, step.clock, queries.work_calendar(now.date()), pauses),
    )
    facts.record(TASK_OPENED, subject=task, actor=actor, at=now, step=step_code, post=post.uuid, case=row.uuid)
    sender = people.get_post(actor.post) if actor.post else None
    worklist.give_work(
        post=post.uuid,
        work=NewWork(
            about_kind=task.subject_kind,
            about_uuid=task.uuid,
            case_uuid=row.uuid,
            number=row.number or "",
            title_fa=package.text("card.title", "fa"),
            title_en=package.text("card.title", "en"),
            step_fa=package.text(f"steps.{step_code}.title", "fa"),
            step_en=package.text(f"steps.{step_code}.title", "en"),
            sender_fa=sender.title_fa if sender else "",
            sender_en=sender.title_en if sender else "",
            note=note,
            due_at=task.due_at,
        ),
        actor=actor,
        now=now,
    )
    return task


def _responsible(case: Case, package: Package, step: Step) -> Post:
    for holder in (step.holder, step.silence.to):
        post = queries.responsible_post(case, package, holder) if holder else None
        if post is not None:
            return post
    raise NobodyResponsible(role=step.role)


def close_task(task: models.Task, *, action: str, actor: Actor, now: datetime, given: Given | None = None) -> None:
    """End a step: note who did what, take it off the worklist, and recall the referrals that were not answered."""
    given = given or Given()
    task.closed_at, task.action = now, action
    task.codes, task.text, task.note = list(given.codes), given.text, given.note
    task.done_by, task.done_in_post = actor.uuid, actor.post
    task.save()
    facts.record(TASK_DONE, subject=task, actor=actor, at=now, step=task.step, action=action, codes=list(given.codes))
    worklist.finish_work(about_uuid=task.uuid, actor=actor, now=now)
    waiting = models.Referral.objects.select_for_update().filter(
        task=task, answered_at__isnull=True, recalled_at__isnull=True
    )
    for referral in waiting:
        referral.recalled_at = now
        referral.save(update_fields=["recalled_at"])
        facts.record(REFERRAL_RECALLED, subject=referral, actor=actor, at=now)
        worklist.finish_work(about_uuid=referral.uuid, actor=actor, now=now)


@transaction.atomic
def act(*, task: UUID, action: str, given: Given, actor: Actor, now: datetime) -> Case:
    """Do what the flow offers in a step; of two officers who act at once, one acts and the other is told.

    The case's row is locked first, so whoever comes second finds the step done.

    :raises TaskDone: if somebody has acted.
    :raises NotYourTask: if the actor does not hold the step's post at this moment.
    :raises CaseNotOpen: if the case does not wait for an officer.
    :raises ActionNotPossible: if the flow does not offer this, or something it requires was not given.
    """
    row = locked_case(queries.get_task(task).case)
    waiting = models.Task.objects.select_for_update().get(uuid=task)
    rules.require_waiting(waiting.closed_at)
    rules.require_open(CaseState(row.state))
    holder = people.holder_of(waiting.post_uuid, now)
    rules.require_holder(actor, post=waiting.post_uuid, holder=holder.uuid if holder else None)
    return perform(row, waiting, action, given, actor=actor, now=now)


def perform(row: models.Case, task: models.Task, action: str, given: Given, *, actor: Actor, now: datetime) -> Case:
    """Carry out an action whose actor was checked, or that silence performs by itself."""
    package = catalogue.get_package(row.version.uuid)
    step = flow_rules.step_of(package, task.step)
    context = queries.context_of(case_of(row), package, now.astimezone(TEHRAN).date())
    try:
        transition = flow_rules.apply(
            package,
            task.step,
            action,
            flow_rules.Given(codes=given.codes, text=given.text, note=given.note, proposed=row.proposed or None),
            context,
        )
    except FlowRefusal as refusal:
        raise ActionNotPossible(reason=refusal.code, **refusal.facts) from refusal
    close_task(task, action=action, actor=actor, now=now, given=given)
    chosen = step.action(action)
    if chosen is not None and chosen.proposes and step.kind is StepKind.DRAFT:
        draft_decision(row, outcome=chosen.proposes, given=given, actor=actor, now=now)
    elif step.kind is StepKind.PARAPH and _goes_on(package, transition):
        paraph_decision(row, actor=actor, now=now)
    row.proposed = transition.proposes or ""
    row.changed_at = now
    match transition.kind:
        case TransitionKind.TO_STEP:
            assert transition.step is not None  # noqa: S101 (a transition to a step names it)
            row.step = transition.step
            row.save()
            facts.record(CASE_MOVED, subject=row, actor=actor, at=now, step=row.step)
            open_task(row, package, transition.step, actor=actor, now=now, note=given.note)
        case TransitionKind.TO_APPLICANT:
            _ask_correction(row, package, given, actor=actor, now=now)
        case TransitionKind.CONCLUDE:
            assert transition.outcome is not None  # noqa: S101 (a conclusion names its outcome)
            sign_decision(row, package, transition.outcome, actor=actor, now=now)
    return case_of(row)


def _goes_on(package: Package, transition: Transition) -> bool:
    following = package.flow.step(transition.step) if transition.step else None
    return following is not None and following.kind in {StepKind.PARAPH, StepKind.SIGN}


def _ask_correction(row: models.Case, package: Package, given: Given, *, actor: Actor, now: datetime) -> None:
    row.state = CaseState.CORRECTION
    row.correction_codes, row.correction_note = list(given.codes), given.note
    row.due_at = None
    models.ClockPause.objects.create(case=row, reason="correction", starts_at=now)
    row.save()
    facts.record(CORRECTION_ASKED, subject=row, actor=actor, at=now, codes=list(given.codes))
    if package.flow.correction_message:
        send_notice(row, package, package.flow.correction_message, actor=actor, now=now)


@transaction.atomic
def note_view(*, case: UUID, actor: Actor, now: datetime) -> None:
    """Note that an officer opened a case, once a day for each officer: the applicant sees who looked."""
    row = locked_case(case)
    since = now - timedelta(days=1)
    seen = any(
        fact.kind == CASE_VIEWED.code and fact.at > since and fact.actor.get("uuid") == str(actor.uuid)
        for fact in facts.newest_of(row.uuid, limit=50)
    )
    if not seen:
        facts.record(CASE_VIEWED, subject=row, actor=actor, at=now, changes_nothing=True)
