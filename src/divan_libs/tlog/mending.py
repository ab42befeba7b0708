"""Mending what an inspection found damaged, as far as what lies below a tile still tells what it held."""

from collections.abc import Callable, Sequence
from itertools import combinations, islice
from typing import TypeVar

from divan_libs.tlog.storage import TileStore
from divan_libs.tlog.tiles import Tile

MAXIMUM_DIFFERENCES = 8

Hash = TypeVar("Hash", bytes, bytes | None)


class MendedStore:
    """Reads the files of a store as they should be, where damaged ones could be recomputed; None where not."""

    def __init__(self, store: TileStore) -> None:
        self.files: dict[str, bytes | None] = {}
        self._store = store

    def read(self, path: str) -> bytes | None:
        """See :meth:`TileStore.read`."""
        return self.files[path] if path in self.files else self._store.read(path)


def reconcile(
    stored: Sequence[bytes | None], others: Sequence[bytes | None], accepts: Callable[[list[bytes]], bool]
) -> list[bytes] | None:
    """Return the accepted hashes that take the fewest from ``others``, None when no choice is accepted.

    Every choice among up to eight differences is tried, so that the work stays bounded; among more, none or all.
    """
    needed = {i for i, value in enumerate(stored) if value is None}
    optional = [i for i, value in enumerate(stored) if value is not None and others[i] not in {None, value}]
    counts = range(len(optional) + 1) if len(optional) <= MAXIMUM_DIFFERENCES else (0, len(optional))
    for chosen in (set(choice) for count in counts for choice in combinations(optional, count)):
        mixed = [others[i] if i in needed or i in chosen else value for i, value in enumerate(stored)]
        known = [value for value in mixed if value is not None]
        if len(known) == len(mixed) and accepts(known):
            return known
    return None


def split_among(hashes: Sequence[Hash], tiles: list[Tile]) -> list[list[Hash]]:
    """Return the hashes of several tiles, given in one list, tile by tile."""
    remaining = iter(hashes)
    return [list(islice(remaining, tile.width)) for tile in tiles]


def unknown(tile: Tile) -> list[bytes | None]:
    """Return a tile of which no hash is known."""
    return [None] * tile.width
