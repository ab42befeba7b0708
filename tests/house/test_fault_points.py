"""Every point at which a test may cut the power is one at which a test does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from .source_tree import REPOSITORY, SOURCE, modules, named, tree_of

MARKS = {"power_may_fail"}
"""What names a point in the code, whichever program it belongs to."""

KILLS = re.compile(r"\bcut\(|_elsewhere\(|fault=|DIVAN_FAULT")
"""What a test that kills at a point says: it hands the point to the process that is to die."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def points(below: Path) -> dict[str, str]:
    """Return where each point stands in the code."""
    found: dict[str, str] = {}
    for path in modules(below):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in MARKS:
                assert len(node.args) == 1, f"{named(path)}:{node.lineno} names no point"
                assert isinstance(node.args[0], ast.Constant), f"{named(path)}:{node.lineno} names no point"
                found[node.args[0].value] = f"{named(path)}:{node.lineno}"
    return found


def texts_of(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def struck(tree: ast.Module) -> set[str]:
    """Return what a module's killing tests speak of: in them, in what they are run with, and in its lists of points."""
    lists = {
        ast.unparse(target): set(texts_of(node.value))
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
    }
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, Function) and node.name.startswith("test_") and KILLS.search(ast.unparse(node)):
            found |= set(texts_of(node))
            names = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
            found |= {text for name in names & lists.keys() for text in lists[name]}
    return found


def test_no_point_is_named_that_no_test_kills_at():
    tests = [path for below in (SOURCE, REPOSITORY / "tests") for path in modules(below, tests=True)]
    killed = {text for path in tests if path.name.startswith("test_") for text in struck(tree_of(path))}

    named_points = points(SOURCE)
    idle = {point: place for point, place in named_points.items() if point not in killed}

    assert len(named_points) > 30
    assert idle == {}


def test_a_point_in_a_test_that_kills_nobody_does_not_count():
    listed = 'POINTS = ("a.b", "c.d")\n'
    kills = "@parametrize('point', POINTS)\ndef test_it(house, point):\n    house.cut(point, 'x')\n"
    speaks = "@parametrize('point', POINTS)\ndef test_it(point):\n    assert point\n"

    assert {"a.b", "c.d"} <= struck(ast.parse(listed + kills))
    assert struck(ast.parse(listed + speaks)) == set()
