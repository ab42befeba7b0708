"""The routing state: what the rows say now, and what was published."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from divan.trust.exchange import models
from divan.trust.exchange.adapters.keys import newest_subject_key
from divan.trust.exchange.apps import options
from divan.trust.exchange.queries.membership import data_service_of, hours_of
from divan.trust.exchange.rules import SNAPSHOT_LIFE
from divan.trust.exchange.values import Connection, SnapshotRef
from divan_libs.envelope import permits, snapshot
from divan_libs.envelope.addresses import ClientId, GroupId, MemberId, ServerId, ServiceId
from divan_libs.envelope.descriptions import operations_of

_AT_ONCE = 5000


def find_newest_snapshot() -> SnapshotRef | None:
    """Return the newest published snapshot, or None before the first."""
    row = models.SnapshotVersion.objects.order_by("-number").first()
    return None if row is None else snapshot_ref(row)


def snapshot_ref(row: models.SnapshotVersion) -> SnapshotRef:
    """Return a snapshot's row as others see it."""
    return SnapshotRef(number=row.number, digest=row.sha256, issued_at=row.issued_at, expires_at=row.expires_at)


def newest_signed_snapshot() -> bytes | None:
    """Return the signed line of the newest snapshot."""
    found = models.SnapshotVersion.objects.order_by("-number").values_list("signed", flat=True).first()
    return None if found is None else bytes(found)


def kept_parts(names: Collection[str]) -> set[str]:
    """Return which parts of snapshots are kept, of these names (hex SHA-256)."""
    return set(models.SnapshotPart.objects.filter(sha256__in=names).values_list("sha256", flat=True))


def parts_of_snapshot(names: Collection[str]) -> dict[str, bytes]:
    """Return the parts of these names."""
    rows = models.SnapshotPart.objects.filter(sha256__in=names).values_list("sha256", "line")
    return {name: bytes(line) for name, line in rows}


def routing_state(number: int, now: datetime) -> snapshot.Snapshot:
    """Return the whole routing state as a snapshot of this number; permits that are over are left out.

    :raises ExchangeNotPrepared: if there is no key for the hashes of persons.
    """
    told = options()
    issued = _issued(now)
    subsystems = list(models.Subsystem.objects.filter(closed_at=None).order_by("address"))
    known = {row.address for row in subsystems}
    return snapshot.Snapshot(
        version=number,
        issued_at=now,
        expires_at=now + SNAPSHOT_LIFE,
        server=ServerId.parse(told.server),
        subject_key=newest_subject_key(told),
        members=tuple(
            snapshot.Member(id=MemberId.parse(row.address), name=row.name_fa)
            for row in models.Member.objects.filter(closed_at=None).order_by("address")
        ),
        subsystems=tuple(_subsystem(row, issued.get(row.pk, frozenset())) for row in subsystems),
        services=tuple(_service(row) for row in models.DataService.objects.filter(closed_at=None).order_by("address")),
        permits=_rights(now),
        groups=tuple(_group(row, known) for row in models.Group.objects.filter(closed_at=None).order_by("address")),
    )


_Addresses = dict[str, dict[int, str]]
_KNOWN: tuple[_Addresses, dict[UUID, permits.Permit]] = ({}, {})
"""The rights of the last snapshot that this process made, with the addresses they named; a right never changes."""


def _rights(now: datetime) -> tuple[permits.Permit, ...]:
    """Return the rights in force, in the order in which they were given.

    Making tens of thousands anew for one change would take longer than the second in which the gateway is to know it.
    """
    global _KNOWN  # noqa: PLW0603 (replaced as a whole, so that a thread sees the old or the new one)
    rows = models.Permit.objects.filter(revoked_at=None, suspended_at=None).exclude(ends_at__lte=now).order_by("id")
    wanted, addresses = list(rows.values_list("uuid", flat=True)), _addresses()
    known = _KNOWN[1] if _KNOWN[0] == addresses else {}
    fresh = [uuid for uuid in wanted if uuid not in known]
    made: dict[UUID, permits.Permit] = {}
    for begin in range(0, len(fresh), _AT_ONCE):
        # As plain values: objects of the models would take four times as long.
        full = models.Permit.objects.filter(uuid__in=fresh[begin : begin + _AT_ONCE])
        for row in full.values_list(*_PermitRow._fields).iterator(_AT_ONCE):
            told = _PermitRow(*row)
            made[told.uuid] = _permit(told, addresses)
    found = {uuid: known.get(uuid) or made[uuid] for uuid in wanted}
    _KNOWN = addresses, found
    return tuple(found.values())


