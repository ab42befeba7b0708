"""What the console of the exchange speaks in: traffic, causes of failure, gateways, and doubts that were settled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from divan.foundation.errors import Refusal
from divan.foundation.kinds import FactKind
from divan.trust.exchange.values.evidence import EvidenceLine


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficLine:
    """Calls of one consumer to one service within a time: how many, how many of them failed, how long they took.

    Times are in milliseconds. ``failed`` counts those without an answer and those whose provider answered with a fault
    of its own (500 and above).
    """

    service: str
    service_name: str
    client: str
    client_name: str
    calls: int
    failed: int
    median_ms: float
    p95_ms: float
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What passed within a time, busiest first; ``is_cut`` when only the newest messages of it were counted."""

    lines: tuple[TrafficLine, ...]
    calls: int
    failed: int
    is_cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseLine:
    """Why calls failed: a code of the exchange, ``http-4xx`` or ``http-5xx`` of a provider; whose and to what.

    ``client`` and ``service`` are empty where the caller named none that is registered. ``was_stated`` when the gateway
    refused the call before it knew who called: then the consumer is only who the caller claimed to be.
    """

    code: str
    client: str
    client_name: str
    service: str
    service_name: str
    calls: int
    last_at: datetime
    was_stated: bool


class GatewayHealth(StrEnum):
    """How a gateway process is; the worst comes last."""

    OK = "ok"
    NO_SNAPSHOT = "no-snapshot"
    DISK_FULL = "disk-full"
    STALLED = "stalled"
    FAILED = "failed"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class IllProvider:
    """An address of a provider that did not answer lately; ``is_left_alone`` while nobody asks it."""

    service: str
    service_name: str
    address: str
    failures: int
    is_left_alone: bool
    asked_again_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayState:
    """What the gateway's processes said last: their health, the snapshot that all have, addresses that are ill.

    ``said_at`` is None when none ever said anything. ``snapshot`` is the oldest that a process works with.
    """

    health: GatewayHealth
    said_at: datetime | None
    processes: int
    snapshot: int
    providers: tuple[IllProvider, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePath:
    """What stands around the evidence of a message: from the snapshot that allowed it to the fact that is sealed.

    ``snapshot_issued_at`` is None where the snapshot's number is not ours. ``stamped_at`` is the moment that a
    timestamp proves for the root. ``imported_by`` is the fact with which it was taken over and whose entry
    is in the log. ``has_certificate``: strangers can tell whose key signed, so that a container can be made.
    """

    snapshot_issued_at: datetime | None
    stamped_at: datetime | None
    imported_by: UUID | None
    imported_at: datetime | None
    has_certificate: bool


class Finding(StrEnum):
    """What asking the provider brought of a message that was in doubt."""

    ACTED = "acted"
    NOT_ACTED = "not-acted"
    REPEATED = "repeated"
    UNKNOWABLE = "unknowable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """That somebody found out about a message in doubt: what, why they say so, and when."""

    finding: Finding
    reason: str
    settled_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A message in doubt, and what was found out of it, if anything was."""

    line: EvidenceLine
    settlement: Settlement | None


class DoubtUnknown(Refusal):
    """No message under this identifier is in doubt."""

    code = "exchange.doubt-unknown"
    status = 404


class DoubtSettled(Refusal):
    """The doubt was settled before; what was found then stands."""

    code = "exchange.doubt-settled"


class SettlementFaulty(Refusal):
    """A settlement says too little; ``reason`` is ``finding`` or ``reason``."""

    code = "exchange.settlement-faulty"
    status = 422


DOUBT_SETTLED = FactKind(
    "exchange.doubt-settled", "Somebody found out whether the provider had acted on a message that was in doubt."
)
