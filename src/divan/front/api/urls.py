"""The addresses of the interface; whatever lies below them is answered with JSON."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt

from divan.foundation.http.access import PUBLIC
from divan.front.api import views
from divan.front.api.description import api
from divan.front.api.entrance import guard, guarded


def _operations() -> list[URLPattern]:
    # Of the framework's own addresses only the root is there; ours stands in its place. An address with several methods
    # is told once for each, under the one name that all of them bear.
    told = {str(pattern.pattern): pattern for pattern in api.urls[0] if isinstance(pattern, URLPattern)}
    patterns = [pattern for pattern in told.values() if pattern.name != "api-root"]
    for pattern in patterns:
        guard(pattern)
    return patterns


api_urls = (
    [
        path("", views.root, name="api-root"),
        path("docs", views.docs, name="docs"),
        path("openapi.json", views.openapi, name="openapi"),
        *_operations(),
        re_path(r"^[\s\S]*$", csrf_exempt(guarded(views.nothing_here, PUBLIC)), name="nothing-here"),
    ],
    "api",
    "api",
)
