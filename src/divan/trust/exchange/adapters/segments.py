"""Segments of evidence as the gateway writes them, read piece by piece while they grow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from divan_libs.asic import hashchain
from divan_libs.envelope.evidence.frames import Frame, scan
from divan_libs.envelope.evidence.proofs import verify_root
from divan_libs.envelope.evidence.records import (
    Closing,
    EvidenceError,
    Header,
    Intent,
    Kind,
    MessageSignature,
    SignedRoot,
    digest,
    message_item,
)
from divan_libs.envelope.evidence.segments import SUFFIX
from divan_libs.envelope.keys import is_signed, key_id


@dataclass(frozen=True, slots=True)
class Place:
    """How far a segment was read: where to go on, the closing records before that, and the last root taken over."""

    resume_at: int = 0
    closings_before: int = 0
    batch: int = 0
    batch_digest: str = ""


@dataclass(frozen=True, slots=True)
class SealedMessage:
    """One message under a root: its two records, and its own signature's octets if it has one."""

    place: int
    leaf: int
    intent: Intent
    intent_octets: bytes
    closing: Closing
    closing_octets: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class SealedBatch:
    """A signed root with the messages under it; ``items`` are what stands for them in its hash chain."""

    root: SignedRoot
    octets: bytes
    items: Sequence[bytes]
    messages: Sequence[SealedMessage]


@dataclass(frozen=True, slots=True)
class Piece:
    """What was read of a segment: whole batches, how far, and whether the segment will not grow any more.

    ``header`` are the octets of the segment's first record, where the piece begins with it.
    """

    batches: list[SealedBatch]
    place: Place
    size: int
    finished: bool
    header: bytes


def list_segments(directory: Path) -> dict[str, int]:
    """Return the names of all segments with their sizes in octets, oldest first."""
    return {path.name: path.stat().st_size for path in sorted(directory.glob(f"*{SUFFIX}"))}


def read_on(path: Path, place: Place, public_keys: Sequence[EllipticCurvePublicKey]) -> Piece:
    """Read every batch behind a place whose root is signed by one of the keys and follows the batch before it.

    Records that are under no root yet are left for the next time.

    :raises EvidenceError: ``exchange.evidence.damaged``, ``.payload``, ``.chain``, ``.root``, ``.signature`` or
        ``.intent``, with ``offset``.
    :raises OSError: if the file cannot be read.
    """
    with path.open("rb") as file:
        file.seek(place.resume_at)
        data = file.read()
    found = scan(data, base=place.resume_at)
    reader = _Reader(place, {key_id(key): key for key in public_keys})
    for frame in found.frames:
        try:
            reader.read(frame)
        except (TypeError, ValueError, KeyError, OverflowError) as error:
            code = error.code if isinstance(error, EvidenceError) else "exchange.evidence.payload"
            raise EvidenceError(code, offset=frame.offset) from error
    return Piece(reader.batches, reader.place(found.end), place.resume_at + len(data), found.finished, reader.header)


@dataclass(frozen=True, slots=True)
class _Ended:
    """A closing record that waits for its root."""

    frame: Frame
    closing: Closing


@dataclass(slots=True)
class _Reader:
    """Goes over the frames behind a place; ``waiting`` are closing records without a root, by their ordinal."""

    begun: Place
    keys: dict[str, EllipticCurvePublicKey]
    batches: list[SealedBatch] = field(default_factory=list)
    batch: int = field(init=False)
    batch_digest: str = field(init=False)
    header: bytes = b""
    closings: list[int] = field(default_factory=list)
    intents: dict[str, Frame] = field(default_factory=dict)
    waiting: dict[int, _Ended] = field(default_factory=dict)
    signatures: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.batch, self.batch_digest = self.begun.batch, self.begun.batch_digest

    def read(self, frame: Frame) -> None:
        match frame.kind:
            case Kind.HEADER:
                Header.decode(frame.payload)
                self.header = frame.payload
                self.batch_digest = self.batch_digest or digest(frame.payload)
            case Kind.INTENT:
                self.intents[digest(frame.payload)] = frame
            case Kind.CLOSING:
                ended = _Ended(frame, Closing.decode(frame.payload))
                self.waiting[self.begun.closings_before + len(self.closings)] = ended
                self.closings.append(frame.offset)
            case Kind.SIGNATURE:
                self.signatures[MessageSignature.decode(frame.payload).request_id] = frame.payload
            case Kind.ROOT:
                self._take(SignedRoot.decode(frame.payload), frame.payload)

    def _take(self, root: SignedRoot, octets: bytes) -> None:
        found = [self.waiting.pop(ordinal, None) for ordinal in range(root.first, root.first + root.count)]
        ended = [one for one in found if one is not None]
        # Of a root that was taken over before, a part may lie before the place at which we began.
        if root.batch > self.batch:
            self.batches.append(self._checked(root, octets, ended))
            self.batch, self.batch_digest = root.batch, digest(octets)
        for one in ended:
            self.intents.pop(one.closing.intent, None)
            self.signatures.pop(one.closing.request_id, None)

    def _checked(self, root: SignedRoot, octets: bytes, ended: Sequence[_Ended]) -> SealedBatch:
        if root.batch != self.batch + 1 or root.previous != self.batch_digest:
            raise EvidenceError("exchange.evidence.chain")
        if any(one.closing.intent not in self.intents for one in ended):
            raise EvidenceError("exchange.evidence.intent")
        items = [message_item(self.intents[one.closing.intent].payload, one.frame.payload) for one in ended]
        if not items or len(items) != root.count or hashchain.top(items).hex() != root.root:
            raise EvidenceError("exchange.evidence.root")
        if root.key not in self.keys:
            raise EvidenceError("exchange.evidence.signature")
        verify_root(root, self.keys[root.key])
        return SealedBatch(root, octets, items, [self._message(leaf, one) for leaf, one in enumerate(ended)])

    def _message(self, leaf: int, ended: _Ended) -> SealedMessage:
        intent = self.intents[ended.closing.intent].payload
        signature = self.signatures.get(ended.closing.request_id, b"")
        if signature:
            self._require_signed(signature, intent, ended.frame.payload)
        return SealedMessage(
            place=ended.frame.offset,
            leaf=leaf,
            intent=Intent.decode(intent),
            intent_octets=intent,
            closing=ended.closing,
            closing_octets=ended.frame.payload,
            signature=signature,
        )

    def _require_signed(self, octets: bytes, intent: bytes, closing: bytes) -> None:
        signature = MessageSignature.decode(octets)
        records = hashchain.digest(intent).hex(), hashchain.digest(closing).hex()
        key = self.keys.get(signature.key)
        if key is None or (signature.intent, signature.closing) != records:
            raise EvidenceError("exchange.evidence.signature")
        if not is_signed(key, bytes.fromhex(signature.signature), signature.signed_octets()):
            raise EvidenceError("exchange.evidence.signature")

    def place(self, end: int) -> Place:
        """Return where to go on: at the first record of a message that is not under a root, else at the end."""
        waiting = (ended.frame for ended in self.waiting.values())
        resume_at = min((frame.offset for frame in (*self.intents.values(), *waiting)), default=end)
        passed = sum(1 for offset in self.closings if offset < resume_at)
        return Place(resume_at, self.begun.closings_before + passed, self.batch, self.batch_digest)
