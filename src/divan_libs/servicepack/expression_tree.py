"""The tree of a checked expression, read from its serialised form.

The engine tells nothing of an expression but its result type, so the tree is taken from ``Expression.serialize()``:
the protocol-buffer message ``google.protobuf.Any`` around ``cel.expr.CheckedExpr`` (cel-spec, ``checked.proto`` and
``syntax.proto``). Only the fields that are needed are read; unknown ones are skipped, as that format provides for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class ExpressionFormUnreadable(Exception):
    """The serialised form does not follow cel-spec; this means another engine version than the one tested."""

    code = "expression.form-unreadable"


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """A variable, or the variable of a macro."""

    name: str


@dataclass(frozen=True, slots=True)
class Select:
    """``operand.field``; with ``test_only`` it is ``has(operand.field)``."""

    operand: Node
    field: str
    test_only: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A function or operator; a method's target is the first argument."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list literal."""

    elements: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Structure:
    """A map or message literal; its content is not looked into, because packages may not write one."""


@dataclass(frozen=True, slots=True)
class Comprehension:
    """What the macros ``exists``, ``all``, ``exists_one``, ``filter`` and ``map`` are turned into."""

    variable: str
    accumulator: str
    over: Node
    initial: Node
    condition: Node
    step: Node
    result: Node


Node = Constant | Identifier | Select | Call | ListOf | Structure | Comprehension
Raw = list[tuple[int, int | bytes]]


def tree_of(serialised: bytes) -> Node:
    """Return the tree of a serialised checked expression.

    :raises ExpressionFormUnreadable: if the bytes are not such an expression.
    """
    try:
        any_message = _fields(serialised)
        if _text(_one(any_message, 1)) != "type.googleapis.com/cel.expr.CheckedExpr":
            raise ExpressionFormUnreadable("another message type")
        return _node(_message(_fields(_message(any_message, 2)), 4))
    except (IndexError, KeyError, ValueError) as problem:
        raise ExpressionFormUnreadable(str(problem)) from problem


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below."""
    match node:
        case Select(operand=operand):
            return (operand,)
        case Call(arguments=arguments):
            return arguments
        case ListOf(elements=elements):
            return elements
        case Comprehension():
            return (node.over, node.initial, node.condition, node.step, node.result)
        case _:
            return ()


def path_of(node: Node) -> tuple[str, ...] | None:
    """Return ``("answers", "village")`` for ``answers.village`` or ``has(answers.village)``, else None."""
    if isinstance(node, Identifier):
        return (node.name,)
    if isinstance(node, Select):
        above = None if isinstance(node.operand, Select) and node.operand.test_only else path_of(node.operand)
        return (*above, node.field) if above else None
    return None


def _node(raw: bytes) -> Node:
    fields = _fields(raw)
    for number, value in fields:
        if number == 2 or not isinstance(value, bytes):
            continue
        return _BUILDERS[number](_fields(value))
    raise ExpressionFormUnreadable("an expression without a kind")


def _select(fields: Raw) -> Node:
    test_only = any(number == 3 and value == 1 for number, value in fields)
    return Select(_node(_message(fields, 1)), _text(_one(fields, 2)), test_only)


def _call(fields: Raw) -> Node:
    target = [_node(value) for number, value in fields if number == 1 and isinstance(value, bytes)]
    arguments = [_node(value) for number, value in fields if number == 3 and isinstance(value, bytes)]
    return Call(_text(_one(fields, 2)), (*target, *arguments))


def _list(fields: Raw) -> Node:
    return ListOf(tuple(_node(value) for number, value in fields if number == 1 and isinstance(value, bytes)))


def _comprehension(fields: Raw) -> Node:
    part = {number: _node(_message(fields, number)) for number in (2, 4, 5, 6, 7)}
    return Comprehension(
        variable=_text(_one(fields, 1)),
        accumulator=_text(_one(fields, 3)),
        over=part[2],
        initial=part[4],
        condition=part[5],
        step=part[6],
        result=part[7],
    )


_BUILDERS: Mapping[int, Callable[[Raw], Node]] = {
    3: lambda _fields_of_it: Constant(),
    4: lambda fields: Identifier(_text(_one(fields, 1))),
    5: _select,
    6: _call,
    7: _list,
    8: lambda _fields_of_it: Structure(),
    9: _comprehension,
}


def _one(fields: Raw, wanted: int) -> int | bytes:
    return next((value for number, value in reversed(fields) if number == wanted), b"")


def _message(fields: Raw, wanted: int) -> bytes:
    value = next((value for number, value in fields if number == wanted), None)
    if not isinstance(value, bytes):
        raise ExpressionFormUnreadable(f"field {wanted} is absent")
    return value


def _text(value: int | bytes) -> str:
    if not isinstance(value, bytes):
        raise ExpressionFormUnreadable("a number where a name belongs")
    return value.decode()


def _fields(raw: bytes) -> Raw:
    """Split one message into its fields (protocol-buffer wire format)."""
    found: Raw = []
    at = 0
    while at < len(raw):
        key, at = _varint(raw, at)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, at = _varint(raw, at)
            found.append((number, value))
        elif wire == _BYTES:
            length, at = _varint(raw, at)
            if at + length > len(raw):
                raise ExpressionFormUnreadable("cut short")
            found.append((number, raw[at : at + length]))
            at += length
        elif wire in (_FIXED64, _FIXED32):
            at += 8 if wire == _FIXED64 else 4
        else:
            raise ExpressionFormUnreadable(f"wire type {wire}")
    return found


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
