"""Recomputes a segment: checksums, intents and ends, the hash chains over them, roots and signatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from divan_libs.asic import hashchain
from divan_libs.envelope.evidence.frames import Frame
from divan_libs.envelope.evidence.records import (
    Closing,
    End,
    EvidenceError,
    Header,
    Intent,
    Kind,
    MessageSignature,
    SignedRoot,
    digest,
)
from divan_libs.envelope.evidence.segments import SUFFIX, read_segment
from divan_libs.envelope.keys import is_signed, key_id


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold in a segment; ``code`` is stable (``exchange.evidence.*``)."""

    code: str
    segment: str
    offset: int
    detail: str = ""


def audit_directory(directory: Path, *public_keys: EllipticCurvePublicKey) -> list[Finding]:
    """Audit every segment of a directory; see :func:`audit_segment`."""
    return [finding for path in sorted(directory.glob(f"*{SUFFIX}")) for finding in audit_segment(path, *public_keys)]


def audit_segment(path: Path, *public_keys: EllipticCurvePublicKey) -> list[Finding]:
    """Return all that does not hold in a segment; nothing for one that is whole, also while it is being written.

    ``public_keys`` are those that may have signed it: the gateway's present key and its former ones.

    Codes: ``damaged`` (checksum), ``torn`` (a tail that is not whole; also seen while a group is being written),
    ``payload``, ``format`` (a segment of another age), ``name``, ``root`` (the top of the hash chain or the range
    differs), ``chain`` (a root is missing or out of order), ``signature``, ``intent`` (an end without its intent, or
    another intent than it closed), ``repeated`` (two ends), ``unsealed`` and ``open`` (in a finished segment only: an
    end without a root, an intent without an end).
    """
    try:
        found = read_segment(path)
    except EvidenceError as error:
        return [Finding(error.code, path.name, int(str(error.facts.get("offset", 0))))]
    auditor = _Auditor(path.name, public_keys)
    auditor.read(found.frames)
    if found.torn:
        auditor.report("torn", found.end, f"{found.torn} octets")
    return auditor.findings


class _Auditor:
    def __init__(self, segment: str, public_keys: Sequence[EllipticCurvePublicKey]) -> None:
        self.segment = segment
        self.findings: list[Finding] = []
        self._public_keys = {key_id(public_key): public_key for public_key in public_keys}
        self._header: Header | None = None
        self._previous = ""
        self._batches = 0
        self._sealed = 0
        self._leaves: list[bytes] = []
        self._intents: dict[str, tuple[str, bytes]] = {}
        self._last: tuple[str, str, str] | None = None
        self._open: set[str] = set()

    def report(self, code: str, offset: int, detail: str = "") -> None:
        self.findings.append(Finding(f"exchange.evidence.{code}", self.segment, offset, detail))

    def read(self, frames: Sequence[Frame]) -> None:
        readers = {
            Kind.HEADER: self._read_header,
            Kind.INTENT: self._read_intent,
            Kind.CLOSING: self._read_closing,
            Kind.ROOT: self._read_root,
            Kind.END: self._read_end,
            Kind.SIGNATURE: self._read_signature,
        }
        for place, frame in enumerate(frames):
            if (frame.kind is Kind.HEADER) != (place == 0):
                self.report("payload", frame.offset, "header out of place")
            try:
                readers[frame.kind](frame)
            except (EvidenceError, TypeError, ValueError) as error:
                self.report("payload", frame.offset, str(error))

    def _read_header(self, frame: Frame) -> None:
        self._header = header = Header.decode(frame.payload)
        self._previous = digest(frame.payload)
        if self.segment != f"{header.run}-{header.sequence:06d}{SUFFIX}":
            self.report("name", frame.offset, f"{header.run} {header.sequence}")

    def _read_intent(self, frame: Frame) -> None:
        intent = Intent.decode(frame.payload)
        if intent.request_id in self._intents:
            self.report("repeated", frame.offset, intent.request_id)
        self._intents[intent.request_id] = digest(frame.payload), hashchain.digest(frame.payload)
        self._open.add(intent.request_id)

    def _read_closing(self, frame: Frame) -> None:
        closing = Closing.decode(frame.payload)
        intent, intent_item = self._intents.get(closing.request_id, ("", b""))
        item = hashchain.digest(frame.payload)
        self._leaves.append(hashchain.node(intent_item, item))
        self._last = closing.request_id, intent_item.hex(), item.hex()
        if intent != closing.intent:
            self.report("intent", frame.offset, closing.request_id)
        elif closing.request_id not in self._open:
            self.report("repeated", frame.offset, closing.request_id)
        self._open.discard(closing.request_id)

    def _read_root(self, frame: Frame) -> None:
        root = SignedRoot.decode(frame.payload)
        header = self._header
        if header is None or (root.run, root.sequence) != (header.run, header.sequence):
            self.report("chain", frame.offset, f"root of {root.run} {root.sequence}")
        if root.batch != self._batches + 1 or root.previous != self._previous or root.first != self._sealed:
            self.report("chain", frame.offset, f"batch {root.batch} does not follow batch {self._batches}")
        leaves = self._leaves[root.first : root.first + root.count]
        if not leaves or len(leaves) != root.count or hashchain.top(leaves).hex() != root.root:
            self.report("root", frame.offset, f"batch {root.batch}")
        if not self._holds(root):
            self.report("signature", frame.offset, f"batch {root.batch}")
        self._batches, self._previous = root.batch, digest(frame.payload)
        self._sealed = max(self._sealed, root.first + root.count)

    def _read_signature(self, frame: Frame) -> None:
        signature = MessageSignature.decode(frame.payload)
        if (signature.request_id, signature.intent, signature.closing) != self._last or not self._holds(signature):
            self.report("signature", frame.offset, signature.request_id)

    def _holds(self, signed: SignedRoot | MessageSignature) -> bool:
        public_key = self._public_keys.get(signed.key)
        return public_key is not None and is_signed(public_key, bytes.fromhex(signed.signature), signed.signed_octets())

    def _read_end(self, frame: Frame) -> None:
        forgotten = self._open - set(End.decode(frame.payload).carried)
        if forgotten:
            self.report("open", frame.offset, ", ".join(sorted(forgotten)))
        if self._sealed < len(self._leaves):
            self.report("unsealed", frame.offset, f"{len(self._leaves) - self._sealed} closing records")
