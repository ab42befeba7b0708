"""Answers that may be kept and asked for again by their tag."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from pydantic import BaseModel

PUBLIC_SECONDS = 60
"""How long a public answer may be used without asking: a new version of a service is seen within a minute."""

JSON = "application/json"


def public_answer(request: HttpRequest, content: bytes, *, tag: str, media_type: str = JSON) -> HttpResponse:
    """Return public content with its tag, or 304 without content when the client has it already."""
    etag = quote_etag(tag)
    answer = HttpResponse(
        content,
        content_type=media_type,
        headers={
            "ETag": etag,
            "Cache-Control": f"public, max-age={PUBLIC_SECONDS}",
            "Access-Control-Allow-Origin": "*",
        },
    )
    kept = get_conditional_response(request, etag=etag, response=answer)
    assert isinstance(kept, HttpResponse)  # noqa: S101 (a response was given, so one comes back)
    return kept


def public_value(request: HttpRequest, value: BaseModel) -> HttpResponse:
    """Return a public value as JSON; its tag is the hash of what is sent, so each language has its own."""
    content = value.model_dump_json(by_alias=True).encode()
    return public_answer(request, content, tag=hashlib.sha256(content).hexdigest()[:32])


def private_value(value: BaseModel, *, status: int = 200, tag: str = "", location: str = "") -> HttpResponse:
    """Return a value that belongs to one person: nobody on the way keeps it.

    ``tag`` names the state that was read, to be given back with a change; ``location`` is where what was made stands.
    """
    answer = HttpResponse(value.model_dump_json(by_alias=True), content_type=JSON, status=status)
    answer["Cache-Control"] = "private, no-store"
    if tag:
        answer["ETag"] = quote_etag(tag)
    if location:
        answer["Location"] = location
    return answer


def nothing_more() -> HttpResponse:
    """Return the answer to what was done and leaves nothing to tell."""
    return HttpResponse(status=204, headers={"Cache-Control": "private, no-store"})
