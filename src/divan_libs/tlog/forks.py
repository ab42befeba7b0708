"""The proof that a log lied: two heads that cannot both be, each signed by the log itself.

Either both are of one size and have different roots; or one is longer, and hashes lead to its root and, over the
beginning of the same tree, to another root than the shorter one has. Whoever sees both (a witness, a monitor, two
citizens who compare) keeps them in one file. It needs no trust in who found it: the signatures are the log's own.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from divan_libs.tlog import canonical_base64
from divan_libs.tlog.checkpoints import Checkpoint, open_checkpoint
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.notes import NoteVerifier
from divan_libs.tlog.proofs import ProofError, roots_from_path

KIND = "divan/fork/v1"


class ForkError(TlogError):
    """A file is no proof of a fork: it is malformed, or its heads do not contradict each other."""


@dataclass(frozen=True, slots=True)
class Fork:
    """Two signed heads that cannot both be, the shorter first; ``seen_at`` is the word of who found them.

    ``path`` leads from the beginning to the root of the second (:func:`~divan_libs.tlog.proofs.roots_from_path`);
    empty for heads of one size. ``seen_at`` is in POSIX seconds.
    """

    first: str
    second: str
    seen_at: int
    path: tuple[bytes, ...] = ()

    def encode(self) -> bytes:
        """Return the content of the file."""
        content = {
            "kind": KIND,
            "seen_at": self.seen_at,
            "first": self.first,
            "second": self.second,
            "path": [canonical_base64.encode(value) for value in self.path],
        }
        return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"


def parse_fork(data: bytes) -> Fork:
    """Return the two heads in a file. Nothing is verified.

    :raises ForkError: ``tlog.fork.malformed``.
    """
    try:
        content = json.loads(data)
        if not isinstance(content, dict) or content.keys() != {"kind", "seen_at", "first", "second", "path"}:
            raise ForkError("tlog.fork.malformed")
        first, second, seen_at, path = content["first"], content["second"], content["seen_at"], content["path"]
        if not (isinstance(first, str) and isinstance(second, str) and isinstance(path, list)):
            raise ForkError("tlog.fork.malformed")
        if content["kind"] != KIND or type(seen_at) is not int or not 0 <= seen_at < 1 << 63:
            raise ForkError("tlog.fork.malformed")
        return Fork(first, second, seen_at, tuple(canonical_base64.decode(value) for value in path))
    except (ValueError, RecursionError, AttributeError) as error:
        raise ForkError("tlog.fork.malformed") from error


def verify_fork(fork: Fork, verifiers: Sequence[NoteVerifier]) -> tuple[Checkpoint, Checkpoint]:
    """Return the two heads, once it is proved that one log has signed both and that they contradict each other.

    :raises NoteError: a signature does not hold, or no known key signed.
    :raises CheckpointError: see :func:`~divan_libs.tlog.checkpoints.open_checkpoint`; the heads of two logs are
        ``tlog.checkpoint.wrong-origin``.
    :raises ForkError: ``tlog.fork.none``.
    """
    first = open_checkpoint(fork.first, verifiers).checkpoint
    second = open_checkpoint(fork.second, verifiers, origin=first.origin).checkpoint
    if not contradict(first, second, fork.path):
        raise ForkError("tlog.fork.none", size1=first.size, size2=second.size)
    return first, second


def contradict(first: Checkpoint, second: Checkpoint, path: Sequence[bytes] = ()) -> bool:
    """Return whether it is certain that no honest log has both heads."""
    if first.origin != second.origin:
        return False
    if first.size == second.size:
        return first.root != second.root
    try:
        beginning, whole = roots_from_path(first.size, second.size, path)
    except ProofError:
        return False
    return whole == second.root and beginning != first.root
