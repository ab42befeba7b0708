"""Who may enter, and what whoever asks wrongly is told."""

from __future__ import annotations

import json
import re
from uuid import UUID

import pytest
from django.test import Client

from divan.foundation.errors import Trouble
from divan.front.api import texts
from divan.front.api.description import description
from divan.registers.catalogue import queries as catalogue

from .doors import some_citizen, some_officer

CASE = UUID(int=1)
EXAMPLES = {"code": "rural-internet-coverage", "need": "REQ-IDENTITY", "entry": "renewal"}
OWN = {
    (method.upper(), re.sub(r"\{(\w+)\}", lambda found: EXAMPLES.get(found[1], str(CASE)), address)): "signed-in"
    for address, methods in description()["paths"].items()
    for method, operation in methods.items()
    if "security" in operation
}
ADDRESSES = OWN | {
    ("GET", "/api/v1/services"): "public",
    ("GET", "/api/v1/services/rural-internet-coverage"): "public",
    ("GET", "/api/v1/services/rural-internet-coverage/package"): "public",
    ("GET", "/api/v1/life-events"): "public",
    ("GET", "/api/v1/places?q=a"): "public",
    ("GET", "/api/v1/session"): "public",
    ("POST", "/api/v1/tracking"): "public",
    ("GET", "/api/v1/verification/AAAA"): "public",
    ("POST", "/api/v1/verification"): "public",
    ("GET", "/api/v1/docs"): "public",
    ("GET", "/api/v1/openapi.json"): "public",
}
VISITORS = {"anonymous": Client, "citizen": some_citizen, "officer": some_officer}


class RegisterSilent(Trouble):
    """A trouble of these tests."""

    code = "api.tests-trouble"


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
@pytest.mark.parametrize("visitor", VISITORS)
def test_each_address_admits_whom_it_names_and_nobody_else(db, method, address, visitor):
    client = VISITORS[visitor]()

    answer = client.generic(method, address)

    if ADDRESSES[method, address] == "signed-in" and visitor == "anonymous":
        assert (answer.status_code, answer.json()["type"]) == (401, "api.sign-in-needed")
        assert answer["Content-Type"] == "application/problem+json"
    else:
        assert answer.status_code not in {401, 403, 500}


def test_the_addresses_of_ones_own_are_those_below_me_and_where_something_begins():
    apart = {address for _method, address in OWN if not address.startswith("/api/v1/me/")}

    assert len(OWN) == 40
    assert apart == {
        "/api/v1/services/rural-internet-coverage/applications",
        "/api/v1/life-events/rural-internet-coverage/bundles",
    }


def test_whoever_must_sign_in_is_told_how_and_not_sent_to_a_page(client, db):
    answer = client.get("/api/v1/me/cases", headers={"accept-language": "en"})

    assert answer["WWW-Authenticate"] == 'Cookie realm="divan"'
    assert answer["Content-Language"] == "en"
    assert answer.json() == {
        "type": "api.sign-in-needed",
        "title": "This is for somebody signed in.",
        "status": 401,
        "detail": "The request carries no session, or it has ended. "
        "Sign in on the pages and send the session's cookie.",
        "language": "en",
    }


def test_refusals_speak_persian_unless_english_is_asked_for(client, db):
    persian = client.get("/api/v1/me/cases")
    english = client.get("/api/v1/me/cases", headers={"accept-language": "en"})

    assert (persian.json()["language"], persian["Content-Language"]) == ("fa", "fa")
    assert persian.json()["title"] == "این بخش برای کسی است که وارد شده باشد."
    assert english.json()["title"] == "This is for somebody signed in."
    assert persian.json()["type"] == english.json()["type"]


