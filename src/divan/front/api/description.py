"""The description of the interface (OpenAPI 3.1), made from the operations; the repository keeps a copy."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from ninja import NinjaAPI
from pydantic.json_schema import models_json_schema

from divan.foundation.http.access import PUBLIC, declared_access
from divan.front.api.operations import (
    applications,
    bundles,
    cases,
    files,
    invoices,
    outside,
    permits,
    services,
    surroundings,
    verification,
    voices,
)
from divan.front.api.problems import MEDIA_TYPE, Problem, teach
from divan.front.api.refusing import KEY

ABOUT = (
    "The catalogue of services, applying with all that belongs to it, one's own cases, permits and invoices, life "
    "events, tracking and verification. Answers speak Persian or English "
    "(`language`, else `Accept-Language`); codes are the same in both. What is refused is told as problem details "
    "(RFC 9457) whose `type` is a stable code. Lists are read page by page: give `next` as `after`. "
    "Times are in UTC. Whatever changes something carries the token of `/session` as `X-CSRFToken`; what begins or "
    "sends something carries an `Idempotency-Key`, under which the same request sent again is done once; answers are "
    "changed over the revision that was read (`If-Match`)."
)
ADDRESS = "api/v1/"
ROOMS = (
    services,
    surroundings,
    applications,
    files,
    outside,
    bundles,
    cases,
    voices,
    permits,
    invoices,
    verification,
)
"""The operations in the order in which they are described."""

_REFERENCE = "#/components/schemas/{model}"


def _made() -> NinjaAPI:
    made = NinjaAPI(
        title="Divan", version="1.0.0", description=ABOUT, openapi_url=None, docs_url=None, urls_namespace="api"
    )
    teach(made)
    for room in ROOMS:
        made.add_router("", room.router)
    return made


api = _made()


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """Return the description: with the answer to every refusal, and the session where one is needed."""
    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix=ADDRESS)))
    found.pop("servers")
    components = found["components"]
    _, problem = models_json_schema([(Problem, "serialization")], ref_template=_REFERENCE)
    components["schemas"].update(problem["$defs"])
    components["schemas"] = dict(sorted(components["schemas"].items()))
    components["securitySchemes"] = {
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "divan_session",
            "description": "the session of somebody who signed in on the pages",
        }
    }
    content = {MEDIA_TYPE: {"schema": {"$ref": _REFERENCE.format(model="Problem")}}}
    own = {
        operation.operation_id
        for router in api._get_bound_routers()
        for path_view in router.path_operations.values()
        for operation in path_view.operations
        if declared_access(operation.view_func) != PUBLIC
    }
    for operations in found["paths"].values():
        for operation in operations.values():
            for parameter in operation["parameters"]:
                _say_no_null(parameter["schema"])
            told = operation.pop(KEY, [])
            said = "Refused" + (f"; besides what every address may say: {', '.join(told)}" if told else "")
            operation["responses"]["default"] = {"description": said, "content": content}
            if operation["operationId"] in own:
                operation["security"] = [{"session": []}]
    return found


def _say_no_null(schema: dict[str, Any]) -> None:
    # A value of the query is there or is left out; it cannot be null.
    if "anyOf" in schema:
        (kind,) = (one for one in schema.pop("anyOf") if one != {"type": "null"})
        schema.update(kind)


def written() -> str:
    """Return the description as the file in the repository has it."""
    return json.dumps(description(), ensure_ascii=False, indent=2) + "\n"
