"""The routing snapshot: everything a gateway must know at one version. How it is signed and read: `signed_snapshot`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field

from divan_libs.envelope.addresses import ClientId, GroupId, MemberId, ServerId, ServiceId
from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.permits import Permit
from divan_libs.envelope.subjects import SubjectPlace

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


class Connection(StrEnum):
    """How the information system of a client comes to the gateway."""

    HTTPS = "https"
    """With a client certificate whose fingerprint is bound to the subsystem."""
    HTTPS_NO_AUTH = "https-no-auth"
    """Over TLS without a certificate: whoever reaches the gateway may speak for it; for systems that have none."""
    HTTP = "http"
    """In clear, over the gateway's loopback listener only, where the operator has opened one."""


class ServiceKind(StrEnum):
    """What a service speaks."""

    REST = "rest"
    OPENAPI = "openapi"


class Validation(StrEnum):
    """What is done with messages that do not follow the service's description."""

    OFF = "off"
    REPORT = "report"
    """They are counted and logged, and carried."""
    ENFORCE = "enforce"
    """A request is refused before it leaves; an answer does not reach the client."""


class Durability(StrEnum):
    """When a message goes on after its record was written."""

    STRICT = "strict"
    """When the record is durable: whatever happens, no message is without its record."""
    RELAXED = "relaxed"
    """At once: a crash within the next moments loses the record of a message that was answered."""


class Signing(StrEnum):
    """What the gateway signs of a message."""

    BATCH = "batch"
    """The hash chain over it and others that ended in the same moments."""
    MESSAGE = "message"
    """Besides, the message alone, before its answer is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A body or firm that takes part."""

    id: MemberId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subsystem:
    """An information system of a member; ``certificates`` are hex SHA-256 fingerprints of its client certificates.

    ``true_status``: refusals to it have the HTTP status that fits instead of X-Road's 500.
    """

    id: ClientId
    name: str
    connection: Connection = Connection.HTTPS
    certificates: frozenset[str] = frozenset()
    true_status: bool = False

    def __post_init__(self) -> None:
        for fingerprint in self.certificates:
            if _FINGERPRINT.fullmatch(fingerprint) is None:
                raise EnvelopeError("exchange.snapshot.fingerprint", subsystem=str(self.id), seen=fingerprint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of subsystems that rights are given to: a global one by all, a local one by its provider alone."""

    id: GroupId
    members: frozenset[ClientId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An endpoint of a service as its description lists it: a method, or ``*``, and a path glob."""

    method: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A data service and how to reach it. Times are in milliseconds.

    ``addresses`` are the base URLs of equal providers, tried in order; ``trusted_certificates`` are the PEM
    certificates (an authority's or the provider's own) that an ``https`` provider must chain to, none meaning the
    system's. ``disabled_notice`` switches the service off and says why. ``health_path`` is asked of each address to see
    whether it is well. With ``may_cache`` answers are kept as long as their own headers allow. ``description`` is the
    OpenAPI 3 document (JSON text) of an ``openapi`` service, to which ``validation`` holds its messages; ``operations``
    are what the metaservices list, none meaning everything.
    ``durability`` and ``signing`` say what evidence of its messages the gateway gives.
    """

    id: ServiceId
    name: str
    addresses: tuple[str, ...]
    kind: ServiceKind = ServiceKind.REST
    timeout_ms: Annotated[int, Field(gt=0, le=3_600_000)] = 60_000
    connect_timeout_ms: Annotated[int, Field(gt=0, le=120_000)] = 5_000
    subject: SubjectPlace | None = None
    trusted_certificates: tuple[str, ...] = ()
    disabled_notice: str | None = None
    durability: Durability = Durability.STRICT
    signing: Signing = Signing.BATCH
    health_path: str | None = None
    may_cache: bool = False
    description: str | None = None
    validation: Validation = Validation.OFF
    operations: tuple[Operation, ...] = ()

    def __post_init__(self) -> None:
        if self.health_path is not None and not (self.health_path.startswith("/") and self.health_path.isascii()):
            raise EnvelopeError("exchange.snapshot.health-path", service=str(self.id), seen=self.health_path)
        if self.description is None and self.validation is not Validation.OFF:
            raise EnvelopeError("exchange.snapshot.description", service=str(self.id))
        if not self.addresses:
            raise EnvelopeError("exchange.snapshot.address", service=str(self.id), seen=None)
        for address in self.addresses:
            _require_address(self.id, address)


def _require_address(service: ServiceId, address: str) -> None:
    try:
        parts = urlsplit(address)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
    if not valid or parts.query or parts.fragment or parts.username is not None or not parts.path.isascii():
        raise EnvelopeError("exchange.snapshot.address", service=str(service), seen=address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The whole routing state at one version. It holds from ``issued_at`` until, not including, ``expires_at``.

    ``server`` is the id of the gateway it is for; ``subject_key`` names the key of the hashes of persons; in
    ``time_zone`` hours and days of permits are meant.
    """

    version: int
    issued_at: datetime
    expires_at: datetime
    server: ServerId
    subject_key: str
    members: tuple[Member, ...]
    subsystems: tuple[Subsystem, ...]
    services: tuple[Service, ...]
    permits: tuple[Permit, ...]
    groups: tuple[Group, ...] = ()
    time_zone: str = "Asia/Tehran"

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise EnvelopeError("exchange.snapshot.time-zone", seen=self.time_zone) from error
        if self.issued_at >= self.expires_at:
            raise EnvelopeError("exchange.snapshot.period", issued_at=self.issued_at, expires_at=self.expires_at)
        members = _unique("member", (member.id for member in self.members))
        subsystems = _unique("subsystem", (subsystem.id for subsystem in self.subsystems))
        services = _unique("service", (service.id for service in self.services))
        _unique("permit", (permit.id for permit in self.permits))
        _require_known("member", (subsystem.member for subsystem in subsystems), members)
        _require_known("subsystem", (service.provider for service in services), subsystems)
        groups = _unique("group", (group.id for group in self.groups))
        subjects = [permit.subject for permit in self.permits]
        _require_known("subsystem", (member for group in self.groups for member in group.members), subsystems)
        _require_known("subsystem", (subject for subject in subjects if isinstance(subject, ClientId)), subsystems)
        _require_known("group", (subject for subject in subjects if isinstance(subject, GroupId)), groups)
        _require_known("service", (permit.service for permit in self.permits), services)
        _require_known("subsystem", (group.provider for group in groups if group.provider is not None), subsystems)
        for permit in self.permits:
            if isinstance(permit.subject, GroupId) and permit.subject.provider not in (None, permit.service.provider):
                raise EnvelopeError("exchange.snapshot.foreign-group", permit=permit.id, group=str(permit.subject))


def _unique(what: str, ids: Any) -> set[Any]:
    seen: set[Any] = set()
    for identifier in ids:
        if identifier in seen:
            raise EnvelopeError("exchange.snapshot.repeated", what=what, id=str(identifier))
        seen.add(identifier)
    return seen


def _require_known(what: str, ids: Any, known: set[Any]) -> None:
    for identifier in ids:
        if identifier not in known:
            raise EnvelopeError("exchange.snapshot.incomplete", what=what, id=str(identifier))
