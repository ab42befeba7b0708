"""What is remembered of a description between messages changes no verdict."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_gateway.validation import Description
from divan_gateway.wire import Answer, MessageBreach

JSON = [(b"Content-Type", b"application/json")]


def document(version):
    nothing = {"type": "string", "nullable": True} if version.startswith("3.0") else {"type": ["string", "null"]}
    name = {"type": "object", "required": ["name"], "properties": {"name": nothing}, "additionalProperties": False}
    answer = {"description": "x", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}
    number = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
    return {
        "openapi": version,
        "info": {"title": "x", "version": "1"},
        "paths": {
            "/pets/{id}": {"parameters": [number], "get": {"responses": {"200": answer}}},
            "/pets": {
                "post": {
                    "parameters": [{"name": "id", "in": "query", "schema": {"type": "string", "format": "date"}}],
                    "requestBody": {"required": True, "content": {"application/json": {"schema": name}}},
                    "responses": {"200": answer},
                }
            },
        },
        "components": {
            "schemas": {"Pet": {"type": "object", "properties": {"born": {"type": "string", "format": "date"}}}}
        },
    }


KNOWN = {version: Description(json.dumps(document(version))) for version in ("3.0.3", "3.1.0")}


MESSAGES = {
    ("GET", "/pets/1", None, b""): True,
    ("GET", "/pets/0", None, b""): False,
    ("GET", "/pets/x", None, b""): False,
    ("GET", "/others", None, b""): False,
    ("POST", "/pets", None, b'{"name":"a"}'): True,
    ("POST", "/pets", None, b'{"name":null}'): True,
    ("POST", "/pets", None, b'{"name":1}'): False,
    ("POST", "/pets", None, b'{"name":"a","more":1}'): False,
    ("POST", "/pets", "id=2026-11-22", b'{"name":"a"}'): True,
    ("POST", "/pets", "id=yesterday", b'{"name":"a"}'): False,
    ("POST", "/pets", None, b"{"): False,
    b'{"born":"2026-11-22"}': True,
    b'{"born":"yesterday"}': False,
    b"[]": False,
    b"{}": True,
}
"""Questions, and answers to one, with whether they follow the description."""


def follows(description, message):
    try:
        if isinstance(message, bytes):
            answer = Answer(200, b"OK", list(JSON), message, content_length=None, sent_at=0, ended_at=0)
            description.check_answer("GET", "/pets/1", answer)
        else:
            method, path, query, body = message
            description.check_request(method, path, query, JSON if body else [], body)
    except MessageBreach:
        return False
    return True


@pytest.mark.parametrize("version", KNOWN)
@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_that_comes_first_is_judged_rightly(version, message):
    assert follows(Description(json.dumps(document(version))), message) is MESSAGES[message]


@pytest.mark.parametrize("version", KNOWN)
@given(st.lists(st.sampled_from(list(MESSAGES)), min_size=1, max_size=20))
def test_it_is_judged_the_same_whatever_came_before_it(version, messages):
    assert [follows(KNOWN[version], message) for message in messages] == [MESSAGES[message] for message in messages]
