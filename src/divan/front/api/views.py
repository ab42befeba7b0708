"""The description of the interface for people and for programs, and the answer where there is nothing."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from divan.foundation.errors import NotFound
from divan.foundation.http.access import PUBLIC, access
from divan.foundation.ui.frame import Link
from divan.front.api.caching import public_answer
from divan.front.api.description import description, written
from divan.front.api.problems import problem_answer
from divan.front.api.reading import operations_of, shapes_of


@access(PUBLIC)
@require_safe
def root(_request: HttpRequest) -> HttpResponse:
    """Lead to the description."""
    return HttpResponseRedirect(reverse("api:docs"))


@access(PUBLIC)
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Give the description for programs (OpenAPI 3.1)."""
    content = written().encode()
    return public_answer(request, content, tag=hashlib.sha256(content).hexdigest()[:32])


@access(PUBLIC)
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show the description to people: each address with what it takes and gives, and every shape."""
    found = description()
    context = {
        "operations": operations_of(found),
        "shapes": shapes_of(found),
        "version": found["info"]["version"],
        "trail": [Link("/", _("First page")), Link(reverse("portal:about"), _("About Divan"))],
    }
    return render(request, "api/docs.html", context)


def nothing_here(_request: HttpRequest) -> HttpResponse:
    """Say that there is no such address."""
    return problem_answer(NotFound())