@pytest.mark.parametrize(
    ("method", "address", "body", "found"),
    [
        ("GET", "/api/v1/services?limit=0", None, [("greater-than-equal", "query", "limit")]),
        ("GET", "/api/v1/services?limit=201", None, [("less-than-equal", "query", "limit")]),
        ("GET", "/api/v1/services?limit=many", None, [("int-parsing", "query", "limit")]),
        ("GET", "/api/v1/services?language=de", None, [("literal-error", "query", "language")]),
        ("GET", f"/api/v1/services?q={'a' * 201}", None, [("string-too-long", "query", "q")]),
        ("GET", "/api/v1/services/No_Code", None, [("string-pattern-mismatch", "path", "code")]),
        ("POST", "/api/v1/tracking", {"number": "1"}, [("missing", "body", "opened_by.secret")]),
        (
            "POST",
            "/api/v1/tracking",
            {"number": "", "secret": 7, "more": 1},
            [
                ("string-too-short", "body", "opened_by.number"),
                ("string-type", "body", "opened_by.secret"),
                ("extra-forbidden", "body", "opened_by.more"),
            ],
        ),
        ("POST", "/api/v1/verification", None, [("missing", "file", "file")]),
    ],
)
def test_each_value_that_cannot_be_taken_is_named_with_a_code(client, db, method, address, body, found):
    content = json.dumps(body).encode() if body is not None else b""

    answer = client.generic(method, address, content, content_type="application/json")

    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (422, "api.input-refused")
    assert [(one["code"].removeprefix("api.input."), one["in"], one["name"]) for one in problem["errors"]] == found
    assert all(one["detail"] != str(texts.OTHER_FAULT) for one in problem["errors"])


@pytest.mark.parametrize(
    ("address", "body", "content_type"),
    [
        ("/api/v1/tracking", b"{", "application/json"),
        ("/api/v1/tracking", b"\xff\xfe", "application/json"),
        ("/api/v1/verification", b"no boundary", "multipart/form-data"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(client, db, address, body, content_type):
    answer = client.generic("POST", address, body, content_type=content_type)

    assert (answer.status_code, answer.json()["type"]) == (400, "api.body-unreadable")


def test_a_body_that_is_too_large_is_refused(client, db, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10

    answer = client.generic("POST", "/api/v1/tracking", b'{"number": "1234567890"}', content_type="application/json")

    assert (answer.status_code, answer.json()["type"]) == (413, "api.body-too-large")


@pytest.mark.parametrize(("method", "address"), [("DELETE", "/api/v1/services"), ("HEAD", "/api/v1/tracking")])
def test_a_method_that_an_address_does_not_take_is_refused_naming_those_it_takes(client, db, method, address):
    answer = client.generic(method, address)

    assert answer.status_code == 405
    assert answer["Allow"] in {"GET", "POST"}
    assert answer["Content-Type"] == "application/problem+json"


def test_head_is_answered_like_get_without_content(client, world):
    whole, head = client.get("/api/v1/services"), client.head("/api/v1/services")

    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"] == whole["ETag"]


@pytest.mark.parametrize("address", ["/api/v1/nothing", "/api/v1/me", "/api/v1/me/cases/17", "/api/v1/services/"])
def test_an_address_that_does_not_exist_is_answered_with_a_problem(client, db, address):
    answer = client.get(address)

    assert (answer.status_code, answer.json()["type"]) == (404, "foundation.not-found")


def test_a_trouble_asks_to_come_again(client, db, monkeypatch):
    def silent(**_given):
        raise RegisterSilent(retry_after=7)

    monkeypatch.setattr(catalogue, "list_services", silent)

    answer = client.get("/api/v1/services")

    assert (answer.status_code, answer["Retry-After"], answer.json()["type"]) == (503, "7", "api.tests-trouble")


def test_a_defect_tells_nothing_of_what_broke(client, db, monkeypatch, caplog):
    def broken(**_given):
        raise ZeroDivisionError("inner secret")

    monkeypatch.setattr(catalogue, "list_services", broken)

    answer = client.get("/api/v1/services")

    assert (answer.status_code, answer.json()["type"]) == (500, "api.defect")
    assert "inner secret" not in answer.content.decode()
    assert "inner secret" in caplog.text
