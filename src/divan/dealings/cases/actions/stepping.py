"""Stepping: steps that begin to wait, officers who act, and where their actions lead."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from divan.dealings.cases import models, queries, rules
from divan.dealings.cases.actions.concluding import conclude, finish_aftercare
from divan.dealings.cases.actions.deciding import draft_decision, paraph_decision
from divan.dealings.cases.actions.locking import locked_case
from divan.dealings.cases.actions.notices import send_notice
from divan.dealings.cases.actions.noting import keep_answers
from divan.dealings.cases.actions.opinions import sign_opinion
from divan.dealings.cases.actions.paying import ask_on_the_way
from divan.dealings.cases.actions.reading import read_answers
from divan.dealings.cases.actions.tasks import close_task, hold_clocks, open_task
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.values import (
    CASE_MOVED,
    CASE_VIEWED,
    CORRECTION_ASKED,
    ActionNotPossible,
    AnswerFault,
    AnswersRefused,
    Case,
    CaseState,
    ConflictOfInterest,
    Given,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.catalogue import queries as catalogue
from divan.registers.people import queries as people
from divan.registers.people.values import SubstituteScope
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack import flow_rules
from divan_libs.servicepack.flow_rules import FlowRefusal, Opening, Position, Transition, TransitionKind
from divan_libs.servicepack.models import APPLICANT, Package, StepKind


@transaction.atomic
def act(*, task: UUID, action: str, given: Given, actor: Actor, now: datetime) -> Case:
    """Do what the flow offers in a step; of two officers who act at once, one acts and the other is told.

    The case's row is locked first, so whoever comes second finds the step done.

    :raises TaskDone: if somebody has acted.
    :raises NotYourTask: if the actor neither holds the step's post at this moment nor stands in for its holder.
    :raises ConflictOfInterest: if the actor is the applicant of the case, or has recused themselves from it.
    :raises CaseNotOpen: if the case does not wait for an officer.
    :raises AnswersRefused: if the step asks for a report and something in it is no answer.
    :raises ActionNotPossible: if the flow does not offer this, or something it requires was not given.
    """
    row = locked_case(queries.get_task(task).case)
    waiting = models.Task.objects.select_for_update().get(uuid=task)
    rules.require_waiting(waiting.closed_at)
    rules.require_in_hands(CaseState(row.state))
    require_seat(waiting, actor, now)
    if actor.uuid == row.applicant.uuid or (actor.uuid and queries.has_recused(row.uuid, actor.uuid)):
        raise ConflictOfInterest
    return perform(row, waiting, action, given, actor=actor, now=now)


def require_seat(task: models.Task, actor: Actor, now: datetime) -> None:
    """Refuse whoever neither holds the post of a task now nor stands in for its holder.

    :raises NotYourTask: for everybody else.
    """
    seated = people.seated_in(task.post_uuid, now, SubstituteScope.CASES)
    holder = actor.uuid if actor.uuid in {person.uuid for person in seated} else None
    rules.require_holder(actor, post=task.post_uuid, holder=holder)


def perform(row: models.Case, task: models.Task, action: str, given: Given, *, actor: Actor, now: datetime) -> Case:
    """Carry out an action whose actor was checked, or that silence or the outside performs by itself."""
    package = catalogue.get_package(row.version.uuid)
    step = flow_rules.step_of(package, task.step)
    _take_report(row, package, task, action, given, now)
    context = queries.context_of(case_of(row), package, now.astimezone(TEHRAN).date())
    wanted = flow_rules.Given(codes=given.codes, text=given.text, note=given.note, proposed=row.proposed or None)
    position = Position(row.step, row.tracks)
    try:
        transition = flow_rules.apply(package, task.step, action, wanted, context, position, task.track)
    except FlowRefusal as refusal:
        raise ActionNotPossible(reason=refusal.code, **refusal.facts) from refusal
    close_task(task, action=action, actor=actor, now=now, given=given)
    chosen = step.action(action)
    if chosen is not None and chosen.letter:
        sign_opinion(row, task, package, chosen.letter, actor=actor, now=now)
    if chosen is not None and chosen.proposes and not task.track:
        draft_decision(row, outcome=chosen.proposes, given=given, actor=actor, now=now)
    elif step.kind is StepKind.PARAPH and _goes_on(package, transition):
        paraph_decision(row, actor=actor, now=now)
    row.proposed, row.changed_at = transition.proposes or "", now
    if transition.kind is TransitionKind.TO_APPLICANT:
        keep_answers(row, task.step, actor=actor, now=now)
    follow(row, package, transition, given, actor=actor, now=now)
    return case_of(row)


def follow(
    row: models.Case, package: Package, transition: Transition, given: Given, *, actor: Actor, now: datetime
) -> None:
    """Bring a case to where a transition leads."""
    match transition.kind:
        case TransitionKind.TO_STEP:
            row.step, row.tracks = transition.step or "", dict(transition.tracks)
            arrive(row, package, transition.opens, actor=actor, now=now, note=given.note)
        case TransitionKind.STAYS:
            row.tracks = dict(transition.tracks)
            arrive(row, package, transition.opens, actor=actor, now=now, note=given.note)
        case TransitionKind.TO_APPLICANT:
            _ask_correction(row, package, given, actor=actor, now=now)
        case TransitionKind.CONCLUDE:
            conclude(row, package, transition.outcome or "", actor=actor, now=now)
        case TransitionKind.FINISH:
            finish_aftercare(row, actor=actor, now=now)


def arrive(
    row: models.Case,
    package: Package,
    opens: Iterable[Opening],
    *,
    actor: Actor,
    now: datetime,
    note: str = "",
    moved: bool = True,
) -> None:
    """Save where a case has come to and let its steps wait; a fee that is due before its step is asked for first."""
    opens = tuple(opens)
    if opens and ask_on_the_way(row, package, row.step, actor=actor, now=now):
        return
    if moved:
        row.save()
        facts.record(CASE_MOVED, subject=row, actor=actor, at=now, step=row.step)
    for opening in opens:
        open_task(row, package, opening.step, track=opening.track, actor=actor, now=now, note=note)


def _take_report(
    row: models.Case, package: Package, task: models.Task, action: str, given: Given, now: datetime
) -> None:
    """Read what an officer typed for the questions of the step; a send-back needs no report.

    Reports of earlier steps stay; the same question answered again replaces its answer.
    """
    step = flow_rules.step_of(package, task.step)
    chosen = step.action(action)
    if not step.report or chosen is None or chosen.to == APPLICANT:
        return
    context = queries.context_of(case_of(row), package, now.astimezone(TEHRAN).date())
    reading = read_answers(package, step.report, given.report, context, now=now)
    open_still = [code for code in chosen.reports if reading.values.get(code) is None]
    faulty = {fault.question for fault in reading.faults}
    faults = [AnswerFault(code, "answers.required", {}) for code in open_still if code not in faulty]
    if reading.faults or faults:
        raise AnswersRefused(page=task.step, faults=(*reading.faults, *faults))
    told = {code: value for code, value in reading.values.items() if value is not None}
    task.report = told
    row.reports = {**row.reports, **told}


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
    hold_clocks(row, actor=actor, now=now)
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
