"""The published files and the entries they are made of."""

from __future__ import annotations

from collections.abc import Iterator

from divan.foundation.canonical import canonical_bytes
from divan.foundation.facts import FactRecord
from divan.trust.ledger import models
from divan.trust.ledger.adapters import objects, publication
from divan.trust.ledger.apps import options
from divan_libs.tlog.checkpoints import CHECKPOINT_PATH, Checkpoint
from divan_libs.tlog.notes import NoteVerifier
from divan_libs.tlog.storage import LocalStore, TileStore

SEALER = "ledger.sealer"
"""The lock under which the log is staged, settled and published, and its state read as a whole."""

CHUNK = 2048


def published_store() -> TileStore:
    """Return the store of the published files: the folder, or the bucket where the installation names one."""
    known = options()
    if known.bucket:
        return objects.open_bucket(known.bucket, known.bucket_endpoint)
    return LocalStore(known.directory)


def published_head() -> tuple[str, Checkpoint] | None:
    """Return the published checkpoint, as a note and what it states; None before the first.

    :raises TlogError: if it is not signed by the log's key, or cannot be read.
    """
    head = models.LogHead.objects.first()
    note = None if head is None else published_store().read(CHECKPOINT_PATH)
    if head is None or note is None:
        return None
    checkpoint = publication.open_published(note, NoteVerifier.parse(head.verifier))
    return None if checkpoint is None else (note.decode(), checkpoint)


def settled_size() -> int:
    """Return the size of the settled head, 0 before the log is opened."""
    return models.LogHead.objects.values_list("size", flat=True).first() or 0


def record_of(fact: FactRecord) -> bytes:
    """Return what the entry of a fact commits to: the canonical JSON of all its fields."""
    return canonical_bytes(fact.canonical())


def commitments(start: int, end: int) -> Iterator[bytes]:
    """Yield the staged or sealed entries from one position up to, not including, another.

    Ends early where an entry is missing, so that the root over them cannot come out right by chance.
    """
    expected = start
    while expected < end:
        rows = models.LedgerEntry.objects.filter(position__gte=expected, position__lt=min(expected + CHUNK, end))
        seen = expected
        for position, commitment in rows.order_by("position").values_list("position", "commitment"):
            if position != seen:
                return
            yield bytes(commitment)
            seen += 1
        if seen == expected:
            return
        expected = seen


def read_published(path: str) -> bytes | None:
    """Return a published file by its path below the log's address (``checkpoint``, ``tile/0/000``), or None.

    Only the names that the log itself writes are looked up, so no path leads out of its directory.
    """
    return publication.read_public(published_store(), path)
