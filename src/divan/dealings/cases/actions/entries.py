"""Later beginnings: renewals and amendments by the holder, revocations by an officer, reassessments by themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.cases import models, queries, rules
from divan.dealings.cases.actions.asking import ask_needs
from divan.dealings.cases.actions.locking import locked_case
from divan.dealings.cases.actions.permits import IN_FORCE, locked_permit
from divan.dealings.cases.actions.submitting import begin_flow
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.queries.permits import permit_of
from divan.dealings.cases.values import (
    ENTRY_BEGUN,
    PERMIT_CHANGED,
    Case,
    CaseState,
    EntryNotPossible,
    NotYourTask,
    PermitUnknown,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.catalogue import queries as catalogue
from divan.registers.people import queries as people
from divan.registers.people.values import SubstituteScope
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.evaluation import Evaluator
from divan_libs.servicepack.models import Entry, EntryKind, Package

BY_HOLDER = frozenset({EntryKind.RENEWAL, EntryKind.AMENDMENT})


@transaction.atomic
def begin_entry(*, permit: UUID, entry: str, language: str, actor: Actor, now: datetime) -> Case:
    """Begin a renewal or amendment of one's own permit as a draft; what is known already is carried over.

    Beginning twice does not make two drafts.

    :raises PermitUnknown: if it is another person's.
    :raises EntryNotPossible: if the service has no such entry, it is not the holder's to begin, or not open now.
    """
    held = locked_permit(permit)
    if held.holder.uuid != actor.uuid:
        raise PermitUnknown
    version, package, declared = _entry_of(held, entry)
    if declared.kind not in BY_HOLDER:
        raise EntryNotPossible(reason="not-by-holder")
    rules.require_entry_open(permit_of(held), declared, queries.work_calendar(now.date()), now)
    _require_condition(held, package, declared, now)
    known = models.Case.objects.named().filter(permit=held, entry=entry, state=CaseState.DRAFT).first()
    if known is not None:
        return case_of(known)
    row = _later_case(held, package, version, declared, language=language, actor=actor, now=now)
    return case_of(row)


@transaction.atomic
def begin_revocation(*, permit: UUID, entry: str, actor: Actor, now: datetime) -> Case:
    """Begin the revocation of a permit as the officer whom the service names; it runs at once.

    :raises PermitUnknown: if there is none.
    :raises EntryNotPossible: if the service has no such entry or the permit is not in force.
    :raises NotYourTask: if the actor does not hold the named role.
    """
    held = locked_permit(permit)
    version, package, declared = _entry_of(held, entry)
    if declared.kind is not EntryKind.REVOCATION or declared.by is None:
        raise EntryNotPossible(reason="not-a-revocation")
    post = queries.responsible_post(queries.get_case(held.case.uuid), package, declared.by, now)
    seated = {person.uuid for person in people.seated_in(post.uuid, now, SubstituteScope.CASES)} if post else set()
    if post is None or actor.post != post.uuid or actor.uuid not in seated:
        raise NotYourTask
    rules.require_entry_open(permit_of(held), declared, queries.work_calendar(now.date()), now)
    running = models.Case.objects.filter(permit=held, entry=entry, state=CaseState.OPEN)
    if running.exists():
        raise EntryNotPossible(reason="runs-already")
    row = _later_case(held, package, version, declared, language="fa", actor=actor, now=now)
    begin_flow(row, package, actor=actor, now=now)
    return case_of(row)


@transaction.atomic
def begin_reassessment(*, permit: UUID, actor: Actor, now: datetime) -> bool:
    """Begin the reassessment of a permit whose time for it has come, and set the next time; return whether one began.

    Registers are asked again; the case is submitted by itself when they have answered.
    """
    held = locked_permit(permit)
    if held.state != IN_FORCE or held.assess_at is None or held.assess_at > now:
        return False
    version = catalogue.get_current_version(held.service_code)
    package = catalogue.get_package(version.uuid)
    declared = next((entry for entry in package.flow.entries if entry.kind is EntryKind.REASSESSMENT), None)
    if declared is None or declared.every is None:
        held.assess_at = None
    else:
        held.assess_at = rules.due(now, declared.every, queries.work_calendar(now.date()))
    held.changed_at = now
    held.save(update_fields=["assess_at", "changed_at"])
    facts.record(PERMIT_CHANGED, subject=held, actor=actor, at=now, effect="reassessment")
    if declared is None:
        return False
    language = held.case.language
    _later_case(held, package, version.uuid, declared, language=language, actor=actor, now=now, by_itself=True)
    return True


@transaction.atomic
def submit_reassessment(*, case: UUID, actor: Actor, now: datetime) -> bool:
    """Submit a reassessment by itself once no register is still asked; return whether it was."""
    row = locked_case(case)
    if row.state != CaseState.DRAFT or models.CaseNeed.objects.filter(case=row, state="asked").exists():
        return False
    begin_flow(row, catalogue.get_package(row.version.uuid), actor=actor, now=now)
    return True


def _entry_of(held: models.Permit, entry: str) -> tuple[UUID, Package, Entry]:
    version = catalogue.get_current_version(held.service_code)
    package = catalogue.get_package(version.uuid)
    declared = package.flow.entry(entry)
    if declared is None:
        raise EntryNotPossible(reason="no-such-entry")
    return version.uuid, package, declared


def _require_condition(held: models.Permit, package: Package, declared: Entry, now: datetime) -> None:
    """Refuse an entry whose condition does not hold over the answers of the case that granted the permit."""
    context = queries.context_of(queries.get_case(held.case.uuid), package, now.astimezone(TEHRAN).date())
    evaluator = Evaluator(package, replace(context, entry=declared.code))
    if not evaluator.holds(declared.when, evaluator.view().answers):
        raise EntryNotPossible(reason="condition")


def _later_case(
    held: models.Permit,
    package: Package,
    version: UUID,
    declared: Entry,
    *,
    language: str,
    actor: Actor,
    now: datetime,
    by_itself: bool = False,
) -> models.Case:
    """Make a case about a permit with the answers of the case that granted it, as far as the form still asks them."""
    asked = {question.code for question in package.form.questions() if question.type not in ("file", "consent")}
    row = models.Case.objects.create(
        uuid=uuid4(),
        version_id=queries.key_of_version(version),
        applicant=held.holder,
        language=language,
        entry=declared.code,
        permit=held,
        begun_by_itself=by_itself,
        state=CaseState.DRAFT,
        answers={code: value for code, value in held.case.answers.items() if code in asked},
        started_at=now,
        changed_at=now,
    )
    facts.record(ENTRY_BEGUN, subject=row, actor=actor, at=now, entry=declared.code, permit=held.uuid)
    row = locked_case(row.uuid)
    ask_needs(row, package, actor=actor, now=now)
    return row
