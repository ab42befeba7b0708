"""The proof that a log lied: two heads of one size with different roots, both signed by the log itself.

Whoever sees both (a witness, a monitor, two citizens who compare) keeps them in one file. It needs no trust in who
found it: the signatures are the log's own.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from divan_libs.tlog.checkpoints import Checkpoint, open_checkpoint
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.notes import NoteVerifier

KIND = "divan/fork/v1"


class ForkError(TlogError):
    """A file is no proof of a fork: it is malformed, or its heads do not contradict each other."""


@dataclass(frozen=True, slots=True)
class Fork:
    """Two signed heads that cannot both be; ``seen_at`` (POSIX seconds) is the word of who found them."""

    first: str
    second: str
    seen_at: int

    def encode(self) -> bytes:
        """Return the content of the file."""
        content = {"kind": KIND, "seen_at": self.seen_at, "first": self.first, "second": self.second}
        return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"


def parse_fork(data: bytes) -> Fork:
    """Return the two heads in a file. Nothing is verified.

    :raises ForkError: ``tlog.fork.malformed``.
    """
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ForkError("tlog.fork.malformed") from error
    if not isinstance(content, dict) or content.keys() != {"kind", "seen_at", "first", "second"}:
        raise ForkError("tlog.fork.malformed")
    first, second, seen_at = content["first"], content["second"], content["seen_at"]
    is_text = isinstance(first, str) and isinstance(second, str)
    if content["kind"] != KIND or not is_text or type(seen_at) is not int or not 0 <= seen_at < 1 << 63:
        raise ForkError("tlog.fork.malformed")
    return Fork(first, second, seen_at)


def verify_fork(fork: Fork, verifiers: Sequence[NoteVerifier]) -> tuple[Checkpoint, Checkpoint]:
    """Return the two heads, once it is proved that one log has signed both and that they contradict each other.

    :raises NoteError: a signature does not hold, or no known key signed.
    :raises CheckpointError: see :func:`~divan_libs.tlog.checkpoints.open_checkpoint`; the heads of two logs are
        ``tlog.checkpoint.wrong-origin``.
    :raises ForkError: ``tlog.fork.none``.
    """
    first = open_checkpoint(fork.first, verifiers).checkpoint
    second = open_checkpoint(fork.second, verifiers, origin=first.origin).checkpoint
    if first.size != second.size or first.root == second.root:
        raise ForkError("tlog.fork.none", size1=first.size, size2=second.size)
    return first, second
