"""The door for programs that bodies keep: signed calls with letters and receipts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt

from divan.dealings.correspondence.adapters.connections import Product, read_connections
from divan.dealings.correspondence.adapters.webhooks import is_signed
from divan.dealings.correspondence.api.speaking import body_of, read_json, spoken, take_letter, take_receipt
from divan.dealings.correspondence.apps import options
from divan.dealings.correspondence.values import Channel, Peer, PeerUnknown
from divan.foundation import clock
from divan.foundation.http.access import PUBLIC, access


def _known(request: HttpRequest, name: str, body: bytes) -> Product:
    product = read_connections(options().connections).products.get(name)
    # An unknown name and a wrong signature are not told apart.
    if product is None or not product.secret:
        raise PeerUnknown
    signed = is_signed(
        product.secret, request.headers, method=request.method or "", path=request.path, body=body, now=clock.now()
    )
    if not signed:
        raise PeerUnknown
    return product


@csrf_exempt
@access(PUBLIC)
@spoken
def letter(request: HttpRequest, product: str) -> HttpResponse:
    """Take a letter of a product in; the answer is the receipt."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    body = body_of(request)
    known = _known(request, product, body)
    sent = read_json(body)
    key = sent.get("key")
    peer = Peer(channel=Channel.FOLDER, name=known.name)
    return take_letter(peer, key if isinstance(key, str) else "", body, secretariat=known.secretariat)


@csrf_exempt
@access(PUBLIC)
@spoken
def receipt(request: HttpRequest, product: str) -> HttpResponse:
    """Note what a product says of a letter that was sent to it."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    body = body_of(request)
    known = _known(request, product, body)
    sent = read_json(body)
    return take_receipt(Peer(channel=Channel.FOLDER, name=known.name), str(sent.get("key", "")), sent)
