"""Checkpoints: the signed head of a log (C2SP tlog-checkpoint)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from divan_libs.tlog import canonical_base64
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.hashing import EMPTY_ROOT, HASH_SIZE
from divan_libs.tlog.notes import NoteVerifier, SignatureType, Signer, VerifiedSignature, open_note, sign_note

CHECKPOINT_PATH = "checkpoint"
COSIGNED_PATH = "checkpoint.cosigned"
"""Where a log may publish, beside its newest checkpoint, the newest that enough witnesses have cosigned."""
MAXIMUM_SIZE = (1 << 63) - 1

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class CheckpointError(TlogError):
    """A checkpoint is malformed, or those who must have signed it have not."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: who it is, how many entries it holds, and the root over them.

    :raises CheckpointError: ``tlog.checkpoint.malformed``.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for line in (self.origin, *self.extensions):
            if not line or re.search(r"[\x00-\x1f]", line):
                raise CheckpointError("tlog.checkpoint.malformed", reason="line", line=line)
        if not 0 <= self.size <= MAXIMUM_SIZE:
            raise CheckpointError("tlog.checkpoint.malformed", reason="size", size=self.size)
        if len(self.root) != HASH_SIZE or (self.size == 0 and self.root != EMPTY_ROOT):
            raise CheckpointError("tlog.checkpoint.malformed", reason="root", root=self.root.hex())

    def body(self) -> str:
        """Return the text that is signed: origin, size, root and any extension lines."""
        lines = (self.origin, str(self.size), canonical_base64.encode(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class OpenedCheckpoint:
    """A checkpoint signed by its log, with the witnesses among the given keys who cosigned it."""

    checkpoint: Checkpoint
    log_signatures: tuple[VerifiedSignature, ...]
    cosignatures: tuple[VerifiedSignature, ...]


def parse_checkpoint(body: str | bytes) -> Checkpoint:
    """Return the checkpoint of an unsigned text.

    :raises CheckpointError: ``tlog.checkpoint.malformed`` for anything :meth:`Checkpoint.body` would not write.
    """
    try:
        text = body if isinstance(body, str) else body.decode()
    except UnicodeDecodeError as error:
        raise CheckpointError("tlog.checkpoint.malformed", reason="not UTF-8") from error
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop():
        raise CheckpointError("tlog.checkpoint.malformed", reason="three lines, each with a newline, are needed")
    origin, size, root, *extensions = lines
    if not _SIZE.fullmatch(size):
        raise CheckpointError("tlog.checkpoint.malformed", reason="size", size=size)
    try:
        decoded_root = canonical_base64.decode(root)
    except ValueError as error:
        raise CheckpointError("tlog.checkpoint.malformed", reason="root", root=root) from error
    return Checkpoint(origin, int(size), decoded_root, tuple(extensions))


def sign_checkpoint(checkpoint: Checkpoint, signers: Sequence[Signer], *, at: int | None = None) -> str:
    """Return the signed note of a checkpoint. The caller must never sign two that do not extend one another.

    :raises NoteError: see :func:`~divan_libs.tlog.notes.sign_note`.
    """
    return sign_note(checkpoint.body(), signers, at=at)


def open_checkpoint(
    note: str | bytes, verifiers: Sequence[NoteVerifier], *, origin: str | None = None, quorum: int = 0
) -> OpenedCheckpoint:
    """Return the checkpoint in a signed note, once the log's own key and enough witnesses have signed it.

    The log's own key is an Ed25519 key (type 0x01) whose name is the origin line; a witness's cosignature never
    stands in for it. Witnesses count once per public key, and the log's own key is no witness of itself.

    :param origin: accept this log only; by default any whose key is among the verifiers.
    :param quorum: the number of different witnesses among the verifiers who must have cosigned.
    :raises NoteError: see :func:`~divan_libs.tlog.notes.open_note`.
    :raises CheckpointError: ``tlog.checkpoint.malformed``, ``tlog.checkpoint.wrong-origin``,
        ``tlog.checkpoint.log-signature-missing`` or ``tlog.checkpoint.quorum``.
    """
    opened = open_note(note, verifiers)
    checkpoint = parse_checkpoint(opened.text)
    if origin is not None and checkpoint.origin != origin:
        raise CheckpointError("tlog.checkpoint.wrong-origin", expected=origin, seen=checkpoint.origin)
    by_log = tuple(
        signature
        for signature in opened.signatures
        if signature.verifier.kind is SignatureType.ED25519 and signature.verifier.name == checkpoint.origin
    )
    if not by_log:
        raise CheckpointError("tlog.checkpoint.log-signature-missing", origin=checkpoint.origin)
    log_keys = {signature.verifier.public_key for signature in by_log}
    by_witness = {
        signature.verifier.public_key: signature
        for signature in opened.signatures
        if signature.verifier.kind is SignatureType.COSIGNATURE and signature.verifier.public_key not in log_keys
    }
    if len(by_witness) < quorum:
        raise CheckpointError("tlog.checkpoint.quorum", required=quorum, seen=len(by_witness))
    return OpenedCheckpoint(checkpoint, by_log, tuple(by_witness.values()))
