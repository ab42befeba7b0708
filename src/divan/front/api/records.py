"""The door through which the exchange's gateway asks for the records of this installation's own decisions.

It stands outside the interface for programs: nobody but the gateway is meant, and what it says is the protocol of a
register (``GET …/records/{subject}`` → 200 with one JSON object, or 404 with the code ``no-record``).
"""

from __future__ import annotations

import hmac

from django.http import HttpRequest, JsonResponse
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_safe

from divan.dealings.cases import queries
from divan.foundation import clock
from divan.foundation.http.access import PUBLIC, access

LONGEST_SUBJECT = 30


def door_key(data_service: str) -> str:
    """Return the secret in the address of a data service; the gateway knows it from the signed snapshot."""
    return salted_hmac("divan.exchange.records", data_service, algorithm="sha256").hexdigest()[:40]


def door_of(data_service: str) -> str:
    """Return the path below which the gateway asks for the records of a data service."""
    return f"/exchange/records/{data_service}/{door_key(data_service)}"


@access(PUBLIC)
@require_safe
def record(request: HttpRequest, body: str, name: str, key: str, subject: str) -> JsonResponse:
    """Tell what holds about a subject; the door opens to the key in the address alone.

    A message that does not come from the gateway, whose permit and evidence stand for it, is turned away with 403.
    """
    data_service = f"{body}/{name}"
    came_by_exchange = request.headers.get("X-Road-Client") and request.headers.get("X-Road-Id")
    if not came_by_exchange or not hmac.compare_digest(key.encode(), door_key(data_service).encode()):
        return _told({"code": "only-through-the-exchange"}, 403)
    found = queries.find_record(data_service, subject, clock.now()) if len(subject) <= LONGEST_SUBJECT else None
    if found is None:
        return _told({"code": "no-record"}, 404)
    return _told({**found.fields, "subject": found.subject}, 200)


def _told(content: dict[str, object], status: int) -> JsonResponse:
    return JsonResponse(content, status=status, headers={"Cache-Control": "no-store"})
