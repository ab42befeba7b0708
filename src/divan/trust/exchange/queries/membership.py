"""Who takes part, what they offer, and who may ask for what."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from divan.trust.exchange import models
from divan.trust.exchange.values import (
    Connection,
    DataService,
    DataServiceUnknown,
    Durability,
    Member,
    Permit,
    PermitUnknown,
    Signing,
    SubjectPlace,
    Subsystem,
    Validation,
)
from divan_libs.envelope.subjects import SubjectIn


def member_of(row: models.Member) -> Member:
    """Return a member's row as others see it."""
    return Member(address=row.address, name_fa=row.name_fa, name_en=row.name_en)


def subsystem_of(row: models.Subsystem) -> Subsystem:
    """Return a subsystem's row as others see it."""
    return Subsystem(
        address=row.address,
        name_fa=row.name_fa,
        name_en=row.name_en,
        certificates=tuple(row.certificates),
        connection=Connection(row.connection),
        true_status=row.true_status,
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
    )


def _permit_of(row: models.Permit) -> Permit:
    return Permit(
        uuid=row.uuid,
        consumer=subsystem_of(row.consumer),
        consumer_member=member_of(row.consumer.member),
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
    )


def list_members() -> list[Member]:
    """Return the members, by address."""
    return [member_of(row) for row in models.Member.objects.order_by("address")]


def list_subsystems() -> list[Subsystem]:
    """Return the subsystems, by address."""
    return [subsystem_of(row) for row in models.Subsystem.objects.order_by("address")]


def list_data_services() -> list[DataService]:
    """Return the data services, by code."""
    return [data_service_of(row) for row in models.DataService.objects.order_by("code")]


def data_service_codes() -> frozenset[str]:
    """Return the codes of the data services that can be asked, for the lint of service packages."""
    return frozenset(models.DataService.objects.filter(disabled_notice="").values_list("code", flat=True))


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
    return models.Permit.objects.select_related("consumer__member", "data_service__provider__member")


def list_permits() -> list[Permit]:
    """Return every permit that was ever given, newest first; :meth:`Permit.state_at` tells where each stands."""
    return [_permit_of(row) for row in permit_rows().order_by("-granted_at", "-id")]


def get_permit(permit: UUID) -> Permit:
    """Return a permit.

    :raises PermitUnknown: if there is none.
    """
    row = permit_rows().filter(uuid=permit).first()
    if row is None:
        raise PermitUnknown
    return _permit_of(row)


def find_data_service_at(address: str) -> DataService | None:
    """Return the data service with an address on the exchange, or None if this installation knows none."""
    row = models.DataService.objects.filter(address=address).first()
    return data_service_of(row) if row else None
