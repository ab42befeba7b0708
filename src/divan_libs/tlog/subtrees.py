"""Proofs about subtrees (draft-ietf-plants-merkle-tree-certs, section 4): a run of leaves with a root of its own.

A subtree ``[start, end)`` is one when ``start`` is a multiple of the smallest power of two that is at least its
length; then its inner nodes are nodes of the whole tree, but for its right edge. A witness that has seen a head can
vouch for the root of a batch inside it, and an entry is proved against that root with fewer hashes.
"""

from collections.abc import Sequence

from divan_libs.tlog.hashing import HASH_SIZE, node_hash
from divan_libs.tlog.proofs import HashReader, ProofError, range_root, verify_inclusion


def is_subtree(start: int, end: int) -> bool:
    """Return whether the leaves from ``start`` up to, not including, ``end`` make a subtree; an empty run does not."""
    return 0 <= start < end and start % (1 << (end - start - 1).bit_length()) == 0


def subtree_root(start: int, end: int, read: HashReader) -> bytes:
    """Return the root over a subtree's leaves.

    :raises ProofError: ``tlog.proof.no-subtree``.
    """
    _require_subtree(start, end, end)
    return range_root(start, end, read)


def subtree_inclusion_proof(index: int, start: int, end: int, read: HashReader) -> list[bytes]:
    """Return the sibling hashes from leaf ``index`` up to the root of the subtree.

    :raises ProofError: ``tlog.proof.no-subtree`` or ``tlog.proof.index-out-of-range``.
    """
    _require_subtree(start, end, end)
    if not start <= index < end:
        raise ProofError("tlog.proof.index-out-of-range", index=index, start=start, end=end)
    return subtree_consistency_proof(index - start, index - start + 1, end - start, _shifted(start, read))


def verify_subtree_inclusion(
    index: int, start: int, end: int, leaf_hash: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that leaf ``index`` is in the subtree under ``root``.

    :raises ProofError: ``tlog.proof.no-subtree`` or a code of :func:`~divan_libs.tlog.proofs.verify_inclusion`.
    """
    _require_subtree(start, end, end)
    verify_inclusion(index - start, end - start, leaf_hash, proof, root)


def subtree_consistency_proof(start: int, end: int, size: int, read: HashReader) -> list[bytes]:
    """Return the hashes that show the subtree to be part of the tree of ``size`` leaves.

    From leaf 0 on it is a consistency proof of RFC 9162, for a single leaf an inclusion proof.

    :raises ProofError: ``tlog.proof.no-subtree``.
    """
    _require_subtree(start, end, size)
    low, high, is_known, proof = 0, size, True, list[bytes]()
    while (start, end) != (low, high):
        middle = low + (1 << ((high - low - 1).bit_length() - 1))
        if end <= middle:
            proof.append(range_root(middle, high, read))
            high = middle
            continue
        proof.append(range_root(low, middle, read))
        # Where the subtree reaches over the middle, its left half is that sibling; only the right one is still open,
        # and of it the verifier knows no hash.
        is_known = is_known and start >= middle
        low = middle
        start = max(start, middle)
    if not is_known:
        proof.append(range_root(low, high, read))
    return proof[::-1]


def verify_subtree_consistency(
    start: int, end: int, size: int, proof: Sequence[bytes], subtree_root: bytes, root: bytes
) -> None:
    """Check that the subtree under ``subtree_root`` is part of the tree of ``size`` leaves under ``root``.

    :raises ProofError: ``tlog.proof.no-subtree``, ``tlog.proof.hash-size``, ``tlog.proof.length`` or
        ``tlog.proof.root-differs`` (with ``which`` = 1 for the subtree, 2 for the tree).
    """
    _require_subtree(start, end, size)
    for value in (subtree_root, *proof):
        if len(value) != HASH_SIZE:
            raise ProofError("tlog.proof.hash-size", seen=len(value))
    computed = _roots(start, end, size, list(proof), subtree_root)
    for which, expected, seen in zip((1, 2), (subtree_root, root), computed, strict=True):
        if expected != seen:
            raise ProofError("tlog.proof.root-differs", which=which, expected=expected.hex(), seen=seen.hex())


def _roots(start: int, end: int, size: int, path: list[bytes], subtree_root: bytes) -> tuple[bytes, bytes]:
    """Return the roots of the subtree and of the tree to which the proof leads."""
    length = ProofError("tlog.proof.length", start=start, end=end, size=size, length=len(path))
    first, edge, last = start, end - 1, size - 1
    # Up to the largest node at the subtree's right edge that is a node of the tree as well.
    while first != edge and (edge & 1 or edge == last):
        first, edge, last = first >> 1, edge >> 1, last >> 1
    if first == edge:
        path.insert(0, subtree_root)
    if not path:
        raise length
    inner = outer = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise length
        if edge & 1 or edge == last:
            if first < edge:
                inner = node_hash(sibling, inner)
            outer = node_hash(sibling, outer)
            while edge and not edge & 1:
                first, edge, last = first >> 1, edge >> 1, last >> 1
        else:
            outer = node_hash(outer, sibling)
        first, edge, last = first >> 1, edge >> 1, last >> 1
    if last:
        raise length
    return inner, outer


def _shifted(start: int, read: HashReader) -> HashReader:
    def read_from_start(level: int, index: int, /) -> bytes:
        return read(level, (start >> level) + index)

    return read_from_start


def _require_subtree(start: int, end: int, size: int) -> None:
    if not is_subtree(start, end) or end > size:
        raise ProofError("tlog.proof.no-subtree", start=start, end=end, size=size)
