"""What the exchange speaks in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from divan.foundation.errors import Refusal, Trouble
from divan.foundation.kinds import FactKind
from divan_libs.envelope.evidence.records import Outcome
from divan_libs.envelope.permits import WeeklyHours
from divan_libs.envelope.snapshot import Connection, Durability, Signing, Validation
from divan_libs.envelope.subjects import SubjectPlace

__all__ = ["Connection", "Durability", "Outcome", "Signing", "SubjectPlace", "Validation", "WeeklyHours"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A body or firm that takes part; ``address`` is ``instance/class/code``."""

    address: str
    name_fa: str
    name_en: str = ""

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

    def name(self, language: str) -> str:
        """Return the name in a language."""
        return self.name_en if language == "en" and self.name_en else self.name_fa


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPermit:
    """A right that is to be given: to whom, for what of which data service, why, by which law, how long.

    ``legal_basis_confirmed`` tells that the article was read in the official text; what is not confirmed is shown so.
    ``hours``, ``rate_per_minute`` with its ``burst``, and ``daily_quota`` bound its use; ``hidden`` are pointers to the
    fields that answers are given without.
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


class PermitState(StrEnum):
    """Where a permit stands at a moment."""

    TO_COME = "to-come"
    IN_FORCE = "in-force"
    ENDED = "ended"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """A right that was given, with the names of both sides."""

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
        return PermitState.ENDED if self.ends_at is not None and self.ends_at <= at else PermitState.IN_FORCE


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


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLine:
    """One message of the exchange as a list shows it; names are in the language asked for, else the address.

    ``token`` continues a list after this line.
    """

    request_id: str
    message_id: str
    client: str
    client_name: str
    service: str
    service_name: str
    method: str
    path: str
    purpose: str
    legal_basis: str
    stated: str
    outcome: Outcome
    status: int | None
    error: str
    received_at: datetime
    ended_at: datetime
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that the evidence says of one message, and whether it holds.

    ``problem`` is empty when the proof holds, else a stable code (``exchange.evidence.*``). ``document`` is the proof
    as it is handed to others: both records, the Merkle path and the signed root. ``attempts`` are the request
    identifiers of every attempt under this message identifier, oldest first.
    """

    line: EvidenceLine
    problem: str
    permit: UUID | None
    snapshot: int
    request_hash: str
    response_hash: str
    names_a_person: bool
    sent_at: datetime | None
    segment: str
    batch: int
    signed_at: datetime
    root: str
    document: dict[str, object]
    attempts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceContainer:
    """Evidence of one message as a court gets it: an ASiC-E file, and since when a timestamp proves its signature."""

    name: str
    octets: bytes
    stamped_at: datetime | None


class LookResult(StrEnum):
    """What came of a look, as the person sees it."""

    GIVEN = "given"
    NOT_FOUND = "not-found"
    REFUSED = "refused"
    NO_ANSWER = "no-answer"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Somebody asked about a person: when, who, what, why, by which law, and what came of it.

    ``member`` is the address of the body that asked, ``post`` the post for which its system says it asked.
    ``purpose`` and ``legal_basis`` are those of the permit; ``stated`` is what the asker said besides. ``token``
    continues a list after this look.
    """

    at: datetime
    member: str
    client_name: str
    post: str
    service_name: str
    purpose: str
    legal_basis: str
    stated: str
    result: LookResult
    message_id: str
    request_id: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LooksSummary:
    """Between which moments a person was looked at, and by which bodies (address, name); None when never."""

    first_at: datetime | None
    last_at: datetime | None
    members: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFinding:
    """Something in the evidence that does not hold; ``code`` is stable and ``segment`` names the file."""

    code: str
    segment: str
    offset: int
    detail: str = ""


EVIDENCE_CODES: dict[str, str] = {
    "exchange.evidence.damaged": "Octets of a segment that were durable are bad.",
    "exchange.evidence.torn": "A segment ends in the middle of a record, and nobody is writing it.",
    "exchange.evidence.payload": "A record cannot be read, or stands where it must not.",
    "exchange.evidence.format": "A segment was written by a gateway of another age.",
    "exchange.evidence.name": "The name of a segment is not the one in its header.",
    "exchange.evidence.root": "The top of a hash chain is not the one over its records.",
    "exchange.evidence.chain": "A signed root is missing or out of order.",
    "exchange.evidence.signature": "A root is not signed by the gateway.",
    "exchange.evidence.intent": "A message ended whose beginning is not there, or another than the one it closed.",
    "exchange.evidence.repeated": "A message ended twice.",
    "exchange.evidence.unsealed": "A finished segment holds an end that is under no root.",
    "exchange.evidence.open": "A finished segment holds a beginning without an end.",
    "exchange.evidence.proof": "The way from a record to its root does not hold.",
    "exchange.evidence.missing": "A segment of which records were taken over is gone.",
    "exchange.evidence.shortened": "A segment is shorter than what was taken over from it.",
    "exchange.evidence.rewritten": "A segment holds another root than the one that was taken over from it.",
    "exchange.evidence.row-altered": "A row taken over from a segment was changed.",
    "exchange.evidence.row-missing": "A row taken over from a segment is gone.",
}
"""What an examination of the evidence finds, as stable codes with a sentence for each."""


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


class LookUnknown(Refusal):
    """Nobody looked at this person's data under that identifier."""

    code = "exchange.look-unknown"
    status = 404


class EvidenceUncertified(Refusal):
    """The gateway's key had no certificate when it signed this evidence; nothing tells a stranger whose key it is."""

    code = "exchange.evidence-uncertified"


class EvidenceUnknown(Refusal):
    """The exchange knows no message of this identifier."""

    code = "exchange.evidence-unknown"
    status = 404


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
EVIDENCE_IMPORTED = FactKind(
    "exchange.evidence-imported", "Signed evidence of messages was taken over from a segment of the gateway."
)
EVIDENCE_STAMPED = FactKind(
    "exchange.evidence-stamped", "A timestamp authority stamped the signatures of evidence that was taken over."
)
EVIDENCE_DOUBTED = FactKind(
    "exchange.evidence-doubted", "A segment of the gateway's evidence does not hold and was left as it is."
)
