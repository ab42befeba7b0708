"""The port over CEL: compile once against typed names, refuse what cannot be bounded, never mistake an error for yes.

Names an expression may speak begin with one of ``ROOTS``: ``answers.<question>``, ``groups.<group>.count``,
``facts.<fact>.state``, ``reports.<question>``, ``tracks.<track>``, ``case.channel``, ``determinants.<name>``,
``tables.<name>``. Which of them are always there is told by ``always_present``.

Each expression is compiled twice. The first pass knows every name with its type, which finds mistakes with their
position; ``has(…)`` is taken out of it, because the engine resolves ``has(answers.x)`` of a declared name ``answers.x``
to the name's value. The second pass, which is evaluated, knows only maps, so that ``has`` asks for presence and an
absent answer is an error instead of a default. The engine takes no time inside a map, so moments travel as text and
the second pass reads them through ``timestamp(…)``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from cel_expr_python import cel

from divan_libs.servicepack.expression_tree import (
    Call,
    Comprehension,
    Identifier,
    ListOf,
    Node,
    Select,
    Structure,
    children,
    path_of,
    tree_of,
    walk,
)

MAX_SOURCE = 2000
MAX_TEXT = 10_000
MAX_LIST = 500
ROOTS = ("answers", "groups", "facts", "reports", "tracks", "case", "determinants", "tables")
_ALWAYS = frozenset({"tracks", "case", "determinants", "tables"})


class ValueType(StrEnum):
    """Types that names and results have."""

    YES_NO = "yes-no"
    NUMBER = "number"
    TEXT = "text"
    TEXTS = "texts"
    MOMENT = "moment"


_CEL_TYPES: Mapping[ValueType, Any] = {
    ValueType.YES_NO: cel.Type.BOOL,
    ValueType.NUMBER: cel.Type.INT,
    ValueType.TEXT: cel.Type.STRING,
    ValueType.TEXTS: cel.Type.List(cel.Type.STRING),
    ValueType.MOMENT: cel.Type.TIMESTAMP,
}
_FORBIDDEN_CALLS = frozenset({"dyn", "type"})
_HAS = rf"\bhas\s*\(\s*(?:{'|'.join(ROOTS)})(?:\s*\.\s*\w+)+\s*\)"
_LITERAL = (
    r"[bB]?[rR][bB]?(?:\"{3}.*?\"{3}|'{3}.*?'{3}|\"[^\"]*\"|'[^']*')"
    r"|\"{3}(?:\\.|.)*?\"{3}|'{3}(?:\\.|.)*?'{3}|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|//[^\n]*"
)
_POSITION = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason for refusing an expression; line and column count from 1, 0 where the engine gives none."""

    code: str
    line: int
    column: int
    detail: str


class ExpressionRefused(Exception):
    """An expression does not compile, has another type than wanted, or uses what is forbidden."""

    code = "expression.refused"

    def __init__(self, source: str, problems: tuple[Problem, ...]) -> None:
        self.source = source
        self.problems = problems
        super().__init__("; ".join(f"{p.line}:{p.column} {p.code} {p.detail}" for p in problems))


class EvaluationFailed(Exception):
    """An expression ended in an error, such as an absent answer; this is never true and never false."""

    code = "expression.evaluation-failed"

    def __init__(self, source: str, detail: str) -> None:
        self.source = source
        self.detail = detail
        super().__init__(f"{source}: {detail}")


