"""A case as an officer needs it, gathered for one page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from divan.dealings.cases import queries
from divan.dealings.cases.values import Case, CaseState, Decision, Referral, Task
from divan.foundation.ui.pieces import Event, Row
from divan.front.backoffice.history import officer_events
from divan.front.backoffice.paper import Paper, paper_of
from divan.front.backoffice.people_named import Names, names_of
from divan.front.backoffice.readable import Confirmation, confirmations, told
from divan.front.texts.words import TONES, word
from divan.registers.people import queries as people
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.evaluation import Context
from divan_libs.servicepack.models import Package


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What was done in an earlier step: the choice, the requirements it named, and what was written."""

    step: str
    choice: str
    requirements: tuple[str, ...]
    text: str
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralLine:
    """A referral with its answer, if it has one."""

    sender: str
    receiver: str
    instruction: str
    sent_at: datetime
    due_at: datetime | None
    answer: str
    answered_at: datetime | None
    recalled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything a page shows of a case; ``told`` holds only what the reader's own steps need."""

    case: Case
    package: Package
    context: Context
    now: datetime
    title: str
    state: str
    tone: str
    paused: bool
    applicant: str
    told: list[tuple[str, list[Row]]]
    confirmations: list[Confirmation]
    opinions: list[Opinion]
    referrals: list[ReferralLine]
    decision: Decision | None
    paper: Paper | None
    events: list[Event]


def open_dossier(case: Case, steps: Collection[str], *, language: str, now: datetime) -> Dossier:
    """Return a case for a reader whose steps these are; a secretariat has none and reads no answers."""
    package = queries.get_package_of(case)
    context = queries.context_of(case, package, now.astimezone(TEHRAN).date())
    lines, tasks = queries.list_history(case.uuid), queries.list_tasks(case.uuid)
    referrals, decision = queries.list_referrals(case.uuid), queries.find_decision(case.uuid)
    names = names_of(lines, tasks, referrals, decision, language)
    return Dossier(
        case=case,
        package=package,
        context=context,
        now=now,
        title=package.text("card.title", language),
        state=word("case-state", case.state),
        tone=TONES[case.state],
        paused=case.state is CaseState.CORRECTION,
        applicant=people.get_person(case.applicant).full_name,
        told=told(package, context, case, steps, language),
        confirmations=confirmations(package, case, language) if steps else [],
        opinions=[_opinion(task, package, names, language) for task in tasks if _is_said(task)] if steps else [],
        referrals=[_referral(one, names) for one in referrals] if steps else [],
        decision=decision,
        paper=paper_of(case, decision, package, names, language) if decision else None,
        events=officer_events(lines, package, names, language),
    )


def _is_said(task: Task) -> bool:
    return task.closed_at is not None and task.action != "withdrawn"


def _opinion(task: Task, package: Package, names: Names, language: str) -> Opinion:
    assert task.closed_at is not None  # noqa: S101 (only steps that are over are given here)
    return Opinion(
        step=package.text(f"steps.{task.step}.title", language),
        choice=package.find_text(f"actions.{task.step}.{task.action}.label", language) or task.action,
        requirements=tuple(package.find_text(f"needs.{code}.rejection", language) or code for code in task.codes),
        text=task.text,
        note=task.note,
        by=names.both(task.done_by, task.done_in_post),
        at=task.closed_at,
    )


def _referral(referral: Referral, names: Names) -> ReferralLine:
    return ReferralLine(
        sender=names.post(referral.from_post),
        receiver=names.post(referral.to_post),
        instruction=referral.instruction,
        sent_at=referral.sent_at,
        due_at=referral.due_at,
        answer=referral.answer,
        answered_at=referral.answered_at,
        recalled_at=referral.recalled_at,
    )
