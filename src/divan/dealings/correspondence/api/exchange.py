"""The door by which letters, their parts and receipts come through the exchange's gateway.

The data service ``letters`` of a subsystem is ``PUT /letters/{key}`` (the envelope), ``PUT
/letters/{key}/parts/{sha256}/{number}`` (a file larger than one message, before its letter), ``GET /letters/{key}``
(how it stands here) and ``PUT /receipts/{key}`` (how a letter of ours stands there). The secret in the address is known
to the gateway alone, whose word on who calls is taken.
"""

from __future__ import annotations

import base64
import binascii
import hmac

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.crypto import salted_hmac
from django.views.decorators.csrf import csrf_exempt

from divan.dealings.correspondence.adapters import parts
from divan.dealings.correspondence.adapters.answers import said_of
from divan.dealings.correspondence.api.speaking import (
    body_of,
    read_json,
    spoken,
    stands,
    take_letter,
    take_receipt,
    told,
)
from divan.dealings.correspondence.apps import options
from divan.dealings.correspondence.values import Channel, ParcelUnfit, Peer, PeerUnknown, Standing
from divan.foundation import clock
from divan.foundation.http.access import PUBLIC, access


def door_key() -> str:
    """Return the secret in the address of the door; the gateway knows it from the signed snapshot."""
    return salted_hmac("divan.exchange.letters", "letters", algorithm="sha256").hexdigest()[:40]


def door_path() -> str:
    """Return the path below which the gateway calls."""
    return f"/exchange/letters/{door_key()}"


def _peer(request: HttpRequest, key: str) -> Peer:
    client = request.headers.get("X-Road-Client", "")
    if not (client and request.headers.get("X-Road-Id")) or not hmac.compare_digest(key.encode(), door_key().encode()):
        raise PeerUnknown
    return Peer(channel=Channel.EXCHANGE, name=client[:110])


@csrf_exempt
@access(PUBLIC)
@spoken
def letter(request: HttpRequest, door: str, key: str) -> HttpResponse:
    """Take a letter in, or tell how it stands."""
    peer = _peer(request, door)
    if request.method == "PUT":
        return take_letter(peer, key, body_of(request))
    return stands(peer, key) if request.method == "GET" else HttpResponseNotAllowed(["GET", "PUT"])


@csrf_exempt
@access(PUBLIC)
@spoken
def part(request: HttpRequest, door: str, key: str, sha256: str, number: int) -> HttpResponse:
    """Keep a part of a file until its letter comes."""
    peer = _peer(request, door)
    if request.method != "PUT":
        return HttpResponseNotAllowed(["PUT"])
    content = read_json(body_of(request)).get("content")
    try:
        octets = base64.b64decode(content if isinstance(content, str) else "", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ParcelUnfit(place="content", reason="base64") from error
    parts.put_part(options().parts, f"{peer.name}:{key}", sha256, number, octets)
    return told(said_of(Standing(state="delivered", at=clock.now())))


@csrf_exempt
@access(PUBLIC)
@spoken
def receipt(request: HttpRequest, door: str, key: str) -> HttpResponse:
    """Note how a letter of ours stands at the other side."""
    peer = _peer(request, door)
    if request.method != "PUT":
        return HttpResponseNotAllowed(["PUT"])
    return take_receipt(peer, key, read_json(body_of(request)))
