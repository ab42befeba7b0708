"""Who takes part, what they offer, and who may ask for what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from uuid import UUID

from django.db.models import QuerySet

from divan.trust.exchange import models
from divan.trust.exchange.values import (
    Connection,
    DataService,
    DataServiceUnknown,
    Durability,
    Member,
    MemberUnknown,
    Permit,
    PermitUnknown,
    Signing,
    SubjectPlace,
    Subsystem,
    SubsystemUnknown,
    Validation,
    WeeklyHours,
)
from divan.trust.exchange.values.control import Group, GroupUnknown, Scope
from divan_libs.envelope.descriptions import operations_of
from divan_libs.envelope.subjects import SubjectIn
from divan_libs.envelope.uploads import Finding, look_through


def member_of(row: models.Member) -> Member:
    """Return a member's row as others see it."""
    return Member(
        address=row.address,
        name_fa=row.name_fa,
        name_en=row.name_en,
        body=row.body.code if row.body else "",
        closed_at=row.closed_at,
    )


def subsystem_of(row: models.Subsystem) -> Subsystem:
    """Return a subsystem's row as others see it."""
    return Subsystem(
        address=row.address,
        name_fa=row.name_fa,
        name_en=row.name_en,
        certificates=tuple(row.certificates),
        connection=Connection(row.connection),
        true_status=row.true_status,
        closed_at=row.closed_at,
    )


def data_service_of(row: models.DataService) -> DataService:
    """Return a data service's row as others see it."""
    place = None
    if row.subject_in:
        place = SubjectPlace(where=SubjectIn(row.subject_in), at=row.subject_at, required=row.subject_required)
    return DataService(
        code=row.code,
        address=row.address,
        name_fa=row.name_fa,
        name_en=row.name_en,
        base_urls=tuple(row.base_urls),
        timeout_ms=row.timeout_ms,
        connect_timeout_ms=row.connect_timeout_ms,
        subject=place,
        trusted_certificates=tuple(row.trusted_certificates),
        disabled_notice=row.disabled_notice,
        durability=Durability(row.durability),
        signing=Signing(row.signing),
        health_path=row.health_path,
        may_cache=row.may_cache,
        description=row.description,
        validation=Validation(row.validation),
        closed_at=row.closed_at,
    )


def group_of(row: models.Group) -> Group:
    """Return a group's row as others see it."""
    return Group(
        address=row.address,
        name_fa=row.name_fa,
        name_en=row.name_en,
        members=tuple(row.members),
        owner=row.owner.address if row.owner else "",
        closed_at=row.closed_at,
    )


def hours_of(rows: Iterable[tuple[list[int], str, str]]) -> tuple[WeeklyHours, ...]:
    """Return hours of the week as rows keep them."""
    return tuple(
        WeeklyHours(days=tuple(days), starts=time.fromisoformat(starts), ends=time.fromisoformat(ends))
        for days, starts, ends in rows
    )


def permit_of(row: models.Permit) -> Permit:
    """Return a permit's row as others see it."""
    consumer, member = _asker(row)
    return Permit(
        uuid=row.uuid,
        consumer=consumer,
        consumer_member=member,
        data_service=data_service_of(row.data_service),
        provider_member=member_of(row.data_service.provider.member),
        method=row.method,
        path_glob=row.path_glob,
        purpose_fa=row.purpose_fa,
        purpose_en=row.purpose_en,
        legal_basis_fa=row.legal_basis_fa,
        legal_basis_en=row.legal_basis_en,
        legal_basis_confirmed=row.legal_basis_confirmed,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        granted_at=row.granted_at,
        revoked_at=row.revoked_at,
        suspended_at=row.suspended_at,
        group=row.group.address if row.group else "",
        hours=hours_of(row.hours),
        rate_per_minute=row.rate_per_minute,
        daily_quota=row.daily_quota,
        hidden=tuple(row.hidden),
        request=row.request.uuid if row.request else None,
        reason=row.reason,
    )


