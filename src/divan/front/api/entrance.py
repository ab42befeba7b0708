"""How a request enters the interface: its language, who may come in, and a JSON answer whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal, cast

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from django.utils import translation
from django.utils.cache import patch_vary_headers
from ninja.utils import check_csrf

from divan.foundation.actors import Actor, ActorKind
from divan.foundation.errors import NotAllowed
from divan.foundation.http.access import PUBLIC, Access, declared_access
from divan.front.api import guesses
from divan.front.api.problems import problem_answer
from divan.front.api.values import MethodNotAllowed, OriginRefused, SignInNeeded
from divan.trust.identity.values import TooManyAttempts

View = Callable[..., HttpResponseBase]
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def language_of(request: HttpRequest) -> str:
    """Return the language of an answer: ``language`` of the query, else what the client accepts, else Persian.

    Programs have no button to choose a language with; people on the pages are never guessed at.
    """
    asked = request.GET.get("language", "")
    return asked if asked in {"fa", "en"} else translation.get_language_from_request(request)


def spoken() -> Literal["fa", "en"]:
    """Return the language in which the request at hand is answered."""
    return cast("Literal['fa', 'en']", translation.get_language() or "fa")


def guarded(view: View, who: Access) -> View:
    """Return a view that answers in the request's language and refuses with problem details, never with a page."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with translation.override(language_of(request)):
            response = _stopped(request, who) or _answered(view, request, *args, **kwargs)
            if isinstance(response, HttpResponseNotAllowed):
                allowed = response["Allow"]
                response = problem_answer(MethodNotAllowed())
                response["Allow"] = allowed
            return _in_language(response)

    answer.access = who  # type: ignore[attr-defined]  # what the door reads
    answer.refuse = refuse  # type: ignore[attr-defined]  # as above
    return answer


def _stopped(request: HttpRequest, who: Access) -> HttpResponse | None:
    """Return the refusal of a change that does not prove its origin, or is one of too many; None where it may go on.

    A session's cookie comes along with requests that another site has a browser send; the token does not.
    """
    if request.method in SAFE or who is PUBLIC:
        return None
    if check_csrf(request) is not None:
        return problem_answer(OriginRefused())
    try:
        guesses.count_change(request)
    except TooManyAttempts as refusal:
        return problem_answer(refusal)
    return None


def _answered(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    if request.method != "HEAD":
        return view(request, *args, **kwargs)
    # As for GET (RFC 9110, 9.3.2); the server leaves the content out.
    request.method = "GET"
    try:
        return view(request, *args, **kwargs)
    finally:
        request.method = "HEAD"


def refuse(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Turn away who may not enter: 401 to whom signing in would help, else 403."""
    with translation.override(language_of(request)):
        answer = problem_answer(SignInNeeded() if actor.kind is ActorKind.ANONYMOUS else NotAllowed())
        _in_language(answer)
        return answer


def _in_language(response: HttpResponseBase) -> HttpResponseBase:
    # An answer that was kept for a request sent again is in the language of the first one.
    response.setdefault("Content-Language", spoken())
    patch_vary_headers(response, ["Accept-Language"])
    return response


def guard(pattern: URLPattern) -> None:
    """Put the guard before an operation's address; its door is the one that the operation declares.

    :raises ValueError: when the operations of an address declare none, or different ones.
    """
    path_view = pattern.callback
    found = {declared_access(operation.view_func) for operation in _operations(path_view)}
    who = found.pop() if len(found) == 1 else None
    if who is None:
        raise ValueError(f"{pattern.pattern} does not say who may enter")
    pattern.callback = guarded(path_view, who)


def _operations(view: Any) -> list[Any]:
    # A path of django-ninja is a closure over the object that holds its operations.
    cells = getattr(view, "__closure__", None) or ()
    return [operation for cell in cells for operation in getattr(cell.cell_contents, "operations", ())]
