"""The witness protocol (C2SP tlog-witness, v1.0.0): the message ``add-checkpoint``, and what a witness answers to it.

Both sides are here and neither touches a network or a clock: a log writes a :class:`Submission`, a witness judges it
against the one head it remembers of the log. Between judging and remembering nobody else may submit for that log.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from divan_libs.tlog import canonical_base64
from divan_libs.tlog.checkpoints import MAXIMUM_SIZE, Checkpoint, CheckpointError, open_checkpoint, parse_checkpoint
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.hashing import HASH_SIZE
from divan_libs.tlog.notes import (
    NoteError,
    NoteVerifier,
    SignatureLine,
    SignatureType,
    VerifiedSignature,
    parse_note,
    parse_signature_lines,
)
from divan_libs.tlog.proofs import ProofError, verify_consistency

ADD_CHECKPOINT = "add-checkpoint"
SIZE_TYPE = "text/x.tlog.size"
MAXIMUM_PROOF = 63

_OLD_SIZE = re.compile(r"old (0|[1-9][0-9]{0,18})")
_SIZE_ANSWER = re.compile(rb"(0|[1-9][0-9]{0,18})\n")


class SubmissionRefused(TlogError):
    """A witness does not cosign what was submitted; ``status`` is the HTTP status that says so.

    ``tlog.witness.malformed`` 400, ``tlog.witness.origin-unknown`` 404, ``tlog.witness.signature`` 403,
    ``tlog.witness.size-order`` 400 (the old size is above the new), ``tlog.witness.size-differs`` 409 (``size`` is
    that of the head last cosigned), ``tlog.witness.root-differs`` 409 (two heads of one size: a fork) and
    ``tlog.witness.proof`` 422.
    """

    def __init__(self, status: int, code: str, **facts: object) -> None:
        super().__init__(code, **facts)
        self.status = status

    @property
    def answer(self) -> tuple[str, bytes]:
        """The content type and the body of the answer: the size for 409, else the code for people who look."""
        if self.code == "tlog.witness.size-differs":
            return SIZE_TYPE, f"{self.facts['size']}\n".encode()
        return "text/plain; charset=utf-8", f"{self.code}\n".encode()


@dataclass(frozen=True, slots=True)
class Submission:
    """The body of ``add-checkpoint``: the size the witness is thought to know, a proof from there, and the new head.

    Nothing in it may be believed yet.
    """

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint_note: str

    def encode(self) -> bytes:
        """Return the body of the request."""
        lines = (f"old {self.old_size}", *(canonical_base64.encode(value) for value in self.proof))
        return ("".join(f"{line}\n" for line in lines) + "\n" + self.checkpoint_note).encode()


@dataclass(frozen=True, slots=True)
class SubmittedHead:
    """A head that its log has signed; ``log_signatures`` are those by keys that the witness trusts."""

    checkpoint: Checkpoint
    text: str
    log_signatures: tuple[VerifiedSignature, ...]
    log_lines: tuple[SignatureLine, ...]


def parse_submission(body: bytes) -> Submission:
    """Return the parts of a request.

    :raises SubmissionRefused: ``tlog.witness.malformed``.
    """
    try:
        head, separator, note = body.decode().partition("\n\n")
    except UnicodeDecodeError as error:
        raise _malformed("not UTF-8") from error
    first, *hashes = head.split("\n")
    match = _OLD_SIZE.fullmatch(first)
    if match is None or not separator or int(match[1]) > MAXIMUM_SIZE:
        raise _malformed("old size")
    if len(hashes) > MAXIMUM_PROOF:
        raise _malformed("too many hashes")
    return Submission(int(match[1]), tuple(_hash(line) for line in hashes), note)


def open_submission(submission: Submission, trusted: Mapping[str, Sequence[NoteVerifier]]) -> SubmittedHead:
    """Return the submitted head, signed by a key that the witness trusts for its log.

    :param trusted: the keys of each log by its origin.
    :raises SubmissionRefused: ``tlog.witness.malformed``, ``tlog.witness.origin-unknown``, ``tlog.witness.signature``.
    """
    try:
        note = parse_note(submission.checkpoint_note)
        checkpoint = parse_checkpoint(note.text)
    except (NoteError, CheckpointError) as error:
        raise _malformed(error.code) from error
    if checkpoint.origin not in trusted:
        raise SubmissionRefused(404, "tlog.witness.origin-unknown", origin=checkpoint.origin)
    keys = trusted[checkpoint.origin]
    try:
        opened = open_checkpoint(submission.checkpoint_note, keys, origin=checkpoint.origin)
    except TlogError as error:
        raise SubmissionRefused(403, "tlog.witness.signature", origin=checkpoint.origin, reason=error.code) from error
    known = {(signature.verifier.name, signature.verifier.key_id) for signature in opened.log_signatures}
    first = {(line.name, line.key_id): line for line in reversed(note.lines)}
    lines = tuple(line for identity, line in first.items() if identity in known)
    return SubmittedHead(checkpoint, note.text, opened.log_signatures, lines)


def require_growth(submission: Submission, head: Checkpoint, last: Checkpoint | None) -> None:
    """Check that the submitted head extends the one last cosigned, in the order that the protocol states.

    :param last: the head last cosigned for this log, None for none.
    :raises SubmissionRefused: ``tlog.witness.size-order``, ``tlog.witness.size-differs``,
        ``tlog.witness.root-differs``, ``tlog.witness.proof``.
    """
    known_size = last.size if last is not None else 0
    if submission.old_size > head.size:
        raise SubmissionRefused(400, "tlog.witness.size-order", old_size=submission.old_size, size=head.size)
    if submission.old_size != known_size:
        raise SubmissionRefused(409, "tlog.witness.size-differs", size=known_size)
    if last is not None and head.size == last.size and head.root != last.root:
        raise SubmissionRefused(409, "tlog.witness.root-differs", root=last.root.hex(), seen=head.root.hex())
    if last is None or not known_size:
        if submission.proof:
            raise SubmissionRefused(422, "tlog.witness.proof", reason="a proof from nothing")
        return
    try:
        verify_consistency(known_size, head.size, submission.proof, last.root, head.root)
    except ProofError as error:
        raise SubmissionRefused(422, "tlog.witness.proof", reason=error.code) from error


def remembered_at(origin: str) -> str:
    """Return the path below a witness's monitoring prefix where its newest head of a log is read."""
    return f"{sha256(origin.encode()).hexdigest()}/checkpoint"


