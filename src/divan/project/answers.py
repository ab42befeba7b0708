"""Answers to what no view dealt with."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from divan.foundation.errors import NotAllowed, NotFound, Refusal
from divan.foundation.http.middleware import refused


class Defect(Refusal):
    """Something broke on our side; the log says what."""

    code = "project.defect"
    status = 500


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 (Django's signature)
    """Say that there is no such page."""
    return refused(request, NotFound())


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 (Django's signature)
    """Say that this is not allowed."""
    return refused(request, NotAllowed())


def defect(request: HttpRequest) -> HttpResponse:
    """Say that something broke, without saying what."""
    return refused(request, Defect())
