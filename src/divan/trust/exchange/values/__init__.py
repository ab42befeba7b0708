"""What the exchange speaks in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from divan.foundation.errors import Refusal, Trouble
from divan.foundation.kinds import FactKind
from divan.trust.exchange.values.evidence import (
    EVIDENCE_CODES,
    EVIDENCE_DOUBTED,
    EVIDENCE_IMPORTED,
    EVIDENCE_STAMPED,
    Evidence,
    EvidenceContainer,
    EvidenceFinding,
    EvidenceLine,
    EvidenceUncertified,
    EvidenceUnknown,
    Look,
    LookResult,
    LooksSummary,
    LookUnknown,
)
from divan_libs.envelope.evidence.records import Outcome
from divan_libs.envelope.permits import WeeklyHours
from divan_libs.envelope.snapshot import Connection, Durability, Signing, Validation
from divan_libs.envelope.subjects import SubjectPlace

__all__ = [
    "EVIDENCE_CODES",
    "EVIDENCE_DOUBTED",
    "EVIDENCE_IMPORTED",
    "EVIDENCE_STAMPED",
    "Connection",
    "Durability",
    "Evidence",
    "EvidenceContainer",
    "EvidenceFinding",
    "EvidenceLine",
    "EvidenceUncertified",
    "EvidenceUnknown",
    "Look",
    "LookResult",
    "LookUnknown",
    "LooksSummary",
    "Outcome",
    "Signing",
    "SubjectPlace",
    "Validation",
    "WeeklyHours",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A body or firm that takes part; ``address`` is ``instance/class/code``.

    ``body`` is the code of the body of this installation's tree that it is; one from outside has none.
    """

    address: str
    name_fa: str
    name_en: str = ""
    body: str = ""
    closed_at: datetime | None = None

    def name(self, language: str) -> str:
        """Return the name in a language."""
        return self.name_en if language == "en" and self.name_en else self.name_fa


@dataclass(frozen=True, slots=True, kw_only=True)
class Subsystem:
    """An information system of a member; ``address`` is ``instance/class/code/subsystem``.

    ``certificates`` are the hex SHA-256 fingerprints of the client certificates with which it may show itself. With
    ``true_status`` the gateway refuses it with the HTTP status that fits instead of X-Road's 500.
    """

    address: str
    name_fa: str
    name_en: str = ""
    certificates: tuple[str, ...] = ()
    connection: Connection = Connection.HTTPS
    true_status: bool = False
    closed_at: datetime | None = None

    def name(self, language: str) -> str:
        """Return the name in a language."""
        return self.name_en if language == "en" and self.name_en else self.name_fa


@dataclass(frozen=True, slots=True, kw_only=True)
class DataService:
    """What a subsystem offers to be asked.

    ``code`` is how the house and service packages call it (``civil-registry/person``), ``address`` how the exchange
    does (``instance/class/code/subsystem/service``). ``base_urls`` are equal providers, tried in order. ``subject``
    says where in a request the person stands. ``disabled_notice`` switches the service off and says why.
    ``durability`` and ``signing`` say what evidence the gateway gives of its messages. ``health_path`` is asked of each
    provider to see whether it is well; with ``may_cache`` the gateway keeps answers as their headers allow;
    ``description`` is the OpenAPI 3 document (JSON), to which ``validation`` holds the messages.
    """

    code: str
    address: str
    name_fa: str
    name_en: str = ""
    base_urls: tuple[str, ...]
    timeout_ms: int = 10_000
    connect_timeout_ms: int = 2_000
    subject: SubjectPlace | None = None
    trusted_certificates: tuple[str, ...] = ()
    disabled_notice: str = ""
    durability: Durability = Durability.STRICT
    signing: Signing = Signing.BATCH
    health_path: str = ""
    may_cache: bool = False
    description: str = ""
    validation: Validation = Validation.OFF
    closed_at: datetime | None = None

    def name(self, language: str) -> str:
        """Return the name in a language."""
        return self.name_en if language == "en" and self.name_en else self.name_fa


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPermit:
    """A right that is to be given: to whom, for what of which data service, why, by which law, how long.

    ``legal_basis_confirmed`` tells that the article was read in the official text; what is not confirmed is shown so.
    ``hours``, ``rate_per_minute`` with its ``burst``, and ``daily_quota`` bound its use; ``hidden`` are pointers to the
    fields that answers are given without. ``consumer`` is the address of a subsystem or of a group; ``reason`` says why
    it is given directly and not on a request.
    """

    consumer: str
    data_service: str
    method: str
    path_glob: str
    purpose_fa: str
    legal_basis_fa: str
    purpose_en: str = ""
    legal_basis_en: str = ""
    legal_basis_confirmed: bool = False
    starts_at: datetime
    ends_at: datetime | None = None
    hours: tuple[WeeklyHours, ...] = ()
    rate_per_minute: int | None = None
    burst: int | None = None
    daily_quota: int | None = None
    hidden: tuple[str, ...] = ()
    reason: str = ""


