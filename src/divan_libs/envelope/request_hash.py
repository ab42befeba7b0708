"""The hash that binds an answer to its question (X-Road for REST, section 4.3, header ``X-Road-Request-Hash``)."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable

from divan_libs.envelope.headers import Header


def request_message(verb: bytes, target: bytes, headers: Iterable[Header]) -> bytes:
    """Return the octets of a request without its body: verb, raw target, ``Name:Value`` lines, each closed by CRLF."""
    return b"".join((verb, b"\r\n", target, b"\r\n", *(b"%b:%b\r\n" % header for header in headers)))


def response_message(status: int, reason: bytes, headers: Iterable[Header]) -> bytes:
    """Return the octets of an answer without its body: status, reason, ``Name:Value`` lines, each closed by CRLF."""
    return b"".join((b"%d\r\n" % status, reason, b"\r\n", *(b"%b:%b\r\n" % header for header in headers)))


def message_hash(message: bytes, body: bytes) -> str:
    """Return base64 of SHA-512 over the message, or over both digests (message, body) when there is a body.

    A body of no octets counts as no body.
    """
    digest = hashlib.sha512(message).digest()
    if body:
        digest = hashlib.sha512(digest + hashlib.sha512(body).digest()).digest()
    return b64encode(digest).decode("ascii")
