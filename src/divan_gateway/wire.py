"""HTTP/1.1 messages as values, and how answers are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus

from divan_libs.envelope.errors import RenderedRefusal
from divan_libs.envelope.headers import Header

_REASONS = {status.value: status.phrase.encode() for status in HTTPStatus}
_WITHOUT_BODY = frozenset({204, 304})


@dataclass(slots=True)
class Request:
    """A whole request as a client sent it; ``keep_alive`` says whether the connection may go on."""

    method: bytes
    target: bytes
    headers: list[Header]
    body: bytes
    keep_alive: bool


@dataclass(slots=True)
class Answer:
    """A whole answer as a provider gave it; moments are microseconds since 1970."""

    status: int
    reason: bytes
    headers: list[Header]
    body: bytes
    content_length: bytes | None
    sent_at: int
    ended_at: int


@lru_cache(maxsize=4)
def _date(second: int) -> bytes:
    return formatdate(second, usegmt=True).encode()


def write_answer(
    status: int,
    reason: bytes,
    headers: Sequence[Header],
    body: bytes,
    *,
    second: int,
    to_head: bool = False,
    content_length: bytes | None = None,
    close: bool = False,
) -> bytes:
    """Return the octets of an answer: exactly one Date, Content-Length as the body is.

    To HEAD no body goes out, and ``content_length`` (what the provider said a GET would give) is passed on. ``second``
    is the present, seconds since 1970.
    """
    pieces = [b"HTTP/1.1 %d %b\r\n" % (status, reason or _REASONS.get(status, b""))]
    pieces += [b"%b: %b\r\n" % header for header in headers]
    if not any(name.lower() == b"date" for name, _ in headers):
        pieces.append(b"date: %b\r\n" % _date(second))
    if close:
        pieces.append(b"connection: close\r\n")
    if to_head:
        if content_length is not None:
            pieces.append(b"content-length: %b\r\n" % content_length)
        body = b""
    elif status in _WITHOUT_BODY:
        body = b""
    else:
        pieces.append(b"content-length: %d\r\n" % len(body))
    pieces += (b"\r\n", body)
    return b"".join(pieces)


def write_refusal(refusal: RenderedRefusal, *, second: int, to_head: bool = False, close: bool = False) -> bytes:
    """Return the octets of a refusal, with ``X-Road-Error``."""
    headers = [(b"Content-Type", refusal.content_type.encode()), (b"X-Road-Error", refusal.code.encode())]
    length = b"%d" % len(refusal.body)
    return write_answer(
        refusal.status, b"", headers, refusal.body, second=second, to_head=to_head, content_length=length, close=close
    )


def write_request(method: bytes, target: bytes, host: bytes, headers: Sequence[Header], body: bytes) -> bytes:
    """Return the octets of a request to a provider; a body, and a method that usually has one, gets Content-Length."""
    pieces = [b"%b %b HTTP/1.1\r\nhost: %b\r\n" % (method, target, host)]
    pieces += [b"%b: %b\r\n" % header for header in headers]
    if body or method in (b"POST", b"PUT", b"PATCH"):
        pieces.append(b"content-length: %d\r\n" % len(body))
    pieces += (b"\r\n", body)
    return b"".join(pieces)
