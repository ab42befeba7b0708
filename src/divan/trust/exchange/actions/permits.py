"""Giving rights, suspending and resuming them, and taking them back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q

from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.kinds import FactKind
from divan.trust.exchange import models, rules
from divan.trust.exchange.actions.publishing import sign_and_hand_out
from divan.trust.exchange.queries.standing import body_of, standing_of
from divan.trust.exchange.values import (
    PERMIT_GRANTED,
    PERMIT_REVOKED,
    DataServiceUnknown,
    NewPermit,
    PermitRevoked,
    PermitUnknown,
    SubsystemUnknown,
)
from divan.trust.exchange.values.control import (
    PERMIT_RESUMED,
    PERMIT_SUSPENDED,
    GroupUnknown,
    NotYours,
    PermitOverlaps,
    PermitStands,
    Scope,
)


@transaction.atomic
def grant_permit(*, permit: NewPermit, actor: Actor, now: datetime) -> UUID:
    """Give a right directly, without a request, for a reason, and publish; return the permit's identifier.

    To a single subsystem only the centre gives so, when an exchange is founded or moved; to a group the body that
    offers the data service does as well.

    :raises PermitFaulty: if it lacks purpose or legal basis, or method, path or period cannot be.
    :raises ReasonMissing: if it does not say why it is given directly.
    :raises SubsystemUnknown, DataServiceUnknown: if either side does not take part.
    :raises NotYours: if it is not the actor's to give.
    :raises PermitOverlaps: if there is a right to the same at the same time.
    :raises ExchangeNotPrepared: if the keys of the exchange are missing.
    """
    rules.require_reason(permit.reason)
    row = enter_permit(permit, actor, now)
    standing = standing_of(actor)
    offers = row.group is not None and standing.is_own(body_of(row.data_service.provider.member))
    if not standing.is_centre and not offers:
        raise NotYours
    require_no_overlap(row, now)
    sign_and_hand_out(actor=actor, now=now)
    return row.uuid


@transaction.atomic
def revoke_permit(*, permit: UUID, reason: str, actor: Actor, now: datetime) -> None:
    """Take a right back at once, and publish: the gateway refuses as soon as it has looked, within a second.

    The body that offers the data service may, the body that has the right, and the centre.

    :raises PermitUnknown: if there is none.
    :raises PermitRevoked: if it was revoked before.
    :raises ReasonMissing: without a reason.
    :raises NotYours: if it concerns other bodies.
    :raises ExchangeNotPrepared: if the keys of the exchange are missing.
    """
    given = rules.require_reason(reason)
    row = _locked(permit, actor, also_consumer=True)
    end_permit(row, given, actor, now)
    sign_and_hand_out(actor=actor, now=now)


@transaction.atomic
def suspend_permit(*, permit: UUID, reason: str, actor: Actor, now: datetime) -> None:
    """Let a right rest until it is resumed, and publish; the body that offers the data service may, and the centre.

    :raises PermitUnknown: if there is none.
    :raises PermitStands: if it is over or rests already.
    :raises ReasonMissing: without a reason.
    :raises NotYours: if it concerns other bodies.
    :raises ExchangeNotPrepared: if the keys of the exchange are missing.
    """
    given = rules.require_reason(reason)
    row = _locked(permit, actor)
    if row.suspended_at is not None or _is_over(row, now):
        raise PermitStands
    row.suspended_at = now
    _save(row, "suspended_at", PERMIT_SUSPENDED, given, actor, now)


@transaction.atomic
def resume_permit(*, permit: UUID, reason: str, actor: Actor, now: datetime) -> None:
    """Let a suspended right hold again, and publish; see :func:`suspend_permit`.

    :raises PermitUnknown: if there is none.
    :raises PermitStands: if it is over or does not rest.
    :raises ReasonMissing: without a reason.
    :raises NotYours: if it concerns other bodies.
    :raises ExchangeNotPrepared: if the keys of the exchange are missing.
    """
    given = rules.require_reason(reason)
    row = _locked(permit, actor)
    if row.suspended_at is None or _is_over(row, now):
        raise PermitStands
    row.suspended_at = None
    _save(row, "suspended_at", PERMIT_RESUMED, given, actor, now)


def _save(row: models.Permit, field: str, kind: FactKind, reason: str, actor: Actor, now: datetime) -> None:
    row.save(update_fields=[field])
    facts.record(kind, subject=row, actor=actor, at=now, reason=reason)
    sign_and_hand_out(actor=actor, now=now)


def _is_over(row: models.Permit, now: datetime) -> bool:
    return row.revoked_at is not None or (row.ends_at is not None and row.ends_at <= now)


def _locked(permit: UUID, actor: Actor, *, also_consumer: bool = False) -> models.Permit:
    rows = models.Permit.objects.select_for_update(of=("self",)).select_related(
        "data_service__provider__member__body", "consumer__member__body"
    )
    row = rows.filter(uuid=permit).first()
    if row is None:
        raise PermitUnknown
    standing = standing_of(actor)
    bodies = [body_of(row.data_service.provider.member)]
    if also_consumer and row.consumer is not None:
        bodies.append(body_of(row.consumer.member))
    if not any(standing.acts_for(body) for body in bodies):
        raise NotYours
    return row


def end_permit(row: models.Permit, reason: str, actor: Actor, now: datetime) -> None:
    """Take a right back without publishing.

    :raises PermitRevoked: if it was revoked before.
    """
    if row.revoked_at is not None:
        raise PermitRevoked
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    facts.record(PERMIT_REVOKED, subject=row, actor=actor, at=now, reason=reason)


def require_no_overlap(row: models.Permit, now: datetime, *, instead_of: models.Permit | None = None) -> None:
    """Refuse a right to what there is a right to already: the evidence would name the purpose of the other one.

    Suspended ones count, for they may be resumed. Those of the same request stand for different scopes of one purpose.

    :raises PermitOverlaps: ``permit`` names the other, ``scope`` what both reach.
    """
    others = models.Permit.objects.filter(
        consumer=row.consumer, group=row.group, data_service=row.data_service, revoked_at=None
    ).exclude(pk=row.pk)
    if row.request_id is not None:
        others = others.exclude(request_id=row.request_id)
    if instead_of is not None:
        others = others.exclude(pk=instead_of.pk)
    others = others.filter(Q(ends_at=None) | Q(ends_at__gt=max(row.starts_at, now)))
    if row.ends_at is not None:
        others = others.filter(starts_at__lt=row.ends_at)
    mine = Scope(method=row.method, path_glob=row.path_glob)
    for other in others:
        if rules.reach_the_same(mine, Scope(method=other.method, path_glob=other.path_glob)):
            raise PermitOverlaps(permit=str(other.uuid), scope=f"{other.method} {other.path_glob}")


def _consumer_of(
    permit: NewPermit, data_service: models.DataService
) -> tuple[models.Subsystem | None, models.Group | None]:
    """Return who a permit is for: a subsystem, or a group that may be given rights to the service."""
    group = models.Group.objects.filter(address=permit.consumer, closed_at=None).first()
    if group is None:
        consumer = models.Subsystem.objects.filter(address=permit.consumer, closed_at=None).first()
        if consumer is None:
            raise SubsystemUnknown(subsystem=permit.consumer)
        return consumer, None
    if group.owner_id not in (None, data_service.provider_id):
        # A local group is of one provider, for its own services; gateways take no snapshot that says otherwise.
        raise GroupUnknown(group=permit.consumer)
    return None, group


def enter_permit(
    permit: NewPermit, actor: Actor, now: datetime, *, request: models.PermitRequest | None = None
) -> models.Permit:
    """Enter a permit without publishing; see :func:`grant_permit`."""
    rules.require_permit(permit)
    services = models.DataService.objects.select_related("provider__member__body")
    data_service = services.filter(code=permit.data_service, closed_at=None).first()
    if data_service is None:
        raise DataServiceUnknown(data_service=permit.data_service)
    consumer, group = _consumer_of(permit, data_service)
    row = models.Permit.objects.create(
        uuid=uuid4(),
        consumer=consumer,
        group=group,
        data_service=data_service,
        request=request,
        reason=permit.reason.strip()[:300],
        method=permit.method,
        path_glob=permit.path_glob,
        purpose_fa=permit.purpose_fa,
        purpose_en=permit.purpose_en,
        legal_basis_fa=permit.legal_basis_fa,
        legal_basis_en=permit.legal_basis_en,
        legal_basis_confirmed=permit.legal_basis_confirmed,
        starts_at=permit.starts_at,
        ends_at=permit.ends_at,
        hours=[[list(hours.days), hours.starts.isoformat(), hours.ends.isoformat()] for hours in permit.hours],
        rate_per_minute=permit.rate_per_minute,
        burst=permit.burst,
        daily_quota=permit.daily_quota,
        hidden=list(permit.hidden),
        granted_at=now,
    )
    facts.record(
        PERMIT_GRANTED,
        subject=row,
        actor=actor,
        at=now,
        consumer=permit.consumer,
        data_service=data_service.code,
        what=[row.method, row.path_glob],
        reason=row.reason,
    )
    return row
