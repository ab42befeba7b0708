"""Growing a log kept in static files, and reading it.

The order that keeps a log honest through every crash is the caller's: settle which entries come next (durably), plan,
sign and settle the checkpoint, publish the files, replace the checkpoint file. Planning and publishing the same
entries again gives the same files, so recovery is the same path walked once more.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.frontier import Frontier
from divan_libs.tlog.hashing import leaf_hash, pair_up, perfect_root
from divan_libs.tlog.storage import ReadableStore, TileStore
from divan_libs.tlog.tiles import (
    ENTRIES,
    MAXIMUM_ENTRY_SIZE,
    TILE_HEIGHT,
    TILE_WIDTH,
    Tile,
    decode_bundle,
    edge_tiles,
    encode_bundle,
    new_tiles,
    split_hashes,
    tile_at,
)


class LogError(TlogError):
    """The stored files are not those of the log that was asked for."""


@dataclass(frozen=True, slots=True)
class Integration:
    """What a log of ``old_size`` becomes by taking in a batch of entries: its frontier, and the files to be written."""

    old_size: int
    frontier: Frontier
    files: tuple[tuple[str, bytes], ...]

    @property
    def size(self) -> int:
        """The number of entries of the grown log."""
        return self.frontier.size

    @property
    def root(self) -> bytes:
        """The root of the grown log."""
        return self.frontier.root()


def plan_integration(store: ReadableStore, frontier: Frontier, entries: Sequence[bytes]) -> Integration:
    """Return what the log with this frontier becomes by these entries. Reads its edge; writes nothing.

    All new files are held in memory: about 32 bytes beyond its own length for each entry.

    :raises LogError: ``tlog.log.entry-too-long``; ``tlog.log.edge-differs`` when the stored edge is not that of
        ``frontier`` (then nothing may be signed on top of it); ``tlog.log.missing``, ``tlog.log.malformed``.
    """
    for offset, entry in enumerate(entries):
        if len(entry) > MAXIMUM_ENTRY_SIZE:
            raise LogError("tlog.log.entry-too-long", offset=offset, length=len(entry), maximum=MAXIMUM_ENTRY_SIZE)
    growth = _Growth(store, frontier)
    for entry in entries:
        growth.add(entry)
    return growth.finish()


def publish(store: TileStore, integration: Integration) -> None:
    """Write the files of a planned integration; doing so twice, or after half of it, is harmless.

    :raises StorageError: ``tlog.storage.immutable`` when the store already holds another history.
    """
    store.write_all(integration.files)


def integrate(store: TileStore, frontier: Frontier, entries: Sequence[bytes]) -> Integration:
    """Write the bundles and tiles by which the log takes in these entries, and return its new size, root and frontier.

    Running it again with the same arguments, after a crash at any point, writes the same bytes.

    :raises LogError: see :func:`plan_integration`.
    :raises StorageError: see :func:`publish`.
    """
    integration = plan_integration(store, frontier, entries)
    publish(store, integration)
    return integration


def load_frontier(store: ReadableStore, size: int, *, root: bytes | None = None) -> Frontier:
    """Return the frontier of the log of ``size`` entries, read from its rightmost tiles (eight at most).

    :param root: the root it must have, as the last signed checkpoint says.
    :raises LogError: ``tlog.log.root-differs``, ``tlog.log.missing``, ``tlog.log.malformed``.
    """
    frontier = frontier_of_edge(size, [read_tile(store, tile) for tile in edge_tiles(size)])
    if root is not None and frontier.root() != root:
        raise LogError("tlog.log.root-differs", size=size, expected=root.hex(), seen=frontier.root().hex())
    return frontier


def frontier_of_edge(size: int, edge: Iterable[Sequence[bytes]]) -> Frontier:
    """Return the frontier of a log from the hashes of its partial tiles, given from the highest level to level 0."""
    hashes: list[bytes] = []
    for nodes in edge:
        start = 0
        for bit in range(TILE_HEIGHT - 1, -1, -1):
            if len(nodes) >> bit & 1:
                hashes.append(perfect_root(nodes[start : start + (1 << bit)]))
                start += 1 << bit
    return Frontier(size, tuple(hashes))


def read_tile(store: ReadableStore, tile: Tile) -> list[bytes]:
    """Return the hashes of a tile; of a partial one that is gone, from the full tile that took its place.

    :raises LogError: ``tlog.log.missing`` or ``tlog.log.malformed``.
    """
    data, found = _read_or_full(store, tile)
    try:
        return split_hashes(data, found.width)[: tile.width]
    except TlogError as error:
        raise LogError("tlog.log.malformed", path=found.path(), reason=error.code) from error


def read_bundle(store: ReadableStore, bundle: Tile) -> list[bytes]:
    """Return the entries of a bundle; of a partial one that is gone, from the full bundle that took its place.

    :raises LogError: ``tlog.log.missing`` or ``tlog.log.malformed``.
    """
    data, found = _read_or_full(store, bundle)
    try:
        entries = decode_bundle(data)
    except TlogError as error:
        raise LogError("tlog.log.malformed", path=found.path(), reason=error.code) from error
    if len(entries) != found.width:
        raise LogError("tlog.log.malformed", path=found.path(), reason="tlog.bundle.count")
    return entries[: bundle.width]


def read_entry(store: ReadableStore, size: int, index: int) -> bytes:
    """Return entry ``index`` of the log of ``size`` entries. It is not verified here.

    :raises TileError: ``tlog.tile.beyond-log``.
    :raises LogError: ``tlog.log.missing`` or ``tlog.log.malformed``.
    """
    return read_bundle(store, tile_at(ENTRIES, index, size))[index % TILE_WIDTH]


def prune_partials(store: TileStore, old_size: int, new_size: int) -> None:
    """Remove the partial tiles and bundles made needless by the full ones that this growth completed.

    To be called once the checkpoint of ``new_size`` is out; readers of an older one fall back to the full tile, as
    C2SP tlog-tiles has them do.

    :raises StorageError: ``tlog.storage.no-full-tile``.
    """
    for tile in new_tiles(old_size, new_size):
        if tile.is_full:
            store.discard_partials(tile.path())
            if tile.level == 0:
                store.discard_partials(tile.bundle().path())


class TileReader:
    """A :class:`~divan_libs.tlog.proofs.HashReader` over the tiles of a log of ``size`` entries.

    Keeps the last ``capacity`` tiles it used, about 35 KB each. What it reads is not verified: check a proof made from
    it against the signed root before handing it out.
    """

    def __init__(self, store: ReadableStore, size: int, *, capacity: int = 64) -> None:
        self._store = store
        self._size = size
        self._capacity = capacity
        self._heights: OrderedDict[Tile, list[list[bytes]]] = OrderedDict()

    def __call__(self, level: int, index: int, /) -> bytes:
        """Return the root over leaves ``index * 2**level`` up to, not including, ``(index + 1) * 2**level``.

        :raises TileError: ``tlog.tile.beyond-log`` when they are not all in the log.
        :raises LogError: ``tlog.log.missing`` or ``tlog.log.malformed``.
        """
        tile_level, height = divmod(level, TILE_HEIGHT)
        last = ((index + 1) << height) - 1
        heights = self._heights_of(tile_at(tile_level, last, self._size))
        while len(heights) <= height:
            lower = heights[-1]
            heights.append(pair_up(lower[: len(lower) & ~1]))
        return heights[height][index % (TILE_WIDTH >> height)]

    def _heights_of(self, tile: Tile) -> list[list[bytes]]:
        known = self._heights.get(tile)
        if known is None:
            known = self._heights[tile] = [read_tile(self._store, tile)]
            if len(self._heights) > self._capacity:
                self._heights.popitem(last=False)
        self._heights.move_to_end(tile)
        return known


def read_hashes(store: ReadableStore, size: int) -> TileReader:
    """Return the reader from which proofs about the log of ``size`` entries are made."""
    return TileReader(store, size)


class _Growth:
    """Takes in entries one by one; keeps, for each tile level, the hashes not yet in a full tile."""

    def __init__(self, store: ReadableStore, frontier: Frontier) -> None:
        self._old_size = self._size = frontier.size
        self._files: list[tuple[str, bytes]] = []
        self._bundle: list[bytes] = []
        self._levels: list[list[bytes]] = [[]]
        edge = edge_tiles(frontier.size)
        if edge:
            self._levels = [[] for _ in range(edge[0].level + 1)]
        for tile in edge:
            self._levels[tile.level] = read_tile(store, tile)
            if tile.level == 0:
                self._bundle = read_bundle(store, tile.bundle())
        if self._frontier() != frontier or [leaf_hash(entry) for entry in self._bundle] != self._levels[0]:
            raise LogError("tlog.log.edge-differs", size=frontier.size)

    def add(self, entry: bytes) -> None:
        self._bundle.append(entry)
        self._levels[0].append(leaf_hash(entry))
        self._size += 1
        if len(self._bundle) == TILE_WIDTH:
            self._write(Tile(0, (self._size - 1) >> TILE_HEIGHT).bundle(), encode_bundle(self._bundle))
            self._bundle = []
        level = 0
        while len(self._levels[level]) == TILE_WIDTH:
            nodes = self._levels[level]
            self._write(Tile(level, (self._size - 1) >> (TILE_HEIGHT * (level + 1))), b"".join(nodes))
            self._levels[level] = []
            level += 1
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(perfect_root(nodes))

    def finish(self) -> Integration:
        for tile in new_tiles(self._old_size, self._size):
            if not tile.is_full:
                if tile.level == 0:
                    self._write(tile.bundle(), encode_bundle(self._bundle))
                self._write(tile, b"".join(self._levels[tile.level]))
        return Integration(self._old_size, self._frontier(), tuple(self._files))

    def _write(self, tile: Tile, data: bytes) -> None:
        self._files.append((tile.path(), data))

    def _frontier(self) -> Frontier:
        return frontier_of_edge(self._size, reversed(self._levels))


def _read_or_full(store: ReadableStore, tile: Tile) -> tuple[bytes, Tile]:
    data = store.read(tile.path())
    if data is not None:
        return data, tile
    data = None if tile.is_full else store.read(tile.full().path())
    if data is None:
        raise LogError("tlog.log.missing", path=tile.path())
    return data, tile.full()
