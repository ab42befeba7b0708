"""What the control plane speaks in: groups, requests for permits, certificates, and who may act for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from divan.foundation.errors import Refusal
from divan.foundation.kinds import FactKind
from divan.trust.exchange.values import DataService, Member, Subsystem
from divan_libs.envelope.permits import WeeklyHours


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """For whom somebody acts at the exchange: the centre for everybody, an officer for the own body, nobody else.

    ``person`` and ``post`` are theirs; the system itself has neither.
    """

    is_centre: bool = False
    is_officer: bool = False
    body: UUID | None = None
    person: UUID | None = None
    post: UUID | None = None

    def acts_for(self, body: UUID | None) -> bool:
        """Whether they act for a member that is this body; for one from outside only the centre does."""
        return self.is_centre or self.is_own(body)

    def speaks_for(self, body: UUID | None) -> bool:
        """Whether they ask and give in the name of a member that is this body: its own officers, for one from outside
        the centre, and the machine itself.
        """
        return self.is_own(body) or (self.is_centre and (body is None or self.post is None))

    def is_own(self, body: UUID | None) -> bool:
        """Whether a member that is this body is their own, and they are its officer."""
        return self.is_officer and body is not None and body == self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of subsystems; ``members`` are their addresses. A local one belongs to the provider in its address."""

    address: str
    name_fa: str
    name_en: str = ""
    members: tuple[str, ...] = ()
    owner: str = ""
    closed_at: datetime | None = None

    def name(self, language: str) -> str:
        """Return the name in a language."""
        return self.name_en if language == "en" and self.name_en else self.name_fa


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitEvent:
    """What became of a permit: the kind of the fact without its context, when, and why."""

    kind: str
    at: datetime
    reason: str


class RequestKind(StrEnum):
    """What a request wants: a right that is not there, another one in its place, or the same for longer."""

    NEW = "new"
    AMENDMENT = "amendment"
    RENEWAL = "renewal"


class RequestState(StrEnum):
    """Where a request for a permit stands."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What of a data service: a method, or ``*``, and a glob over its paths."""

    method: str
    path_glob: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What bounds a right: its end, hours of the week, calls a minute and a day, fields it does not see."""

    ends_at: datetime
    hours: tuple[WeeklyHours, ...] = ()
    rate_per_minute: int | None = None
    daily_quota: int | None = None
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """What a body asks for: which of its subsystems wants what of which data service, why, by which law, bounded how.

    ``follows`` is the permit that an amendment replaces, or after which a renewal begins.
    """

    consumer: str
    data_service: str
    scopes: tuple[Scope, ...]
    purpose_fa: str
    legal_basis_fa: str
    conditions: Conditions
    purpose_en: str = ""
    legal_basis_en: str = ""
    legal_basis_confirmed: bool = False
    starts_at: datetime | None = None
    kind: RequestKind = RequestKind.NEW
    follows: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitRequest:
    """A request for a permit as both bodies see it."""

    uuid: UUID
    wanted: NewRequest
    consumer: Subsystem
    consumer_member: Member
    data_service: DataService
    provider_member: Member
    state: RequestState
    asked_at: datetime
    asked_by: UUID | None
    asked_in: UUID | None
    decided_at: datetime | None
    decided_by: UUID | None
    decided_in: UUID | None
    reason: str
    reference: str
    permits: tuple[UUID, ...] = ()

    def purpose(self, language: str) -> str:
        """Return the purpose in a language."""
        return self.wanted.purpose_en if language == "en" and self.wanted.purpose_en else self.wanted.purpose_fa

    def legal_basis(self, language: str) -> str:
        """Return the legal basis in a language."""
        wanted = self.wanted
        return wanted.legal_basis_en if language == "en" and wanted.legal_basis_en else wanted.legal_basis_fa


class CertificateState(StrEnum):
    """Where a certificate stands at a moment."""

    IN_FORCE = "in-force"
    ENDING = "ending"
    REPLACED = "replaced"
    ENDED = "ended"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate of our authority; ``certificate`` is it in PEM. ``renewed`` tells that a newer one is there."""

    uuid: UUID
    subsystem: Subsystem
    member: Member
    certificate: str
    serial: str
    fingerprint: str
    starts_at: datetime
    ends_at: datetime
    issued_at: datetime
    fetched_at: datetime | None
    revoked_at: datetime | None
    reason: str
    renews: UUID | None
    renewed: UUID | None

    def state_at(self, at: datetime) -> CertificateState:
        """Return where the certificate stands at a moment; near its end and not renewed, it is ending."""
        if self.revoked_at is not None and self.revoked_at <= at:
            return CertificateState.REVOKED
        if self.ends_at <= at:
            return CertificateState.ENDED
        if self.renewed is not None:
            return CertificateState.REPLACED
        return CertificateState.ENDING if self.ends_at - at <= ENDING_SOON else CertificateState.IN_FORCE


