"""Descriptions of data services (OpenAPI 3), as far as the exchange lists and hands them on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.snapshot import Operation

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_PARAMETER = re.compile(r"\{[^/{}]*\}")
_SPECIAL = re.compile(r"([*\\])")


def operations_of(description: str) -> tuple[Operation, ...]:
    """Return the endpoints that a description (JSON text) lists, in its order; a ``{parameter}`` becomes ``*``.

    :raises EnvelopeError: ``exchange.description`` when it is no OpenAPI 3 document.
    """
    try:
        document = json.loads(description)
    except (ValueError, RecursionError) as error:
        raise EnvelopeError("exchange.description", problem="JSON") from error
    version = document.get("openapi") if isinstance(document, dict) else None
    paths = document.get("paths") if isinstance(document, dict) else None
    if not isinstance(version, str) or not version.startswith("3.") or not isinstance(paths, dict):
        raise EnvelopeError("exchange.description", problem="not OpenAPI 3")
    return tuple(_operations(paths))


def _operations(paths: dict[str, Any]) -> Iterator[Operation]:
    for path, item in paths.items():
        glob = _PARAMETER.sub("*", _SPECIAL.sub(r"\\\1", path))
        for method in item if isinstance(item, dict) else ():
            if method in _METHODS:
                yield Operation(method=method.upper(), path=glob)