def _addresses() -> _Addresses:
    """Return the addresses of all that rights name, by kind and key."""
    return {
        "consumer": dict(models.Subsystem.objects.values_list("pk", "address")),
        "group": dict(models.Group.objects.values_list("pk", "address")),
        "data_service": dict(models.DataService.objects.values_list("pk", "address")),
    }


def _issued(now: datetime) -> dict[int, frozenset[str]]:
    """Return the fingerprints of the certificates of our authority that are in force, by subsystem."""
    rows = models.Certificate.objects.filter(revoked_at=None, ends_at__gt=now)
    found: dict[int, set[str]] = {}
    for subsystem, fingerprint in rows.values_list("subsystem_id", "fingerprint"):
        found.setdefault(subsystem, set()).add(fingerprint)
    return {subsystem: frozenset(fingerprints) for subsystem, fingerprints in found.items()}


def _group(row: models.Group, known: Collection[str]) -> snapshot.Group:
    """Return a group with those of its members that still take part."""
    members = frozenset(ClientId.parse(address) for address in row.members if address in known)
    return snapshot.Group(id=GroupId.parse(row.address), members=members)


def _subsystem(row: models.Subsystem, issued: frozenset[str]) -> snapshot.Subsystem:
    return snapshot.Subsystem(
        id=ClientId.parse(row.address),
        name=row.name_fa,
        connection=Connection(row.connection),
        certificates=frozenset(row.certificates) | issued,
        true_status=row.true_status,
    )


def _service(row: models.DataService) -> snapshot.Service:
    told = data_service_of(row)
    return snapshot.Service(
        id=ServiceId.parse(told.address),
        name=told.name_fa,
        addresses=told.base_urls,
        timeout_ms=told.timeout_ms,
        connect_timeout_ms=told.connect_timeout_ms,
        subject=told.subject,
        trusted_certificates=told.trusted_certificates,
        disabled_notice=told.disabled_notice or None,
        kind=snapshot.ServiceKind.OPENAPI if told.description else snapshot.ServiceKind.REST,
        health_path=told.health_path or None,
        may_cache=told.may_cache,
        description=told.description or None,
        validation=told.validation,
        operations=operations_of(told.description) if told.description else (),
        durability=told.durability,
        signing=told.signing,
    )


class _PermitRow(NamedTuple):
    uuid: UUID
    consumer_id: int | None
    group_id: int | None
    data_service_id: int
    method: str
    path_glob: str
    purpose_fa: str
    legal_basis_fa: str
    starts_at: datetime
    ends_at: datetime | None
    hours: list[tuple[list[int], str, str]]
    rate_per_minute: int | None
    burst: int | None
    daily_quota: int | None
    hidden: list[str]


_client = lru_cache(maxsize=4096)(ClientId.parse)
_service_id = lru_cache(maxsize=4096)(ServiceId.parse)


def _permit(row: _PermitRow, addresses: _Addresses) -> permits.Permit:
    subject: ClientId | GroupId
    if row.consumer_id is not None:
        subject = _client(addresses["consumer"][row.consumer_id])
    else:
        subject = GroupId.parse(addresses["group"][row.group_id or 0])
    return permits.Permit(
        id=str(row.uuid),
        subject=subject,
        service=_service_id(addresses["data_service"][row.data_service_id]),
        method=row.method,
        path_glob=row.path_glob,
        purpose=row.purpose_fa,
        legal_basis=row.legal_basis_fa,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        hours=hours_of(row.hours),
        rate_per_minute=row.rate_per_minute,
        burst=row.burst,
        daily_quota=row.daily_quota,
        hidden=tuple(row.hidden),
    )
