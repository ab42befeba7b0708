"""Every action takes who acts and when, and records a fact: read from the syntax trees, so that none is forgotten."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .source_tree import contexts, named, tree_of

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class Room:
    """The actions of one context: functions by module and name, what each module imports, and what is public."""

    functions: dict[tuple[str, str], Function] = field(default_factory=dict)
    imports: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    offered: set[str] | None = None

    def public(self) -> Iterator[tuple[tuple[str, str], Function]]:
        for (module, name), function in self.functions.items():
            hidden = name.startswith("_") or module.startswith("_")
            if (name in self.offered) if self.offered is not None else not hidden:
                yield (module, name), function

    def records(self, key: tuple[str, str], seen: set[tuple[str, str]] | None = None) -> bool:
        """Whether a function records a fact, itself or by a function of the same room that it calls."""
        seen = set() if seen is None else seen
        if key in seen or key not in self.functions:
            return False
        seen.add(key)
        calls = [node.func for node in ast.walk(self.functions[key]) if isinstance(node, ast.Call)]
        return any(is_recording(call) for call in calls) or any(
            self.records(target, seen) for call in calls for target in self.targets(key[0], call)
        )

    def targets(self, module: str, call: ast.expr) -> Iterator[tuple[str, str]]:
        known = self.imports.get(module, {})
        if isinstance(call, ast.Name):
            yield known.get(call.id, (module, call.id))
        elif isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name) and call.value.id in known:
            yield known[call.value.id][0] or known[call.value.id][1], call.attr


def is_recording(call: ast.expr) -> bool:
    return isinstance(call, ast.Attribute) and call.attr == "record" and ast.unparse(call.value).endswith("facts")


def read_room(context: Path) -> Room:
    room = Room()
    single, folder = context / "actions.py", context / "actions"
    for path in [single] if single.exists() else sorted(folder.glob("*.py")):
        add_module(room, path.stem, tree_of(path))
    return room


def add_module(room: Room, module: str, tree: ast.Module) -> None:
    room.imports[module] = {}
    for node in tree.body:
        if isinstance(node, Function):
            room.functions[module, node.name] = node
        elif isinstance(node, ast.ImportFrom) and ("actions" in (node.module or "").split(".") or node.level):
            within = (node.module or "").rpartition("actions")[2].strip(".")
            for alias in node.names:
                room.imports[module][alias.asname or alias.name] = (within, alias.name)
        elif module == "__init__" and isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            room.offered = set(ast.literal_eval(node.value))


def lacks(room: Room) -> Iterator[str]:
    for key, function in room.public():
        by_name = {argument.arg for argument in function.args.kwonlyargs}
        for wanted in ("actor", "now"):
            if wanted not in by_name:
                yield f"{key[1]} takes no keyword-only {wanted}"
        if not room.records(key):
            yield f"{key[1]} records no fact"


def test_every_action_takes_actor_and_now_and_records_a_fact():
    assert [f"{named(context)}: {lack}" for context in contexts() for lack in lacks(read_room(context))] == []


def room_of(**sources: str) -> Room:
    room = Room()
    for module, source in sources.items():
        add_module(room, module, ast.parse(source))
    return room


def test_an_action_without_clock_or_fact_is_found():
    room = room_of(
        actions="""
def close_case(number, *, actor): case.save()
def _note(*, actor, now): pass
"""
    )

    assert list(lacks(room)) == ["close_case takes no keyword-only now", "close_case records no fact"]


def test_a_fact_recorded_by_a_function_of_the_same_room_counts():
    room = room_of(
        __init__="""
from divan.dealings.cases.actions.closing import close_case
__all__ = ["close_case"]
""",
        closing="""
from divan.dealings.cases.actions import _moves
from ._moves import note
def close_case(*, actor, now): finish()
def finish(): _moves.move()
def silent(): pass
""",
        _moves="""
from divan.foundation import facts
def move(): facts.record(MOVED)
""",
    )

    assert list(lacks(room)) == []


def test_a_fact_recorded_by_another_context_does_not_count():
    room = room_of(
        actions="""
from divan.trust.signing import actions as signing
def sign_case(*, actor, now): signing.sign(actor=actor, now=now)
"""
    )

    assert list(lacks(room)) == ["sign_case records no fact"]
