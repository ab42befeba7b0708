"""Proofs that a message took place: its two records, and the way from its end to a signed root."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from divan_libs.asic import hashchain
from divan_libs.asic.errors import AsicError
from divan_libs.envelope.evidence.records import (
    Closing,
    EvidenceError,
    Intent,
    Kind,
    SignedRoot,
    digest,
    message_item,
)
from divan_libs.envelope.keys import is_signed, key_id


@dataclass(frozen=True, slots=True)
class MerklePath:
    """The place of a message in a batch of ``size``, and the hashes beside its way to the top of the chain."""

    index: int
    size: int
    hashes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that proves one message: the octets of its two records, the path and the signed root."""

    intent: bytes
    closing: bytes
    path: MerklePath
    root: SignedRoot

    def as_document(self) -> dict[str, object]:
        """Return the form that is handed to others as JSON; :meth:`from_document` reads it back."""
        return {
            "intent": self.intent.decode(),
            "closing": self.closing.decode(),
            "index": self.path.index,
            "size": self.path.size,
            "path": [value.hex() for value in self.path.hashes],
            "root": self.root.encode().decode(),
        }

    @classmethod
    def from_document(cls, document: dict[str, object]) -> Evidence:
        """Read :meth:`as_document`.

        :raises EvidenceError: ``exchange.evidence.payload``.
        """
        try:
            hashes = tuple(bytes.fromhex(str(value)) for value in document["path"])  # type: ignore[attr-defined] # anything not iterable is refused below
            path = MerklePath(int(str(document["index"])), int(str(document["size"])), hashes)
            root = SignedRoot.decode(str(document["root"]).encode())
            return cls(str(document["intent"]).encode(), str(document["closing"]).encode(), path, root)
        except (KeyError, TypeError, ValueError) as error:
            raise EvidenceError("exchange.evidence.payload", record="Evidence") from error


def verify_root(root: SignedRoot, public_key: EllipticCurvePublicKey) -> None:
    """Check that a root is signed by that key.

    :raises EvidenceError: ``exchange.evidence.signature`` or ``.payload``.
    """
    if root.key != key_id(public_key) or not is_signed(public_key, _signature(root), root.signed_octets()):
        raise EvidenceError("exchange.evidence.signature", batch=root.batch, key=root.key)


def verify_message(evidence: Evidence, public_key: EllipticCurvePublicKey) -> tuple[Intent, Closing]:
    """Return both records of a message if they stand under a root that is signed by that key.

    :raises EvidenceError: ``exchange.evidence.signature``, ``.proof``, ``.payload``, and ``.intent`` if the end is that
        of another message.
    """
    root, path = evidence.root, evidence.path
    verify_root(root, public_key)
    item = message_item(evidence.intent, evidence.closing)
    try:
        top = hashchain.climb(item, path.index, path.size, path.hashes)
    except AsicError as error:
        raise EvidenceError("exchange.evidence.proof", index=path.index, size=path.size) from error
    if path.size != root.count or top.hex() != root.root:
        raise EvidenceError("exchange.evidence.proof", index=path.index, size=path.size)
    intent, closing = Intent.decode(evidence.intent), Closing.decode(evidence.closing)
    if closing.intent != digest(evidence.intent) or closing.request_id != intent.request_id:
        raise EvidenceError("exchange.evidence.intent", request_id=closing.request_id)
    return intent, closing


def evidence_in(records: Sequence[tuple[Kind, bytes]]) -> Iterator[Evidence]:
    """Give the evidence of each message that ended in this segment and is under a signed root, oldest first.

    :raises EvidenceError: ``exchange.evidence.intent`` for an end whose intent is not in the segment,
        ``exchange.evidence.payload``.
    """
    intents: dict[str, bytes] = {}
    closings: list[bytes] = []
    for kind, payload in records:
        if kind is Kind.INTENT:
            intents[digest(payload)] = payload
        elif kind is Kind.CLOSING:
            closings.append(payload)
        elif kind is Kind.ROOT:
            root = SignedRoot.decode(payload)
            batch = [(_intent_of(intents, closing), closing) for closing in closings[root.first :][: root.count]]
            items = [message_item(intent, closing) for intent, closing in batch]
            for index, (intent, closing) in enumerate(batch):
                path = MerklePath(index, len(items), hashchain.path(items, index))
                yield Evidence(intent, closing, path, root)


def _intent_of(intents: Mapping[str, bytes], closing: bytes) -> bytes:
    wanted = Closing.decode(closing)
    if wanted.intent not in intents:
        raise EvidenceError("exchange.evidence.intent", request_id=wanted.request_id)
    return intents[wanted.intent]


def _signature(root: SignedRoot) -> bytes:
    try:
        return bytes.fromhex(root.signature)
    except ValueError:
        return b""