class InputRefused(Exception):
    """A value may not enter an expression: a naive time, too long a text or list, or a type that has no meaning there.

    ``code`` is ``expression.input.naive-time``, ``…too-large`` or ``…type``.
    """

    def __init__(self, code: str, name: str) -> None:
        self.code = code
        self.name = name
        super().__init__(f"{code} {name}")


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression: the names it speaks, and those it reads without having asked whether they are there."""

    source: str
    type: ValueType
    names: frozenset[str]
    unguarded: frozenset[str]
    program: Any

    def evaluate(self, inputs: Mapping[str, Any]) -> Any:
        """Return the value for inputs made by ``prepared``.

        :raises EvaluationFailed: if the engine reports an error or a value of another type.
        """
        result = self.program.eval(data=inputs)
        # The engine returns its errors as values whose Python truth is True; only the type tells them apart.
        if result.type() == cel.Type.ERROR:
            raise EvaluationFailed(self.source, str(result.value()))
        if result.type() != _CEL_TYPES[self.type]:
            raise EvaluationFailed(self.source, f"a value of type {result.type()}")
        return result.plain_value()


class Environment:
    """Typed names; compiles expressions and remembers them."""

    def __init__(self, names: Mapping[str, ValueType]) -> None:
        self.names = dict(names)
        any_map = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
        self._typed = cel.NewEnv(variables={name: _CEL_TYPES[kind] for name, kind in names.items()})
        self._plain = cel.NewEnv(variables=dict.fromkeys(ROOTS, any_map))
        moments = "|".join(r"\s*\.\s*".join(name.split(".")) for name in names if names[name] is ValueType.MOMENT)
        self._scan = re.compile(
            f"(?P<literal>{_LITERAL})|(?P<has>{_HAS})|(?<![\\w.])(?P<moment>{moments or '(?!)'})\\b", re.DOTALL
        )
        self._compiled: dict[tuple[str, ValueType], Expression] = {}

    def compile(self, source: str, wanted: ValueType = ValueType.YES_NO) -> Expression:
        """Return the compiled expression.

        :raises ExpressionRefused: with every reason found.
        """
        known = self._compiled.get((source, wanted))
        if known is None:
            known = self._compiled[source, wanted] = self._compile(source, wanted)
        return known

    def _compile(self, source: str, wanted: ValueType) -> Expression:
        if len(source) > MAX_SOURCE:
            raise ExpressionRefused(source, (Problem("expression.too-long", 0, 0, str(len(source))),))
        typed = _compiled_in(self._typed, source, self._scan.sub(_without_has, source))
        if typed.return_type() != _CEL_TYPES[wanted]:
            problem = Problem("expression.type", 1, 1, f"{typed.return_type().name()} instead of {wanted}")
            raise ExpressionRefused(source, (problem,))
        program = _compiled_in(self._plain, source, self._scan.sub(_with_moments, source))
        tree = tree_of(program.serialize())
        names = frozenset(".".join(path) for path in _paths(tree))
        problems = (*_forbidden(tree), *(_unknown(name, source) for name in sorted(names - self.names.keys())))
        if problems:
            raise ExpressionRefused(source, problems)
        return Expression(source, wanted, names, frozenset(_unguarded(tree, frozenset())), program)


@lru_cache(maxsize=512)
def environment_for(names: frozenset[tuple[str, ValueType]]) -> Environment:
    """Return the environment of these names; the same one for the same names, so that nothing is compiled twice."""
    return Environment(dict(names))


def always_present(name: str) -> bool:
    """Return whether a name has a value in every case, so that it needs no guard.

    A group that is empty or hidden has a count of 0, totals of 0 and empty lists, but no least and no most.
    """
    root, *path = name.split(".")
    if root == "groups":
        return not path[-1].endswith(("_least", "_most"))
    return root in _ALWAYS or (root == "facts" and path[1:] == ["state"])


def prepared(inputs: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return inputs in the shapes the engine reads, for the maps named in ``ROOTS``.

    Days become midnight UTC. Values that are None are left out: absent, not null.

    :raises InputRefused: for naive times, oversized texts and lists, and other types.
    """
    return {root: _prepared(root, inputs.get(root, {})) for root in ROOTS}


def _prepared(name: str, value: Any) -> Any:
    match value:
        case bool() | int():
            return value
        case str():
            if len(value) > MAX_TEXT:
                raise InputRefused("expression.input.too-large", name)
            return str(value)
        case datetime():
            # The engine accepts a naive time and takes it for UTC, three and a half hours beside Tehran.
            if value.tzinfo is None:
                raise InputRefused("expression.input.naive-time", name)
            return value.isoformat()
        case date():
            return f"{value.isoformat()}T00:00:00Z"
        case Mapping():
            return {key: _prepared(f"{name}.{key}", inner) for key, inner in value.items() if inner is not None}
        case tuple() | list() | frozenset():
            if len(value) > MAX_LIST:
                raise InputRefused("expression.input.too-large", name)
            return [_prepared(name, item) for item in value]
        case _:
            raise InputRefused("expression.input.type", name)


def _without_has(found: re.Match[str]) -> str:
    """Put ``true`` for ``has(…)``, padded to the same shape, which keeps the position of everything behind it."""
    if not found["has"]:
        return found[0]
    return "true" + "".join("\n" if character == "\n" else " " for character in found[0][4:])


def _with_moments(found: re.Match[str]) -> str:
    return f"timestamp({found[0]})" if found["moment"] else found[0]


