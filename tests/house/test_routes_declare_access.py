"""Every route says who may enter, and the door keeps to it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver, path
from ninja import NinjaAPI

from divan.foundation.actors import ANONYMOUS, Actor, ActorKind
from divan.foundation.http import middleware
from divan.foundation.http.access import CITIZEN, PUBLIC, STAFF, Access, access, holding

from .reference_program import routes

PERSON, POST = UUID(int=1), UUID(int=2)
VISITORS = {
    "anonymous": ANONYMOUS,
    "citizen": Actor(kind=ActorKind.CITIZEN, uuid=PERSON),
    "staff without the post": Actor(kind=ActorKind.STAFF, uuid=PERSON, post=POST),
    "staff with the post": Actor(kind=ActorKind.STAFF, uuid=PERSON, post=POST, duties=frozenset({"ict-expert"})),
}


def test_every_route_declares_who_may_enter():
    silent = [f"/{route} ({name})" for route, name, who in routes(get_resolver().url_patterns) if "UNDECLARED" in who]

    assert silent == []


def test_a_silent_route_and_a_silent_operation_are_found():
    api = NinjaAPI(openapi_url=None, urls_namespace="house-test")

    @api.get("/said")
    @access(PUBLIC)
    def said(request): ...

    @api.get("/silent")
    def silent(request): ...

    def page(request): ...

    @access(CITIZEN)
    def mine(request): ...

    patterns = [path("page", page), path("mine", mine), path("api/", api.urls)]

    assert [(route, who) for route, _, who in routes(patterns)] == [
        ("page", "UNDECLARED"),
        ("mine", "citizen"),
        ("api/said", "public"),
        ("api/silent", "UNDECLARED"),
        ("api/", "nobody"),
    ]


@dataclass
class Row:
    """Who may enter where: one row of the table below."""

    who: Access | None
    admitted: tuple[str, ...]


TABLE = (
    Row(PUBLIC, ("anonymous", "citizen", "staff without the post", "staff with the post")),
    Row(CITIZEN, ("citizen",)),
    Row(STAFF, ("staff without the post", "staff with the post")),
    Row(holding("ict-expert", "ict-director"), ("staff with the post",)),
    Row(None, ()),
)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.who.name if row.who else "undeclared")
@pytest.mark.parametrize("visitor", VISITORS)
def test_the_door_admits_whom_the_route_names_and_nobody_else(monkeypatch, row, visitor):
    monkeypatch.setattr(middleware, "refused", lambda _request, refusal: HttpResponse(status=refusal.status))
    monkeypatch.setattr(middleware, "reverse", lambda name: f"/{name}")
    request = HttpRequest()
    request.actor = VISITORS[visitor]  # type: ignore[attr-defined]  # the identity middleware puts it there

    def view(_request): ...

    if row.who is not None:
        view = access(row.who)(view)

    answer = middleware.Door(lambda _request: HttpResponse()).process_view(request, view, (), {})

    assert (answer is None) == (visitor in row.admitted)
    if answer is not None:
        to_sign_in = visitor == "anonymous" and row.who is not None
        assert answer.status_code == (302 if to_sign_in else 403)
