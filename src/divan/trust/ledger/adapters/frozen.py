"""The published files as they were at one moment, for whoever reads them while the sealer goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from divan_libs.tlog.checkpoints import CHECKPOINT_PATH
from divan_libs.tlog.storage import StorageError, TileStore


class FrozenStore:
    """The published files as of one moment; those written later are not in it. What would write raises.

    The list of files takes long in a large log, so it is made first, while the sealer goes on; the checkpoint is read
    by :meth:`freeze`, under the sealer's lock. What was listed and pruned meanwhile is read from the full tile.
    """

    def __init__(self, store: TileStore) -> None:
        self._store = store
        self._paths = sorted(store.paths())
        self.checkpoint: bytes | None = None

    def freeze(self) -> None:
        """Take the checkpoint of this moment."""
        self.checkpoint = self._store.read(CHECKPOINT_PATH)

    def read(self, path: str) -> bytes | None:
        """Return a file; of the checkpoint the one of the moment."""
        if path == CHECKPOINT_PATH:
            return self.checkpoint
        return self._store.read(path)

    def paths(self) -> Iterator[str]:
        """Return the paths there were at the moment."""
        return iter(self._paths)

    def write_immutable(self, path: str, data: bytes) -> None:
        """Raise, always."""
        raise StorageError("tlog.storage.read-only", path=path, length=len(data))

    def write_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Raise, always."""
        raise StorageError("tlog.storage.read-only", paths=[path for path, _ in files])

    def replace(self, path: str, data: bytes) -> None:
        """Raise, always."""
        raise StorageError("tlog.storage.read-only", path=path, length=len(data))

    def discard_partials(self, path: str) -> None:
        """Raise, always."""
        raise StorageError("tlog.storage.read-only", path=path)

    def clear_staging(self) -> None:
        """Raise, always."""
        raise StorageError("tlog.storage.read-only")
