"""What the log has published: reading its head, and bringing its files to the settled head."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from divan.foundation.faults import power_may_fail
from divan_libs.tlog.checkpoints import CHECKPOINT_PATH, COSIGNED_PATH, Checkpoint, open_checkpoint
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.frontier import Frontier
from divan_libs.tlog.hashing import leaf_hash
from divan_libs.tlog.log import Integration, LogError, load_frontier, plan_integration, prune_partials, publish
from divan_libs.tlog.notes import NoteVerifier, parse_note
from divan_libs.tlog.storage import ReadableStore, TileStore
from divan_libs.tlog.tiles import parse_path

CHUNK = 4096
"""Entries planned at once when much is to be published again; whole tiles, and flat memory."""

Entries = Callable[[int, int], Iterable[bytes]]
"""Gives the entries from one index up to, not including, another, in order."""


def open_published(note: bytes | None, verifier: NoteVerifier) -> Checkpoint | None:
    """Return the head that strangers see, from the content of the checkpoint's file; None before the first.

    :raises TlogError: if it is not signed by the log's key, or cannot be read.
    """
    return None if note is None else open_checkpoint(note, [verifier], origin=verifier.name).checkpoint


def read_public(store: ReadableStore, path: str) -> bytes | None:
    """Return a published file by its path in the log, None for any path that is none and any file that is not there."""
    if path not in {CHECKPOINT_PATH, COSIGNED_PATH}:
        try:
            parse_path(path)
        except TlogError:
            return None
    return store.read(path)


def bring_level(
    store: TileStore,
    published: Checkpoint | None,
    settled: Checkpoint,
    note: str,
    entries: Entries,
    plan: Integration | None = None,
) -> None:
    """Publish what lies between the published head and the settled one, the checkpoint last.

    Nothing is published that does not lead to the settled root: neither a ``plan`` nor, without one, the entries, whose
    root is recomputed before the first file is written. Walking this path again, after a crash anywhere in it, writes
    the same bytes. One caller at a time.

    :raises TlogError: ``tlog.log.root-differs`` when the entries do not lead to the settled root, and whatever reading
        and writing the files raises.
    """
    old_size = published.size if published else 0
    store.clear_staging()
    if plan is not None and (plan.old_size, plan.size, plan.root) == (old_size, settled.size, settled.root):
        publish(store, plan)
    else:
        _publish_entries(store, published, settled, entries)
    power_may_fail("ledger.tiles-published")
    store.replace(CHECKPOINT_PATH, note.encode())
    power_may_fail("ledger.checkpoint-published")
    prune_partials(store, old_size, settled.size)


def _publish_entries(store: TileStore, published: Checkpoint | None, settled: Checkpoint, entries: Entries) -> None:
    old_size = published.size if published else 0
    frontier = load_frontier(store, old_size, root=published.root if published else None)
    grown = frontier.extend(leaf_hash(entry) for entry in entries(old_size, settled.size))
    if (grown.size, grown.root()) != (settled.size, settled.root):
        raise LogError("tlog.log.root-differs", size=grown.size, expected=settled.root.hex(), seen=grown.root().hex())
    for chunk in _chunks(entries(old_size, settled.size)):
        frontier = _publish_chunk(store, frontier, chunk)


def _publish_chunk(store: TileStore, frontier: Frontier, chunk: list[bytes]) -> Frontier:
    plan = plan_integration(store, frontier, chunk)
    publish(store, plan)
    return plan.frontier


def _chunks(entries: Iterable[bytes]) -> Iterator[list[bytes]]:
    remaining = iter(entries)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def publish_cosigned(store: TileStore, cosigned: str) -> None:
    """Publish the head that enough witnesses cosigned beside the newest, and in its place while it is the newest.

    Tools of others look for cosignatures in the checkpoint itself. One caller at a time, and under the same lock as
    :func:`bring_level`, so that no checkpoint goes backward.
    """
    note = cosigned.encode()
    if store.read(COSIGNED_PATH) != note:
        store.replace(COSIGNED_PATH, note)
    power_may_fail("ledger.cosigned-published")
    newest = store.read(CHECKPOINT_PATH)
    if newest is not None and newest != note and parse_note(newest).text == parse_note(note).text:
        store.replace(CHECKPOINT_PATH, note)
