"""Whether messages follow the OpenAPI description of their service. What is told of a breach names no value."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from copy import copy
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl

from jsonschema_path import SchemaPath
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from openapi_core.validation.schemas.factories import SchemaValidatorsFactory
from openapi_core.validation.schemas.validators import SchemaValidator
from werkzeug.datastructures import Headers, ImmutableMultiDict

from divan_gateway.wire import Answer, MessageBreach
from divan_libs.envelope.headers import Header, last_value

logger = logging.getLogger(__name__)

_OF_EXCHANGE = ("servers", "security")
_PLACES = 8192
"""Places in a description that are remembered; unless told the library finds the way to each anew for every message."""


class _Question:
    """A request as the library looks at it; the path is the decoded one below the service."""

    host_url = "http://service"

    def __init__(self, method: str, path: str, query: str | None, headers: Sequence[Header], body: bytes) -> None:
        self.method = method.lower()
        self.path = self.path_pattern = path or "/"
        self.body = body or None
        self.content_type = _content_type(headers)
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(parse_qsl(query or "", keep_blank_values=True)),
            header=Headers([(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]),
            cookie=ImmutableMultiDict(_cookies(headers)),
        )


class _Response:
    """An answer as the library looks at it."""

    def __init__(self, answer: Answer) -> None:
        self.status_code = answer.status
        self.data = answer.body
        self.content_type = _content_type(answer.headers)
        self.headers = Headers([(name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers])


def _content_type(headers: Sequence[Header]) -> str:
    return (last_value(headers, b"content-type") or b"").decode("latin-1")


def _cookies(headers: Sequence[Header]) -> dict[str, str]:
    try:
        jar: SimpleCookie = SimpleCookie((last_value(headers, b"cookie") or b"").decode("latin-1"))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


class Description:
    """The description of a service, ready to hold messages to it."""

    def __init__(self, text: str) -> None:
        spec = SchemaPath.from_dict(_without(json.loads(text)), resolved_cache_maxsize=_PLACES)
        self._openapi = _remembering(OpenAPI(spec))

    def check_request(self, method: str, path: str, query: str | None, headers: Sequence[Header], body: bytes) -> None:
        """Check a request.

        :raises MessageBreach: it does not follow the description.
        """
        try:
            self._openapi.validate_request(_Question(method, path, query, headers, body))
        except OpenAPIError as error:
            raise MessageBreach(_told(error)) from error

    def check_answer(self, method: str, path: str, answer: Answer) -> None:
        """Check an answer to a request with that method and path.

        :raises MessageBreach: it does not follow the description.
        """
        try:
            self._openapi.validate_response(_Question(method, path, None, [], b""), _Response(answer))
        except OpenAPIError as error:
            raise MessageBreach(_told(error)) from error


class _Once(SchemaValidatorsFactory):
    """Makes what validates a schema once; the library makes it anew for every value, with a copy of all formats."""

    def __init__(self, factory: SchemaValidatorsFactory) -> None:
        super().__init__(factory.schema_validator_cls, factory.format_checker)
        self._factory = factory
        self._made: dict[tuple[object, ...], SchemaValidator] = {}

    def create(self, spec: SchemaPath, schema: SchemaPath, *args: Any, **options: Any) -> SchemaValidator:
        # The schemas of one description differ by their place in it; the options are always the same.
        place = tuple(schema.parts)
        if place not in self._made:
            self._made[place] = self._factory.create(spec, schema, *args, **options)
        return self._made[place]


def _remembering(plain: OpenAPI) -> OpenAPI:
    """Return the same description, validated by classes that keep what they make of it."""
    request, response = plain.request_validator_cls, plain.response_validator_cls
    if request is None or response is None:
        return plain
    kept = Config(
        spec_validator_cls=None,
        request_validator_cls=_keeping(request),
        response_validator_cls=_keeping(response),
    )
    return OpenAPI(plain.spec, config=kept)


def _keeping(validator: Any) -> Any:
    once, casters = _Once(validator.schema_validators_factory), copy(validator.schema_casters_factory)
    casters.schema_validators_factory = once
    made = {"schema_validators_factory": once, "schema_casters_factory": casters}
    return type(validator.__name__, (validator,), made)


def _without(document: dict[str, Any]) -> dict[str, Any]:
    """Return a description without what the exchange sees to itself: where the service stands and who may call."""
    paths = {
        path: {name: _bare(part) if isinstance(part, dict) else part for name, part in _bare(item).items()}
        for path, item in document.get("paths", {}).items()
    }
    return _bare(document) | {"paths": paths}


def _bare(part: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name not in _OF_EXCHANGE}


def _told(error: OpenAPIError) -> str:
    cause: BaseException | None = error
    while cause is not None:
        breaches = [f"{one.json_path} ({one.validator})" for one in getattr(cause, "schema_errors", ())]
        if breaches:
            return f"{_kind(error)}: {', '.join(breaches[:5])}"
        cause = cause.__cause__
    return _kind(error)


def _kind(error: OpenAPIError) -> str:
    name = getattr(error, "name", "")
    return f"{type(error).__name__} {name}".strip()


@lru_cache(maxsize=1024)
def description_of(text: str) -> Description | None:
    """Return a description, or None with a word in the log when it cannot be used."""
    try:
        return Description(text)
    except Exception:
        # Whatever the library makes of a bad document, it must not take the other services with it.
        logger.exception("a description of a service cannot be used")
        return None
