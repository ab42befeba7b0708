"""YAML without its traps: no aliases, no repeated keys, ``no`` is a word, and every value knows its line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

from divan_libs.servicepack.faults import Fault

MAX_BYTES = 512 * 1024
MAX_DEPTH = 40
MAX_DIGITS = 40
MAX_VALUES = 80_000
"""Keys and values of a file; more are refused while reading, which would take seconds otherwise."""


class _ReadingEnded(Exception):
    """What ends the reading of a file at once, with its line."""

    def __init__(self, code: str, line: int, **facts: object) -> None:
        self.code = code
        self.line = line
        self.facts = facts
        super().__init__(code, line)


class _StrictLoader(yaml.SafeLoader):
    """The safe loader with YAML 1.2's core reading of plain words: ``true``, ``false``, ``null``, whole numbers."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._values = self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Compose a node; an alias may make a small file grow without bound, so the first one ends the reading.

        So do too many values, and values within values: the recursion of the reader is Python's.
        """
        event = self.peek_event()  # type: ignore[no-untyped-call]  # PyYAML's stubs leave it untyped
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _ReadingEnded("yaml.alias", line)
        self._values += 1
        if self._values > MAX_VALUES:
            raise _ReadingEnded("yaml.too-many-values", line, limit=MAX_VALUES)
        if self._depth > MAX_DEPTH:
            raise _ReadingEnded("yaml.too-deep", line, limit=MAX_DEPTH)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


_StrictLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", "tf"),
    ("tag:yaml.org,2002:null", r"^(?:null|~|)$", ("n", "~", "")),
    ("tag:yaml.org,2002:int", r"^(?:0|-?[1-9][0-9]*)$", "-0123456789"),
):
    _StrictLoader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))


@dataclass(frozen=True, slots=True)
class Document:
    """One file read: its plain value and the tree that knows the lines."""

    file: str
    value: Any
    root: yaml.Node | None

    def line_of(self, path: tuple[int | str, ...]) -> int:
        """Return the line of the value at a path (the nearest parent's if there is none), or 0 for an empty file.

        A number in the path may also count the entries of a mapping, because lists of coded entries are written so.
        """
        node, line = self.root, 0
        for part in path:
            if node is None:
                break
            line = node.start_mark.line + 1
            found, found_line = _child(node, part)
            if found is None:
                continue
            node, line = found, found_line
        return line or (node.start_mark.line + 1 if node is not None else 0)


def _child(node: yaml.Node, part: int | str) -> tuple[yaml.Node | None, int]:
    if isinstance(node, yaml.MappingNode):
        for index, (key, value) in enumerate(node.value):
            if part in (index, key.value):
                return value, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part].start_mark.line + 1
    return None, 0


def read_yaml(text: str, file: str) -> tuple[Document, list[Fault]]:
    """Read one YAML document; the faults say what YAML or this language refuses, each with its line."""
    if len(text.encode()) > MAX_BYTES:
        return Document(file, None, None), [Fault("yaml.too-large", file, 0, {"limit": MAX_BYTES})]
    faults: list[Fault] = []
    try:
        root = yaml.compose(text, Loader=_StrictLoader)
    except _ReadingEnded as problem:
        return Document(file, None, None), [Fault(problem.code, file, problem.line, problem.facts)]
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = mark.line + 1 if mark else 0
        return Document(file, None, None), [Fault("yaml.syntax", file, line, {"problem": problem.problem or ""})]
    except (yaml.YAMLError, RecursionError) as problem:
        return Document(file, None, None), [Fault("yaml.syntax", file, 0, {"problem": str(problem).splitlines()[0]})]
    value = _plain(root, file, faults) if root is not None else None
    return Document(file, value, root), faults


def _plain(node: yaml.Node, file: str, faults: list[Fault]) -> Any:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.ScalarNode) and node.tag.rpartition(":")[2] not in ("map", "seq"):
        faults.append(Fault("yaml.tag", file, line, {"tag": node.tag}))
        return None
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, file, faults) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return _plain_mapping(node, file, faults)
    match node.tag.rpartition(":")[2]:
        case "str":
            return node.value
        case "int":
            if len(node.value) > MAX_DIGITS:
                faults.append(Fault("yaml.number-too-long", file, line, {"limit": MAX_DIGITS}))
                return None
            return int(node.value)
        case "bool":
            return node.value == "true"
        case "null":
            return None
        case _:
            faults.append(Fault("yaml.tag", file, line, {"tag": node.tag}))
            return None


def _plain_mapping(node: yaml.MappingNode, file: str, faults: list[Fault]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            faults.append(Fault("yaml.key", file, line, {}))
        elif key.value in result:
            faults.append(Fault("yaml.repeated-key", file, line, {"key": key.value}))
        else:
            result[key.value] = _plain(value, file, faults)
    return result
