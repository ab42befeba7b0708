"""Where the sources lie and how house tests read them: by syntax tree, without importing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCE = REPOSITORY / "src"
ABSENT_FROM_CHECKOUTS = {".venv", ".git", "node_modules", "var", "build", "dist", "__pycache__", "test-results"}
STOREYS_WITH_CONTEXTS = ("registers", "trust", "dealings", "steering")


def files(*suffixes: str, below: Path = REPOSITORY) -> Iterator[Path]:
    """Yield the files of the repository with these suffixes, without what builds and runs leave behind."""
    for path in sorted(below.iterdir()) if below.is_dir() else ():
        if path.is_dir():
            if path.name not in ABSENT_FROM_CHECKOUTS and not path.name.startswith(
                (".mypy", ".ruff", ".pytest", ".hypothesis", ".import", "var-")
            ):
                yield from files(*suffixes, below=path)
        elif path.suffix in suffixes:
            yield path


def modules(below: Path = SOURCE, *, tests: bool = False) -> Iterator[Path]:
    """Yield the Python modules below a folder, without migrations, and without tests unless asked for."""
    for path in files(".py", below=below):
        parts = path.relative_to(below).parts
        if "migrations" not in parts and (tests or ("tests" not in parts and path.name != "conftest.py")):
            yield path


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def named(path: Path) -> str:
    """Return a path as people name it: from the repository's root."""
    return path.relative_to(REPOSITORY).as_posix()


def contexts() -> Iterator[Path]:
    """Yield the folder of each context of the house."""
    for storey in STOREYS_WITH_CONTEXTS:
        for package in sorted((SOURCE / "divan" / storey).glob("*/__init__.py")):
            yield package.parent
