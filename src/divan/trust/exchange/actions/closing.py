"""Letting members, subsystems and data services leave the exchange, with every right that stands on them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.trust.exchange import models, rules
from divan.trust.exchange.actions.certificates import end_certificate
from divan.trust.exchange.actions.membership import require_open
from divan.trust.exchange.actions.permits import end_permit
from divan.trust.exchange.actions.publishing import sign_and_hand_out
from divan.trust.exchange.apps import options
from divan.trust.exchange.queries.looks import own_member
from divan.trust.exchange.queries.standing import require_acting_for, require_centre
from divan.trust.exchange.values import DataServiceUnknown, MemberUnknown, SubsystemUnknown
from divan.trust.exchange.values.control import (
    DATA_SERVICE_CLOSED,
    GROUP_CLOSED,
    MEMBER_CLOSED,
    REQUEST_REFUSED,
    SUBSYSTEM_CLOSED,
    InUse,
    RequestState,
)


@transaction.atomic
def close_member(*, member: str, reason: str, actor: Actor, now: datetime) -> None:
    """Let a member leave, with its subsystems, data services, certificates and rights, and publish.

    :raises NotYours: if the actor is not the centre.
    :raises MemberUnknown, Closed: if it does not take part.
    :raises InUse: if it is our own.
    :raises ReasonMissing: without a reason.
    :raises ExchangeNotPrepared: if the keys of the exchange are missing.
    """
    given = rules.require_reason(reason)
    require_centre(actor)
    row = models.Member.objects.select_for_update().filter(address=member).first()
    if row is None:
        raise MemberUnknown(member=member)
    require_open(row)
    if row.address == own_member():
        raise InUse(what=row.address)
    for subsystem in models.Subsystem.objects.select_for_update().filter(member=row, closed_at=None):
        _close_subsystem(subsystem, given, actor, now)
    row.closed_at = now
    row.save(update_fields=["closed_at"])
    facts.record(MEMBER_CLOSED, subject=row, actor=actor, at=now, address=row.address, reason=given)
    sign_and_hand_out(actor=actor, now=now)


@transaction.atomic
def close_subsystem(*, subsystem: str, reason: str, actor: Actor, now: datetime) -> None:
    """Let a subsystem leave, with its data services, certificates and rights, and publish; the centre may.

    :raises NotYours, SubsystemUnknown, Closed, ReasonMissing, ExchangeNotPrepared: see :func:`close_member`.
    :raises InUse: if it is our own, or an agreement with an installation stands on it.
    """
    given = rules.require_reason(reason)
    require_centre(actor)
    row = models.Subsystem.objects.select_for_update().filter(address=subsystem).first()
    if row is None:
        raise SubsystemUnknown(subsystem=subsystem)
    require_open(row)
    _close_subsystem(row, given, actor, now)
    sign_and_hand_out(actor=actor, now=now)


@transaction.atomic
def close_data_service(*, data_service: str, reason: str, actor: Actor, now: datetime) -> None:
    """Offer a data service no more, end the rights to it, and publish; the body that offers it may, and the centre.

    :raises NotYours, DataServiceUnknown, Closed, ReasonMissing, ExchangeNotPrepared: see :func:`close_member`.
    """
    given = rules.require_reason(reason)
    rows = models.DataService.objects.select_for_update(of=("self",)).select_related("provider__member__body")
    row = rows.filter(code=data_service).first()
    if row is None:
        raise DataServiceUnknown(data_service=data_service)
    require_acting_for(actor, row.provider.member)
    require_open(row)
    _close_data_service(row, given, actor, now)
    sign_and_hand_out(actor=actor, now=now)


def _close_subsystem(row: models.Subsystem, reason: str, actor: Actor, now: datetime) -> None:
    is_ours = row.address == options().subsystem
    if is_ours or models.Agreement.objects.filter(subsystem=row, ended_at=None).exists():
        raise InUse(what=row.address)
    for service in models.DataService.objects.select_for_update().filter(provider=row, closed_at=None):
        _close_data_service(service, reason, actor, now)
    for group in models.Group.objects.select_for_update().filter(owner=row, closed_at=None):
        close_group_row(group, reason, actor, now)
    _end_rights(Q(consumer=row), reason, actor, now)
    _end_requests(Q(consumer=row), reason, actor, now)
    for certificate in models.Certificate.objects.select_for_update().filter(subsystem=row, revoked_at=None):
        end_certificate(certificate, reason, actor, now)
    row.closed_at = now
    row.save(update_fields=["closed_at"])
    facts.record(SUBSYSTEM_CLOSED, subject=row, actor=actor, at=now, address=row.address, reason=reason)


def _close_data_service(row: models.DataService, reason: str, actor: Actor, now: datetime) -> None:
    _end_rights(Q(data_service=row), reason, actor, now)
    _end_requests(Q(data_service=row), reason, actor, now)
    row.closed_at = now
    row.save(update_fields=["closed_at"])
    facts.record(DATA_SERVICE_CLOSED, subject=row, actor=actor, at=now, code=row.code, reason=reason)


def close_group_row(row: models.Group, reason: str, actor: Actor, now: datetime) -> None:
    """Close a group and end the rights it had, without publishing."""
    _end_rights(Q(group=row), reason, actor, now)
    row.closed_at = now
    row.save(update_fields=["closed_at"])
    facts.record(GROUP_CLOSED, subject=row, actor=actor, at=now, address=row.address, reason=reason)


def _end_rights(which: Q, reason: str, actor: Actor, now: datetime) -> None:
    for permit in models.Permit.objects.select_for_update(of=("self",)).filter(which, revoked_at=None).order_by("id"):
        end_permit(permit, reason, actor, now)


def _end_requests(which: Q, reason: str, actor: Actor, now: datetime) -> None:
    waiting = models.PermitRequest.objects.select_for_update(of=("self",)).filter(which, state=RequestState.ASKED)
    for row in waiting.order_by("id"):
        row.state, row.decided_at, row.reason = str(RequestState.REFUSED), now, reason
        row.save(update_fields=["state", "decided_at", "reason"])
        facts.record(REQUEST_REFUSED, subject=row, actor=actor, at=now, reason=reason, reference="")
