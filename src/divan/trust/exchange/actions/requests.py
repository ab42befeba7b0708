"""Asking for rights, and deciding on what was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.foundation import facts, locks
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.foundation.kinds import FactKind
from divan.trust.exchange import models, rules
from divan.trust.exchange.actions.permits import end_permit, enter_permit, require_no_overlap
from divan.trust.exchange.actions.publishing import sign_and_hand_out
from divan.trust.exchange.queries.requests import request_of, request_rows, scopes_of
from divan.trust.exchange.queries.standing import body_of, standing_of
from divan.trust.exchange.values import DataServiceUnknown, PermitFaulty, PermitUnknown, SubsystemUnknown
from divan.trust.exchange.values.control import (
    PERMIT_REQUESTED,
    REQUEST_GRANTED,
    REQUEST_REFUSED,
    REQUEST_WITHDRAWN,
    Conditions,
    ConsentMissing,
    NewRequest,
    NotYours,
    OwnRequest,
    PermitOverlaps,
    RequestDecided,
    RequestKind,
    RequestState,
    RequestUnknown,
    Standing,
)

REPLACED = "replaced by an amendment"


@transaction.atomic
def request_permit(*, wanted: NewRequest, actor: Actor, now: datetime) -> UUID:
    """Ask, for a body, for the right to ask a data service; return the request's identifier.

    :raises PermitFaulty: if it says too little, comes too late, or matches nothing that the data service has.
    :raises SubsystemUnknown, DataServiceUnknown, PermitUnknown: if what it names does not take part.
    :raises NotYours: if the actor does not speak for the body that would have the right.
    :raises PermitOverlaps: if it was asked for already and waits.
    """
    consumer = (
        models.Subsystem.objects.select_related("member__body").filter(address=wanted.consumer, closed_at=None).first()
    )
    if consumer is None:
        raise SubsystemUnknown(subsystem=wanted.consumer)
    standing = standing_of(actor)
    if not standing.speaks_for(body_of(consumer.member)):
        raise NotYours
    service = models.DataService.objects.filter(code=wanted.data_service, closed_at=None).first()
    if service is None:
        raise DataServiceUnknown(data_service=wanted.data_service)
    rules.require_request(wanted, scopes_of(service), now)
    locks.hold("exchange.requests")
    follows = _followed(wanted, consumer, service)
    _require_first(wanted, consumer, service)
    row = models.PermitRequest.objects.create(
        uuid=uuid4(), consumer=consumer, data_service=service, follows=follows, **_columns(wanted, standing, now)
    )
    facts.record(
        PERMIT_REQUESTED,
        subject=row,
        actor=actor,
        at=now,
        consumer=consumer.address,
        data_service=service.code,
        what=row.scopes,
        wants=row.kind,
    )
    return row.uuid


def _columns(wanted: NewRequest, standing: Standing, now: datetime) -> dict[str, object]:
    bounds = wanted.conditions
    return {
        "kind": str(wanted.kind),
        "scopes": [[scope.method, scope.path_glob] for scope in wanted.scopes],
        "purpose_fa": wanted.purpose_fa,
        "purpose_en": wanted.purpose_en,
        "legal_basis_fa": wanted.legal_basis_fa,
        "legal_basis_en": wanted.legal_basis_en,
        "legal_basis_confirmed": wanted.legal_basis_confirmed,
        "starts_at": wanted.starts_at,
        "ends_at": bounds.ends_at,
        "hours": [[list(hours.days), hours.starts.isoformat(), hours.ends.isoformat()] for hours in bounds.hours],
        "rate_per_minute": bounds.rate_per_minute,
        "daily_quota": bounds.daily_quota,
        "hidden": list(bounds.hidden),
        "asked_at": now,
        "asked_by": standing.person,
        "asked_in": standing.post,
    }


def _followed(wanted: NewRequest, consumer: models.Subsystem, service: models.DataService) -> models.Permit | None:
    """Return the permit that a request follows: one of the same two sides that was not revoked."""
    if wanted.follows is None:
        return None
    rows = models.Permit.objects.filter(uuid=wanted.follows, consumer=consumer, data_service=service, revoked_at=None)
    row = rows.first()
    if row is None:
        raise PermitUnknown
    if wanted.kind is RequestKind.RENEWAL and row.ends_at is None:
        raise PermitFaulty(reason="follows")
    return row


def _require_first(wanted: NewRequest, consumer: models.Subsystem, service: models.DataService) -> None:
    """Refuse what waits for a decision already: a second press is no second request."""
    waiting = models.PermitRequest.objects.filter(consumer=consumer, data_service=service, state="asked")
    for row in waiting:
        for one in scopes_of(row):
            if any(rules.reach_the_same(one, scope) for scope in wanted.scopes):
                raise PermitOverlaps(permit=str(row.uuid), scope=f"{one.method} {one.path_glob}")


@transaction.atomic
def grant_request(
    *,
    request: UUID,
    conditions: Conditions | None = None,
    reference: str = "",
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> Sequence[UUID]:
    """Give what was asked for, under the conditions asked for or narrower ones, and publish; return the permits.

    The body that offers the data service decides. For one from outside this installation the centre does, on the
    letter (``reference``) in which that body agreed. An amendment ends the permit in whose place it stands.

    :raises RequestUnknown, RequestDecided: if there is none that waits.
    :raises NotYours, OwnRequest: if it is not the actor's to decide.
    :raises ConsentMissing: if the centre names no letter.
    :raises PermitFaulty: if the conditions are wider than what was asked for, or its time has passed.
    :raises PermitOverlaps: if there is a right to the same at the same time.
    :raises Closed, SubsystemUnknown, DataServiceUnknown: if a side left the exchange meanwhile.
    :raises ExchangeNotPrepared: if the keys of the exchange are missing.
    """
    locks.hold("exchange.requests")
    row = _waiting(request)
    _require_review(row, reference, actor)
    wanted = request_of(row).wanted
    given = conditions or wanted.conditions
    rules.require_not_wider(wanted.conditions, given)
    # It may have waited until after the day on which it was to begin.
    due = replace(wanted, starts_at=max(wanted.starts_at or now, now), conditions=given)
    rules.require_request(due, scopes_of(row.data_service), now)
    replaced = row.follows if wanted.kind is RequestKind.AMENDMENT else None
    if replaced is not None and replaced.revoked_at is None:
        end_permit(replaced, REPLACED, actor, now)
    permits = []
    for scope in wanted.scopes:
        permit = enter_permit(rules.as_permit(due, scope, given, now), actor, now, request=row)
        require_no_overlap(permit, now)
        permits.append(permit.uuid)
    _decide(row, RequestState.GRANTED, REQUEST_GRANTED, reason, reference, actor, now)
    # Rights and decision are written, nothing is committed: after a power cut here the request waits as before.
    power_may_fail("exchange.request-granted")
    sign_and_hand_out(actor=actor, now=now)
    return permits


@transaction.atomic
def refuse_request(*, request: UUID, reason: str, reference: str = "", actor: Actor, now: datetime) -> None:
    """Refuse what was asked for, with a reason that the other body reads.

    :raises RequestUnknown, RequestDecided: if there is none that waits.
    :raises NotYours, OwnRequest, ConsentMissing: see :func:`grant_request`.
    :raises ReasonMissing: without a reason.
    """
    given = rules.require_reason(reason)
    row = _waiting(request)
    _require_review(row, reference, actor)
    _decide(row, RequestState.REFUSED, REQUEST_REFUSED, given, reference, actor, now)


@transaction.atomic
def withdraw_request(*, request: UUID, reason: str = "", actor: Actor, now: datetime) -> None:
    """Take a request back; the body that asked may.

    :raises RequestUnknown, RequestDecided: if there is none that waits.
    :raises NotYours: if another body asked.
    """
    row = _waiting(request)
    if not standing_of(actor).speaks_for(body_of(row.consumer.member)):
        raise NotYours
    _decide(row, RequestState.WITHDRAWN, REQUEST_WITHDRAWN, reason, "", actor, now)


def _waiting(request: UUID) -> models.PermitRequest:
    row = request_rows().select_for_update(of=("self",)).filter(uuid=request).first()
    if row is None:
        raise RequestUnknown
    if row.state != RequestState.ASKED:
        raise RequestDecided(state=row.state)
    return row


def _require_review(row: models.PermitRequest, reference: str, actor: Actor) -> None:
    """Refuse who may not decide: another body's officer, who asked, the centre for a body that decides itself."""
    standing, provider = standing_of(actor), body_of(row.data_service.provider.member)
    if not standing.speaks_for(provider):
        raise NotYours
    if row.asked_by is not None and row.asked_by == standing.person:
        raise OwnRequest
    if provider is None and not reference.strip():
        raise ConsentMissing


def _decide(
    row: models.PermitRequest,
    state: RequestState,
    kind: FactKind,
    reason: str,
    reference: str,
    actor: Actor,
    now: datetime,
) -> None:
    standing = standing_of(actor)
    row.state, row.decided_at = str(state), now
    row.decided_by, row.decided_in = standing.person, standing.post
    row.reason, row.reference = " ".join(reason.split())[:500], " ".join(reference.split())[:100]
    row.save(update_fields=["state", "decided_at", "decided_by", "decided_in", "reason", "reference"])
    facts.record(kind, subject=row, actor=actor, at=now, reason=row.reason, reference=row.reference)
