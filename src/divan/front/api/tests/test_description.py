"""The description for programs and its page for people."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from hypothesis import HealthCheck, settings

from divan.front.api.description import description, written
from divan.front.api.urls import api_urls

REPOSITORY = Path(__file__).resolve().parents[5]
KEPT = REPOSITORY / "docs" / "reference" / "openapi.json"

schema = schemathesis.openapi.from_dict(description())
schema.app = lambda environ, start: WSGIHandler()(environ, start)


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


@pytest.mark.usefixtures("world")
@schema.parametrize()
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_whatever_is_sent_is_answered_as_described(case):
    case.call_and_validate()
