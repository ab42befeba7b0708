"""The reference pages say what the code says, and codes are unique, well formed and of their own context."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .reference_program import PROGRAM
from .source_tree import SOURCE, modules, named, tree_of

CODE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+")
ERRORS = ("Refusal", "Trouble")


def declared_codes(path: Path) -> Iterator[tuple[str, str]]:
    """Yield what a module declares: ("error" or "fact", code)."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ClassDef) and node.bases:
            for line in node.body:
                if isinstance(line, ast.Assign | ast.AnnAssign) and isinstance(line.value, ast.Constant):
                    target = line.targets[0] if isinstance(line, ast.Assign) else line.target
                    if ast.unparse(target) == "code" and isinstance(line.value.value, str):
                        yield "error", line.value.value
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("FactKind") and node.args:
            code = node.args[0]
            yield "fact", str(code.value) if isinstance(code, ast.Constant) else ast.unparse(code)


def all_codes() -> list[tuple[str, str, Path]]:
    return [(kind, code, path) for path in modules(SOURCE / "divan") for kind, code in declared_codes(path)]


def test_the_reference_pages_say_what_the_code_says():
    checked = subprocess.run(
        [sys.executable, str(PROGRAM), "--check"], capture_output=True, text=True, check=False, timeout=120
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr[-2000:]


def test_no_code_is_declared_twice():
    places: dict[tuple[str, str], list[str]] = {}
    for kind, code, path in all_codes():
        places.setdefault((kind, code), []).append(named(path))

    assert {f"{kind} {code}": where for (kind, code), where in places.items() if len(where) > 1} == {}


def test_codes_are_well_formed_constants():
    assert [f"{named(path)}: {code}" for _, code, path in all_codes() if not CODE.fullmatch(code)] == []


def test_a_code_begins_with_the_context_that_declares_it():
    faults = [
        f"{named(path)}: {code}"
        for _, code, path in all_codes()
        if code.partition(".")[0] not in path.relative_to(SOURCE / "divan").parts
    ]

    assert faults == []
