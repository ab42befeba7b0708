"""Permits: what outcomes grant, prolong, change and end."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.cases import models, queries, rules
from divan.dealings.cases.actions.records import end_records_of_permit
from divan.dealings.cases.queries.permits import end_of_permit, permit_of
from divan.dealings.cases.values import (
    PERMIT_CHANGED,
    PERMIT_EXPIRED,
    PERMIT_GRANTED,
    PERMIT_HANDED_BACK,
    PERMIT_REVOKED,
    CaseState,
    EntryNotPossible,
    Permit,
    PermitUnknown,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan_libs.servicepack.models import Effect, EntryKind, Outcome, Package

IN_FORCE, EXPIRED, REVOKED, RETURNED = "in-force", "expired", "revoked", "returned"


def apply_to_permit(row: models.Case, ending: Outcome, package: Package, *, actor: Actor, now: datetime) -> None:
    """Grant, renew, amend or revoke as an outcome says, in the transaction of its decision."""
    if ending.effect is Effect.NONE:
        return
    decision = models.Decision.objects.filter(case=row).order_by("-number").first()
    document = decision.document_uuid if decision else None
    if ending.effect is Effect.GRANTS:
        _grant(row, ending, package, document, actor=actor, now=now)
        return
    permit = models.Permit.objects.select_for_update().filter(pk=row.permit_id).first() if row.permit_id else None
    if permit is None:
        raise EntryNotPossible(reason="no-permit")
    permit.changed_at = now
    if ending.effect is Effect.REVOKES:
        _end_now(permit, REVOKED, now)
        facts.record(PERMIT_REVOKED, subject=permit, actor=actor, at=now, case=row.uuid)
        return
    if ending.effect is Effect.RENEWS:
        permit.state = IN_FORCE
        permit.ends_at = end_of_permit(permit, package, ending, now)
        permit.document_uuid = document or permit.document_uuid
    elif document is not None:
        permit.document_uuid = document
    permit.save()
    facts.record(PERMIT_CHANGED, subject=permit, actor=actor, at=now, case=row.uuid, effect=str(ending.effect))


def _grant(
    row: models.Case, ending: Outcome, package: Package, document: UUID | None, *, actor: Actor, now: datetime
) -> None:
    if models.Permit.objects.filter(case=row).exists():
        return
    assess = next((entry for entry in package.flow.entries if entry.kind is EntryKind.REASSESSMENT), None)
    permit = models.Permit.objects.create(
        uuid=uuid4(),
        number=row.number or "",
        case=row,
        holder=row.applicant,
        service_code=row.version.service.code,
        outcome=ending.code,
        state=IN_FORCE,
        starts_at=now,
        ends_at=end_of_permit(None, package, ending, now),
        assess_at=rules.due(now, assess.every, queries.work_calendar(now.date())) if assess and assess.every else None,
        document_uuid=document,
        changed_at=now,
    )
    facts.record(PERMIT_GRANTED, subject=permit, actor=actor, at=now, case=row.uuid, number=permit.number)


def locked_permit(permit: UUID) -> models.Permit:
    """Return a permit's row locked to the end of the transaction.

    :raises PermitUnknown: if there is none.
    """
    row = models.Permit.objects.select_for_update(of=("self",)).select_related("case", "holder").filter(uuid=permit)
    found: models.Permit | None = row.first()
    if found is None:
        raise PermitUnknown
    return found


@transaction.atomic
def expire_permit(*, permit: UUID, actor: Actor, now: datetime) -> Permit:
    """End a permit whose time is over; one that was renewed meanwhile stays.

    :raises PermitUnknown: if there is none.
    """
    held = locked_permit(permit)
    if held.state == IN_FORCE and held.ends_at is not None and held.ends_at <= now:
        held.state, held.assess_at, held.changed_at = EXPIRED, None, now
        held.save(update_fields=["state", "assess_at", "changed_at"])
        facts.record(PERMIT_EXPIRED, subject=held, actor=actor, at=now)
        end_records_of_permit(held, actor=actor, now=now)
    return permit_of(held)


@transaction.atomic
def hand_back_permit(*, permit: UUID, actor: Actor, now: datetime) -> Permit:
    """End a permit because its holder no longer wants it; what it told other bodies ends with it.

    Handing back twice changes nothing. A case about the permit that runs is decided or withdrawn first.

    :raises PermitUnknown: if it is another person's.
    :raises EntryNotPossible: if it is not in force (``not-in-force``) or a case about it runs (``runs-already``).
    """
    held = locked_permit(permit)
    if held.holder.uuid != actor.uuid:
        raise PermitUnknown
    if held.state == RETURNED:
        return permit_of(held)
    if held.state != IN_FORCE or (held.ends_at is not None and held.ends_at <= now):
        raise EntryNotPossible(reason="not-in-force")
    if models.Case.objects.filter(permit=held, state=CaseState.OPEN).exists():
        raise EntryNotPossible(reason="runs-already")
    _end_now(held, RETURNED, now)
    facts.record(PERMIT_HANDED_BACK, subject=held, actor=actor, at=now)
    power_may_fail("permit.before-records-end")
    end_records_of_permit(held, actor=actor, now=now)
    return permit_of(held)


def _end_now(permit: models.Permit, state: str, now: datetime) -> None:
    permit.state, permit.ends_at, permit.assess_at, permit.changed_at = state, max(now, permit.starts_at), None, now
    # A permit that ends in the very moment of its grant never was in force, yet its period must not be empty.
    if permit.ends_at == permit.starts_at:
        permit.ends_at = None
    permit.save()
