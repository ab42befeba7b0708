"""Segments of evidence as the gateway writes them, read piece by piece while they grow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from divan_libs.envelope.evidence.frames import Frame, scan
from divan_libs.envelope.evidence.proofs import batch_root
from divan_libs.envelope.evidence.records import (
    Closing,
    EvidenceError,
    Header,
    Intent,
    Kind,
    SignedRoot,
    closing_leaf,
    digest,
)
from divan_libs.envelope.evidence.segments import SUFFIX
from divan_libs.envelope.keys import is_signed, key_id
from divan_libs.tlog.hashing import perfect_root
from divan_libs.tlog.proofs import inclusion_proof


@dataclass(frozen=True, slots=True)
class Place:
    """How far a segment was read: where to go on, the closing records before that, and the last root taken over."""

    resume_at: int = 0
    closings_before: int = 0
    batch: int = 0
    batch_digest: str = ""


@dataclass(frozen=True, slots=True)
class SealedMessage:
    """One message under a root: its two records and the way to the root."""

    place: int
    leaf: int
    path: bytes
    intent: Intent
    intent_octets: bytes
    closing: Closing
    closing_octets: bytes


@dataclass(frozen=True, slots=True)
class SealedBatch:
    """A signed root with the messages under it."""

    root: SignedRoot
    octets: bytes
    messages: Sequence[SealedMessage]


@dataclass(frozen=True, slots=True)
class Piece:
    """What was read of a segment: whole batches, how far, and whether the segment will not grow any more."""

    batches: list[SealedBatch]
    place: Place
    size: int
    finished: bool


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
    data = path.read_bytes()
    found = scan(data, start=place.resume_at)
    reader = _Reader(place, {key_id(key): key for key in public_keys})
    for frame in found.frames:
        try:
            reader.read(frame)
        except (TypeError, ValueError, KeyError) as error:
            code = error.code if isinstance(error, EvidenceError) else "exchange.evidence.payload"
            raise EvidenceError(code, offset=frame.offset) from error
    return Piece(reader.batches, reader.place(found.end), len(data), found.finished)


@dataclass(slots=True)
class _Reader:
    """Goes over the frames behind a place; ``waiting`` are closing records without a root, by their ordinal."""

    begun: Place
    keys: dict[str, EllipticCurvePublicKey]
    batches: list[SealedBatch] = field(default_factory=list)
    batch: int = field(init=False)
    batch_digest: str = field(init=False)
    closings: list[int] = field(default_factory=list)
    intents: dict[str, Frame] = field(default_factory=dict)
    waiting: dict[int, Frame] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.batch, self.batch_digest = self.begun.batch, self.begun.batch_digest

    def read(self, frame: Frame) -> None:
        match frame.kind:
            case Kind.HEADER:
                Header.decode(frame.payload)
                self.batch_digest = self.batch_digest or digest(frame.payload)
            case Kind.INTENT:
                self.intents[digest(frame.payload)] = frame
            case Kind.CLOSING:
                self.waiting[self.begun.closings_before + len(self.closings)] = frame
                self.closings.append(frame.offset)
            case Kind.ROOT:
                self._take(SignedRoot.decode(frame.payload), frame.payload)

    def _take(self, root: SignedRoot, octets: bytes) -> None:
        frames = [self.waiting.pop(ordinal, None) for ordinal in range(root.first, root.first + root.count)]
        closings = [frame for frame in frames if frame is not None]
        # Of a root that was taken over before, a part may lie before the place at which we began.
        if root.batch > self.batch:
            self._check(root, closings)
            self.batches.append(SealedBatch(root, octets, self._messages(closings)))
            self.batch, self.batch_digest = root.batch, digest(octets)
        for frame in closings:
            self.intents.pop(Closing.decode(frame.payload).intent, None)

    def _check(self, root: SignedRoot, closings: Sequence[Frame]) -> None:
        if root.batch != self.batch + 1 or root.previous != self.batch_digest:
            raise EvidenceError("exchange.evidence.chain")
        leaves = [closing_leaf(frame.payload) for frame in closings]
        if not leaves or len(leaves) != root.count or batch_root(leaves).hex() != root.root:
            raise EvidenceError("exchange.evidence.root")
        if any(Closing.decode(frame.payload).intent not in self.intents for frame in closings):
            raise EvidenceError("exchange.evidence.intent")
        key = self.keys.get(root.key)
        if key is None or not is_signed(key, bytes.fromhex(root.signature), root.signed_octets()):
            raise EvidenceError("exchange.evidence.signature")

    def _messages(self, closings: Sequence[Frame]) -> list[SealedMessage]:
        leaves = [closing_leaf(frame.payload) for frame in closings]

        @cache
        def node(level: int, place: int) -> bytes:
            return perfect_root(leaves[place << level : (place + 1) << level])

        return [
            SealedMessage(
                place=frame.offset,
                leaf=leaf,
                path=b"".join(inclusion_proof(leaf, len(leaves), node)),
                intent=Intent.decode(intent := self.intents[Closing.decode(frame.payload).intent].payload),
                intent_octets=intent,
                closing=Closing.decode(frame.payload),
                closing_octets=frame.payload,
            )
            for leaf, frame in enumerate(closings)
        ]

    def place(self, end: int) -> Place:
        """Return where to go on: at the first record of a message that is not under a root, else at the end."""
        open_places = [frame.offset for frame in (*self.intents.values(), *self.waiting.values())]
        resume_at = min(open_places, default=end)
        passed = sum(1 for offset in self.closings if offset < resume_at)
        return Place(resume_at, self.begun.closings_before + passed, self.batch, self.batch_digest)
