"""Middleware: who acts in a request."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from divan.foundation import clock
from divan.foundation.actors import ANONYMOUS
from divan.trust.identity import models, queries
from divan.trust.identity.values import ActingAs
from divan.trust.identity.views import sessions

NOBODY = ActingAs(actor=ANONYMOUS)


class ActingPerson:
    """Put the actor of each request on it: ``request.actor``, and ``request.acting`` with name, post and other posts.

    Posts are read anew for every request: who lost a post acts in it no longer, whatever the session says.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Find out who acts, and pass the request on."""
        refresh(request)
        return self.get_response(request)


def refresh(request: HttpRequest) -> ActingAs:
    """Find out anew who acts in a request, after its session has changed."""
    acting = _acting(request)
    request.acting = acting  # type: ignore[attr-defined]  # read by templates and faces
    request.actor = acting.actor  # type: ignore[attr-defined]  # read by actor_of
    return acting


def _acting(request: HttpRequest) -> ActingAs:
    account = request.user
    if not isinstance(account, models.Account):
        return NOBODY
    try:
        post = UUID(str(request.session.get(sessions.POST, "")))
    except ValueError:
        post = None
    return queries.acting_as(account, post=post, has_passed=sessions.has_passed(request, account), at=clock.now())
