"""What a witness remembers: the newest head of each log, and every fork it has seen."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from divan_libs.tlog.checkpoints import Checkpoint, open_checkpoint
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.forks import Fork
from divan_libs.tlog.notes import Note, NoteVerifier, SignatureLine, parse_note
from divan_libs.tlog.storage import LocalStore
from divan_libs.tlog.witnessing import remembered_at

MOST_FORKS = 100
"""Forks kept of one log. One is enough to convict it; the limit is for the disk."""


class MemoryUnusable(Exception):
    """Another witness uses this folder, or what it holds was altered; the message says which file."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """The newest head of a log as it lies in its file: signed by the log, cosigned by us at ``cosigned_at``."""

    checkpoint: Checkpoint
    note: str
    line: SignatureLine
    cosigned_at: int


class Memory:
    """A folder with one file for each log. One process uses it at a time: it holds a lock as long as it lives.

    :param is_reader: only look; without the lock, and beside the process that has it.
    """

    def __init__(self, folder: Path, verifier: NoteVerifier, *, is_reader: bool = False) -> None:
        self._store = LocalStore(folder)
        self._verifier = verifier
        self._lock = -1
        if is_reader:
            return
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.close()
            raise MemoryUnusable(
                f"another witness uses {folder}; two would forget what the other vouched for"
            ) from error
        self._store.clear_staging()

    def close(self) -> None:
        """Let another process use the folder."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def recall(self, origin: str, log_keys: tuple[NoteVerifier, ...]) -> Remembered | None:
        """Return the newest head of a log, None when nothing was ever vouched for.

        :raises MemoryUnusable: if the file was altered: a witness that forgot would vouch for a second history.
        """
        data = self._store.read(remembered_at(origin))
        if data is None:
            return None
        try:
            opened = open_checkpoint(data, [*log_keys, self._verifier], origin=origin, quorum=1)
        except TlogError as error:
            raise MemoryUnusable(f"what was remembered of {origin} does not hold ({error.code})") from error
        note = parse_note(data)
        own = (self._verifier.name, self._verifier.key_id)
        line = next(line for line in note.lines if (line.name, line.key_id) == own)
        return Remembered(opened.checkpoint, note.encode(), line, opened.cosignatures[0].timestamp or 0)

    def remember(self, origin: str, note: Note) -> None:
        """Keep the newest head of a log; it is on the disk when this returns.

        :raises OSError: when that is not certain; the file then holds the head before or this one.
        """
        self._store.replace(remembered_at(origin), note.encode().encode())

    def keep(self, origin: str, fork: Fork) -> bool:
        """Keep the proof of a fork; return False if it was known before, or if there are enough of this log."""
        body = fork.second.partition("\n\n")[0]
        path = f"{_folder(origin)}/forks/{sha256(body.encode()).hexdigest()}.json"
        kept = self.forks(origin)
        if path in kept or len(kept) >= MOST_FORKS:
            return False
        self._store.write_immutable(path, fork.encode())
        return True

    def forks(self, origin: str) -> list[str]:
        """Return the paths below the folder of the proofs that a log has forked."""
        prefix = f"{_folder(origin)}/forks/"
        return sorted(path for path in self._store.paths() if path.startswith(prefix))

    def read(self, path: str) -> bytes | None:
        """Return a file that strangers may read, None for any other path."""
        head, _, rest = path.partition("/")
        is_public = len(head) == 64 and (rest == "checkpoint" or (rest.startswith("forks/") and rest.endswith(".json")))
        try:
            return self._store.read(path) if is_public else None
        except (TlogError, OSError):
            return None


def _folder(origin: str) -> str:
    return remembered_at(origin).partition("/")[0]
