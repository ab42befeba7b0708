"""Inclusion and consistency proofs (RFC 9162 sections 2.1.3 and 2.1.4): verification and generation.

Verification needs no storage. Generation reads hashes of perfect subtrees through a :class:`HashReader`.
Two edges are decided as the published vectors of transparency-dev/merkle decide them: every leaf and proof hash must
be 32 bytes, and there is no consistency proof from the empty tree (a log of size 0 promises nothing to be kept).
"""

from collections.abc import Sequence
from typing import Protocol

from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.hashing import HASH_SIZE, join_right_to_left, node_hash


class ProofError(TlogError):
    """A proof does not prove what it claims, or cannot exist."""


class HashReader(Protocol):
    """Gives the hash of a perfect subtree of a log."""

    def __call__(self, level: int, index: int, /) -> bytes:
        """Return the 32-byte root over leaves ``index * 2**level`` up to, not including, ``(index + 1) * 2**level``."""


def root_from_inclusion_proof(index: int, size: int, leaf_hash: bytes, proof: Sequence[bytes]) -> bytes:
    """Return the root of the tree of ``size`` leaves that the proof leads to from leaf ``index``.

    :raises ProofError: ``tlog.proof.index-out-of-range``, ``tlog.proof.hash-size`` or ``tlog.proof.length``.
    """
    if not 0 <= index < size:
        raise ProofError("tlog.proof.index-out-of-range", index=index, size=size)
    _require_hashes([leaf_hash, *proof])
    position, last, root = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            raise ProofError("tlog.proof.length", index=index, size=size, length=len(proof))
        if position & 1 or position == last:
            root = node_hash(sibling, root)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise ProofError("tlog.proof.length", index=index, size=size, length=len(proof))
    return root


def verify_inclusion(index: int, size: int, leaf_hash: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Check that leaf ``index`` is in the tree of ``size`` leaves under ``root`` (RFC 9162 section 2.1.3.2).

    :raises ProofError: ``tlog.proof.root-differs`` or a code of :func:`root_from_inclusion_proof`.
    """
    computed = root_from_inclusion_proof(index, size, leaf_hash, proof)
    if computed != root:
        raise ProofError("tlog.proof.root-differs", expected=root.hex(), seen=computed.hex())


def verify_consistency(size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes) -> None:
    """Check that the tree of ``size1`` leaves under ``root1`` is a beginning of the one of ``size2`` under ``root2``.

    RFC 9162 section 2.1.4.2.

    :raises ProofError: ``tlog.proof.size-order`` (also for size 0), ``tlog.proof.hash-size``, ``tlog.proof.length``,
        ``tlog.proof.root-differs`` (with ``which`` = 1 or 2).
    """
    if not 0 < size1 <= size2:
        raise ProofError("tlog.proof.size-order", size1=size1, size2=size2)
    _require_hashes(proof)
    if size1 == size2:
        if proof:
            raise ProofError("tlog.proof.length", size1=size1, size2=size2, length=len(proof))
        _require_root(1, root2, root1)
        return
    # A perfect old tree is itself the first node, and is left out of the proof.
    path = [root1, *proof] if size1 & (size1 - 1) == 0 else proof
    computed1, computed2 = roots_from_path(size1, size2, path)
    _require_root(1, root1, computed1)
    _require_root(2, root2, computed2)


def roots_from_path(size1: int, size2: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the roots over the first ``size1`` and over all ``size2`` leaves to which a consistency proof leads.

    Where the second is the root of a tree, the first is surely that of its beginning; so the two together convict a
    log that signed another root for it.

    :param path: the proof with its first node, which the proof from a perfect old tree leaves out.
    :raises ProofError: ``tlog.proof.size-order`` unless the first is smaller, ``tlog.proof.hash-size``,
        ``tlog.proof.length``.
    """
    if not 0 < size1 < size2:
        raise ProofError("tlog.proof.size-order", size1=size1, size2=size2)
    _require_hashes(path)
    if not path:
        raise ProofError("tlog.proof.length", size1=size1, size2=size2, length=0)
    position, last = size1 - 1, size2 - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofError("tlog.proof.length", size1=size1, size2=size2, length=len(path))
        if position & 1 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise ProofError("tlog.proof.length", size1=size1, size2=size2, length=len(path))
    return old, new


def inclusion_proof(index: int, size: int, read: HashReader) -> list[bytes]:
    """Return the sibling hashes from leaf ``index`` up to the root of the tree of ``size`` leaves.

    :raises ProofError: ``tlog.proof.index-out-of-range``.
    """
    if not 0 <= index < size:
        raise ProofError("tlog.proof.index-out-of-range", index=index, size=size)
    start, end, proof = 0, size, list[bytes]()
    while end - start > 1:
        middle = start + _largest_power_below(end - start)
        if index < middle:
            proof.append(range_root(middle, end, read))
            end = middle
        else:
            proof.append(range_root(start, middle, read))
            start = middle
    return proof[::-1]


def consistency_proof(size1: int, size2: int, read: HashReader) -> list[bytes]:
    """Return the hashes that show the tree of ``size1`` leaves to be a beginning of the one of ``size2``.

    :raises ProofError: ``tlog.proof.size-order``, also for size 0.
    """
    if not 0 < size1 <= size2:
        raise ProofError("tlog.proof.size-order", size1=size1, size2=size2)
    start, end, proof = 0, size2, list[bytes]()
    while size1 != end:
        middle = start + _largest_power_below(end - start)
        if size1 <= middle:
            proof.append(range_root(middle, end, read))
            end = middle
        else:
            proof.append(range_root(start, middle, read))
            start = middle
    # The old tree itself is known to the verifier; a part of it is not.
    if start:
        proof.append(range_root(start, end, read))
    return proof[::-1]


def tree_root(size: int, read: HashReader) -> bytes:
    """Return the root over the first ``size`` leaves (:data:`~divan_libs.tlog.hashing.EMPTY_ROOT` for none)."""
    return range_root(0, size, read)


def range_root(start: int, end: int, read: HashReader) -> bytes:
    """Return the Merkle tree hash over leaves ``start`` up to, not including, ``end``.

    ``start`` must be a multiple of the largest power of two that fits into the range, as it is for every range that
    the recursion of RFC 9162 visits.
    """
    roots = []
    while start < end:
        level = (end - start).bit_length() - 1
        roots.append(read(level, start >> level))
        start += 1 << level
    return join_right_to_left(roots)


def _largest_power_below(count: int) -> int:
    return 1 << ((count - 1).bit_length() - 1)


def _require_hashes(hashes: Sequence[bytes]) -> None:
    for value in hashes:
        if len(value) != HASH_SIZE:
            raise ProofError("tlog.proof.hash-size", seen=len(value))


def _require_root(which: int, expected: bytes, computed: bytes) -> None:
    if expected != computed:
        raise ProofError("tlog.proof.root-differs", which=which, expected=expected.hex(), seen=computed.hex())
