"""Entering members, subsystems and data services."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Q

from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.kinds import FactKind
from divan.registers.people import queries as people
from divan.trust.exchange import models, rules
from divan.trust.exchange.actions.publishing import sign_and_hand_out
from divan.trust.exchange.queries.standing import require_acting_for, require_centre
from divan.trust.exchange.values import (
    DATA_SERVICE_REGISTERED,
    MEMBER_REGISTERED,
    SUBSYSTEM_REGISTERED,
    DataService,
    DataServiceFaulty,
    Member,
    MemberUnknown,
    Subsystem,
    SubsystemUnknown,
)
from divan.trust.exchange.values.control import Closed
from divan_libs.envelope import snapshot
from divan_libs.envelope.descriptions import operations_of
from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.uploads import references_outside


@transaction.atomic
def register_member(*, member: Member, actor: Actor, now: datetime) -> bool:
    """Enter a member, or bring it to this description, and publish; return whether anything changed.

    :raises NotYours: if the actor is not the centre.
    :raises AddressFaulty: if the address is none of a member.
    :raises PostUnknown: if there is no such body in the tree.
    :raises Closed: if it left the exchange.
    :raises ExchangeNotPrepared: if the keys of the exchange are missing.
    """
    require_centre(actor)
    changed = enter_member(member, actor, now)
    if changed:
        sign_and_hand_out(actor=actor, now=now)
    return changed


@transaction.atomic
def register_subsystem(*, subsystem: Subsystem, actor: Actor, now: datetime) -> bool:
    """Enter a subsystem with its certificates, or bring it to this description, and publish; return whether it changed.

    :raises NotYours: if the actor is not the centre.
    :raises AddressFaulty, CertificateFaulty: if the address or a fingerprint is none.
    :raises MemberUnknown: if its member does not take part.
    :raises Closed: if it, or its member, left the exchange.
    :raises ExchangeNotPrepared: if the keys of the exchange are missing.
    """
    require_centre(actor)
    changed = enter_subsystem(subsystem, actor, now)
    if changed:
        sign_and_hand_out(actor=actor, now=now)
    return changed


@transaction.atomic
def register_data_service(*, data_service: DataService, actor: Actor, now: datetime) -> bool:
    """Enter a data service, or bring it to this description, and publish; return whether anything changed.

    :raises AddressFaulty, DataServiceFaulty: if the address, the code or the description cannot be.
    :raises SubsystemUnknown: if the subsystem that offers it does not take part.
    :raises NotYours: if the actor speaks neither for the body that offers it nor for the centre.
    :raises Closed: if it was closed.
    :raises ExchangeNotPrepared: if the keys of the exchange are missing.
    """
    _require_offering(data_service, actor)
    changed = enter_data_service(data_service, actor, now)
    if changed:
        sign_and_hand_out(actor=actor, now=now)
    return changed


def _require_offering(told: DataService, actor: Actor) -> None:
    """Refuse whoever speaks for neither provider of a data service: the one it has, and the one it would get."""
    address = rules.require_service(told.address).provider.encoded()
    known = models.DataService.objects.filter(code=told.code).values_list("provider_id", flat=True)
    rows = models.Subsystem.objects.select_related("member__body")
    for provider in rows.filter(Q(address=address) | Q(pk__in=list(known))):
        require_acting_for(actor, provider.member)


def enter_member(member: Member, actor: Actor, now: datetime) -> bool:
    """Enter a member without publishing; see :func:`register_member`."""
    address = rules.require_member(member.address).encoded()
    row = models.Member.objects.select_for_update().filter(address=address).first() or models.Member(address=address)
    require_open(row)
    fields: dict[str, object] = {"name_fa": member.name_fa, "name_en": member.name_en}
    if member.body:
        fields["body"] = _row_of_body(member.body)
    return _bring_to(row, fields, MEMBER_REGISTERED, actor, now, address=address)


def _row_of_body(code: str) -> Any:
    units: Any = models.Member._meta.get_field("body").related_model
    return units._default_manager.get(uuid=people.get_unit(code).body_uuid)


def require_open(row: models.Member | models.Subsystem | models.Group | models.DataService) -> None:
    """Refuse to touch what was closed.

    :raises Closed: if it was.
    """
    if row.closed_at is not None:
        raise Closed


def enter_subsystem(subsystem: Subsystem, actor: Actor, now: datetime) -> bool:
    """Enter a subsystem without publishing; see :func:`register_subsystem`."""
    client = rules.require_subsystem(subsystem.address)
    member = models.Member.objects.filter(address=client.member.encoded()).first()
    if member is None:
        raise MemberUnknown(member=client.member.encoded())
    address = client.encoded()
    rows = models.Subsystem.objects.select_for_update()
    row = rows.filter(address=address).first() or models.Subsystem(address=address)
    require_open(member)
    require_open(row)
    fields = {
        "member": member,
        "name_fa": subsystem.name_fa,
        "name_en": subsystem.name_en,
        "connection": str(subsystem.connection),
        "certificates": rules.require_fingerprints(subsystem.certificates),
        "true_status": subsystem.true_status,
    }
    return _bring_to(row, fields, SUBSYSTEM_REGISTERED, actor, now, address=address)


def enter_data_service(told: DataService, actor: Actor, now: datetime) -> bool:
    """Enter a data service without publishing; see :func:`register_data_service`."""
    service = rules.require_service(told.address)
    rules.require_code(told.code)
    _require_routable(told)
    provider = models.Subsystem.objects.filter(address=service.provider.encoded()).first()
    if provider is None:
        raise SubsystemUnknown(subsystem=service.provider.encoded())
    rows = models.DataService.objects.select_for_update()
    row = rows.filter(code=told.code).first() or models.DataService(code=told.code)
    require_open(provider)
    require_open(row)
    if models.DataService.objects.filter(address=service.encoded()).exclude(pk=row.pk).exists():
        raise DataServiceFaulty(code=told.code, reason="address-taken")
    fields = {
        "provider": provider,
        "address": service.encoded(),
        "name_fa": told.name_fa,
        "name_en": told.name_en,
        "base_urls": list(told.base_urls),
        "timeout_ms": told.timeout_ms,
        "connect_timeout_ms": told.connect_timeout_ms,
        "subject_in": str(told.subject.where) if told.subject else "",
        "subject_at": told.subject.at if told.subject else "",
        "subject_required": told.subject.required if told.subject else True,
        "trusted_certificates": list(told.trusted_certificates),
        "disabled_notice": told.disabled_notice,
        "durability": str(told.durability),
        "signing": str(told.signing),
        "health_path": told.health_path,
        "may_cache": told.may_cache,
        "description": told.description,
        "validation": str(told.validation),
    }
    return _bring_to(row, fields, DATA_SERVICE_REGISTERED, actor, now, code=told.code, address=service.encoded())


def _require_routable(told: DataService) -> None:
    try:
        if told.description and any(references_outside(json.loads(told.description))):
            raise DataServiceFaulty(code=told.code, reason="reference-outside")
        snapshot.Service(
            id=rules.require_service(told.address),
            name=told.name_fa,
            addresses=told.base_urls,
            health_path=told.health_path or None,
            description=told.description or None,
            validation=told.validation,
            operations=operations_of(told.description) if told.description else (),
        )
    except (EnvelopeError, ValueError, RecursionError) as error:
        reason = error.code if isinstance(error, EnvelopeError) else "exchange.description"
        raise DataServiceFaulty(code=told.code, reason=reason) from error
    if not 0 < told.timeout_ms <= 3_600_000 or not 0 < told.connect_timeout_ms <= 120_000:
        raise DataServiceFaulty(code=told.code, reason="timeout")


def _bring_to(row: Any, fields: dict[str, object], kind: FactKind, actor: Actor, now: datetime, **data: Any) -> bool:
    if row.pk is not None and all(getattr(row, name) == value for name, value in fields.items()):
        return False
    row.uuid = row.uuid or uuid4()
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    facts.record(kind, subject=row, actor=actor, at=now, **data)
    return True