def read_cosignatures(
    answer: bytes, checkpoint_text: str, verifier: NoteVerifier
) -> tuple[SignatureLine, VerifiedSignature]:
    """Return the cosignature by one witness in the answer to a submission; lines of other keys are passed over.

    :raises NoteError: ``tlog.note.malformed`` for an answer that is no signature lines, ``tlog.note.unsigned`` when
        none is by the witness, ``tlog.note.signature-invalid`` when one does not hold or carries no time.
    """
    for line in parse_signature_lines(answer):
        if (line.name, line.key_id) == (verifier.name, verifier.key_id):
            verified = verifier.verify(checkpoint_text, line.signature)
            if verifier.kind is not SignatureType.COSIGNATURE or not verified.timestamp:
                raise NoteError("tlog.note.signature-invalid", name=verifier.name, key_id=verifier.key_id.hex())
            return line, verified
    raise NoteError("tlog.note.unsigned", signers=[verifier.name])


def read_size(content_type: str, body: bytes) -> int | None:
    """Return the size in an answer 409, None for an answer that carries none."""
    match = _SIZE_ANSWER.fullmatch(body) if content_type.partition(";")[0].strip().lower() == SIZE_TYPE else None
    return int(match[1]) if match and int(match[1]) <= MAXIMUM_SIZE else None


def _hash(line: str) -> bytes:
    try:
        value = canonical_base64.decode(line)
    except ValueError as error:
        raise _malformed("proof line") from error
    if len(value) != HASH_SIZE:
        raise _malformed("proof line")
    return value


def _malformed(reason: str) -> SubmissionRefused:
    return SubmissionRefused(400, "tlog.witness.malformed", reason=reason)
