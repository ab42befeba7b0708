"""What is written about a message: an intent before it leaves, a closing record after it ended, and signed roots.

Payloads are canonical JSON (RFC 8785) by construction: ASCII keys in order, text and whole numbers only. Moments are
microseconds since 1970 in UTC. Hashes of records are taken over the stored octets, never over a re-encoding.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, Self

from divan_libs.envelope.errors import EnvelopeError
from divan_libs.tlog.hashing import leaf_hash

ROOT_CONTEXT = b"divan-evidence-root-v1\n"
"""Stands before what is signed, so that the signature can never be taken for one over something else."""


class EvidenceError(EnvelopeError):
    """Evidence is damaged, altered or does not prove what it claims (``exchange.evidence.*``)."""


class Kind(IntEnum):
    """Kinds of records in a segment."""

    HEADER = 1
    INTENT = 2
    CLOSING = 3
    ROOT = 4
    END = 5


class Outcome(StrEnum):
    """How a message ended, as far as the gateway knows."""

    ANSWERED = "answered"
    """The provider answered and its answer is hashed here."""
    UNANSWERED = "unanswered"
    """It went out and no whole answer came: the provider may or may not have acted on it."""
    UNSENT = "unsent"
    """No provider could be reached: nothing of it went out."""
    IN_DOUBT = "in-doubt"
    """The gateway stopped between intent and end; whether the provider saw it is not known."""


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(document: dict[str, Any]) -> bytes:
    """Return the canonical octets of a document of text, whole numbers, None and lists of text."""
    return _ENCODER.encode(document).encode()


def _read(payload: bytes) -> dict[str, Any]:
    try:
        document = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise EvidenceError("exchange.evidence.payload") from error
    if not isinstance(document, dict):
        raise EvidenceError("exchange.evidence.payload")
    return document


@dataclass(frozen=True, slots=True, kw_only=True)
class _Payload:
    LEFT_OUT = frozenset[str]()
    """Fields that are written only when they say something; records of before they were known have none."""

    def encode(self) -> bytes:
        """Return the canonical octets."""
        told = {name: getattr(self, name) for name in self.__dataclass_fields__}
        for name in self.LEFT_OUT:
            if told[name] is None:
                del told[name]
        return canonical(told)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """Read the octets back.

        :raises EvidenceError: ``exchange.evidence.payload`` when these are not such a record.
        """
        document = _read(payload)
        if document.keys() | cls.LEFT_OUT != cls.__dataclass_fields__.keys():
            raise EvidenceError("exchange.evidence.payload", record=cls.__name__)
        return cls(**document)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header(_Payload):
    """The first record of a segment: which run of which gateway wrote it, and the id of its signing key.

    ``sequence`` counts the segments of one run from 1.
    """

    run: str
    sequence: int
    server: str
    key: str
    started_at: int
    format: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent(_Payload):
    """A message that is about to leave: who asks whom what, under which permit.

    ``path`` is normalised, with ``{subject}`` in place of the person where the service says one stands; ``target`` is
    the keyed hash of the raw path and query; ``subject`` the keyed hash of the person or None, ``subject_key`` the key
    of both. ``request_hash`` is the one the client gets back; of a body that was still on its way it is not known here,
    nor is ``request_size``: the closing record has them. ``snapshot`` is the version that allowed it.
    """

    request_id: str
    message_id: str
    client: str
    service: str
    method: str
    path: str
    target: str
    permit: str
    purpose: str
    legal_basis: str
    request_hash: str | None
    request_size: int | None
    received_at: int
    subject: str | None
    subject_key: str
    snapshot: int
    user_id: str | None = None
    issue: str | None = None
    represented_party: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing(_Payload):
    """How the message of an intent ended. ``intent`` is the hex SHA-256 of the intent's octets.

    ``status``, ``response_hash`` and ``response_size`` are those of the provider's answer, None without one; ``error``
    is the code the client got instead. ``sent_at`` is None when nothing went out (also for an answer that the gateway
    had kept) or nobody knows. ``request_hash`` and ``request_size`` are told of a request whose body was streamed and
    came whole.
    """

    LEFT_OUT = frozenset({"request_hash", "request_size"})

    request_id: str
    intent: str
    outcome: str
    status: int | None
    response_hash: str | None
    response_size: int | None
    error: str | None
    sent_at: int | None
    ended_at: int
    request_hash: str | None = None
    request_size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRoot(_Payload):
    """The signed Merkle root over the closing records ``first`` up to ``first + count`` of one segment.

    ``previous`` is the SHA-256 of the root before it (of the header, for the first), so that no batch can be taken
    out unseen. ``signature`` is hex DER, ECDSA P-256 with SHA-256.
    """

    run: str
    sequence: int
    batch: int
    first: int
    count: int
    root: str
    previous: str
    signed_at: int
    key: str
    signature: str

    def signed_octets(self) -> bytes:
        """Return what the signature is over."""
        document = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "signature"}
        return ROOT_CONTEXT + canonical(document)


@dataclass(frozen=True, slots=True, kw_only=True)
class End(_Payload):
    """The last record of a segment: the request ids of intents that go on in its successor."""

    carried: list[str]


def closing_leaf(payload: bytes) -> bytes:
    """Return the Merkle leaf of a closing record (RFC 6962 over kind and octets)."""
    return leaf_hash(bytes((Kind.CLOSING,)) + payload)


def digest(payload: bytes) -> str:
    """Return the hex SHA-256 of a record's octets."""
    return hashlib.sha256(payload).hexdigest()


def in_doubt(records: Iterable[tuple[Kind, bytes]]) -> dict[str, bytes]:
    """Return the octets of the intents that have no end among these records, by request id, oldest first."""
    open_intents: dict[str, bytes] = {}
    for kind, payload in records:
        if kind is Kind.INTENT:
            open_intents[_read(payload)["request_id"]] = payload
        elif kind is Kind.CLOSING:
            open_intents.pop(_read(payload)["request_id"], None)
    return open_intents
