"""What is written about a message: an intent before it leaves, a closing record after it ended, and signatures.

Payloads are canonical JSON (RFC 8785) by construction: ASCII keys in order, text and whole numbers only. Moments are
microseconds since 1970 in UTC. Hashes of records are taken over the stored octets, never over a re-encoding.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, Self

import orjson

from divan_libs.asic import containers, hashchain
from divan_libs.asic.xades import Signed
from divan_libs.envelope.errors import EnvelopeError

FORMAT = 2
INTENT_FILE, CLOSING_FILE, BATCH_FILE = "intent.json", "closing.json", "batch.json"
"""The names under which records stand in a container, and so in what is signed."""


class EvidenceError(EnvelopeError):
    """Evidence is damaged, altered or does not prove what it claims (``exchange.evidence.*``)."""


class Kind(IntEnum):
    """Kinds of records in a segment."""

    HEADER = 1
    INTENT = 2
    CLOSING = 3
    ROOT = 4
    END = 5
    SIGNATURE = 6


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


def canonical(document: dict[str, Any]) -> bytes:
    """Return the canonical octets of a document of text, whole numbers, None and lists of text."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


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

    ``sequence`` counts the segments of one run from 1. ``certificates`` are those of the key and of the authorities
    above it, base64 of their DER form; a key without any signs, and its evidence fits into no container.
    """

    run: str
    sequence: int
    server: str
    key: str
    started_at: int
    certificates: list[str]
    format: int = FORMAT

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """Read the octets back.

        :raises EvidenceError: ``exchange.evidence.payload``; ``exchange.evidence.format`` for a segment of another age.
        """
        if _read(payload).get("format") != FORMAT:
            raise EvidenceError("exchange.evidence.format")
        return super(Header, cls).decode(payload)


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
class _Signature(_Payload, ABC):
    """A signature of the gateway in XAdES form; ``certificate`` is the hex SHA-512 of its certificate's DER form.

    ``key`` is the key's id, ``signature`` hex DER, ECDSA P-256 with SHA-256.
    """

    signed_at: int
    key: str
    certificate: str
    signature: str

    @abstractmethod
    def files(self) -> list[tuple[str, bytes]]:
        """Return names and digests of the files that are signed."""

    def signed(self) -> Signed:
        """Return what the signature says, as :mod:`divan_libs.asic.xades` writes it."""
        return Signed(files=self.files(), signed_at=self.signed_at, certificate=_hex(self.certificate))

    def signed_octets(self) -> bytes:
        """Return what the signature is over.

        :raises EvidenceError: ``exchange.evidence.payload``.
        """
        try:
            return self.signed().octets()
        except (TypeError, OverflowError) as error:
            raise EvidenceError("exchange.evidence.payload") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRoot(_Signature):
    """The signed top of the hash chain over the messages that ended ``first`` up to ``first + count`` in one segment.

    ``previous`` is the SHA-256 of the root before it (of the header, for the first), so that no batch can be taken
    out unseen. Signed are :meth:`statement` and the result file of the chain.
    """

    run: str
    sequence: int
    batch: int
    first: int
    count: int
    root: str
    previous: str

    def statement(self) -> bytes:
        """Return everything but the signature: the file ``batch.json``."""
        return canonical({name: getattr(self, name) for name in self.__dataclass_fields__ if name != "signature"})

    def result(self) -> bytes:
        """Return the file that holds the top of the chain."""
        return hashchain.result_file(containers.CHAIN, _hex(self.root))

    def files(self) -> list[tuple[str, bytes]]:
        """Return names and digests of the files that are signed."""
        files = {BATCH_FILE: self.statement(), containers.RESULT: self.result()}
        return [(name, hashchain.digest(octets)) for name, octets in files.items()]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSignature(_Signature):
    """The signature of one message alone, over the SHA-512 of its two records; it follows the closing record."""

    request_id: str
    intent: str
    closing: str

    def files(self) -> list[tuple[str, bytes]]:
        """Return names and digests of the files that are signed."""
        return [(INTENT_FILE, _hex(self.intent)), (CLOSING_FILE, _hex(self.closing))]


@dataclass(frozen=True, slots=True, kw_only=True)
class End(_Payload):
    """The last record of a segment: the request ids of intents that go on in its successor."""

    carried: list[str]


def message_item(intent: bytes, closing: bytes) -> bytes:
    """Return what stands for a message in the hash chain: a node over the digests of its two records."""
    return hashchain.node(hashchain.digest(intent), hashchain.digest(closing))


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise EvidenceError("exchange.evidence.payload") from error


def digest(payload: bytes) -> str:
    """Return the hex SHA-256 of a record's octets."""
    return hashlib.sha256(payload).hexdigest()


def request_id_of(kind: Kind, payload: bytes) -> str:
    """Return the request id that an intent, a closing record or a signature names; empty for others.

    :raises EvidenceError: ``exchange.evidence.payload``.
    """
    if kind not in {Kind.INTENT, Kind.CLOSING, Kind.SIGNATURE}:
        return ""
    request_id = _read(payload).get("request_id")
    if not isinstance(request_id, str):
        raise EvidenceError("exchange.evidence.payload")
    return request_id


def in_doubt(records: Iterable[tuple[Kind, bytes]]) -> dict[str, bytes]:
    """Return the octets of the intents that have no end among these records, by request id, oldest first."""
    open_intents: dict[str, bytes] = {}
    for kind, payload in records:
        if kind is Kind.INTENT:
            open_intents[_read(payload)["request_id"]] = payload
        elif kind is Kind.CLOSING:
            open_intents.pop(_read(payload)["request_id"], None)
    return open_intents
