"""What was asked for, what waits for whom, and what an officer sees of the rights of others."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q, QuerySet

from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.trust.exchange import models
from divan.trust.exchange.queries.membership import (
    data_service_of,
    hours_of,
    member_of,
    permit_of,
    permit_rows,
    subsystem_of,
)
from divan.trust.exchange.queries.standing import body_of, standing_of
from divan.trust.exchange.values import Permit, PermitUnknown
from divan.trust.exchange.values.control import (
    Conditions,
    NewRequest,
    PermitEvent,
    PermitRequest,
    RequestKind,
    RequestState,
    RequestUnknown,
    Scope,
    Standing,
)
from divan_libs.envelope.descriptions import operations_of

_LOOKED_IN = (
    "consumer__address",
    "consumer__name_fa",
    "consumer__name_en",
    "consumer__member__name_fa",
    "consumer__member__name_en",
    "group__address",
    "group__name_fa",
    "group__name_en",
    "data_service__address",
    "data_service__code",
    "data_service__name_fa",
    "data_service__name_en",
    "path_glob",
    "purpose_fa",
    "purpose_en",
)


def request_rows() -> QuerySet[models.PermitRequest]:
    """Return the rows of requests with both sides."""
    return models.PermitRequest.objects.select_related(
        "consumer__member__body", "data_service__provider__member__body", "follows"
    )


def scopes_of(row: models.DataService | models.PermitRequest) -> tuple[Scope, ...]:
    """Return what a request wants, or what the description of a data service lists; none where there is none."""
    if isinstance(row, models.PermitRequest):
        return tuple(Scope(method=method, path_glob=path) for method, path in row.scopes)
    if not row.description:
        return ()
    return tuple(Scope(method=one.method, path_glob=one.path) for one in operations_of(row.description))


def request_of(row: models.PermitRequest) -> PermitRequest:
    """Return a request's row as both bodies see it."""
    wanted = NewRequest(
        consumer=row.consumer.address,
        data_service=row.data_service.code,
        scopes=scopes_of(row),
        purpose_fa=row.purpose_fa,
        purpose_en=row.purpose_en,
        legal_basis_fa=row.legal_basis_fa,
        legal_basis_en=row.legal_basis_en,
        legal_basis_confirmed=row.legal_basis_confirmed,
        starts_at=row.starts_at,
        conditions=Conditions(
            ends_at=row.ends_at,
            hours=hours_of(row.hours),
            rate_per_minute=row.rate_per_minute,
            daily_quota=row.daily_quota,
            hidden=tuple(row.hidden),
        ),
        kind=RequestKind(row.kind),
        follows=row.follows.uuid if row.follows else None,
    )
    return PermitRequest(
        uuid=row.uuid,
        wanted=wanted,
        consumer=subsystem_of(row.consumer),
        consumer_member=member_of(row.consumer.member),
        data_service=data_service_of(row.data_service),
        provider_member=member_of(row.data_service.provider.member),
        state=RequestState(row.state),
        asked_at=row.asked_at,
        asked_by=row.asked_by,
        asked_in=row.asked_in,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        decided_in=row.decided_in,
        reason=row.reason,
        reference=row.reference,
        permits=tuple(row.permits.order_by("id").values_list("uuid", flat=True)) if row.state == "granted" else (),
    )


def list_waiting(actor: Actor, *, limit: int = 200) -> list[PermitRequest]:
    """Return the requests that the actor may decide, the oldest first."""
    return [request_of(row) for row in _reviewed_by(standing_of(actor)).order_by("asked_at", "id")[:limit]]


def count_waiting(actor: Actor) -> int:
    """Return how many requests wait for the actor's decision."""
    return _reviewed_by(standing_of(actor)).count()


def list_requests(actor: Actor, *, limit: int = 200) -> list[PermitRequest]:
    """Return the requests that concern the actor's body, by it or of it, the newest first; the centre sees all."""
    standing = standing_of(actor)
    rows = request_rows().order_by("-asked_at", "-id")
    if not standing.is_centre:
        rows = rows.filter(_of_body(standing))
    return [request_of(row) for row in rows[:limit]]


