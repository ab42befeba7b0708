"""Concluding: how the main line of a case ends, what that brings about, and what remains to be done afterwards."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from divan.dealings.cases import models, rules
from divan.dealings.cases.actions.deciding import current_decision, seal_decision, sign_decision
from divan.dealings.cases.actions.notices import send_notice
from divan.dealings.cases.actions.permits import apply_to_permit
from divan.dealings.cases.actions.records import publish_records
from divan.dealings.cases.actions.tasks import DEEMED, close_open_tasks
from divan.dealings.cases.queries.letters import decision_in_words
from divan.dealings.cases.values import (
    CASE_CLOSED,
    DECISION_DEEMED,
    DECISION_RECORDED,
    OBJECTION_ENDED,
    ActionNotPossible,
    CaseState,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.people import actions as people_actions
from divan.registers.people import queries as people
from divan_libs.servicepack.models import Outcome, Package


def conclude(row: models.Case, package: Package, outcome: str, *, actor: Actor, now: datetime) -> None:
    """End the main line with the outcome on the table: a signed letter, or a recorded decision that writes none."""
    ending = package.flow.outcome(outcome)
    if ending is None:
        raise ActionNotPossible(reason="flow.nothing-proposed")
    if ending.document is None:
        _record_decision(row, ending, actor=actor, now=now)
    else:
        sign_decision(row, package, outcome, actor=actor, now=now)
    bring_about(row, package, ending, actor=actor, now=now)
    _tell_recorded(row, package, ending, actor=actor, now=now)


def deem(row: models.Case, package: Package, outcome: str, *, actor: Actor, now: datetime) -> None:
    """Let silence decide a case: the steps that wait fall away and the body's seal stands for a signature.

    تبصرهٔ ۳ مادهٔ ۷ مکرر of the act on the general policies of article 44: silence within the time counts as consent, and
    the responsibility stays with the body.
    """
    ending = package.flow.outcome(outcome)
    if ending is None or not ending.deemed:
        raise ActionNotPossible(reason="flow.nothing-proposed")
    close_open_tasks(row, action=DEEMED, actor=actor, now=now)
    row.deemed, row.proposed, row.changed_at = True, outcome, now
    decision = current_decision(row)
    if decision is None or decision.state not in {"drafted", "paraphed"}:
        number = decision.number + 1 if decision else 1
        decision = models.Decision(uuid=uuid4(), case=row, number=number, version=0)
    decision.version += 1
    decision.state, decision.outcome, decision.deemed = "drafted", outcome, True
    decision.codes, decision.text, decision.paraphs = [], "", []
    decision.save()
    facts.record(DECISION_DEEMED, subject=decision, actor=actor, at=now, outcome=outcome)
    if ending.document is None:
        _record_decision(row, ending, actor=actor, now=now)
    else:
        seal_decision(row, package, ending, decision, actor=actor, now=now)
    bring_about(row, package, ending, actor=actor, now=now)
    _tell_recorded(row, package, ending, actor=actor, now=now)


def _record_decision(row: models.Case, ending: Outcome, *, actor: Actor, now: datetime) -> None:
    decision = current_decision(row)
    if decision is None or decision.outcome != ending.code:
        raise ActionNotPossible(reason="flow.nothing-proposed")
    decision.state, decision.signed_by, decision.signed_in, decision.signed_at = "recorded", actor.uuid, actor.post, now
    decision.save()
    facts.record(DECISION_RECORDED, subject=decision, actor=actor, at=now, outcome=ending.code, case=row.uuid)
    row.outcome, row.negative, row.decided_at = ending.code, ending.negative, now
    row.step, row.closed_at, row.state = "", now, CaseState.CLOSED
    row.save()
    facts.record(CASE_CLOSED, subject=row, actor=actor, at=now, outcome=row.outcome)


def _tell_recorded(row: models.Case, package: Package, ending: Outcome, *, actor: Actor, now: datetime) -> None:
    """Tell the applicant of a decision without a letter, after what it brings about: a permit is named with its end."""
    decision = current_decision(row)
    if ending.document is None and decision is not None:
        words = decision_in_words(package, decision, None, row.language, now)
        send_notice(row, package, ending.message, actor=actor, now=now, decision=words)


def bring_about(row: models.Case, package: Package, ending: Outcome, *, actor: Actor, now: datetime) -> None:
    """Carry out what an outcome brings about, in the transaction of the decision: nothing of it can be lost."""
    objection = models.Objection.objects.select_for_update().filter(case=row, state="heard").first()
    if objection is not None:
        objection.state, objection.ended_at = ("upheld" if ending.negative else "accepted"), now
        objection.save(update_fields=["state", "ended_at"])
        facts.record(OBJECTION_ENDED, subject=objection, actor=actor, at=now, ended=objection.state)
    apply_to_permit(row, ending, package, actor=actor, now=now)
    publish_records(row, package, ending, actor=actor, now=now)
    if ending.absence is not None:
        _appoint_substitute(row, ending, actor=actor, now=now)


def _appoint_substitute(row: models.Case, ending: Outcome, *, actor: Actor, now: datetime) -> None:
    """Let the named colleague stand in for the posts of the applicant from the first to the last day, both included.

    Where the service lets them stay open and nobody was named, nobody stands in.
    """
    absence = ending.absence
    assert absence is not None  # noqa: S101 (asked before)
    named = row.answers.get(absence.substitute)
    if named is None or row.answers.get(absence.ends) is None:
        return
    code = named.get("national_code", "") if isinstance(named, dict) else str(named or "")
    substitute = people.find_person(code)
    if substitute is None:
        raise ActionNotPossible(reason="flow.substitute-unknown")
    people_actions.appoint_substitute(
        person=row.applicant.uuid,
        substitute=substitute.uuid,
        starts_at=rules.beginning_of(str(row.answers[absence.starts])),
        ends_at=rules.beginning_of(str(row.answers[absence.ends]), days_later=1),
        actor=actor,
        now=now,
    )


def finish_aftercare(row: models.Case, *, actor: Actor, now: datetime) -> None:
    """Close a case whose aftercare is done."""
    row.state, row.step, row.closed_at, row.changed_at = CaseState.CLOSED, "", now, now
    row.tracks = {}
    row.save()
    facts.record(CASE_CLOSED, subject=row, actor=actor, at=now, outcome=row.outcome)
