"""Receipts: one file that proves, offline, that an entry is in the log.

The file is a transparency log proof (C2SP tlog-proof), readable by any tool that knows the format: index, inclusion
proof, signed checkpoint, and an ``extra`` line whose content that format leaves to the application and which nobody
may believe by itself. Ours holds the entry and, unless the salt is erased, its opening, as JSON. The entry is believed
once its hash leads to the signed root; the record once it opens the entry.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from divan_libs.tlog import canonical_base64
from divan_libs.tlog.checkpoints import Checkpoint, open_checkpoint
from divan_libs.tlog.commitments import Opening
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.hashing import HASH_SIZE, leaf_hash
from divan_libs.tlog.log import read_entry, read_hashes
from divan_libs.tlog.notes import NoteVerifier, VerifiedSignature
from divan_libs.tlog.policies import Policy, open_by_policy
from divan_libs.tlog.proofs import inclusion_proof, verify_inclusion
from divan_libs.tlog.storage import ReadableStore

FILE_EXTENSION = ".tlog-proof"
ATTACHED_AS = f"decision{FILE_EXTENSION}"
"""The name under which a document carries the receipt of the decision that it tells."""

MAXIMUM_INDEX = (1 << 63) - 1

_HEADER = "c2sp.org/tlog-proof@v1"
_KIND = "divan/receipt/v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


class ReceiptError(TlogError):
    """A receipt or proof file is malformed."""


@dataclass(frozen=True, slots=True)
class LogProof:
    """A proof file of C2SP tlog-proof, taken apart; nothing in it is verified.

    :raises ReceiptError: ``tlog.receipt.malformed``.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint_note: str
    extra: bytes | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.index <= MAXIMUM_INDEX:
            raise ReceiptError("tlog.receipt.malformed", reason="index", index=self.index)
        if any(len(value) != HASH_SIZE for value in self.hashes):
            raise ReceiptError("tlog.receipt.malformed", reason="hash length")

    def encode(self) -> str:
        """Return the text of the file."""
        lines = [_HEADER]
        if self.extra is not None:
            lines.append(f"extra {canonical_base64.encode(self.extra)}")
        lines.append(f"index {self.index}")
        lines += (canonical_base64.encode(value) for value in self.hashes)
        return "\n".join(lines) + "\n\n" + self.checkpoint_note


def parse_log_proof(text: str | bytes) -> LogProof:
    """Return the parts of a proof file.

    :raises ReceiptError: ``tlog.receipt.malformed``.
    """
    try:
        decoded = text if isinstance(text, str) else text.decode()
    except UnicodeDecodeError as error:
        raise ReceiptError("tlog.receipt.malformed", reason="not UTF-8") from error
    head, separator, checkpoint_note = decoded.partition("\n\n")
    lines = head.split("\n")
    if lines.pop(0) != _HEADER:
        raise ReceiptError("tlog.receipt.malformed", reason="first line")
    if not separator or not checkpoint_note:
        raise ReceiptError("tlog.receipt.malformed", reason="no checkpoint behind an empty line")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = _decoded("extra", lines.pop(0).removeprefix("extra "))
    match = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if match is None:
        raise ReceiptError("tlog.receipt.malformed", reason="index")
    return LogProof(int(match[1]), tuple(_decoded("hash", line) for line in lines), checkpoint_note, extra)


@dataclass(frozen=True, slots=True)
class Receipt:
    """An entry with the proof of its place and, unless erased, the record behind it. Nothing is verified yet."""

    entry: bytes
    index: int
    proof: tuple[bytes, ...]
    checkpoint_note: str
    opening: Opening | None = field(default=None)

    def encode(self) -> str:
        """Return the text of the receipt's file."""
        content = {"kind": _KIND, "entry": canonical_base64.encode(self.entry)}
        if self.opening is not None:
            content["salt"] = canonical_base64.encode(self.opening.salt)
            content["record"] = canonical_base64.encode(self.opening.record)
        extra = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
        return LogProof(self.index, self.proof, self.checkpoint_note, extra).encode()


