"""Middleware: the actor of a request, the door, the answer to a refusal, and the headers of every answer."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from divan.foundation.actors import ANONYMOUS, Actor, ActorKind
from divan.foundation.errors import BodyTooLarge, NotAllowed, Refusal, Trouble
from divan.foundation.http.access import declared_access

logger = logging.getLogger(__name__)
Answer = Callable[[HttpRequest], HttpResponse]


def actor_of(request: HttpRequest) -> Actor:
    """Return who sends a request; the identity middleware has put it there, else it is nobody known."""
    actor = getattr(request, "actor", ANONYMOUS)
    return actor if isinstance(actor, Actor) else ANONYMOUS


class Door:
    """Admit a request to its view only if the view says that this actor may enter."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; the check happens when the view is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: tuple[Any, ...], _kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Refuse, or send to the sign-in page, unless the route admits the actor.

        A view for programs turns away in its own words: by its attribute ``refuse``, a function of request and actor.
        """
        who = declared_access(view)
        actor = actor_of(request)
        if who is not None and who.admits(actor):
            if who.own:
                request.actor = actor.for_oneself()  # type: ignore[attr-defined]  # read by actor_of
            return None
        refuse: Callable[[HttpRequest, Actor], HttpResponse] | None = getattr(view, "refuse", None)
        if who is None:
            logger.error("route declares no access: %s", request.path)
        elif refuse is not None:
            return refuse(request, actor)
        elif actor.kind is ActorKind.ANONYMOUS and who.sign_in:
            return HttpResponseRedirect(reverse(who.sign_in) + "?" + urlencode({"next": request.get_full_path()}))
        return refused(request, NotAllowed())


class Refusals:
    """Turn a refusal or trouble that a view did not deal with into its page."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a refusal with its status, a trouble with 503 and Retry-After; leave defects to Django."""
        if isinstance(error, Refusal):
            return refused(request, error)
        if isinstance(error, Trouble):
            logger.warning("trouble %s at %s", error.code, request.path)
            response = render(request, "ui/refused.html", {"refusal": error}, status=503)
            response["Retry-After"] = str(error.retry_after)
            return response
        return None


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Return the page that tells a person what was refused and what can be done."""
    return render(request, "ui/refused.html", {"refusal": refusal}, status=refusal.status)


class BodyLimit:
    """Refuse a request whose body is announced larger than anything that is taken here, before it is read."""

    LIMIT = 25 * 1024 * 1024

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 413 and leave the body unread, or pass the request on."""
        announced = str(request.META.get("CONTENT_LENGTH") or "0")
        if not announced.isdigit() or int(announced) > self.LIMIT:
            return refused(request, BodyTooLarge(limit=self.LIMIT))
        return self.get_response(request)


class AnswerHeaders:
    """Give each answer the headers that browsers enforce: a content policy with a nonce, no framing, no sniffing."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with a content policy that allows only our own files and this answer's nonce."""
        nonce = secrets.token_urlsafe(16)
        request.nonce = nonce  # type: ignore[attr-defined]  # read by templates
        response = self.get_response(request)
        response.setdefault(
            "Content-Security-Policy",
            f"default-src 'self'; img-src 'self' data:; style-src 'self' 'nonce-{nonce}'; "
            f"script-src 'self' 'nonce-{nonce}'; "
            "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        )
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if actor_of(request).kind is not ActorKind.ANONYMOUS:
            response.setdefault("Cache-Control", "no-store")
        return response
