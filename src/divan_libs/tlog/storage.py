"""Where a log's files lie: a port, a directory, and a twin in memory for tests.

Everything but the checkpoint is written once and never changes; a second writing with other bytes is refused, since
it would mean that two histories of one log exist.
"""

import os
import re
import secrets
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from divan_libs.tlog.errors import TlogError

_PATH = re.compile(r"[a-z0-9][a-z0-9.]*(?:/[a-z0-9][a-z0-9.]*)*")
_STAGING = ".staging"
WRITERS = 8
"""Files that are written at once: a disk syncs several in the time of one."""


class StorageError(TlogError):
    """A path is none of a log, or a file that must not change would."""


class ReadableStore(Protocol):
    """Gives the files of one log, by paths such as ``tile/0/000.p/3``."""

    def read(self, path: str) -> bytes | None:
        """Return the content, or None when there is no such file.

        :raises StorageError: ``tlog.storage.path`` for a path that no log has.
        """


class TileStore(ReadableStore, Protocol):
    """Keeps the files of one log.

    Every method raises :class:`StorageError` ``tlog.storage.path`` for a path that no log has.
    """

    def write_immutable(self, path: str, data: bytes) -> None:
        """Keep a file for good. It is durable when this returns; a repetition with the same bytes changes nothing.

        :raises StorageError: ``tlog.storage.immutable`` when the file exists with other bytes.
        """

    def write_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Keep several files for good, as :meth:`write_immutable` each; all are durable when this returns.

        :raises StorageError: ``tlog.storage.immutable``; then any of the others may have been written, or none.
        """

    def replace(self, path: str, data: bytes) -> None:
        """Write a file that changes, the checkpoint: readers see the old bytes or the new ones, never a mix."""

    def discard_partials(self, path: str) -> None:
        """Remove the partial tiles of the full tile at ``path``, which must be there.

        :raises StorageError: ``tlog.storage.no-full-tile``.
        """

    def paths(self) -> Iterator[str]:
        """Give the path of every file, in no particular order."""

    def clear_staging(self) -> None:
        """Remove what writers left behind who died before putting it in place. Only while nobody writes."""


def require_path(path: str) -> None:
    """Check that a path is relative, stays below its root, and has no hidden part.

    :raises StorageError: ``tlog.storage.path``.
    """
    if not _PATH.fullmatch(path):
        raise StorageError("tlog.storage.path", path=path)


class MemoryStore:
    """Keeps the files in a dictionary; as strict as a directory, gone with the process."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def read(self, path: str) -> bytes | None:
        """See :meth:`TileStore.read`."""
        require_path(path)
        return self.files.get(path)

    def write_immutable(self, path: str, data: bytes) -> None:
        """See :meth:`TileStore.write_immutable`."""
        require_path(path)
        if self.files.setdefault(path, data) != data:
            raise StorageError("tlog.storage.immutable", path=path)

    def write_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        """See :meth:`TileStore.write_all`."""
        for path, data in files:
            self.write_immutable(path, data)

    def replace(self, path: str, data: bytes) -> None:
        """See :meth:`TileStore.replace`."""
        require_path(path)
        self.files[path] = data

    def discard_partials(self, path: str) -> None:
        """See :meth:`TileStore.discard_partials`."""
        require_path(path)
        if path not in self.files:
            raise StorageError("tlog.storage.no-full-tile", path=path)
        for partial in [known for known in self.files if known.startswith(f"{path}.p/")]:
            del self.files[partial]

    def paths(self) -> Iterator[str]:
        """See :meth:`TileStore.paths`."""
        return iter(list(self.files))

    def clear_staging(self) -> None:
        """See :meth:`TileStore.clear_staging`."""


class LocalStore:
    """Keeps the files in a directory of a local file system with hard links, ready to be served as they are.

    A file is written aside, synced, put in place in one step, and its directory synced; so after a crash at any point
    it is there whole or not at all. One process writes at a time; any number may read.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def read(self, path: str) -> bytes | None:
        """See :meth:`TileStore.read`."""
        try:
            return self._locate(path).read_bytes()
        except FileNotFoundError:
            return None

    def write_immutable(self, path: str, data: bytes) -> None:
        """See :meth:`TileStore.write_immutable`."""
        self.write_all([(path, data)])

    def write_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        """See :meth:`TileStore.write_all`. Files are synced side by side, and each directory once."""
        targets = [(path, self._locate(path), data) for path, data in files]
        fresh = [(target, data) for path, target, data in targets if not self._is_kept(path, data)]
        for directory in {target.parent for target, _ in fresh}:
            _make_directory(directory)
        if len(fresh) > 1:
            with ThreadPoolExecutor(max_workers=min(len(fresh), WRITERS), thread_name_prefix="tiles") as pool:
                list(pool.map(self._put, *zip(*fresh, strict=True)))
        elif fresh:
            self._put(*fresh[0])
        # Also where a file was there already: whoever wrote it may have died before this line.
        for directory in {target.parent for _, target, _ in targets}:
            _sync_directory(directory)

    def _is_kept(self, path: str, data: bytes) -> bool:
        known = self.read(path)
        if known is not None and known != data:
            raise StorageError("tlog.storage.immutable", path=path)
        return known is not None

    def _put(self, target: Path, data: bytes) -> None:
        staged = self._stage(data)
        try:
            # A link, unlike a rename, fails when the name is taken: two writers cannot overwrite one another.
            os.link(staged, target)
        except FileExistsError:
            self._is_kept(target.relative_to(self._directory).as_posix(), data)
        finally:
            staged.unlink()

    def replace(self, path: str, data: bytes) -> None:
        """See :meth:`TileStore.replace`."""
        target = self._locate(path)
        staged = self._stage(data)
        try:
            _make_directory(target.parent)
            staged.replace(target)
        finally:
            staged.unlink(missing_ok=True)
        _sync_directory(target.parent)

    def discard_partials(self, path: str) -> None:
        """See :meth:`TileStore.discard_partials`."""
        full = self._locate(path)
        if not full.is_file():
            raise StorageError("tlog.storage.no-full-tile", path=path)
        partials = full.with_name(full.name + ".p")
        if partials.is_dir():
            for partial in partials.iterdir():
                partial.unlink()
            partials.rmdir()

    def paths(self) -> Iterator[str]:
        """See :meth:`TileStore.paths`."""
        for directory, subdirectories, files in os.walk(self._directory):
            with suppress(ValueError):
                subdirectories.remove(_STAGING)
            for name in files:
                yield (Path(directory) / name).relative_to(self._directory).as_posix()

    def clear_staging(self) -> None:
        """See :meth:`TileStore.clear_staging`."""
        staging = self._directory / _STAGING
        if staging.is_dir():
            for leftover in staging.iterdir():
                leftover.unlink()

    def _locate(self, path: str) -> Path:
        require_path(path)
        return self._directory / path

    def _stage(self, data: bytes) -> Path:
        staging = self._directory / _STAGING
        _make_directory(staging)
        staged = staging / secrets.token_hex(16)
        try:
            with staged.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            # A full disk must not fill up with halves.
            staged.unlink(missing_ok=True)
            raise
        return staged


def _make_directory(directory: Path) -> None:
    if directory.is_dir():
        return
    _make_directory(directory.parent)
    directory.mkdir(exist_ok=True)
    # Without this a crash could take the new directory, and with it a file already promised.
    _sync_directory(directory.parent)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
