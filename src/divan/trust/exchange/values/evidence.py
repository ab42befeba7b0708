"""What the exchange says of evidence: messages, containers, looks at a person, what does not hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from divan.foundation.errors import Refusal
from divan.foundation.kinds import FactKind
from divan_libs.envelope.evidence.records import Outcome


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
class MessageRef:
    """Which message, and which attempt at it."""

    message_id: str
    request_id: str


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

    ``member`` is the address of the member that asked, ``body`` the code of the body: where many bodies ask by our own
    subsystem, that of the post. ``post`` is the post for which its system says it asked.
    ``purpose`` and ``legal_basis`` are those of the permit; ``stated`` is what the asker said besides. ``token``
    continues a list after this look.
    """

    at: datetime
    member: str
    body: str
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
class MonitoringPage:
    """Monitoring records with X-Road's names of fields; ``after`` continues behind them, empty at the end."""

    records: tuple[dict[str, object], ...]
    after: str


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


EVIDENCE_IMPORTED = FactKind(
    "exchange.evidence-imported", "Signed evidence of messages was taken over from a segment of the gateway."
)
EVIDENCE_STAMPED = FactKind(
    "exchange.evidence-stamped", "A timestamp authority stamped the signatures of evidence that was taken over."
)
EVIDENCE_DOUBTED = FactKind(
    "exchange.evidence-doubted", "A segment of the gateway's evidence does not hold and was left as it is."
)
