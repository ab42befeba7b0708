"""Recomputes a whole log from its files and names every file that is not what its signed checkpoint says.

The walk goes down from the signed root: the partial tiles at the right edge are settled against the root, each full
tile against the hash its parent holds for it, each bundle against the hashes of its tile, each entry of an outside
source (the database, say) against the same hashes. So a difference is laid at the door of one file. A damaged tile is
recomputed from what lies below it, and the walk goes on.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from divan_libs.tlog.checkpoints import CHECKPOINT_PATH, COSIGNED_PATH, Checkpoint, open_checkpoint, parse_checkpoint
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.hashing import leaf_hash, perfect_root
from divan_libs.tlog.log import LogError, frontier_of_edge, read_bundle, read_hashes, read_tile
from divan_libs.tlog.mending import MendedStore, reconcile, split_among, unknown
from divan_libs.tlog.notes import NoteVerifier, parse_note
from divan_libs.tlog.proofs import tree_root
from divan_libs.tlog.storage import TileStore
from divan_libs.tlog.tiles import ENTRIES, TILE_WIDTH, Tile, TileError, count_at, edge_tiles, parse_path

Steps = Generator[tuple[int, int], None, None]
"""An inspection under way: after each tile, the number of entries checked and their total."""


class Fault(StrEnum):
    """The codes of findings."""

    CHECKPOINT_MISSING = "tlog.fsck.checkpoint-missing"
    CHECKPOINT_MALFORMED = "tlog.fsck.checkpoint-malformed"
    CHECKPOINT_SIGNATURE = "tlog.fsck.checkpoint-signature"
    LOG_SHORTER = "tlog.fsck.log-shorter"
    HISTORY_REWRITTEN = "tlog.fsck.history-rewritten"
    HISTORY_UNVERIFIABLE = "tlog.fsck.history-unverifiable"
    ROOT_DIFFERS = "tlog.fsck.root-differs"
    TILE_MISSING = "tlog.fsck.tile-missing"
    TILE_ALTERED = "tlog.fsck.tile-altered"
    TILE_UNVERIFIABLE = "tlog.fsck.tile-unverifiable"
    BUNDLE_MISSING = "tlog.fsck.bundle-missing"
    BUNDLE_ALTERED = "tlog.fsck.bundle-altered"
    SOURCE_DIFFERS = "tlog.fsck.source-differs"
    SOURCE_SHORTER = "tlog.fsck.source-shorter"
    LEFTOVER_ALTERED = "tlog.fsck.leftover-altered"
    BEYOND_CHECKPOINT = "tlog.fsck.beyond-checkpoint"
    STRAY_FILE = "tlog.fsck.stray-file"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be.

    ``expected`` and ``seen`` are hashes in hexadecimal, numbers or codes, as the fault has them; ``index`` is the first
    entry concerned (for a tile above level 0, the first hash of its tile level), None where that has no meaning.
    """

    code: Fault
    path: str
    expected: str
    seen: str
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """A head of the log known from elsewhere: the database, an earlier receipt, a witness, a newspaper."""

    size: int
    root: bytes


