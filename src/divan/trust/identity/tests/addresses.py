"""The addresses of identity alone, with a page of each kind that may be entered or not."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path

from divan.foundation.http.access import CITIZEN, PUBLIC, STAFF, access
from divan.trust.identity.urls import credential_patterns
from divan.trust.identity.values import ActingAs


@access(PUBLIC)
def anyone(request: HttpRequest) -> HttpResponse:
    """Tell who acts."""
    acting: ActingAs = getattr(request, "acting")  # noqa: B009 (requests carry what middleware puts there)
    return JsonResponse(
        {
            **acting.actor.as_data(),
            "duties": sorted(acting.actor.duties),
            "name": acting.name,
            "posts": [str(holding.post.uuid) for holding in acting.holdings],
            "enrolling": acting.enrolling,
        }
    )


@access(CITIZEN)
def of_citizens(request: HttpRequest) -> HttpResponse:
    """Open to citizens."""
    return HttpResponse("citizen")


@access(STAFF)
def of_staff(request: HttpRequest) -> HttpResponse:
    """Open to staff."""
    return HttpResponse("staff")


urlpatterns = [
    path("", include("divan.trust.identity.urls")),
    path("", include(credential_patterns)),
    path("who/", anyone),
    path("cases/", of_citizens),
    path("office/", of_staff),
]