def _compiled_in(environment: Any, source: str, text: str) -> Any:
    try:
        return environment.compile(text)
    except RuntimeError as refusal:
        raise ExpressionRefused(source, _problems(str(refusal))) from None


def _problems(message: str) -> tuple[Problem, ...]:
    if "recursion" in message:
        return (Problem("expression.too-deep", 0, 0, "nested or chained more than 31 deep"),)
    found = {
        Problem(_kind_of(detail), max(int(line), 0), max(int(column), 0), detail)
        for line, column, detail in _POSITION.findall(message)
    }
    return tuple(sorted(found, key=lambda p: (p.line, p.column))) or (Problem("expression.syntax", 0, 0, message),)


def _kind_of(detail: str) -> str:
    if "undeclared reference" in detail:
        return "expression.unknown-name"
    return "expression.type" if "no matching overload" in detail else "expression.syntax"


def _unknown(name: str, source: str) -> Problem:
    at = max(source.find(name), 0)
    column = at - source.rfind("\n", 0, at)
    return Problem("expression.unknown-name", source.count("\n", 0, at) + 1, column, name)


def _paths(tree: Node) -> set[tuple[str, ...]]:
    """Return the longest path of every name used, ``has`` included."""
    path = path_of(tree)
    if path is not None and path[0] in ROOTS:
        return {path}
    return {found for child in children(tree) for found in _paths(child)}


def _forbidden(tree: Node) -> tuple[Problem, ...]:
    """Refuse what would escape the types or the bound on memory and time."""
    found = set()
    for node in walk(tree):
        if isinstance(node, Call) and node.function in _FORBIDDEN_CALLS:
            found.add(Problem("expression.forbidden", 0, 0, node.function))
        elif isinstance(node, Structure):
            found.add(Problem("expression.forbidden", 0, 0, "map literal"))
        elif isinstance(node, Comprehension):
            if any(isinstance(inner, Comprehension) for child in children(node) for inner in walk(child)):
                found.add(Problem("expression.nested-macro", 0, 0, node.variable))
            if isinstance(node.initial, ListOf) and not _is_filter(node):
                found.add(Problem("expression.map-macro", 0, 0, node.variable))
    return tuple(sorted(found, key=lambda p: (p.code, p.detail)))


def _is_filter(node: Comprehension) -> bool:
    """``filter`` keeps elements as they are; ``map`` makes new ones, whose size nothing bounds."""
    step = node.step
    if not (isinstance(step, Call) and step.function == "_?_:_" and isinstance(step.arguments[1], Call)):
        return False
    return step.arguments[1].arguments[-1] == ListOf((Identifier(node.variable),))


def _unguarded(node: Node, known: frozenset[str]) -> set[str]:
    """Return what may be absent and is read where no ``has`` on its left has proved it present."""
    match node:
        case Select(test_only=True):
            return set()
        case Select() | Identifier():
            path = path_of(node)
            if path is not None and path[0] in ROOTS:
                name = ".".join(path)
                return set() if always_present(name) or name in known else {name}
        case Call(function="_&&_", arguments=(left, right)):
            return _unguarded(left, known) | _unguarded(right, known | _proves(left, holds=True))
        case Call(function="_||_", arguments=(left, right)):
            return _unguarded(left, known) | _unguarded(right, known | _proves(left, holds=False))
        case Call(function="_?_:_", arguments=(condition, then, otherwise)):
            return (
                _unguarded(condition, known)
                | _unguarded(then, known | _proves(condition, holds=True))
                | _unguarded(otherwise, known | _proves(condition, holds=False))
            )
    return {name for child in children(node) for name in _unguarded(child, known)}


def _proves(node: Node, *, holds: bool) -> frozenset[str]:
    """Return the names that are present for certain when a condition holds (or fails)."""
    match node:
        case Select(test_only=True):
            path = path_of(node)
            return frozenset({".".join(path)}) if path and holds else frozenset()
        case Call(function="!_", arguments=(inner,)):
            return _proves(inner, holds=not holds)
        case Call(function="_&&_", arguments=(left, right)):
            both = _proves(left, holds=holds), _proves(right, holds=holds)
            return both[0] | both[1] if holds else both[0] & both[1]
        case Call(function="_||_", arguments=(left, right)):
            both = _proves(left, holds=holds), _proves(right, holds=holds)
            return both[0] & both[1] if holds else both[0] | both[1]
        case _:
            return frozenset()