def fsck(
    store: TileStore,
    verifiers: Sequence[NoteVerifier],
    *,
    origin: str | None = None,
    quorum: int = 0,
    expect: Expectation | None = None,
    entries: Iterable[bytes] | None = None,
    start: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> list[Finding]:
    """Recompute the log and return what is wrong, nothing if all holds. Altered files are findings, never exceptions.

    :param origin: the log it must be; by default any whose key is among the verifiers.
    :param quorum: the number of witnesses among the verifiers who must have cosigned the checkpoint.
    :param expect: a head that the log must have or must have grown from.
    :param entries: the entries as another source has them, in order; those beyond the checkpoint are not looked at.
        With ``start`` they begin with the first of the bundle that this entry lies in.
    :param start: entries before it, and what lies over them alone, are passed over.
    :param progress: called with the number of entries checked and their total.
    """
    steps = fsck_in_steps(store, verifiers, origin=origin, quorum=quorum, expect=expect, entries=entries, start=start)
    told = 0
    while True:
        try:
            done, total = next(steps)
        except StopIteration as end:
            findings: list[Finding] = end.value
            return findings
        if progress is not None and done != told:
            told = done
            progress(done, total)


def fsck_in_steps(
    store: TileStore,
    verifiers: Sequence[NoteVerifier],
    *,
    origin: str | None = None,
    quorum: int = 0,
    expect: Expectation | None = None,
    entries: Iterable[bytes] | None = None,
    start: int = 0,
) -> Generator[tuple[int, int], None, list[Finding]]:
    """Recompute the log as :func:`fsck`, a tile or a leftover at each step, and return what is wrong at the end.

    Whoever asks for the next step may take their time: nothing is held open between two.
    """
    inspection = _Inspection(store, entries, start)
    checkpoint = inspection.read_checkpoint(verifiers, origin, quorum)
    if checkpoint is None:
        return inspection.findings
    inspection.compare_heads(checkpoint, expect)
    yield from inspection.walk(checkpoint)
    inspection.compare_history(checkpoint, expect)
    inspection.look_at_cosigned(checkpoint, verifiers, origin)
    yield from inspection.look_at_leftovers(checkpoint.size)
    return inspection.findings


class _Inspection:
    def __init__(self, store: TileStore, entries: Iterable[bytes] | None, start: int) -> None:
        self.findings: list[Finding] = []
        self._store = store
        self._mended = MendedStore(store)
        self._source: Iterator[bytes] | None = None if entries is None else iter(entries)
        self._start = start
        self._checked = 0
        self._size = 0

    def read_checkpoint(self, verifiers: Sequence[NoteVerifier], origin: str | None, quorum: int) -> Checkpoint | None:
        """Return the checkpoint even when its signature does not hold: the files below it are still worth a look."""
        note = self._store.read(CHECKPOINT_PATH)
        if note is None:
            self._find(Fault.CHECKPOINT_MISSING, CHECKPOINT_PATH, "a signed checkpoint", "nothing")
            return None
        try:
            return open_checkpoint(note, verifiers, origin=origin, quorum=quorum).checkpoint
        except TlogError as error:
            refusal = error.code
        try:
            checkpoint = parse_checkpoint(parse_note(note).text)
        except TlogError as error:
            self._find(Fault.CHECKPOINT_MALFORMED, CHECKPOINT_PATH, "a signed checkpoint", error.code)
            return None
        self._find(Fault.CHECKPOINT_SIGNATURE, CHECKPOINT_PATH, "valid signatures", refusal)
        return checkpoint

    def compare_heads(self, checkpoint: Checkpoint, expect: Expectation | None) -> None:
        if expect is None:
            return
        if checkpoint.size < expect.size:
            self._find(Fault.LOG_SHORTER, CHECKPOINT_PATH, str(expect.size), str(checkpoint.size))
        elif checkpoint.size == expect.size and checkpoint.root != expect.root:
            self._find(Fault.HISTORY_REWRITTEN, CHECKPOINT_PATH, expect.root.hex(), checkpoint.root.hex())

    def compare_history(self, checkpoint: Checkpoint, expect: Expectation | None) -> None:
        if expect is None or expect.size >= checkpoint.size:
            return
        try:
            seen = tree_root(expect.size, read_hashes(self._mended, checkpoint.size))
        except LogError as error:
            self._find(Fault.HISTORY_UNVERIFIABLE, CHECKPOINT_PATH, expect.root.hex(), error.code)
            return
        if seen != expect.root:
            self._find(Fault.HISTORY_REWRITTEN, CHECKPOINT_PATH, expect.root.hex(), seen.hex())

    def look_at_cosigned(self, checkpoint: Checkpoint, verifiers: Sequence[NoteVerifier], origin: str | None) -> None:
        """Compare the head that witnesses cosigned, where one is published, with the tree that the newest states."""
        note = self._store.read(COSIGNED_PATH)
        if note is None:
            return
        try:
            head = open_checkpoint(note, verifiers, origin=origin).checkpoint
        except TlogError as error:
            self._find(Fault.CHECKPOINT_SIGNATURE, COSIGNED_PATH, "valid signatures", error.code)
            return
        if head.size > checkpoint.size:
            self._find(Fault.LOG_SHORTER, COSIGNED_PATH, str(head.size), str(checkpoint.size))
            return
        try:
            seen = tree_root(head.size, read_hashes(self._mended, checkpoint.size))
        except LogError as error:
            self._find(Fault.HISTORY_UNVERIFIABLE, COSIGNED_PATH, head.root.hex(), error.code)
            return
        if seen != head.root:
            self._find(Fault.HISTORY_REWRITTEN, COSIGNED_PATH, head.root.hex(), seen.hex())

    def walk(self, checkpoint: Checkpoint) -> Steps:
        self._size = checkpoint.size
        for tile, nodes in self._settle_edge(checkpoint):
            if tile.level == 0:
                self._check_bundle(tile, nodes, self._take(tile.width))
            elif nodes is None:
                self._pass_over(tile.width * TILE_WIDTH**tile.level)
            else:
                for offset, node in enumerate(nodes):
                    yield from self._descend(Tile(tile.level - 1, tile.index * TILE_WIDTH + offset), node)
            yield self._checked, self._size

    def look_at_leftovers(self, size: int) -> Steps:
        for path in sorted(self._store.paths()):
            yield self._checked, self._size
            if path in {CHECKPOINT_PATH, COSIGNED_PATH}:
                continue
            try:
                tile = parse_path(path)
            except TileError:
                self._find(Fault.STRAY_FILE, path, "a file of the log", "another")
                continue
            count = count_at(tile.level, size)
            start = tile.index * TILE_WIDTH
            if start + tile.width > count:
                self._find(Fault.BEYOND_CHECKPOINT, path, str(count), str(start + tile.width), start)
            elif tile.width < min(TILE_WIDTH, count - start):
                self._check_leftover(tile, Tile(tile.level, tile.index, min(TILE_WIDTH, count - start)))

    def _settle_edge(self, checkpoint: Checkpoint) -> list[tuple[Tile, list[bytes] | None]]:
        """Return the partial tiles with their hashes, recomputed where only that leads to the signed root."""
        tiles = edge_tiles(checkpoint.size)
        stored = [self._stored(tile) for tile in tiles]
        recomputed = [nodes for tile in tiles for nodes in self._recomputed(tile)]

        def leads_to_root(hashes: list[bytes]) -> bool:
            frontier = frontier_of_edge(checkpoint.size, split_among(hashes, tiles))
            return frontier.root() == checkpoint.root

        flat = [value for tile, nodes in zip(tiles, stored, strict=True) for value in nodes or unknown(tile)]
        settled = reconcile(flat, recomputed, leads_to_root)
        if settled is None:
            self._report_unsettled_edge(checkpoint, tiles, flat, recomputed)
            for tile, nodes in zip(tiles, stored, strict=True):
                self._compare_tile(tile, nodes, nodes)
            return list(zip(tiles, stored, strict=True))
        result = list(zip(tiles, split_among(settled, tiles), strict=True))
        for (tile, nodes), found in zip(result, stored, strict=True):
            self._compare_tile(tile, found, nodes)
        return [*result]

    def _report_unsettled_edge(
        self, checkpoint: Checkpoint, tiles: list[Tile], stored: list[bytes | None], recomputed: list[bytes | None]
    ) -> None:
        known = [value for value in stored if value is not None]
        seen = "unknown"
        if len(known) == len(stored):
            seen = frontier_of_edge(checkpoint.size, split_among(known, tiles)).root().hex()
        self._find(Fault.ROOT_DIFFERS, CHECKPOINT_PATH, checkpoint.root.hex(), seen)
        for tile, one, other in zip(tiles, split_among(stored, tiles), split_among(recomputed, tiles), strict=True):
            if one != other:
                self._find(Fault.TILE_UNVERIFIABLE, tile.path(), "agreement with what lies below it", "other hashes")

    def _descend(self, tile: Tile, expected: bytes) -> Steps:
        """Check a full tile against the hash its parent holds for it, and all that lies below."""
        below = TILE_WIDTH ** (tile.level + 1)
        if (tile.index + 1) * below <= self._start:
            self._checked += below
            return
        source = self._take(TILE_WIDTH) if tile.level == 0 else None
        stored = self._stored(tile)
        nodes = stored
        if stored is None or perfect_root(stored) != expected:
            nodes = self._settle(tile, stored, source, expected)
        self._compare_tile(tile, stored, nodes)
        if nodes is None:
            self._find(Fault.TILE_UNVERIFIABLE, tile.path(), expected.hex(), "nothing below leads to it")
        if tile.level == 0:
            self._check_bundle(tile, nodes, source)
        elif nodes is None:
            self._pass_over(TILE_WIDTH ** (tile.level + 1))
        else:
            for offset, node in enumerate(nodes):
                yield from self._descend(Tile(tile.level - 1, tile.index * TILE_WIDTH + offset), node)
        yield self._checked, self._size

    def _settle(
        self, tile: Tile, stored: list[bytes] | None, source: list[bytes] | None, expected: bytes
    ) -> list[bytes] | None:
        """Return the hashes of a damaged full tile, taken from what it still holds and what lies below it."""
        others = [self._recomputed(tile)]
        if source is not None and len(source) == TILE_WIDTH:
            others.append([leaf_hash(entry) for entry in source])
        known = stored or unknown(tile)
        settled = (reconcile(known, other, lambda hashes: perfect_root(hashes) == expected) for other in others)
        return next((nodes for nodes in settled if nodes is not None), None)

    def _compare_tile(self, tile: Tile, stored: list[bytes] | None, nodes: list[bytes] | None) -> None:
        if stored != nodes or nodes is None:
            self._mended.files[tile.path()] = None if nodes is None else b"".join(nodes)
        if stored is None:
            missing = self._store.read(tile.path()) is None and self._store.read(tile.full().path()) is None
            fault, seen = (Fault.TILE_MISSING, "nothing") if missing else (Fault.TILE_ALTERED, "malformed")
            self._find(fault, tile.path(), f"{tile.width} hashes", seen)
        elif nodes is None:
            self._find(Fault.TILE_ALTERED, tile.path(), "unknown", perfect_root(stored).hex())
        elif stored != nodes:
            offset = next(i for i, (one, other) in enumerate(zip(stored, nodes, strict=True)) if one != other)
            self._find(
                Fault.TILE_ALTERED,
                tile.path(),
                nodes[offset].hex(),
                stored[offset].hex(),
                tile.index * TILE_WIDTH + offset,
            )

    def _check_bundle(self, tile: Tile, nodes: list[bytes] | None, source: list[bytes] | None) -> None:
        """Compare the bundle under a tile of level 0, and the source's entries, with the hashes of the tile."""
        path = tile.bundle().path()
        first = tile.index * TILE_WIDTH
        bundle: list[bytes] | None = None
        try:
            bundle = read_bundle(self._store, tile.bundle())
        except LogError as error:
            missing = error.code == "tlog.log.missing"
            fault = Fault.BUNDLE_MISSING if missing else Fault.BUNDLE_ALTERED
            self._find(fault, path, f"{tile.width} entries", error.code, first)
        if nodes is not None:
            self._compare_entries(Fault.BUNDLE_ALTERED, path, first, nodes, bundle or [])
            self._compare_entries(Fault.SOURCE_DIFFERS, path, first, nodes, source or [])
        if source is not None and len(source) < tile.width:
            held = first + len(source)
            self._find(Fault.SOURCE_SHORTER, path, str(first + tile.width), str(held), held)
        self._checked += tile.width

    def _compare_entries(self, fault: Fault, path: str, first: int, nodes: list[bytes], entries: list[bytes]) -> None:
        for offset, (node, entry) in enumerate(zip(nodes, entries, strict=False)):
            seen = leaf_hash(entry)
            if seen != node:
                self._find(fault, path, node.hex(), seen.hex(), first + offset)
                return

    def _check_leftover(self, tile: Tile, whole: Tile) -> None:
        """Compare a partial tile of an earlier size with the beginning of the tile that has grown from it."""
        level = max(tile.level, 0)
        try:
            expected = read_tile(self._mended, Tile(level, whole.index, whole.width))[: tile.width]
        except LogError:
            return  # The walk has found that already.
        try:
            if tile.level == ENTRIES:
                seen = [leaf_hash(entry) for entry in read_bundle(self._store, tile)]
            else:
                seen = read_tile(self._store, tile)
        except LogError as error:
            self._find(Fault.LEFTOVER_ALTERED, tile.path(), f"the beginning of {whole.path()}", error.code)
            return
        if seen != expected:
            self._find(Fault.LEFTOVER_ALTERED, tile.path(), f"the beginning of {whole.path()}", "other content")

    def _stored(self, tile: Tile) -> list[bytes] | None:
        try:
            return read_tile(self._store, tile)
        except LogError:
            return None

    def _recomputed(self, tile: Tile) -> list[bytes | None]:
        """Return the hashes of a tile as what is stored below it gives them, None where that is gone."""
        if tile.level == 0:
            try:
                return [leaf_hash(entry) for entry in read_bundle(self._store, tile.bundle())]
            except LogError:
                return unknown(tile)
        first = tile.index * TILE_WIDTH
        children = (self._stored(Tile(tile.level - 1, first + offset)) for offset in range(tile.width))
        return [None if child is None else perfect_root(child) for child in children]

    def _take(self, count: int) -> list[bytes] | None:
        return None if self._source is None else list(islice(self._source, count))

    def _pass_over(self, count: int) -> None:
        if self._source is not None:
            for _ in islice(self._source, count):
                pass
        self._checked += count

    def _find(self, code: Fault, path: str, expected: str, seen: str, index: int | None = None) -> None:
        self.findings.append(Finding(code, path, expected, seen, index))