ENDING_SOON = timedelta(days=30)


class NotYours(Refusal):
    """It belongs to another body, or needs an officer of the exchange."""

    code = "exchange.not-yours"
    status = 403


class OwnRequest(Refusal):
    """Nobody decides what they asked for themselves."""

    code = "exchange.own-request"
    status = 403


class ConsentMissing(Refusal):
    """For a provider outside this installation the centre decides only on the letter in which the provider agreed."""

    code = "exchange.consent-missing"
    status = 422


class Closed(Refusal):
    """The member, subsystem, group or data service has been closed; it does not come back under its address."""

    code = "exchange.closed"


class InUse(Refusal):
    """It cannot be closed while something stands on it; ``what`` names that."""

    code = "exchange.in-use"


class GroupFaulty(Refusal):
    """The group cannot be as described; ``reason`` tells why."""

    code = "exchange.group-faulty"
    status = 422


class GroupUnknown(Refusal):
    """There is no such group."""

    code = "exchange.group-unknown"
    status = 404


class RequestUnknown(Refusal):
    """There is no such request for a permit, or it concerns other bodies: the two are not told apart."""

    code = "exchange.request-unknown"
    status = 404


class RequestDecided(Refusal):
    """The request was decided or withdrawn before."""

    code = "exchange.request-decided"


class PermitOverlaps(Refusal):
    """There is a right, or a request, for the same at the same time; ``permit`` names it."""

    code = "exchange.permit-overlaps"


class PermitStands(Refusal):
    """The permit is not suspended, or is suspended already, or is over."""

    code = "exchange.permit-stands"


class ReasonMissing(Refusal):
    """A right is taken back, suspended or refused, and a certificate revoked, only with a reason."""

    code = "exchange.reason-missing"
    status = 422


class CsrUnfit(Refusal):
    """No certificate is issued on this request; ``reason`` tells why."""

    code = "exchange.csr-unfit"
    status = 422


class CertificateUnknown(Refusal):
    """There is no such certificate, or it is another body's: the two are not told apart."""

    code = "exchange.certificate-unknown"
    status = 404


class CertificateRevoked(Refusal):
    """The certificate was revoked before."""

    code = "exchange.certificate-revoked"


class DescriptionUnfit(Refusal):
    """The description hinders itself; the findings say where."""

    code = "exchange.description-unfit"
    status = 422


MEMBER_CLOSED = FactKind("exchange.member-closed", "A member left the exchange, with its subsystems and data services.")
SUBSYSTEM_CLOSED = FactKind("exchange.subsystem-closed", "A subsystem left the exchange, with its rights.")
DATA_SERVICE_CLOSED = FactKind("exchange.data-service-closed", "A data service is offered no more.")
GROUP_REGISTERED = FactKind(
    "exchange.group-registered", "A group of subsystems was entered, or brought to its newer description."
)
GROUP_CLOSED = FactKind("exchange.group-closed", "A group of subsystems was closed, with the rights it had.")
PERMIT_REQUESTED = FactKind("exchange.permit-requested", "A body asked for the right to ask a data service.")
REQUEST_GRANTED = FactKind("exchange.request-granted", "The body that offers a data service granted a request.")
REQUEST_REFUSED = FactKind("exchange.request-refused", "The body that offers a data service refused a request.")
REQUEST_WITHDRAWN = FactKind("exchange.request-withdrawn", "A body withdrew its request for a permit.")
PERMIT_SUSPENDED = FactKind("exchange.permit-suspended", "A right to ask a data service was suspended.")
PERMIT_RESUMED = FactKind("exchange.permit-resumed", "A suspended right to ask a data service was resumed.")
CERTIFICATE_ISSUED = FactKind(
    "exchange.certificate-issued", "Our authority certified a key of a subsystem, on request or before the last ended."
)
CERTIFICATE_FETCHED = FactKind("exchange.certificate-fetched", "An issued certificate was fetched for the first time.")
CERTIFICATE_WARNED = FactKind(
    "exchange.certificate-warned", "Officers were told that a certificate ends and nothing replaces it yet."
)
CERTIFICATE_REVOKED = FactKind("exchange.certificate-revoked", "A certificate was revoked; no gateway lets it in.")
