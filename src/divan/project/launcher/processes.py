"""What the kernel tells of processes (Linux, ``/proc``), and a child's life bound to its parent's."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Identity:
    """One process for all time: its number and the tick at which it began, because numbers are used again."""

    pid: int
    began: int


def identity_of(pid: int) -> Identity | None:
    """Return who bears the number now; None when nobody does, or only a zombie."""
    figures = _figures(pid)
    return Identity(pid, int(figures[19])) if figures and figures[0] != "Z" else None


def parent_of(pid: int) -> int | None:
    """Return the number of the parent process."""
    figures = _figures(pid)
    return int(figures[1]) if figures else None


def works_in(pid: int, folder: Path) -> bool:
    """Tell whether the process is PostgreSQL's and stands in the folder, as each one of a server does in its data."""
    try:
        named = Path(f"/proc/{pid}/comm").read_text().startswith("postgres")
        return named and Path(f"/proc/{pid}/cwd").readlink() == folder.resolve()
    except OSError:
        return False


def all_in(folder: Path) -> Iterator[int]:
    """Return every process of PostgreSQL that we can see standing in the folder."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and works_in(int(entry.name), folder):
            yield int(entry.name)


def die_with_parent(number: signal.Signals, *, parent: int | None = None) -> Callable[[], None]:
    """Return what a child runs before its program: the kernel then sends it this signal when the parent's thread ends.

    The parent is who calls this, or who is named. The kernel forgets the wish when a process changes its account, so it
    must be made after that; ``subprocess`` does so.
    """
    parent = parent or os.getpid()

    def bind() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        # The parent may have gone between the fork and the wish.
        if os.getppid() != parent:
            os._exit(1)

    return bind


def _figures(pid: int) -> list[str] | None:
    """Return the fields of ``/proc/PID/stat`` from the third on (state); the second may hold blanks and brackets."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    return text.rpartition(")")[2].split()
