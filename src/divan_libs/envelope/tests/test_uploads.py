"""Descriptions as members hand them in: what is read, what is refused, what is said of them."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.uploads import LARGEST, look_through, read_upload

GOOD = {
    "openapi": "3.1.0",
    "info": {"title": "Persons", "version": "1"},
    "security": [{"exchange": []}],
    "paths": {
        "/persons/{national_code}": {
            "get": {
                "operationId": "person",
                "summary": "One person",
                "parameters": [
                    {
                        "name": "national_code",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string", "x-personal-data": True},
                    }
                ],
                "responses": {
                    "200": {
                        "description": "found",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {"mobile": {"type": "string", "x-personal-data": True}},
                                },
                                "example": {"mobile": "0912"},
                            }
                        },
                    }
                },
            }
        }
    },
    "components": {"securitySchemes": {"exchange": {"type": "mutualTLS"}}},
}


def changed(*path, to):
    document = json.loads(json.dumps(GOOD))
    place = document
    for step in path[:-1]:
        place = place[step]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return json.dumps(document).encode()


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("openapi.json", json.dumps(GOOD))
    return file.getvalue()


BOMB = b"a: &a [x, x]\nb: &b [*a, *a]\nopenapi: 3.0.0\npaths: {}\n"
REFUSED = (
    (zipped(), "archive"),
    (b"\x1f\x8b\x08\x00", "archive"),
    (b" " * (LARGEST + 1), "size"),
    ("openapi: «".encode("utf-16"), "encoding"),
    (b"openapi: [", "syntax"),
    (BOMB, "alias"),
    (b"!!python/object/apply:os.system [id]", "syntax"),
    (b"[1]", "not OpenAPI 3"),
    (b'{"swagger": "2.0", "paths": {}}', "not OpenAPI 3"),
    (b'{"openapi": "3.0.0", "paths": ' + b'{"a":' * 200 + b"1" + b"}" * 201, "depth"),
    (b'{"openapi": "3.0.0", "paths": {}, "x": "\\u0000"}', "encoding"),
    (b"[" * 900_000, "depth"),
    (b"{a: " * 200_000, "depth"),
)


@pytest.mark.parametrize(
    ("content", "problem"), REFUSED, ids=[f"{number}-{one[1]}" for number, one in enumerate(REFUSED)]
)
def test_what_is_no_description_is_refused_by_its_name(content, problem):
    with pytest.raises(EnvelopeError) as refused:
        read_upload(content)

    assert refused.value.facts == {"problem": problem}


def test_yaml_and_json_are_the_same_description():
    paths = b"paths: {/a: {get: {responses: {200: {description: y}}}}}\n"
    yaml = b"openapi: 3.0.3\ninfo: {title: x, version: 2020-01-01}\n" + paths

    told = json.loads(read_upload(yaml))

    assert told["paths"]["/a"]["get"]["responses"] == {"200": {"description": "y"}}
    assert [(one.code, one.hinders) for one in look_through(json.dumps(told))] == [
        ("operation-id", False),
        ("said-nothing", False),
        ("security", False),
    ]


GET = ("paths", "/persons/{national_code}", "get")
MEDIA = (*GET, "responses", "200", "content", "application/json")
FOUND = (
    ((*GET, "operationId"), None, ("operation-id", "GET /persons/{national_code}", False)),
    ((*GET, "summary"), None, ("said-nothing", "GET /persons/{national_code}", False)),
    (("security",), None, ("security", "GET /persons/{national_code}", False)),
    ((*MEDIA, "example"), None, ("example", "GET /persons/{national_code} 200", False)),
    (
        (*MEDIA, "schema", "properties", "mobile", "x-personal-data"),
        None,
        (
            "personal-data",
            "/paths/~1persons~1{national_code}/get/responses/200/content/application~1json/schema/properties/mobile",
            True,
        ),
    ),
    (
        (*GET, "parameters", 0, "schema", "x-personal-data"),
        None,
        ("personal-data", "/paths/~1persons~1{national_code}/get/parameters/0/name", True),
    ),
    (
        (*MEDIA, "schema"),
        {"$ref": "http://169.254.169.254/x"},
        (
            "reference-outside",
            "/paths/~1persons~1{national_code}/get/responses/200/content/application~1json/schema/$ref",
            True,
        ),
    ),
    (("paths",), {}, ("no-operation", "/paths", True)),
    (("info",), None, ("schema", "/", True)),
)


@pytest.mark.parametrize(("path", "to", "said"), FOUND, ids=[one[2][0] + str(n) for n, one in enumerate(FOUND)])
def test_every_lack_is_said_with_its_place(path, to, said):
    found = [(one.code, one.at, one.hinders) for one in look_through(read_upload(changed(*path, to=to)))]

    assert found == [said]


def test_references_that_double_at_each_step_are_not_followed():
    woven = {f"s{n}": {"allOf": [{"$ref": f"#/components/schemas/s{n + 1}"}] * 2} for n in range(40)}
    told = json.loads(changed("components", "schemas", to={**woven, "s40": {"type": "string"}}))

    assert [(one.code, one.hinders) for one in look_through(json.dumps(told))] == [("too-woven", True)]


def test_a_good_description_needs_nothing():
    assert look_through(read_upload(json.dumps(GOOD).encode())) == []
