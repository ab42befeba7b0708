"""Signed calls between this house and a product of a body, both ways alike.

``X-Divan-Timestamp`` is the second at which it was signed; ``X-Divan-Signature`` is ``v1=`` and the hex HMAC-SHA256,
under the shared secret, over timestamp, method, path and body with a line feed between them. Older than five minutes is
no longer taken; within these the key of the letter makes a call sent again harmless.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from divan.dealings.correspondence.adapters.connections import Product

TIMESTAMP = "X-Divan-Timestamp"
SIGNATURE = "X-Divan-Signature"
LIFETIME_SECONDS = 300
TIMEOUT = 30.0
LONGEST_ANSWER = 64 * 1024

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a product answered; ``status`` is 0 when it said nothing that can be trusted to be its word."""

    status: int
    body: bytes = b""


def signature(secret: bytes, *, timestamp: str, method: str, path: str, body: bytes) -> str:
    """Return the signature of a call."""
    signed = b"\n".join((timestamp.encode(), method.encode(), path.encode(), body))
    return "v1=" + hmac.new(secret, signed, hashlib.sha256).hexdigest()


def is_signed(secret: bytes, headers: Mapping[str, str], *, method: str, path: str, body: bytes, now: datetime) -> bool:
    """Tell whether a call was signed under the secret within the last minutes."""
    timestamp = headers.get(TIMESTAMP, "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(now.timestamp() - int(timestamp)) > LIFETIME_SECONDS:
        return False
    wanted = signature(secret, timestamp=timestamp, method=method, path=path, body=body)
    return hmac.compare_digest(wanted.encode(), headers.get(SIGNATURE, "").encode("utf-8", "replace"))


def call(product: Product, path: str, body: bytes, *, now: datetime) -> Answer:
    """Send a call to a product and return its answer; nothing is followed to another address."""
    address = f"{product.url.rstrip('/')}/{path}"
    timestamp = str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json",
        TIMESTAMP: timestamp,
        SIGNATURE: signature(
            product.secret, timestamp=timestamp, method="POST", path=urlsplit(address).path, body=body
        ),
    }
    try:
        with (
            httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", address, content=body, headers=headers) as answer,
        ):
            told = bytearray()
            for piece in answer.iter_bytes():
                told += piece
                if len(told) > LONGEST_ANSWER:
                    return Answer(status=0)
    except httpx.HTTPError as error:
        logger.warning("product %s gave no answer: %s", product.name, type(error).__name__)
        return Answer(status=0)
    return Answer(status=answer.status_code, body=bytes(told))
