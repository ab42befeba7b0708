"""The description for programs and its page for people."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from divan.front.api.description import description, written
from divan.front.api.urls import api_urls

REPOSITORY = Path(__file__).resolve().parents[5]
KEPT = REPOSITORY / "docs" / "reference" / "openapi.json"


def house(environ, start):
    """Answer as the house does; its handler is made only when the settings are those of the test."""
    return WSGIHandler()(environ, start)


schema = schemathesis.openapi.from_dict(description())
schema.app = house


def test_the_kept_description_says_what_the_code_says():
    # A change here changes what others have built upon; `make docs` writes the file anew.
    assert KEPT.read_text(encoding="utf-8") == written()


def test_the_description_is_openapi_3_1():
    assert description()["openapi"].startswith("3.1.")


def test_every_address_of_the_interface_is_described():
    own = {"api-root", "docs", "openapi", "nothing-here"}
    operations = [
        "/api/v1/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern.pattern))
        for pattern in api_urls[0]
        if pattern.name not in own
    ]

    assert sorted(operations) == sorted(description()["paths"])


def test_no_shape_holds_the_identifier_of_a_row():
    shapes = description()["components"]["schemas"]

    assert [name for name, shape in shapes.items() if {"id", "pk"} & set(shape.get("properties", {}))] == []


@pytest.mark.parametrize(("language", "heading"), [("en", "The interface for machines"), ("fa", None)])
def test_the_page_shows_every_address_and_shape_without_anything_from_elsewhere(db, language, heading):
    client = Client()
    client.cookies["divan_language"] = language

    page = client.get("/api/v1/docs")

    text = page.content.decode()
    assert page.status_code == 200
    assert heading is None or f"<h1>{heading}</h1>" in text
    for address, methods in description()["paths"].items():
        for method in methods:
            assert f"{method.upper()} {address}" in text
    assert all(f"<summary>{name}</summary>" in text for name in description()["components"]["schemas"])
    assert re.findall(r"(?:src|href)=\"(?:https?:)?//", text) == []


def test_the_root_leads_to_the_page(client, db):
    answer = client.get("/api/v1/")

    assert (answer.status_code, answer["Location"]) == (302, "/api/v1/docs")


@pytest.fixture
def kept_connection():
    """Keep the connection of the test's transaction when a request begins or ends."""
    ends = (request_started, request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    yield
    for end in ends:
        end.connect(close_old_connections)


@pytest.mark.usefixtures("world", "kept_connection")
@schema.parametrize()
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_whatever_is_sent_is_answered_as_described(case):
    # A well-formed value may still name what does not exist, which only the house knows.
    case.call_and_validate(excluded_checks=[positive_data_acceptance])


@pytest.mark.parametrize("path", ["nothing%0Ahere", "nothing%0A", "cases%0A", "%0D%0A%00", "cases/%0A/"])
def test_an_address_with_a_newline_in_it_is_answered_like_any_other_that_leads_nowhere(client, db, path):
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == client.get("/api/v1/nothing-here").json()
