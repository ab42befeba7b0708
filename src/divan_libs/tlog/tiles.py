"""The static files of a log: names and contents (C2SP tlog-tiles).

A tile holds up to 256 neighbouring hashes of one tile level, an entry bundle the entries under a tile of level 0.
"""

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.hashing import HASH_SIZE

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
MAXIMUM_LEVEL = 63
MAXIMUM_ENTRY_SIZE = 0xFFFF
ENTRIES = -1
"""The level that stands for entry bundles."""

_PATH = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/)*)([0-9]{3})(?:\.p/([0-9]{1,3}))?")


class TileError(TlogError):
    """A tile, a bundle or a path is not what the format allows."""


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """Names one tile: ``level`` 0 to 63 or :data:`ENTRIES`, ``index`` in its level, ``width`` 1 to 256 hashes.

    :raises TileError: ``tlog.tile.out-of-range``.
    """

    level: int
    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        if not (ENTRIES <= self.level <= MAXIMUM_LEVEL and self.index >= 0 and 1 <= self.width <= TILE_WIDTH):
            raise TileError("tlog.tile.out-of-range", level=self.level, index=self.index, width=self.width)

    @property
    def is_full(self) -> bool:
        """Whether the tile will never grow."""
        return self.width == TILE_WIDTH

    def path(self) -> str:
        """Return the path below the log's address, such as ``tile/0/x001/x234/067`` or ``tile/entries/000.p/12``."""
        digits = str(self.index)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        number = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
        level = "entries" if self.level == ENTRIES else str(self.level)
        return f"tile/{level}/{number}" + ("" if self.is_full else f".p/{self.width}")

    def full(self) -> "Tile":
        """Return the full tile at this place."""
        return Tile(self.level, self.index)

    def bundle(self) -> "Tile":
        """Return the entry bundle under this tile of level 0.

        :raises TileError: ``tlog.tile.no-bundle`` for any other level.
        """
        if self.level != 0:
            raise TileError("tlog.tile.no-bundle", path=self.path())
        return Tile(ENTRIES, self.index, self.width)


def parse_path(path: str) -> Tile:
    """Return the tile a path names.

    :raises TileError: ``tlog.tile.path`` for anything that :meth:`Tile.path` would not have written.
    """
    match = _PATH.fullmatch(path)
    if match is None:
        raise TileError("tlog.tile.path", path=path)
    level, high, low, width = match.groups()
    try:
        tile = Tile(
            ENTRIES if level == "entries" else int(level),
            int(high.replace("x", "").replace("/", "") + low),
            TILE_WIDTH if width is None else int(width),
        )
    except TileError as error:
        raise TileError("tlog.tile.path", path=path) from error
    # Leading zeroes, a group x000 in front and the width 256 are second names of the same tile.
    if tile.path() != path:
        raise TileError("tlog.tile.path", path=path)
    return tile


def count_at(level: int, size: int) -> int:
    """Return how many hashes (or entries) the tile level holds in a log of ``size`` entries."""
    return size if level == ENTRIES else size >> (TILE_HEIGHT * level)


def tile_at(level: int, position: int, size: int) -> Tile:
    """Return the tile that holds hash ``position`` of its tile level in a log of ``size`` entries.

    :raises TileError: ``tlog.tile.beyond-log`` when the log has no such hash.
    """
    count = count_at(level, size)
    if not 0 <= position < count:
        raise TileError("tlog.tile.beyond-log", level=level, position=position, size=size)
    index = position >> TILE_HEIGHT
    return Tile(level, index, min(TILE_WIDTH, count - (index << TILE_HEIGHT)))


def edge_tiles(size: int) -> list[Tile]:
    """Return the partial tiles of a log of ``size`` entries, from the highest level to level 0."""
    tiles = []
    level = 0
    while count_at(level, size):
        width = count_at(level, size) % TILE_WIDTH
        if width:
            tiles.append(Tile(level, count_at(level, size) >> TILE_HEIGHT, width))
        level += 1
    return tiles[::-1]


def new_tiles(old_size: int, new_size: int) -> list[Tile]:
    """Return the tiles to be written when the log grows: every tile completed, and each partial one that changed.

    :raises TileError: ``tlog.tile.size-order``.
    """
    if not 0 <= old_size <= new_size:
        raise TileError("tlog.tile.size-order", old_size=old_size, new_size=new_size)
    tiles: list[Tile] = []
    level = 0
    while count_at(level, new_size):
        old, new = count_at(level, old_size), count_at(level, new_size)
        tiles += (Tile(level, index) for index in range(old >> TILE_HEIGHT, new >> TILE_HEIGHT))
        if new > old and new % TILE_WIDTH:
            tiles.append(Tile(level, new >> TILE_HEIGHT, new % TILE_WIDTH))
        level += 1
    return tiles


def split_hashes(data: bytes, width: int) -> list[bytes]:
    """Return the hashes of a tile's content.

    :raises TileError: ``tlog.tile.length`` unless there are exactly ``width`` of them.
    """
    if len(data) != width * HASH_SIZE:
        raise TileError("tlog.tile.length", expected=width * HASH_SIZE, seen=len(data))
    return [data[i : i + HASH_SIZE] for i in range(0, len(data), HASH_SIZE)]


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Return the content of an entry bundle: each entry behind its length as a big-endian uint16.

    :raises TileError: ``tlog.bundle.entry-too-long`` above 65,535 bytes, ``tlog.bundle.count`` unless there are
        1 to 256 entries.
    """
    if not 1 <= len(entries) <= TILE_WIDTH:
        raise TileError("tlog.bundle.count", seen=len(entries))
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > MAXIMUM_ENTRY_SIZE:
            raise TileError("tlog.bundle.entry-too-long", length=len(entry), maximum=MAXIMUM_ENTRY_SIZE)
        parts += (struct.pack(">H", len(entry)), entry)
    return b"".join(parts)


def decode_bundle(data: bytes) -> list[bytes]:
    """Return the entries of a bundle's content.

    :raises TileError: ``tlog.bundle.truncated`` when the last entry is cut off, ``tlog.bundle.count`` unless there are
        1 to 256 entries.
    """
    entries = []
    position = 0
    while position < len(data):
        start = position + 2
        end = start + int.from_bytes(data[position:start], "big")
        if start > len(data) or end > len(data):
            raise TileError("tlog.bundle.truncated", position=position)
        entries.append(data[start:end])
        position = end
    if not 1 <= len(entries) <= TILE_WIDTH:
        raise TileError("tlog.bundle.count", seen=len(entries))
    return entries
