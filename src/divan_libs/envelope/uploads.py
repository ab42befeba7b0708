"""Descriptions of data services as members hand them in: read from JSON or YAML, and looked through.

What hinders would mislead a gateway or a reader: a description that is none, that points outside itself (whoever reads
it would have to ask a stranger), or that says nothing of the personal data it hands out. What is only advised makes the
service easier to use.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from divan_libs.envelope.descriptions import operations_of
from divan_libs.envelope.errors import EnvelopeError

LARGEST = 1024 * 1024
DEEPEST = 64
WOVEN = 40_000
"""So many parts a description has at most when each of its references is written out."""
PERSONAL_MARK = "x-personal-data"
"""Beside a parameter or in a schema: true for what tells of a person, false for what only sounds so."""

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_PERSONAL = re.compile(
    r"national[_-]?(code|id)|(first|last|father|full|family)[_-]?name|birth|mobile|phone|e?mail|postal|iban|sheba|passport",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about a description: a stable code, where in the document (RFC 6901 or method and path), and details.

    What ``hinders`` must be mended before the description is taken.
    """

    code: str
    at: str
    hinders: bool = False
    detail: str = ""


def read_upload(content: bytes) -> str:
    """Return what was handed in, JSON or YAML, as JSON text.

    :raises EnvelopeError: ``exchange.description``; ``problem`` is ``size``, ``archive``, ``encoding``, ``syntax``,
        ``alias`` (YAML that repeats itself by reference), ``depth`` or ``not OpenAPI 3``.
    """
    if len(content) > LARGEST:
        raise EnvelopeError("exchange.description", problem="size")
    if content[:2] in (b"PK", b"\x1f\x8b"):
        raise EnvelopeError("exchange.description", problem="archive")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise EnvelopeError("exchange.description", problem="encoding") from error
    document = _parsed(text)
    if not isinstance(document, dict):
        raise EnvelopeError("exchange.description", problem="not OpenAPI 3")
    try:
        _require_shallow(document, 0)
        told = json.dumps(document, ensure_ascii=False, default=str)
        # What a byte after byte reader of JSON refuses must not be stored: a lone surrogate, a NUL.
        told.encode("utf-8")
    except (RecursionError, UnicodeEncodeError, TypeError) as error:
        raise EnvelopeError("exchange.description", problem="depth") from error
    if "\\u0000" in told:
        raise EnvelopeError("exchange.description", problem="encoding")
    operations_of(told)
    return told


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        _require_plain(text)
        return yaml.load(text, yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, EnvelopeError):
            raise
        raise EnvelopeError("exchange.description", problem="syntax") from error


def _require_plain(text: str) -> None:
    """Refuse YAML that would keep its reader busy: a few aliases can stand for gigabytes, deep nests take for ever.

    The events come one after the other, so that the first that is too deep ends the reading.
    """
    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise EnvelopeError("exchange.description", problem="alias")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise EnvelopeError("exchange.description", problem="depth")


def _require_shallow(node: object, depth: int) -> None:
    if depth > DEEPEST:
        raise EnvelopeError("exchange.description", problem="depth")
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _require_shallow(child, depth + 1)


def references_outside(document: object, at: str = "") -> Iterator[str]:
    """Yield where a document points outside itself: whoever followed would ask a stranger, or read its own files."""
    if isinstance(document, dict):
        target = document.get("$ref")
        if isinstance(target, str) and not target.startswith("#"):
            yield f"{at}/$ref"
        for name, child in document.items():
            yield from references_outside(child, f"{at}/{_escaped(name)}")
    elif isinstance(document, list):
        for number, child in enumerate(document):
            yield from references_outside(child, f"{at}/{number}")


def look_through(description: str) -> list[Finding]:
    """Return what is to be said of a description (JSON text, see :func:`read_upload`), what hinders first."""
    document = json.loads(description)
    outside = list(references_outside(document))
    found = [Finding(code="reference-outside", at=at, hinders=True) for at in outside]
    if not outside and _is_too_woven(document):
        found.append(Finding(code="too-woven", at="/components", hinders=True))
    elif not outside:
        found += _schema_problems(document)
    if any(one.hinders for one in found):
        return found
    operations = list(_operations(document))
    if not operations:
        found.append(Finding(code="no-operation", at="/paths", hinders=True))
    found += _unmarked(document)
    found += _of_operations(document, operations)
    return sorted(found, key=lambda one: not one.hinders)


