"""Giving and taking back rights."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.trust.exchange import models, rules
from divan.trust.exchange.actions.publishing import sign_and_hand_out
from divan.trust.exchange.values import (
    PERMIT_GRANTED,
    PERMIT_REVOKED,
    DataServiceUnknown,
    NewPermit,
    PermitRevoked,
    PermitUnknown,
    SubsystemUnknown,
)


@transaction.atomic
def grant_permit(*, permit: NewPermit, actor: Actor, now: datetime) -> UUID:
    """Give a subsystem the right to ask a data service, and publish; return the permit's identifier.

    :raises PermitFaulty: if it lacks purpose or legal basis, or method, path or period cannot be.
    :raises SubsystemUnknown, DataServiceUnknown: if either side does not take part.
    :raises ExchangeNotPrepared: if the keys of the exchange are missing.
    """
    row = enter_permit(permit, actor, now)
    sign_and_hand_out(actor=actor, now=now)
    return row.uuid


@transaction.atomic
def revoke_permit(*, permit: UUID, reason: str = "", actor: Actor, now: datetime) -> None:
    """Take a right back at once, and publish: the gateway refuses as soon as it has looked, within a second.

    :raises PermitUnknown: if there is none.
    :raises PermitRevoked: if it was revoked before.
    :raises ExchangeNotPrepared: if the keys of the exchange are missing.
    """
    row = models.Permit.objects.select_for_update().filter(uuid=permit).first()
    if row is None:
        raise PermitUnknown
    if row.revoked_at is not None:
        raise PermitRevoked
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    facts.record(PERMIT_REVOKED, subject=row, actor=actor, at=now, reason=reason)
    sign_and_hand_out(actor=actor, now=now)


def enter_permit(permit: NewPermit, actor: Actor, now: datetime) -> models.Permit:
    """Enter a permit without publishing; see :func:`grant_permit`."""
    rules.require_permit(permit)
    consumer = models.Subsystem.objects.filter(address=permit.consumer).first()
    if consumer is None:
        raise SubsystemUnknown(subsystem=permit.consumer)
    data_service = models.DataService.objects.filter(code=permit.data_service).first()
    if data_service is None:
        raise DataServiceUnknown(data_service=permit.data_service)
    row = models.Permit.objects.create(
        uuid=uuid4(),
        consumer=consumer,
        data_service=data_service,
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
        consumer=consumer.address,
        data_service=data_service.code,
        what=[row.method, row.path_glob],
    )
    return row
