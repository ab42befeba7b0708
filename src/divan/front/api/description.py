"""The description of the interface (OpenAPI 3.1), made from the operations; the repository keeps a copy."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from ninja import NinjaAPI
from pydantic.json_schema import models_json_schema

from divan.foundation.http.access import CITIZEN, declared_access
from divan.front.api.operations import cases, services, verification
from divan.front.api.problems import MEDIA_TYPE, Problem, teach

ABOUT = (
    "The catalogue of services, one's own cases, tracking and verification. Answers speak Persian or English "
    "(`language`, else `Accept-Language`); codes are the same in both. What is refused is told as problem details "
    "(RFC 9457) whose `type` is a stable code. Lists are read page by page: give `next` as `after`. "
    "Times are in UTC."
)
ADDRESS = "api/v1/"
_REFERENCE = "#/components/schemas/{model}"


def _made() -> NinjaAPI:
    made = NinjaAPI(
        title="Divan", version="1.0.0", description=ABOUT, openapi_url=None, docs_url=None, urls_namespace="api"
    )
    teach(made)
    for router in (services.router, cases.router, verification.router):
        made.add_router("", router)
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
        if declared_access(operation.view_func) == CITIZEN
    }
    for operations in found["paths"].values():
        for operation in operations.values():
            for parameter in operation["parameters"]:
                _say_no_null(parameter["schema"])
            operation["responses"]["default"] = {"description": "Refused", "content": content}
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
