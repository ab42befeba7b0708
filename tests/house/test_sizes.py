"""Modules and functions stay small enough to be read, and have names that say something."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import yaml

from .source_tree import REPOSITORY, SOURCE, modules, named, tree_of

HARD_LIMIT = 600
SOFT_LIMIT = 400
LINES_OF_A_FUNCTION = 40
ALLOWANCES = Path(__file__).parent / "sizes.yaml"
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "misc", "base", "manager", "handler", "stuff"}
EMPTY_SUFFIXES = ("Manager", "Util", "Utils", "Handler", "Processor", "Info", "Data", "Helper")


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + node.name, node
            yield from functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.ClassDef):
            yield from functions(node, f"{prefix}{node.name}.")
        else:
            yield from functions(node, prefix)


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return function.end_lineno - first[0].lineno + 1 if first and function.end_lineno else 0


def measured() -> tuple[dict[str, int], dict[str, int]]:
    long_modules = {named(path): size for path in modules(tests=True) if (size := lines_of(path)) > SOFT_LIMIT}
    long_functions = {
        f"{named(path)}::{name}": size
        for path in modules()
        for name, function in functions(tree_of(path))
        if (size := code_lines(function)) > LINES_OF_A_FUNCTION
    }
    return long_modules, long_functions


def allowed() -> dict[str, dict[str, int]]:
    listed = yaml.safe_load(ALLOWANCES.read_text(encoding="utf-8"))
    return {kind: listed[kind] or {} for kind in ("modules", "functions")}


def test_no_module_passes_the_hard_limit():
    assert {name: size for name, size in measured()[0].items() if size > HARD_LIMIT} == {}


def test_long_modules_are_listed_and_only_shrink():
    assert_only_shrinks(measured()[0], allowed()["modules"])


def test_long_functions_are_listed_and_only_shrink():
    assert_only_shrinks(measured()[1], allowed()["functions"])


def assert_only_shrinks(found: dict[str, int], listed: dict[str, int]) -> None:
    grown = {name: size for name, size in found.items() if size > listed.get(name, 0)}
    healed = sorted(set(listed) - set(found))

    assert grown == {}, f"cut these; an exception needs its line in {ALLOWANCES.name}"
    assert healed == [], f"no longer long: strike them from {ALLOWANCES.name}"


def test_no_module_or_folder_has_an_empty_name():
    parts = {part for path in modules(tests=True) for part in path.relative_to(SOURCE).with_suffix("").parts}
    parts |= {path.stem for folder in ("tools", "bench") for path in modules(REPOSITORY / folder)}

    assert parts & EMPTY_NAMES == set()


def is_error(node: ast.ClassDef, module: ast.Module) -> bool:
    """Whether a class is an error: those are named for their situation, which may end in any noun."""
    bases = [ast.unparse(base).rpartition(".")[2] for base in node.bases]
    beside = {other.name: other for other in module.body if isinstance(other, ast.ClassDef) and other is not node}
    return any(
        base.endswith(("Exception", "Error", "Refusal", "Trouble", "Fault"))
        or (base in beside and is_error(beside[base], module))
        for base in bases
    )


def test_no_class_has_an_empty_suffix():
    faults = [
        f"{named(path)}: {node.name}"
        for path in modules()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef) and node.name.endswith(EMPTY_SUFFIXES) and not is_error(node, tree_of(path))
    ]

    assert faults == []


def test_a_package_initialiser_of_a_storey_or_context_holds_a_docstring_and_nothing_else():
    faults = [
        named(path)
        for path in (SOURCE / "divan").glob("*/*/__init__.py")
        if path.parent.name not in {"tests", "migrations"} and len(tree_of(path).body) > 1
    ]

    assert faults == []


def test_every_public_function_and_class_says_what_it_does():
    faults = [
        f"{named(path)}:{node.lineno} {node.name}"
        for path in modules()
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node) is None
    ]

    assert faults == []
