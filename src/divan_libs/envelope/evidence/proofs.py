"""Proofs that a message took place: its two records, and the way from its end to a signed root."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from divan_libs.envelope.evidence.records import (
    Closing,
    EvidenceError,
    Intent,
    Kind,
    SignedRoot,
    closing_leaf,
    digest,
)
from divan_libs.envelope.keys import is_signed, key_id
from divan_libs.tlog.frontier import Frontier
from divan_libs.tlog.hashing import perfect_root
from divan_libs.tlog.proofs import ProofError, inclusion_proof, verify_inclusion


@dataclass(frozen=True, slots=True)
class MerklePath:
    """The place of a leaf in a batch of ``size`` leaves, and the sibling hashes up to the root (RFC 9162)."""

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


def batch_root(leaves: Sequence[bytes]) -> bytes:
    """Return the Merkle root over the leaves of a batch."""
    return Frontier().extend(leaves).root()


def merkle_path(leaves: Sequence[bytes], index: int) -> MerklePath:
    """Return the path of one leaf of a batch."""

    def read(level: int, place: int) -> bytes:
        return perfect_root(leaves[place << level : (place + 1) << level])

    return MerklePath(index, len(leaves), tuple(inclusion_proof(index, len(leaves), read)))


def verify_evidence(closing: bytes, path: MerklePath, root: SignedRoot, public_key: EllipticCurvePublicKey) -> Closing:
    """Return the closing record if it stands under the root and the root is signed by that key.

    :raises EvidenceError: ``exchange.evidence.signature``, ``.proof`` or ``.payload``.
    """
    if root.key != key_id(public_key) or not is_signed(public_key, _signature(root), root.signed_octets()):
        raise EvidenceError("exchange.evidence.signature", batch=root.batch, key=root.key)
    if path.size != root.count:
        raise EvidenceError("exchange.evidence.proof", size=path.size, count=root.count)
    try:
        verify_inclusion(path.index, path.size, closing_leaf(closing), path.hashes, bytes.fromhex(root.root))
    except (ProofError, ValueError) as error:
        raise EvidenceError("exchange.evidence.proof", index=path.index, size=path.size) from error
    return Closing.decode(closing)


def verify_message(evidence: Evidence, public_key: EllipticCurvePublicKey) -> tuple[Intent, Closing]:
    """Return both records of a message if the end is proven and the intent is the one it closed.

    :raises EvidenceError: as :func:`verify_evidence`, and ``exchange.evidence.intent``.
    """
    closing = verify_evidence(evidence.closing, evidence.path, evidence.root, public_key)
    intent = Intent.decode(evidence.intent)
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
            batch = closings[root.first : root.first + root.count]
            leaves = [closing_leaf(closing) for closing in batch]
            for index, closing in enumerate(batch):
                wanted = Closing.decode(closing)
                intent = intents.get(wanted.intent)
                if intent is None:
                    raise EvidenceError("exchange.evidence.intent", request_id=wanted.request_id)
                yield Evidence(intent, closing, merkle_path(leaves, index), root)


def _signature(root: SignedRoot) -> bytes:
    try:
        return bytes.fromhex(root.signature)
    except ValueError:
        return b""
