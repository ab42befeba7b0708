"""Submitting: once, whatever is clicked; and what the applicant may still do afterwards."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from divan.dealings.cases import models, queries, rules
from divan.dealings.cases.actions.appointments import free_visits
from divan.dealings.cases.actions.asking import renew_old_answers
from divan.dealings.cases.actions.locking import locked_case, locked_entry
from divan.dealings.cases.actions.notices import send_notice
from divan.dealings.cases.actions.opening import tell_letter_opened
from divan.dealings.cases.actions.paying import SUBMISSION, drop_open_invoice, require_paid
from divan.dealings.cases.actions.permits import IN_FORCE
from divan.dealings.cases.actions.stepping import arrive
from divan.dealings.cases.actions.tasks import WITHDRAWN, close_open_tasks, open_task, restart_clocks
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.values import (
    CASE_SUBMITTED,
    CASE_WITHDRAWN,
    CORRECTION_MADE,
    Case,
    CaseNotOpen,
    CaseState,
    EntryNotPossible,
    NotADraft,
    NotComplete,
    Receipt,
    WithdrawalTooLate,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.registers.catalogue import queries as catalogue
from divan.registers.places import queries as places
from divan_libs.persian.check_digits import with_check_digit
from divan_libs.persian.jalali import TEHRAN, jalali_year
from divan_libs.servicepack import flow_rules
from divan_libs.servicepack.answers import Missing, complete
from divan_libs.servicepack.models import APPLICATION, Package, PlaceQuestion


def submit_case(*, case: UUID, actor: Actor, now: datetime) -> Receipt:
    """Submit a complete draft: number, first step, clocks and notice in one transaction.

    Submitting again, by a double click, the back button or a retry, returns the same receipt and does nothing. What
    registers told too long ago is asked for again first, which stays when the case must wait for the answer.

    :raises CaseUnknown: if it is not the acting person's case.
    :raises NotADraft: if it was given up.
    :raises NotComplete: with what is missing; nothing else changes.
    :raises EntryNotPossible: ``not-in-force``, if the permit it is about ended meanwhile.
    :raises NobodyResponsible: if no post can take the first step.
    """
    with transaction.atomic():
        row = locked_entry(case, actor, now)
        if row.number:
            return queries.get_receipt(case_of(row))
        if row.state != CaseState.DRAFT:
            raise NotADraft(state=row.state)
        package = catalogue.get_package(row.version.uuid)
        missing = _missing(row, package, actor=actor, now=now)
        if not missing:
            _require_permit(row)
            require_paid(row, package, before=SUBMISSION, now=now)
            begin_flow(row, package, actor=actor, now=now)
            return queries.get_receipt(case_of(row))
    # Refused only now: what is asked again has been committed, and its answer will find the draft waiting for it.
    raise NotComplete(missing=tuple(missing))


def begin_flow(row: models.Case, package: Package, *, actor: Actor, now: datetime) -> None:
    """Let a draft become a case: number, clocks, first steps and notice, in the running transaction."""
    row.number = with_check_digit(rules.tracking_body(jalali_year(now), _next_serial()))
    row.state, row.submitted_at, row.changed_at = CaseState.OPEN, now, now
    row.place_code, row.county_code = _place_of(row, package)
    context = queries.context_of(case_of(row), package, now.astimezone(TEHRAN).date())
    entry = row.entry if row.entry != APPLICATION else ""
    arrival = flow_rules.enter(package, flow_rules.start(package, entry), context)
    row.step, row.tracks = arrival.position.step, dict(arrival.position.tracks)
    row.due_at, row.has_deadline = queries.due_of_case(row, now), package.flow.deadline_of(row.entry) is not None
    row.save()
    power_may_fail("case.before-fact")
    facts.record(CASE_SUBMITTED, subject=row, actor=actor, at=now, number=row.number)
    arrive(row, package, arrival.opens, actor=actor, now=now, moved=False)
    if package.flow.acknowledgement:
        send_notice(row, package, package.flow.acknowledgement, actor=actor, now=now)
    tell_letter_opened(row, package, actor=actor, now=now)


def _missing(row: models.Case, package: Package, *, actor: Actor, now: datetime) -> list[Missing]:
    """Return what a case lacks, after asking again for what registers told too long ago."""
    renew_old_answers(row, package, actor=actor, now=now)
    return complete(package, queries.context_of(case_of(row), package, now.astimezone(TEHRAN).date()))


def _require_permit(row: models.Case) -> None:
    """Refuse to send what was begun about a permit that was revoked, handed back or over since.

    The permit is locked: otherwise it could be handed back between this look and the first step.
    """
    if row.permit_id is None:
        return
    held = models.Permit.objects.select_for_update().get(pk=row.permit_id)
    if held.state != IN_FORCE:
        raise EntryNotPossible(reason="not-in-force")


def _next_serial() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_serial')")
        row = cursor.fetchone()
    assert row is not None  # noqa: S101 (nextval always answers)
    return int(row[0])


def _place_of(row: models.Case, package: Package) -> tuple[str, str]:
    for question in package.form.questions():
        code = row.answers.get(question.code)
        if isinstance(question, PlaceQuestion) and isinstance(code, str):
            county = next((place.code for place in places.lineage(code) if place.level == "county"), "")
            return code, county
    return "", ""


def resubmit_case(*, case: UUID, actor: Actor, now: datetime) -> Case:
    """Hand a corrected case back to the step that asked; its clock runs on where it stood.

    What registers told too long ago is asked for again first, as at the first submission.

    :raises CaseUnknown: if it is not the acting person's case.
    :raises CaseNotOpen: if no correction was asked for.
    :raises NotComplete: with what is missing; nothing else changes.
    """
    with transaction.atomic():
        row = locked_entry(case, actor, now)
        if row.state != CaseState.CORRECTION:
            raise CaseNotOpen(state=row.state)
        package = catalogue.get_package(row.version.uuid)
        missing = _missing(row, package, actor=actor, now=now)
        if not missing:
            _hand_back(row, package, actor=actor, now=now)
            return case_of(row)
    raise NotComplete(missing=tuple(missing))


def _hand_back(row: models.Case, package: Package, *, actor: Actor, now: datetime) -> None:
    waited = models.Task.objects.filter(case=row, closed_at__isnull=False).order_by("-closed_at", "-id").first()
    models.ClockPause.objects.filter(case=row, ends_at__isnull=True).update(ends_at=now)
    row.state, row.changed_at = CaseState.OPEN, now
    row.correction_codes, row.correction_note = [], ""
    row.place_code, row.county_code = _place_of(row, package)
    row.due_at = queries.due_of_case(row, now)
    row.save()
    facts.record(CORRECTION_MADE, subject=row, actor=actor, at=now)
    restart_clocks(row, actor=actor, now=now)
    open_task(
        row,
        package,
        waited.step if waited else row.step,
        track=waited.track if waited else "",
        actor=actor,
        now=now,
        clock_started_at=waited.clock_started_at if waited else None,
    )


@transaction.atomic
def withdraw_case(*, case: UUID, actor: Actor, now: datetime) -> Case:
    """Withdraw an open case while the flow allows it; what waits for officers leaves their worklists.

    :raises CaseUnknown: if it is not the acting person's case.
    :raises CaseNotOpen: if it is over or never began.
    :raises WithdrawalTooLate: if it has come too far.
    """
    row = locked_case(case, actor)
    if row.state not in {CaseState.OPEN, CaseState.CORRECTION, CaseState.PAYMENT}:
        raise CaseNotOpen(state=row.state)
    package = catalogue.get_package(row.version.uuid)
    if not flow_rules.may_withdraw(package, row.step, row.entry if row.entry != APPLICATION else ""):
        raise WithdrawalTooLate(step=row.step)
    close_open_tasks(row, action=WITHDRAWN, actor=actor, now=now)
    drop_open_invoice(row, actor=actor, now=now)
    models.ClockPause.objects.filter(case=row, ends_at__isnull=True).update(ends_at=now)
    row.state, row.closed_at, row.changed_at = CaseState.WITHDRAWN, now, now
    row.save()
    free_visits(row, actor=actor, now=now)
    facts.record(CASE_WITHDRAWN, subject=row, actor=actor, at=now)
    return case_of(row)