def _is_too_woven(document: dict[str, Any]) -> bool:
    """Whether the document, with each reference written out, is so large that who reads it so would not come back."""
    known: dict[int, int] = {}

    def size(node: object) -> int:
        if not isinstance(node, dict | list):
            return 1
        if id(node) not in known:
            # What refers to itself is not read a second time inside itself.
            known[id(node)] = 1
            children = node.values() if isinstance(node, dict) else node
            told = node.get("$ref") if isinstance(node, dict) else None
            more = size(_pointed_at(document, told)) if isinstance(told, str) else 0
            known[id(node)] = min(1 + more + sum(size(child) for child in children), WOVEN + 1)
        return known[id(node)]

    try:
        return size(document) > WOVEN
    except RecursionError:
        return True


def _pointed_at(document: object, reference: str) -> object:
    found = document
    for part in reference.removeprefix("#").split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _schema_problems(document: dict[str, Any]) -> list[Finding]:
    # The library takes half a second to load, which only uploads spend.
    from openapi_spec_validator import (  # noqa: PLC0415 - see above
        OpenAPIV30SpecValidator,
        OpenAPIV31SpecValidator,
    )

    kind = OpenAPIV30SpecValidator if str(document.get("openapi", "")).startswith("3.0") else OpenAPIV31SpecValidator
    problems = []
    try:
        for error in kind(document).iter_errors():
            at = "/".join(["", *(_escaped(part) for part in getattr(error, "absolute_path", ()))])
            problems.append(Finding(code="schema", at=at or "/", hinders=True, detail=str(error.args[0])[:200]))
            if len(problems) == 20:
                break
    except Exception as error:  # noqa: BLE001 - what its resolver meets in a stranger's document has no common base
        problems.append(Finding(code="schema", at="/", hinders=True, detail=type(error).__name__))
    return problems


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document.get("paths", {}).items():
        for method in item if isinstance(item, dict) else ():
            if method in _METHODS and isinstance(item[method], dict):
                yield f"{method.upper()} {path}", item[method]


def _of_operations(document: dict[str, Any], operations: list[tuple[str, dict[str, Any]]]) -> Iterator[Finding]:
    for at, operation in operations:
        if not operation.get("operationId"):
            yield Finding(code="operation-id", at=at)
        if not operation.get("summary") and not operation.get("description"):
            yield Finding(code="said-nothing", at=at)
        if not operation.get("security", document.get("security")):
            yield Finding(code="security", at=at)
        yield from _without_example(at, operation)


def _without_example(at: str, operation: dict[str, Any]) -> Iterator[Finding]:
    answers = operation.get("responses", {})
    for status, answer in answers.items():
        if not str(status).startswith("2") or not isinstance(answer, dict):
            continue
        for kind, content in (answer.get("content") or {}).items():
            schema = content.get("schema") or {}
            if not ({"example", "examples"} & (content.keys() | schema.keys())) and "$ref" not in schema:
                yield Finding(code="example", at=f"{at} {status}", detail=kind)


def _unmarked(node: object, at: str = "") -> Iterator[Finding]:
    """Yield the parameters and fields that are called like something of a person, and do not say whether they are."""
    if isinstance(node, list):
        for number, child in enumerate(node):
            yield from _unmarked(child, f"{at}/{number}")
    if not isinstance(node, dict):
        return
    if isinstance(node.get("name"), str) and "in" in node and _speaks_of_person(node["name"], node):
        yield Finding(code="personal-data", at=f"{at}/name", hinders=True, detail=node["name"])
    fields = node.get("properties")
    for name, schema in fields.items() if isinstance(fields, dict) else ():
        if isinstance(schema, dict) and _speaks_of_person(str(name), schema):
            yield Finding(code="personal-data", at=f"{at}/properties/{_escaped(name)}", hinders=True, detail=str(name))
    for name, child in node.items():
        if name not in ("example", "examples"):
            yield from _unmarked(child, f"{at}/{_escaped(name)}")


def _speaks_of_person(name: str, marked: dict[str, Any]) -> bool:
    schema = marked.get("schema")
    is_marked = PERSONAL_MARK in marked or (isinstance(schema, dict) and PERSONAL_MARK in schema)
    return _PERSONAL.search(name) is not None and not is_marked


def _escaped(part: object) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")
