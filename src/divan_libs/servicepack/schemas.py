"""JSON Schemas of the package and of each of its files, for editors and foreign tools, made from the frozen models.

The schema of the package describes the canonical form that is stored. The schema of a file describes what an author
writes: coded entries as a mapping, days in Jalali or ISO. It is a help while writing; the reader decides.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from divan_libs.servicepack.loading import PARTS
from divan_libs.servicepack.models import Example, package_schema
from divan_libs.servicepack.strict_yaml import read_yaml

DIALECT = "https://json-schema.org/draft/2020-12/schema"
WORDS = "field_words.yaml"
_DAY = {"type": "string", "pattern": r"^(1[2-5]\d\d[/-]\d{1,2}[/-]\d{1,2}|\d{4}-\d{2}-\d{2})$"}


def schema_of_package() -> dict[str, Any]:
    """Return the schema of the canonical form, each key described."""
    return {"$schema": DIALECT, **_described(package_schema())}


def schemas_of_files() -> dict[str, dict[str, Any]]:
    """Return the schema of what an author writes into each file, by the name of the schema: ``card.schema.json``."""
    models: dict[str, type[BaseModel]] = {**PARTS, "examples/example.yaml": Example}
    return {
        f"{Path(file).stem}.schema.json": {"$schema": DIALECT, **_authored(model)} for file, model in models.items()
    }


def words_of(model: str, key: str) -> str:
    """Return what a key means.

    :raises KeyError: for a key without words; a test demands them for every key of the language.
    """
    words = _words()
    return words[f"{model}.{key}"] if f"{model}.{key}" in words else words[key]


@cache
def _words() -> Mapping[str, str]:
    document, faults = read_yaml(Path(__file__).with_name(WORDS).read_text("utf-8"), WORDS)
    if faults:
        raise ValueError(str(faults[0]))
    words: Mapping[str, str] = document.value
    return words


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    whole = copy.deepcopy(schema)
    for model, part in whole.get("$defs", {}).items():
        for key, value in part.get("properties", {}).items():
            value["description"] = words_of(model, key)
            value.pop("title", None)
    return whole


def _authored(model: type[BaseModel]) -> dict[str, Any]:
    """Return the schema of one file as it is written."""
    schema = model.model_json_schema(mode="validation")
    definitions = schema.setdefault("$defs", {})
    if "properties" in schema:  # the file itself is described like its parts
        definitions[model.__name__] = {key: value for key, value in schema.items() if key != "$defs"}
        schema = {"$defs": definitions, "$ref": f"#/$defs/{model.__name__}"}
    schema = _described(schema)
    known, entries = schema.pop("$defs"), dict[str, Any]()
    written: dict[str, Any] = _written(schema, known, entries)
    written["$defs"] = {name: _written(part, known, entries) for name, part in known.items()}
    written["$defs"] |= entries
    if "Silence" in written["$defs"]:  # one holder may stand without a list
        holders = written["$defs"]["Silence"]["properties"]["to"]
        description = holders.pop("description")
        one = holders["items"]
        written["$defs"]["Silence"]["properties"]["to"] = {"anyOf": [one, holders], "description": description}
    if "DocumentTemplateEntry" in written["$defs"]:  # comes from the file beside
        written["$defs"]["DocumentTemplateEntry"]["properties"].pop("source", None)
    if model is Example:  # its code is the name of its file
        written["$defs"]["Example"]["required"].remove("code")
    written["$defs"] = {name: part for name, part in written["$defs"].items() if name in _reached(written)}
    return written


def _reached(schema: dict[str, Any]) -> set[str]:
    """Return the definitions that a schema leads to."""
    found: set[str] = set()
    waiting: list[Any] = [{key: value for key, value in schema.items() if key != "$defs"}]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            name = str(node.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                waiting.append(schema["$defs"][name])
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return found


def _written(node: Any, definitions: Mapping[str, Any], entries: dict[str, Any]) -> Any:
    """Return a schema in which coded entries are mappings and days may be Jalali."""
    if isinstance(node, list):
        return [_written(one, definitions, entries) for one in node]
    if not isinstance(node, dict):
        return node
    if node.get("format") == "date":
        return {**{key: value for key, value in node.items() if key not in ("type", "format")}, **_DAY}
    if node.get("type") == "array" and _is_coded(node.get("items"), definitions):
        kept = {key: value for key, value in node.items() if key in ("description", "title")}
        return {**kept, "type": "object", "additionalProperties": _entry(node["items"], definitions, entries)}
    return {key: _written(value, definitions, entries) for key, value in node.items()}


def _named(items: Any) -> list[str]:
    """Return the definitions that the entries of a list may be."""
    if not isinstance(items, dict):
        return []
    choices = items.get("oneOf", [items])
    return [choice["$ref"].rpartition("/")[2] for choice in choices if "$ref" in choice]


def _is_coded(items: Any, definitions: Mapping[str, Any]) -> bool:
    names = _named(items)
    return bool(names) and all("code" in definitions[name].get("required", []) for name in names)


def _entry(items: dict[str, Any], definitions: Mapping[str, Any], entries: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an entry whose code is its key."""
    for name in _named(items):
        bare = copy.deepcopy(definitions[name])
        del bare["properties"]["code"]
        bare["required"] = [key for key in bare["required"] if key != "code"]
        if f"{name}Entry" not in entries:
            entries[f"{name}Entry"] = bare
            entries[f"{name}Entry"] = _written(bare, definitions, entries)
    references = [{"$ref": f"#/$defs/{name}Entry"} for name in _named(items)]
    return references[0] if len(references) == 1 else {"anyOf": references}
