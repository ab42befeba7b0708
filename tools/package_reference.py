"""The reference page of the package language, key by key, and its JSON Schemas, from the frozen models."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from pydantic import BaseModel

from divan_libs.servicepack import models
from divan_libs.servicepack.loading import PARTS
from divan_libs.servicepack.models import Example, package_schema
from divan_libs.servicepack.schemas import schema_of_package, schemas_of_files, words_of

FOLDER = "schemas"
_PATTERNS = {
    "^[a-z][a-z0-9]*(-[a-z0-9]+)*$": "code (`like-this`)",
    "^[a-z][a-z0-9]*(_[a-z0-9]+)*$": "name (`like_this`)",
    "^REQ(-[A-Z0-9]+)+$": "code of a requirement (`REQ-…`)",
    "^LAW(-[A-Z0-9]+)+$": "code of a law (`LAW-…`)",
    "^[a-z][a-z0-9-]*/[a-z][a-z0-9-]*$": "data service (`member/service`)",
}


def package_schema_file() -> str:
    """Return the JSON Schema of the canonical form."""
    return _json(schema_of_package())


def schema_files() -> dict[str, Callable[[], str]]:
    """Return what makes the schema of each file that authors write, by its path below the reference."""
    return {f"{FOLDER}/{name}": partial(_schema_of, name) for name in schemas_of_files()}


def _schema_of(name: str) -> str:
    return _json(schemas_of_files()[name])


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def package_page() -> tuple[str, str]:
    """Return what the page is about, and its body: for each file its parts, and the keys of each part."""
    about = (
        "Every key of every file of a service, made from the models that read them. How a service is written is told "
        "in [services](../../services/README.md). For editors there is a JSON Schema for each file in "
        f"[{FOLDER}]({FOLDER}); `service-package.schema.json` describes the stored canonical form. Entries with a "
        "`code` are written as a mapping from code to entry."
    )
    schema = package_schema()
    told: set[str] = set()
    parts = []
    files: dict[str, type[BaseModel]] = {**PARTS, "examples/….yaml": Example}
    for file, model in files.items():
        parts.append(f"## {file}\n")
        names = [name for name in _reached(schema, _first(model.__name__)) if name not in told]
        told.update(names)
        parts += [_part(name, schema["$defs"][name]) for name in names]
    return about, "\n".join(parts)


def _first(name: str) -> str:
    """Return the model that a file is made of; a file of mere entries is told by its entries."""
    return {"Determinants": "Determinant", "Tables": "Table"}.get(name, name)


def _reached(schema: dict[str, Any], first: str) -> list[str]:
    """Return a model and those below it, in the order in which they are met."""
    found: list[str] = []
    waiting = [first]
    while waiting:
        name = waiting.pop(0)
        if name in found or name not in schema["$defs"]:
            continue
        found.append(name)
        waiting += list(_names(schema["$defs"][name]))
    return [name for name in found if "properties" in schema["$defs"][name]]


def _names(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].rpartition("/")[2]
        for key, value in node.items():
            if key != "discriminator":
                yield from _names(value)
    elif isinstance(node, list):
        for one in node:
            yield from _names(one)


def _part(name: str, definition: dict[str, Any]) -> str:
    text = inspect.cleandoc(definition.get("description", "")).replace("``", "`")
    required = set(definition.get("required", []))
    lines = ["| key | value | default | meaning |", "| --- | --- | --- | --- |"]
    for key, value in definition["properties"].items():
        default = "must be given" if key in required else _default(value)
        cells = (f"`{key}`", _kind(value), default, words_of(name, key))
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return f"### {name}\n\n{text}\n\n" + "\n".join(lines) + "\n"


def _default(value: dict[str, Any]) -> str:
    if "default" not in value or value["default"] in (None, [], {}):
        return ""
    return f"`{json.dumps(value['default'], ensure_ascii=False)}`"


def _kind(value: dict[str, Any]) -> str:
    """Return in a few words what may stand as a value."""
    if "$ref" in value:
        return _of_reference(value["$ref"].rpartition("/")[2])
    for key in ("anyOf", "oneOf", "allOf"):
        if key in value:
            return " or ".join(dict.fromkeys(_kind(one) for one in value[key] if one.get("type") != "null"))
    if "const" in value:
        return f"`{value['const']}`"
    if "enum" in value:
        return ", ".join(f"`{one}`" for one in value["enum"])
    if value.get("type") == "array":
        return f"list of {_kind(value.get('items', {}))}{_limits(value, 'Items')}"
    if value.get("type") == "object":
        inner = value.get("additionalProperties")
        return f"mapping to {_kind(inner)}" if isinstance(inner, dict) else "mapping"
    return _of_scalar(value)


def _of_reference(name: str) -> str:
    known = getattr(models, name, None)
    definition = package_schema()["$defs"][name]
    if "enum" in definition:
        return ", ".join(f"`{one}`" for one in definition["enum"])
    return f"[{name}](#{name.lower()})" if known is not None or "properties" in definition else _kind(definition)


def _of_scalar(value: dict[str, Any]) -> str:
    if value.get("format") == "date":
        return "day"
    kind = {"string": "text", "integer": "whole number", "boolean": "`true` or `false`"}.get(
        value.get("type", ""), "any"
    )
    if "pattern" in value:
        return _PATTERNS.get(value["pattern"], f"text like `{value['pattern']}`")
    return kind + _limits(value, "Length") + _range(value)


def _limits(value: dict[str, Any], of: str) -> str:
    low, high = value.get(f"min{of}"), value.get(f"max{of}")
    if low is None and high is None:
        return ""
    return f" ({low if low is not None else 0}–{high if high is not None else '…'})"


def _range(value: dict[str, Any]) -> str:
    low = value.get("minimum", value.get("exclusiveMinimum"))
    high = value.get("maximum", value.get("exclusiveMaximum"))
    if low is None and high is None:
        return ""
    return f" ({low if low is not None else '…'} to {high if high is not None else '…'})"
