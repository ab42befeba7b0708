"""Objecting: the applicant asks another decider to look at a decision again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.cases import models, queries, rules
from divan.dealings.cases.actions.deciding import current_decision
from divan.dealings.cases.actions.locking import locked_case
from divan.dealings.cases.actions.stepping import arrive
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.values import OBJECTION_RAISED, Case, CaseState, ObjectionNotPossible
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.catalogue import queries as catalogue
from divan_libs.persian.jalali import TEHRAN
from divan_libs.persian.text import normalize
from divan_libs.servicepack import flow_rules


@transaction.atomic
def raise_objection(*, case: UUID, text: str, actor: Actor, now: datetime) -> Case:
    """Object to the newest decision of one's own case: it opens again at the step in which objections are heard.

    The decision stands until another one is taken, and stays in the case for ever.

    :raises CaseUnknown: if it is not the acting person's case.
    :raises ObjectionNotPossible: without a decision, a reason or a hearing, twice, or after the time for it.
    """
    row = locked_case(case, actor)
    decision = current_decision(row)
    wording = "\n".join(normalize(line) for line in text.splitlines()).strip()
    if row.state != CaseState.CLOSED or decision is None or not row.outcome:
        raise ObjectionNotPossible(reason="no-decision")
    if not wording:
        raise ObjectionNotPossible(reason="no-reason")
    until = queries.objection_until(case_of(row))
    if until is None:
        raise ObjectionNotPossible(reason="not-heard")
    if until < now:
        raise ObjectionNotPossible(reason="too-late", until=until.isoformat())
    if models.Objection.objects.filter(decision=decision).exists():
        raise ObjectionNotPossible(reason="raised-before")
    package = catalogue.get_package(row.version.uuid)
    context = queries.context_of(case_of(row), package, now.astimezone(TEHRAN).date())
    transition = flow_rules.objection(package, row.outcome, context)
    if transition is None:
        raise ObjectionNotPossible(reason="not-heard")
    objection = models.Objection.objects.create(
        uuid=uuid4(), case=row, decision=decision, text=wording[:5000], raised_at=now, state="heard"
    )
    facts.record(OBJECTION_RAISED, subject=objection, actor=actor, at=now, case=row.uuid, decision=decision.number)
    review = package.flow.outcome(row.outcome)
    row.state, row.proposed, row.closed_at, row.changed_at = CaseState.OPEN, "", None, now
    row.step, row.tracks = transition.step or "", dict(transition.tracks)
    length = package.flow.step(review.review.start).clock if review and review.review else None  # type: ignore[union-attr] # lint ensures the step
    row.due_at = rules.due(now, length, queries.work_calendar(now.date())) if length else None
    arrive(row, package, transition.opens, actor=actor, now=now, note=wording[:500])
    return case_of(row)
