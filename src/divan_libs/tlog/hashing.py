"""The hashes of a Merkle tree (RFC 6962 section 2.1, RFC 9162 section 2.1.1), over SHA-256.

Leaves and inner nodes are hashed under different first bytes, so that no inner node can be passed off as an entry.
"""

from collections.abc import Sequence
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()
"""Root of the tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    """Return the 32-byte hash of an entry as a leaf."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of an inner node over its two children of 32 bytes each."""
    return sha256(b"\x01" + left + right).digest()


def pair_up(nodes: Sequence[bytes]) -> list[bytes]:
    """Return the next higher level over an even number of sibling nodes (half as many)."""
    return [node_hash(nodes[i], nodes[i + 1]) for i in range(0, len(nodes), 2)]


def perfect_root(nodes: Sequence[bytes]) -> bytes:
    """Return the root over ``nodes``, whose number is a power of two."""
    while len(nodes) > 1:
        nodes = pair_up(nodes)
    return nodes[0]


def join_right_to_left(roots: Sequence[bytes]) -> bytes:
    """Return the root over neighbouring perfect subtrees, given from the largest (left) to the smallest (right).

    An empty sequence gives :data:`EMPTY_ROOT`.
    """
    if not roots:
        return EMPTY_ROOT
    root = roots[-1]
    for left in reversed(roots[:-1]):
        root = node_hash(left, root)
    return root
