"""The log for whoever walks through it: one entry with its proof, from published files alone, and how the log grew."""

from __future__ import annotations

from divan.trust.ledger import models
from divan.trust.ledger.queries.published import published_head, published_store
from divan.trust.ledger.values import GrowthPoint, ProofStep, ProvedEntry
from divan_libs.tlog.hashing import leaf_hash
from divan_libs.tlog.log import read_entry, read_hashes
from divan_libs.tlog.proofs import inclusion_proof, verify_inclusion
from divan_libs.tlog.receipts import LogProof
from divan_libs.tlog.tiles import ENTRIES, tile_at


def prove_entry(index: int) -> ProvedEntry | None:
    """Return an entry of the published log with the proof of its place, verified; None beyond the log's end.

    Reads the checkpoint, the entry's bundle and at most one tile a level, whatever the size of the log.

    :raises TlogError: if the published files do not lead to the signed root.
    """
    published = published_head()
    if published is None:
        return None
    note, checkpoint = published
    if not 0 <= index < checkpoint.size:
        return None
    store = published_store()
    entry = read_entry(store, checkpoint.size, index)
    hashes = tuple(inclusion_proof(index, checkpoint.size, read_hashes(store, checkpoint.size)))
    verify_inclusion(index, checkpoint.size, leaf_hash(entry), hashes, checkpoint.root)
    return ProvedEntry(
        index=index,
        size=checkpoint.size,
        entry=entry.hex(),
        leaf=leaf_hash(entry).hex(),
        root=checkpoint.root.hex(),
        steps=_steps(index, checkpoint.size, hashes),
        bundle=tile_at(ENTRIES, index, checkpoint.size).path(),
        tile=tile_at(0, index, checkpoint.size).path(),
        proof=LogProof(index, hashes, note).encode(),
    )


def _steps(index: int, size: int, hashes: tuple[bytes, ...]) -> tuple[ProofStep, ...]:
    """Return for each hash of a proof, from the leaf up, over which entries it stands."""
    start, end, ranges = 0, size, list[tuple[int, int]]()
    while end - start > 1:
        middle = start + (1 << ((end - start - 1).bit_length() - 1))
        ranges.append((middle, end) if index < middle else (start, middle))
        start, end = (start, middle) if index < middle else (middle, end)
    return tuple(
        ProofStep(hash=value.hex(), first=first, last=end - 1, is_earlier=first < index)
        for value, (first, end) in zip(hashes, reversed(ranges), strict=True)
    )


def growth(points: int = 60) -> list[GrowthPoint]:
    """Return how large the log was when, at evenly spaced entries: by the times at which the house staged them."""
    size = models.LogHead.objects.values_list("size", flat=True).first() or 0
    if not size:
        return []
    positions = sorted({(size - 1) * step // max(points - 1, 1) for step in range(points)})
    staged = models.LedgerEntry.objects.filter(position__in=positions).order_by("position")
    return [GrowthPoint(at=at, size=place + 1) for place, at in staged.values_list("position", "staged_at")]
