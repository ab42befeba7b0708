"""A request that is sent again is done once, and answered the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import RequestFactory

from divan.foundation import retention
from divan.foundation.errors import NotAllowed
from divan.foundation.http.repeating import AGAIN, KEPT_FOR, KeyReused, done_once, fingerprint_of
from divan.foundation.models import KeptAnswer

NOON = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SOMEBODY, ANOTHER = UUID(int=1), UUID(int=2)


class Deed:
    """Something that is done, and how often."""

    def __init__(self, status: int = 201) -> None:
        self.done = 0
        self.status = status

    def __call__(self) -> HttpResponse:
        self.done += 1
        return HttpResponse(f"the {self.done}. time", status=self.status, headers={"Location": "/there", "Other": "x"})


def asked(deed, *, owner=SOMEBODY, key="key-0001", fingerprint="f" * 64, now=NOON) -> HttpResponse:
    return done_once(owner=owner, key=key, fingerprint=fingerprint, now=now, deed=deed)


def test_the_same_request_is_done_once_and_answered_the_same(db):
    deed = Deed()

    first, again = asked(deed), asked(deed, now=NOON + KEPT_FOR - timedelta(seconds=1))

    assert deed.done == 1
    assert (again.status_code, again.content, again["Location"]) == (201, first.content, "/there")
    assert (again[AGAIN], AGAIN in first, "Other" in again) == ("true", False, False)


def test_a_key_that_comes_with_another_request_is_refused_and_nothing_is_done(db):
    deed = Deed()
    asked(deed)

    with pytest.raises(KeyReused):
        asked(deed, fingerprint="0" * 64)

    assert deed.done == 1


def test_keys_of_two_people_and_two_keys_of_one_are_apart(db):
    deed = Deed()

    asked(deed)
    asked(deed, owner=ANOTHER, fingerprint="0" * 64)
    asked(deed, key="key-0002")

    assert deed.done == 3


def test_a_refusal_is_not_kept_and_the_key_stays_free(db):
    def refused() -> HttpResponse:
        raise NotAllowed

    with pytest.raises(NotAllowed):
        asked(refused)
    deed = Deed(status=409)
    asked(deed, fingerprint="0" * 64)

    assert KeptAnswer.objects.count() == 0
    assert asked(Deed()).status_code == 201


def test_after_a_day_the_answer_leaves_and_the_key_is_free(db):
    deed = Deed()
    asked(deed)

    assert retention.let_go(NOON + KEPT_FOR - timedelta(seconds=1)) == 0
    assert asked(deed, now=NOON + KEPT_FOR).content == b"the 2. time"
    assert retention.let_go(NOON + 2 * KEPT_FOR) == 1
    assert KeptAnswer.objects.count() == 0


def test_what_a_request_means_is_measured_and_not_how_it_is_written():
    made = RequestFactory()

    def json_of(body: str, path: str = "/a", method: str = "POST") -> str:
        return fingerprint_of(made.generic(method, path, body, content_type="application/json"))

    def form_of(content: bytes, name: str = "a.pdf", note: str = "x") -> str:
        request = made.post("/a", {"note": note, "file": SimpleUploadedFile(name, content)})
        found = fingerprint_of(request)
        assert request.FILES["file"].read() == content
        return found

    assert json_of('{"a": 1, "b": 2}') == json_of('{"b":2,"a":1}')
    assert form_of(b"one") == form_of(b"one")
    others = [json_of('{"a": 1}'), json_of('{"a": 2}'), json_of('{"a": 1}', "/b"), json_of("{"), json_of("")]
    others += [json_of('{"a": 1}', method="PUT"), form_of(b"one"), form_of(b"two"), form_of(b"one", "b.pdf")]
    others += [form_of(b"one", note="y")]
    assert len(set(others)) == len(others)