def _asker(row: models.Permit) -> tuple[Subsystem, Member]:
    if row.consumer is not None:
        return subsystem_of(row.consumer), member_of(row.consumer.member)
    assert row.group is not None  # noqa: S101 (the database holds that there is one of the two)
    group, owner = row.group, row.group.owner
    shown = Subsystem(address=group.address, name_fa=group.name_fa, name_en=group.name_en)
    return shown, member_of(owner.member) if owner else Member(address=group.address, name_fa=group.name_fa)


def list_members() -> list[Member]:
    """Return the members that take part, by address."""
    rows = models.Member.objects.select_related("body").filter(closed_at=None).order_by("address")
    return [member_of(row) for row in rows]


def list_subsystems() -> list[Subsystem]:
    """Return the subsystems that take part, by address."""
    return [subsystem_of(row) for row in models.Subsystem.objects.filter(closed_at=None).order_by("address")]


def list_data_services() -> list[DataService]:
    """Return the data services that are offered, by code."""
    return [data_service_of(row) for row in models.DataService.objects.filter(closed_at=None).order_by("code")]


def data_service_codes() -> frozenset[str]:
    """Return the codes of the data services that can be asked, for the lint of service packages."""
    return frozenset(
        models.DataService.objects.filter(disabled_notice="", closed_at=None).values_list("code", flat=True)
    )


def get_data_service(code: str) -> DataService:
    """Return a data service by its code.

    :raises DataServiceUnknown: if there is none.
    """
    row = models.DataService.objects.filter(code=code).first()
    if row is None:
        raise DataServiceUnknown(data_service=code)
    return data_service_of(row)


def permit_rows() -> QuerySet[models.Permit]:
    """Return the rows of permits with both sides."""
    return models.Permit.objects.select_related(
        "consumer__member__body", "group__owner__member__body", "data_service__provider__member__body", "request"
    )


def list_permits() -> list[Permit]:
    """Return every permit that was ever given, newest first; :meth:`Permit.state_at` tells where each stands."""
    return [permit_of(row) for row in permit_rows().order_by("-granted_at", "-id")]


def get_permit(permit: UUID) -> Permit:
    """Return a permit.

    :raises PermitUnknown: if there is none.
    """
    row = permit_rows().filter(uuid=permit).first()
    if row is None:
        raise PermitUnknown
    return permit_of(row)


def find_data_service_at(address: str) -> DataService | None:
    """Return the data service with an address on the exchange, or None if this installation knows none."""
    row = models.DataService.objects.filter(address=address).first()
    return data_service_of(row) if row else None


def list_groups() -> list[Group]:
    """Return the groups in use, by address."""
    rows = models.Group.objects.select_related("owner").filter(closed_at=None).order_by("address")
    return [group_of(row) for row in rows]


def get_group(address: str) -> Group:
    """Return a group.

    :raises GroupUnknown: if there is none.
    """
    row = models.Group.objects.select_related("owner").filter(address=address).first()
    if row is None:
        raise GroupUnknown(group=address)
    return group_of(row)


def get_member(address: str) -> Member:
    """Return a member, also one that left.

    :raises MemberUnknown: if there is none.
    """
    row = models.Member.objects.select_related("body").filter(address=address).first()
    if row is None:
        raise MemberUnknown(member=address)
    return member_of(row)


def get_subsystem(address: str) -> Subsystem:
    """Return a subsystem, also one that left.

    :raises SubsystemUnknown: if there is none.
    """
    row = models.Subsystem.objects.filter(address=address).first()
    if row is None:
        raise SubsystemUnknown(subsystem=address)
    return subsystem_of(row)


def operations_of_service(data_service: DataService) -> list[Scope]:
    """Return the operations that the description of a data service lists; none where there is no description."""
    if not data_service.description:
        return []
    return [Scope(method=one.method, path_glob=one.path) for one in operations_of(data_service.description)]


def look_through_description(data_service: DataService) -> list[Finding]:
    """Return what is to be said of the description of a data service."""
    return look_through(data_service.description) if data_service.description else []
