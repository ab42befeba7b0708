"""Tests measure no time: a busy machine would fail them. What is fast `bench/` shows."""

from __future__ import annotations

import ast
from pathlib import Path

from .source_tree import REPOSITORY, files, named, tree_of

CLOCKS = {
    "monotonic",
    "monotonic_ns",
    "perf_counter",
    "perf_counter_ns",
    "process_time",
    "process_time_ns",
    "thread_time",
}
LOOKS_AT_A_CLOCK = {
    "conftest.py": "ends a wait for the database, before anything of the tests can be imported",
    "tests/waiting.py": "ends a wait for what never comes",
    "src/divan/trust/identity/tests/test_national_sign_on.py": "puts the clock forward, and reads nothing from it",
    "src/divan/project/rehearsal/tests/test_rehearsal.py": "at least so long, which no busy machine makes shorter",
}


def test_no_test_measures_time():
    readers = {named(path) for path in _tests() if any(map(_names_a_clock, ast.walk(tree_of(path))))}

    assert readers == set(LOOKS_AT_A_CLOCK)


def _tests() -> list[Path]:
    return [
        path
        for path in files(".py")
        if "tests" in path.relative_to(REPOSITORY).parts or path == REPOSITORY / "conftest.py"
    ]


def _names_a_clock(node: ast.AST) -> bool:
    return (isinstance(node, ast.Attribute) and node.attr in CLOCKS) or (
        isinstance(node, ast.alias) and node.name in CLOCKS
    )
