"""The right edge of a growing tree: all that is needed to append and to know the root."""

from collections.abc import Iterable
from dataclasses import dataclass

from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.hashing import HASH_SIZE, join_right_to_left, node_hash


class FrontierError(TlogError):
    """The hashes cannot be the frontier of a tree of that size."""


@dataclass(frozen=True, slots=True)
class Frontier:
    """The roots of the perfect subtrees that make up a tree, from the largest (left) to the smallest (right).

    A tree of ``size`` leaves has one for each set bit of ``size``: at most 64 hashes of 32 bytes, however long the log.

    :raises FrontierError: ``tlog.frontier.shape`` when number or length of the hashes does not fit the size.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if (
            self.size < 0
            or len(self.hashes) != self.size.bit_count()
            or any(len(value) != HASH_SIZE for value in self.hashes)
        ):
            raise FrontierError("tlog.frontier.shape", size=self.size, hashes=len(self.hashes))

    def append(self, leaf_hash: bytes) -> "Frontier":
        """Return the frontier of the tree with one more leaf."""
        return self.extend([leaf_hash])

    def extend(self, leaf_hashes: Iterable[bytes]) -> "Frontier":
        """Return the frontier of the tree with these leaves added in their order."""
        size, hashes = self.size, list(self.hashes)
        for leaf_hash in leaf_hashes:
            carry, remaining = leaf_hash, size
            while remaining & 1:
                carry = node_hash(hashes.pop(), carry)
                remaining >>= 1
            hashes.append(carry)
            size += 1
        return Frontier(size, tuple(hashes))

    def root(self) -> bytes:
        """Return the root of the tree."""
        return join_right_to_left(self.hashes)
