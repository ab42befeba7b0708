"""A case as an officer needs it, gathered for one page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from divan.dealings.cases import queries
from divan.dealings.cases.values import Case, CaseState, Decision, Pause, Referral, SimilarCase, SimilarCases, Task
from divan.dealings.correspondence import queries as correspondence
from divan.dealings.correspondence.values import Letter
from divan.foundation.ui.pieces import Event, Row
from divan.front.backoffice.changes import Changes, changes_of
from divan.front.backoffice.evidence import Evidence, beside, evidence_of
from divan.front.backoffice.history import officer_events
from divan.front.backoffice.paper import Paper, paper_of
from divan.front.backoffice.people_named import Names, names_of
from divan.front.backoffice.readable import told
from divan.front.backoffice.tracks import TrackLine, track_lines
from divan.front.questions.drawing import place_name
from divan.front.texts.words import TONES, word
from divan.registers.people import queries as people
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.answers import from_json
from divan_libs.servicepack.evaluation import Context
from divan_libs.servicepack.filling import answer_in_words
from divan_libs.servicepack.models import Package
from divan_libs.servicepack.question_texts import key_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What was done in an earlier step: the choice, the requirements it named, what was written and reported."""

    step: str
    choice: str
    requirements: tuple[str, ...]
    text: str
    note: str
    report: list[Row]
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
class Heard:
    """An objection as officers read it: what the applicant wrote, and what became of it."""

    text: str
    raised_at: datetime
    state: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLine:
    """An internal note with who wrote it."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarLine:
    """A similar case with its outcome in words; ``url`` leads to it where the reader's post had a part in it."""

    number: str
    outcome: str
    tone: str
    decided_at: datetime
    is_same_applicant: bool
    url: str


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
    pause: Pause | None
    applicant: str
    changes: Changes | None
    told: list[tuple[str, list[Row]]]
    evidence: list[Evidence]
    tracks: list[TrackLine]
    opinions: list[Opinion]
    referrals: list[ReferralLine]
    objections: list[Heard]
    notes: list[NoteLine]
    similar: list[SimilarLine]
    similar_counts: list[tuple[str, int]]
    decision: Decision | None
    paper: Paper | None
    earlier: list[Paper]
    letters: list[Letter]
    events: list[Event]


def open_dossier(
    case: Case, steps: Collection[str], *, language: str, now: datetime, post: UUID | None = None
) -> Dossier:
    """Return a case for a reader whose steps these are; a secretariat has none and reads no answers.

    What not every case has (objections, visits, letters of others …) is asked for only where the history names it.
    """
    package = queries.get_package_of(case)
    context = queries.context_of(case, package, now.astimezone(TEHRAN).date())
    lines, tasks = queries.list_history(case.uuid), queries.list_tasks(case.uuid)
    kinds = {line.kind for line in lines}
    referrals, decisions = queries.list_referrals(case.uuid), queries.list_decisions(case.uuid)
    notes = queries.list_notes(case.uuid) if steps else []
    names = names_of(lines, tasks, referrals, decisions, notes, language)
    found = beside(case, kinds) if steps else None
    similar = queries.similar_cases(case) if steps else None
    pause = queries.find_pause(case.uuid) if "cases.clock-paused" in kinds else None
    applicant = people.get_person(case.applicant)
    mine = applicant.national_code
    papers = [paper_of(case, decision, package, names, language) for decision in decisions]
    return Dossier(
        case=case,
        package=package,
        context=context,
        now=now,
        title=package.text("card.title", language),
        state=word("case-state", case.state),
        tone=TONES[case.state],
        paused=case.state in {CaseState.CORRECTION, CaseState.PAYMENT} or pause is not None,
        pause=pause if pause is not None and pause.until is not None else None,
        applicant=applicant.full_name,
        changes=_changes(case, package, steps, kinds, language),
        told=told(package, context, case, steps, language),
        evidence=evidence_of(case, package, found, tasks, names, language, mine=mine, steps=steps) if found else [],
        tracks=track_lines(case, package, tasks, names, language) if steps else [],
        opinions=[_opinion(task, package, names, language) for task in tasks if _is_said(task)] if steps else [],
        referrals=[_referral(one, names) for one in referrals] if steps else [],
        objections=_objections(case) if steps and "cases.objection-raised" in kinds else [],
        notes=[NoteLine(text=one.text, by=names.both(one.author, one.post), at=one.written_at) for one in notes],
        similar=_similar_lines(similar, package, post, language) if similar else [],
        similar_counts=_counts(similar, package, language) if similar else [],
        decision=decisions[0] if decisions else None,
        paper=papers[0] if papers else None,
        earlier=papers[1:],
        letters=correspondence.list_letters_about(case.uuid) if "cases.decision-signed" in kinds else [],
        events=officer_events(lines, package, names, language),
    )


def _changes(
    case: Case, package: Package, steps: Collection[str], kinds: Collection[str], language: str
) -> Changes | None:
    """Return what the last correction changed; while the applicant is still at it there is nothing to compare."""
    if not steps or "cases.correction-made" not in kinds or case.state is CaseState.CORRECTION:
        return None
    kept = queries.find_kept_answers(case.uuid)
    return changes_of(case, kept, package, steps, language) if kept else None


def _objections(case: Case) -> list[Heard]:
    return [
        Heard(
            text=one.text,
            raised_at=one.raised_at,
            state=word("objection-state", one.state),
            is_open=one.state == "heard",
        )
        for one in queries.list_objections(case.uuid)
    ]


def _counts(similar: SimilarCases, package: Package, language: str) -> list[tuple[str, int]]:
    return [(package.find_text(f"outcomes.{code}.title", language) or code, count) for code, count in similar.outcomes]


def _similar_lines(similar: SimilarCases, package: Package, post: UUID | None, language: str) -> list[SimilarLine]:
    may_open = queries.cases_acted_in(post, [one.uuid for one in similar.newest]) if post else set()
    return [_similar(one, package, language, may_open=one.uuid in may_open) for one in similar.newest]


def _similar(one: SimilarCase, package: Package, language: str, *, may_open: bool) -> SimilarLine:
    # An earlier version of the service may have had outcomes that this one has not.
    return SimilarLine(
        number=one.number,
        outcome=package.find_text(f"outcomes.{one.outcome}.title", language) or one.outcome,
        tone="bad" if one.negative else "good",
        decided_at=one.decided_at,
        is_same_applicant=one.is_same_applicant,
        url=reverse("backoffice:case", args=[one.uuid]) if may_open else "",
    )


def _is_said(task: Task) -> bool:
    return task.closed_at is not None and task.action not in {"withdrawn", "deemed"}


def _opinion(task: Task, package: Package, names: Names, language: str) -> Opinion:
    assert task.closed_at is not None  # noqa: S101 (only steps that are over are given here)
    return Opinion(
        step=package.text(f"steps.{task.step}.title", language),
        choice=package.find_text(f"actions.{task.step}.{task.action}.label", language) or task.action,
        requirements=tuple(package.find_text(f"needs.{code}.rejection", language) or code for code in task.codes),
        text=task.text,
        note=task.note,
        report=_report(task, package, language),
        by=names.both(task.done_by, task.done_in_post),
        at=task.closed_at,
    )


def _report(task: Task, package: Package, language: str) -> list[Row]:
    step = package.flow.step(task.step)
    return [
        Row(
            package.text(f"{key_of(question)}.label", language),
            answer_in_words(package, question, from_json(question, task.report[question.code]), language, place_name),
        )
        for question in (step.report if step else ())
        if task.report.get(question.code) is not None
    ]


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