def parse_receipt(text: str | bytes) -> Receipt:
    """Return the receipt in a file.

    :raises ReceiptError: ``tlog.receipt.malformed``, or ``tlog.receipt.foreign`` for a proof file of another
        application (its entry is not in the file; see :func:`parse_log_proof`).
    :raises CommitmentError: ``tlog.commitment.salt``.
    """
    proof = parse_log_proof(text)
    if proof.extra is None:
        raise ReceiptError("tlog.receipt.foreign")
    try:
        content = json.loads(proof.extra)
    except (ValueError, RecursionError) as error:
        raise ReceiptError("tlog.receipt.foreign") from error
    if not isinstance(content, dict) or content.get("kind") != _KIND:
        raise ReceiptError("tlog.receipt.foreign")
    if content.keys() not in ({"kind", "entry"}, {"kind", "entry", "salt", "record"}):
        raise ReceiptError("tlog.receipt.malformed", reason="extra", names=sorted(content))
    entry = _decoded("entry", content["entry"])
    opening = None
    if "salt" in content:
        opening = Opening(_decoded("salt", content["salt"]), _decoded("record", content["record"]))
    return Receipt(entry, proof.index, proof.hashes, proof.checkpoint_note, opening)


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """What a receipt has proved: this entry, at this place, in the log of this checkpoint.

    ``record`` is what the entry commits to, None when the salt is erased. ``cosignatures`` tell which of the known
    witnesses saw the checkpoint, and when.
    """

    entry: bytes
    index: int
    record: bytes | None
    checkpoint: Checkpoint
    cosignatures: tuple[VerifiedSignature, ...]


def verify_receipt(
    receipt: Receipt,
    verifiers: Sequence[NoteVerifier],
    *,
    origin: str | None = None,
    quorum: int = 0,
    policy: Policy | None = None,
    not_after: int | None = None,
) -> VerifiedReceipt:
    """Check a receipt against the keys of the log and of witnesses, without network.

    :param origin: accept this log only.
    :param quorum: the number of different witnesses who must have cosigned the checkpoint.
    :param policy: who must have cosigned it, in place of a number; its keys are taken with the others.
    :param not_after: POSIX seconds; with a policy, cosignatures that claim a later time are not counted.
    :raises NoteError: a signature does not hold or no known key signed.
    :raises CheckpointError: see :func:`~divan_libs.tlog.checkpoints.open_checkpoint`.
    :raises PolicyError: ``tlog.policy.unmet``.
    :raises ProofError: the entry does not lead to the signed root.
    :raises CommitmentError: ``tlog.commitment.differs``: the record is not the one the entry commits to.
    """
    if policy is None:
        opened = open_checkpoint(receipt.checkpoint_note, verifiers, origin=origin, quorum=quorum)
    else:
        opened = open_by_policy(receipt.checkpoint_note, policy, log_keys=verifiers, origin=origin, not_after=not_after)
    checkpoint = opened.checkpoint
    verify_inclusion(receipt.index, checkpoint.size, leaf_hash(receipt.entry), receipt.proof, checkpoint.root)
    record = None
    if receipt.opening is not None:
        receipt.opening.require(receipt.entry)
        record = receipt.opening.record
    return VerifiedReceipt(receipt.entry, receipt.index, record, checkpoint, opened.cosignatures)


def issue_receipt(
    store: ReadableStore,
    checkpoint_note: str,
    verifiers: Sequence[NoteVerifier],
    index: int,
    opening: Opening | None = None,
) -> Receipt:
    """Return the receipt of entry ``index`` under a signed checkpoint, made from the stored files and verified.

    :raises TlogError: any code of :func:`verify_receipt`, and those of reading the files: a store that was altered
        gives no receipt.
    """
    size = open_checkpoint(checkpoint_note, verifiers).checkpoint.size
    proof = tuple(inclusion_proof(index, size, read_hashes(store, size)))
    receipt = Receipt(read_entry(store, size, index), index, proof, checkpoint_note, opening)
    verify_receipt(receipt, verifiers)
    return receipt


def _decoded(what: str, text: object) -> bytes:
    if not isinstance(text, str):
        raise ReceiptError("tlog.receipt.malformed", reason=what)
    try:
        return canonical_base64.decode(text)
    except ValueError as error:
        raise ReceiptError("tlog.receipt.malformed", reason=what) from error
