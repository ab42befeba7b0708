"""Every answer carries what browsers enforce for us."""

from __future__ import annotations

import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from divan.foundation.actors import Actor, ActorKind
from divan.foundation.errors import BodyTooLarge
from divan.foundation.files import FileSummary
from divan.foundation.http import media, middleware


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.nonce)


def test_every_answer_forbids_foreign_scripts_and_frames():
    first, second = (middleware.AnswerHeaders(answer)(RequestFactory().get("/")) for _ in range(2))

    policy = dict(part.strip().split(" ", 1) for part in first["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["script-src"] == f"'self' 'nonce-{first.content.decode()}'"
    assert (policy["frame-ancestors"], policy["object-src"], policy["base-uri"]) == ("'none'", "'none'", "'none'")
    assert "unsafe" not in first["Content-Security-Policy"]
    assert not re.search(r"https?:|\*", first["Content-Security-Policy"])
    assert first.content != second.content


@pytest.mark.parametrize(("kind", "kept"), [(ActorKind.ANONYMOUS, True), (ActorKind.CITIZEN, False)])
def test_what_somebody_signed_in_saw_is_not_kept(kind, kept):
    request = RequestFactory().get("/")
    request.actor = Actor(kind=kind)

    assert ("no-store" in middleware.AnswerHeaders(answer)(request).get("Cache-Control", "")) is not kept


def test_a_file_of_a_person_is_never_run_nor_sniffed(db):
    summary = FileSummary(uuid=None, name='نقشه "1".pdf', media_type="application/pdf", size=1, sha256="0" * 64)

    given = media.file_answer(summary, b"x")

    assert given["Content-Disposition"].startswith('attachment; filename="file"')
    assert '"1"' not in given["Content-Disposition"]
    assert given["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert given["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("announced", [str(middleware.BodyLimit.LIMIT + 1), "many"])
def test_a_body_that_is_announced_too_large_is_refused_unread(announced, monkeypatch):
    said = []
    monkeypatch.setattr(middleware, "refused", lambda _request, refusal: said.append(refusal) or HttpResponse())
    request = RequestFactory().post("/", data=b"", content_type="text/plain")
    request.META["CONTENT_LENGTH"] = announced

    middleware.BodyLimit(answer)(request)

    assert [type(refusal) for refusal in said] == [BodyTooLarge]