class PermitState(StrEnum):
    """Where a permit stands at a moment."""

    TO_COME = "to-come"
    IN_FORCE = "in-force"
    SUSPENDED = "suspended"
    ENDED = "ended"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """A right that was given, with the names of both sides.

    One that was given to a ``group`` (its address) shows the group in place of the consumer, and of its member the
    provider that keeps the group, or the centre.
    """

    uuid: UUID
    consumer: Subsystem
    consumer_member: Member
    data_service: DataService
    provider_member: Member
    method: str
    path_glob: str
    purpose_fa: str
    purpose_en: str
    legal_basis_fa: str
    legal_basis_en: str
    legal_basis_confirmed: bool
    starts_at: datetime
    ends_at: datetime | None
    granted_at: datetime
    revoked_at: datetime | None
    suspended_at: datetime | None = None
    group: str = ""
    hours: tuple[WeeklyHours, ...] = ()
    rate_per_minute: int | None = None
    daily_quota: int | None = None
    hidden: tuple[str, ...] = ()
    request: UUID | None = None
    reason: str = ""

    def purpose(self, language: str) -> str:
        """Return the purpose in a language."""
        return self.purpose_en if language == "en" and self.purpose_en else self.purpose_fa

    def legal_basis(self, language: str) -> str:
        """Return the legal basis in a language."""
        return self.legal_basis_en if language == "en" and self.legal_basis_en else self.legal_basis_fa

    def state_at(self, at: datetime) -> PermitState:
        """Return where the permit stands at a moment; its period is half-open."""
        if self.revoked_at is not None and self.revoked_at <= at:
            return PermitState.REVOKED
        if at < self.starts_at:
            return PermitState.TO_COME
        if self.ends_at is not None and self.ends_at <= at:
            return PermitState.ENDED
        return PermitState.IN_FORCE if self.suspended_at is None else PermitState.SUSPENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangePlan:
    """Everything with which an exchange begins, in the order in which it refers to itself."""

    members: tuple[Member, ...]
    subsystems: tuple[Subsystem, ...]
    data_services: tuple[DataService, ...]
    permits: tuple[NewPermit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotRef:
    """A published routing snapshot; ``digest`` is the hex SHA-256 of its signed octets."""

    number: int
    digest: str
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeAnswer:
    """What came back for one message.

    ``error`` is the exchange's code when the exchange itself refused for good (no permit, unknown client or service):
    ``status`` is then 403 and the provider was never asked. ``request_id`` names the evidence of this very attempt.
    """

    status: int
    body: bytes
    content_type: str = ""
    message_id: str = ""
    request_id: str = ""
    request_hash: str = ""
    error: str = ""


class ExchangeSilent(Trouble):
    """No answer came through the exchange, and asking again may help; ``reason`` is for the developer."""

    code = "exchange.silent"


class ExchangeNotPrepared(Refusal):
    """Keys of the exchange are missing or unreadable; ``file`` names one."""

    code = "exchange.not-prepared"
    status = 503


class AddressFaulty(Refusal):
    """This is no address of the exchange; ``reason`` tells why."""

    code = "exchange.address-faulty"
    status = 422


class CertificateFaulty(Refusal):
    """This is no SHA-256 fingerprint of a certificate."""

    code = "exchange.certificate-faulty"
    status = 422


class DataServiceFaulty(Refusal):
    """The description of a data service cannot be; ``reason`` tells why."""

    code = "exchange.data-service-faulty"
    status = 422


class PermitFaulty(Refusal):
    """The permit cannot be given as it stands; ``reason`` tells what is wrong with it."""

    code = "exchange.permit-faulty"
    status = 422


class MemberUnknown(Refusal):
    """No such member takes part."""

    code = "exchange.member-unknown"
    status = 404


class SubsystemUnknown(Refusal):
    """No such subsystem takes part."""

    code = "exchange.subsystem-unknown"
    status = 404


class DataServiceUnknown(Refusal):
    """No data service has this code."""

    code = "exchange.data-service-unknown"
    status = 404


class PermitUnknown(Refusal):
    """There is no such permit."""

    code = "exchange.permit-unknown"
    status = 404


class PermitRevoked(Refusal):
    """The permit was revoked before."""

    code = "exchange.permit-revoked"


MEMBER_REGISTERED = FactKind("exchange.member-registered", "A member was entered, or brought to its newer description.")
SUBSYSTEM_REGISTERED = FactKind(
    "exchange.subsystem-registered",
    "A subsystem with its certificates was entered, or brought to its newer description.",
)
DATA_SERVICE_REGISTERED = FactKind(
    "exchange.data-service-registered", "A data service was entered, or brought to its newer description."
)
PERMIT_GRANTED = FactKind(
    "exchange.permit-granted", "A subsystem was given the right to ask a data service for a purpose."
)
PERMIT_REVOKED = FactKind("exchange.permit-revoked", "A right to ask a data service was taken back.")
SNAPSHOT_PUBLISHED = FactKind("exchange.snapshot-published", "A signed routing snapshot was published to the gateway.")
