"""Requests that a program may send again: done once, answered the same as often as they come.

A program that heard no answer cannot know whether the deed was done. It sends the same request under the same
``Idempotency-Key`` again. The answer is kept in the transaction of the deed: cut anywhere, both stand or neither. A
refusal changes nothing and is not kept, so the key stays free for a request put right.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from divan.foundation import locks
from divan.foundation.errors import Refusal
from divan.foundation.faults import power_may_fail
from divan.foundation.models import KeptAnswer

KEPT_FOR = timedelta(hours=24)
KEPT_HEADERS = ("Content-Type", "Content-Language", "Location", "ETag", "Cache-Control")
AGAIN = "Idempotent-Replayed"
"""The header that tells an answer given again from the first one."""


class KeyReused(Refusal):
    """The key came with another request before; one key stands for one request."""

    code = "foundation.key-reused"
    status = 422


def done_once(
    *, owner: UUID, key: str, fingerprint: str, now: datetime, deed: Callable[[], HttpResponse]
) -> HttpResponse:
    """Do something in one transaction and keep its answer, or give the answer that was kept for this owner and key.

    Of two requests that come at once the second waits for the first. ``deed`` asks nobody outside.

    :raises KeyReused: if the key was used for a request with another fingerprint.
    """
    with transaction.atomic():
        # No row stands yet that two requests at once could meet at.
        locks.hold(f"foundation.answer.{owner}.{key}")
        kept = find_kept(owner=owner, key=key, fingerprint=fingerprint, now=now)
        if kept is not None:
            return kept
        answer = deed()
        if 200 <= answer.status_code < 300:
            _keep(answer, owner=owner, key=key, fingerprint=fingerprint, now=now)
        power_may_fail("answer.before-commit")
    power_may_fail("answer.after-commit")
    return answer


def find_kept(*, owner: UUID, key: str, fingerprint: str, now: datetime) -> HttpResponse | None:
    """Return the answer that was kept for this owner and key, or None.

    :raises KeyReused: if the key was used for a request with another fingerprint.
    """
    kept = KeptAnswer.objects.filter(owner=owner, key=key, given_at__gt=now - KEPT_FOR).first()
    if kept is None:
        return None
    if kept.fingerprint != fingerprint:
        raise KeyReused
    return HttpResponse(bytes(kept.content), status=kept.status, headers={**kept.headers, AGAIN: "true"})


def _keep(answer: HttpResponse, *, owner: UUID, key: str, fingerprint: str, now: datetime) -> None:
    KeptAnswer.objects.update_or_create(
        owner=owner,
        key=key,
        defaults={
            "fingerprint": fingerprint,
            "status": answer.status_code,
            "headers": {name: answer[name] for name in KEPT_HEADERS if name in answer},
            "content": answer.content,
            "given_at": now,
        },
    )


def fingerprint_of(request: HttpRequest) -> str:
    """Return the SHA-256 of what a request asks: method, path, and its body as it is meant.

    The order of members in JSON and the boundaries of a form differ from one sending to the next and do not count.
    """
    measured = hashlib.sha256()
    for part in (str(request.method), request.path, *_meant(request)):
        measured.update(hashlib.sha256(part.encode(errors="surrogatepass")).digest())
    return measured.hexdigest()


def _meant(request: HttpRequest) -> Iterator[str]:
    if request.content_type == "multipart/form-data":
        for name, values in sorted(request.POST.lists()):
            yield from (name, *values)
        for name, uploads in sorted(request.FILES.lists()):
            for upload in uploads:
                yield from (name, str(upload.name), _measured(upload))
        return
    try:
        yield json.dumps(json.loads(request.body), sort_keys=True)
    except ValueError:
        yield request.body.hex()


def _measured(upload: object) -> str:
    measured = hashlib.sha256()
    for piece in upload.chunks():  # type: ignore[attr-defined]  # an uploaded file, as Django gives them
        measured.update(piece)
    upload.seek(0)  # type: ignore[attr-defined]  # as above
    return measured.hexdigest()


def forget_kept(now: datetime) -> int:
    """Remove the answers that are kept no longer; return how many."""
    return KeptAnswer.objects.filter(given_at__lte=now - KEPT_FOR).delete()[0]
