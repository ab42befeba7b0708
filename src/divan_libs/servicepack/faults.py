"""Faults of a package: what is wrong, in which file and on which line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that keeps a package from being published.

    ``code`` is stable and names the rule; ``file`` is relative to the package's folder; ``line`` counts from 1 and is 0
    where a fault belongs to a whole file or to a package that no longer has files; ``facts`` carry the message's data.
    """

    code: str
    file: str
    line: int = 0
    facts: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        detail = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{place}: {self.code}" + (f" ({detail})" if detail else "")


class PackageFaults(Exception):
    """A package could not be read; ``faults`` holds all that was found, in the order of files and lines."""

    code = "package.faults"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: list[Fault] = sorted(faults, key=lambda fault: (fault.file, fault.line, fault.code))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class FolderExists(Exception):
    """The folder to be written is there already and not empty; nothing was written."""

    code = "package.folder-exists"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(str(folder))