def get_request(request: UUID, actor: Actor) -> PermitRequest:
    """Return a request that concerns the actor's body.

    :raises RequestUnknown: if there is none, or it concerns others.
    """
    standing = standing_of(actor)
    row = request_rows().filter(uuid=request).first()
    bodies = [] if row is None else [body_of(row.consumer.member), body_of(row.data_service.provider.member)]
    if row is None or not any(standing.acts_for(body) for body in bodies):
        raise RequestUnknown
    return request_of(row)


def may_review(request: PermitRequest, actor: Actor) -> bool:
    """Whether a request waits for the decision of this actor."""
    return _reviewed_by(standing_of(actor)).filter(uuid=request.uuid).exists()


def may_withdraw(request: PermitRequest, actor: Actor) -> bool:
    """Whether a request waits and the actor's body asked it."""
    row = request_rows().filter(uuid=request.uuid, state=RequestState.ASKED).first()
    return row is not None and standing_of(actor).speaks_for(body_of(row.consumer.member))


def list_permits_for(actor: Actor, *, text: str = "", after: UUID | None = None, limit: int = 50) -> list[Permit]:
    """Return the permits that concern the actor's body, its own and others' with it, newest first; the centre sees all.

    ``text`` occurs in a name, an address, the path or the purpose; ``after`` is the last one that was seen.
    """
    standing = standing_of(actor)
    rows = permit_rows().order_by("-granted_at", "-id")
    if not standing.is_centre:
        rows = rows.filter(_of_body(standing) | _of_group(standing))
    for word in text.split()[:6]:
        rows = rows.filter(reduce(or_, (Q(**{f"{field}__icontains": word}) for field in _LOOKED_IN)))
    last = models.Permit.objects.only("granted_at").filter(uuid=after).first() if after else None
    if last is not None:
        rows = rows.filter(Q(granted_at__lt=last.granted_at) | Q(granted_at=last.granted_at, pk__lt=last.pk))
    return [permit_of(row) for row in rows[:limit]]


def get_permit_for(permit: UUID, actor: Actor) -> tuple[Permit, bool, bool]:
    """Return a permit that concerns the actor's body; whether they act for the provider; whether for the consumer.

    :raises PermitUnknown: if there is none, or it concerns others.
    """
    standing = standing_of(actor)
    row = permit_rows().filter(uuid=permit).first()
    if row is None:
        raise PermitUnknown
    offers = standing.acts_for(body_of(row.data_service.provider.member))
    asks = row.consumer is not None and standing.acts_for(body_of(row.consumer.member))
    if not offers and not asks:
        raise PermitUnknown
    return permit_of(row), offers, asks


def list_permit_events(permit: UUID) -> list[PermitEvent]:
    """Return what became of a permit, oldest first, with the reasons that were given."""
    return [
        PermitEvent(kind=fact.kind.removeprefix("exchange."), at=fact.at, reason=str(fact.data.get("reason") or ""))
        for fact in facts.of_subjects([permit])
    ]


def list_permits_ending(actor: Actor, now: datetime, *, within: timedelta) -> list[Permit]:
    """Return the permits in force that end soon and concern the actor's body, the first to end first."""
    standing = standing_of(actor)
    rows = permit_rows().filter(revoked_at=None, ends_at__gt=now, ends_at__lte=now + within)
    if not standing.is_centre:
        rows = rows.filter(_of_body(standing))
    return [permit_of(row) for row in rows.order_by("ends_at", "id")]


def _of_body(standing: Standing) -> Q:
    if not standing.is_officer:
        return Q(pk__in=())
    own = Q(consumer__member__body__uuid=standing.body)
    return own | Q(data_service__provider__member__body__uuid=standing.body)


def _of_group(standing: Standing) -> Q:
    if not standing.is_officer:
        return Q(pk__in=())
    return Q(group__owner__member__body__uuid=standing.body)


def _reviewed_by(standing: Standing) -> QuerySet[models.PermitRequest]:
    """Return the waiting requests of others that somebody may decide."""
    rows = request_rows().filter(state=RequestState.ASKED)
    mine = Q(pk__in=())
    if standing.is_officer:
        mine |= Q(data_service__provider__member__body__uuid=standing.body)
    if standing.is_centre:
        mine |= Q(data_service__provider__member__body=None)
    rows = rows.filter(mine)
    return rows.exclude(asked_by=standing.person) if standing.person else rows
