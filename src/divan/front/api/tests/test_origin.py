"""What changes something proves that it comes from the client that signed in; and not too often."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from django.test import Client
from tests.world import SERVICE

from divan.dealings.cases import models
from divan.front.api import guesses

from .doors import citizen

BEGIN = f"/api/v1/services/{SERVICE}/applications"


def guarded(world) -> Client:
    """Return a client whose changes are checked as those of a browser are."""
    client = Client(enforce_csrf_checks=True)
    client.cookies = citizen(world).cookies
    return client


def begin(client: Client, **headers: str):
    return client.post(BEGIN, headers={"idempotency-key": str(uuid4()), **headers})


def test_a_change_without_the_token_is_refused_though_the_cookie_came_along(world):
    client = guarded(world)

    bare, wrong = begin(client), begin(client, **{"x-csrftoken": "a" * 64})

    assert [(one.status_code, one.json()["type"]) for one in (bare, wrong)] == [(403, "api.origin-refused")] * 2
    assert models.Case.objects.count() == 0


def test_the_session_tells_the_token_with_which_changes_are_taken(world):
    client = guarded(world)

    session = client.get("/api/v1/session").json()
    answer = begin(client, **{"x-csrftoken": session["csrf_token"]})

    assert (session["signed_in"], session["capacity"]) == (True, "citizen")
    assert session["name"] == world.person("villager").full_name
    assert answer.status_code == 201


def test_a_change_from_another_origin_is_refused_with_the_token_too(world):
    client = guarded(world)
    token = client.get("/api/v1/session").json()["csrf_token"]

    answer = begin(client, **{"x-csrftoken": token, "origin": "https://elsewhere.example"})

    assert (answer.status_code, answer.json()["type"]) == (403, "api.origin-refused")


def test_nobody_has_a_name_or_a_capacity(client, db):
    session = client.get("/api/v1/session").json()

    assert {**session, "csrf_token": ""} == {"signed_in": False, "capacity": None, "name": None, "csrf_token": ""}


def test_a_program_that_loops_is_stopped_and_told_until_when(world, monkeypatch):
    monkeypatch.setattr(guesses, "CHANGES", {"person": replace(guesses.CHANGES["person"], burst=3)})
    client = citizen(world)

    answers = [begin(client) for _ in range(4)]

    assert [one.status_code for one in answers] == [201, 201, 201, 429]
    assert answers[3].json()["type"] == "identity.too-many-attempts"
    assert int(answers[3]["Retry-After"]) >= 60
    assert client.get("/api/v1/me/cases").status_code == 200
