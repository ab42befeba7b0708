"""HTTP/1.1 messages as values, and how answers are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus

from divan_gateway.bodies import BodyStream
from divan_libs.envelope.errors import RenderedRefusal
from divan_libs.envelope.headers import Header

_REASONS = {status.value: status.phrase.encode() for status in HTTPStatus}
TRUE_STATUS = b"http-status"
"""The preference (RFC 7240) with which a client asks for the HTTP status that fits a refusal."""
_WITHOUT_BODY = frozenset({204, 304})


class MessageBreach(Exception):
    """A message does not follow its description; the text says where and which rule, never what stood there."""

    code = "gateway.breach"


@dataclass(slots=True)
class Request:
    """A request as a client sent it; ``keep_alive`` says whether the connection may go on.

    ``body`` is all of it, or with ``stream`` its beginning; ``length`` is then what Content-Length told, if it did.
    ``told`` has the last value of each header by its lower-case name.
    """

    method: bytes
    target: bytes
    headers: list[Header]
    told: Mapping[bytes, bytes]
    body: bytes
    keep_alive: bool
    stream: BodyStream | None = None
    length: int | None = None
    is_http_1_0: bool = False


@dataclass(slots=True)
class Answer:
    """An answer as a provider gave it; moments are microseconds since 1970, ``sent_at`` None if nobody was asked.

    ``body`` is all of it, or with ``stream`` its beginning; ``ended_at`` is then known when the stream has ended, and
    ``give_up`` breaks it off.
    """

    status: int
    reason: bytes
    headers: list[Header]
    body: bytes
    content_length: bytes | None
    sent_at: int | None
    ended_at: int
    stream: BodyStream | None = None
    give_up: Callable[[], None] | None = None


@lru_cache(maxsize=4)
def _date(second: int) -> bytes:
    return formatdate(second, usegmt=True).encode()


def write_head(
    status: int,
    reason: bytes,
    headers: Sequence[Header],
    framing: bytes,
    *,
    second: int,
    close: bool = False,
) -> bytes:
    """Return the octets of the head of an answer, with exactly one Date; ``framing`` says how long the body is."""
    pieces = [b"HTTP/1.1 %d %b\r\n" % (status, reason or _REASONS.get(status, b""))]
    pieces += [b"%b: %b\r\n" % header for header in headers]
    if not any(len(name) == 4 and name.lower() == b"date" for name, _ in headers):
        pieces.append(b"date: %b\r\n" % _date(second))
    if close:
        pieces.append(b"connection: close\r\n")
    pieces += (framing, b"\r\n")
    return b"".join(pieces)


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
    """Return the octets of an answer, Content-Length as the body is.

    To HEAD no body goes out, and ``content_length`` (what the provider said a GET would give) is passed on. ``second``
    is the present, seconds since 1970.
    """
    framing = b""
    if to_head:
        if content_length is not None:
            framing = b"content-length: %b\r\n" % content_length
        body = b""
    elif status in _WITHOUT_BODY:
        body = b""
    else:
        framing = b"content-length: %d\r\n" % len(body)
    return write_head(status, reason, headers, framing, second=second, close=close) + body


def write_refusal(refusal: RenderedRefusal, *, second: int, to_head: bool = False, close: bool = False) -> bytes:
    """Return the octets of a refusal, with ``X-Road-Error``."""
    headers = [(b"Content-Type", refusal.content_type.encode()), (b"X-Road-Error", refusal.code.encode())]
    if refusal.retry_after is not None:
        headers.append((b"Retry-After", b"%d" % refusal.retry_after))
    if refusal.is_true_status:
        headers.append((b"Preference-Applied", TRUE_STATUS))
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


def write_request_head(
    method: bytes, target: bytes, host: bytes, headers: Sequence[Header], length: int | None
) -> bytes:
    """Return the octets of a request to a provider before its body, which is chunked if ``length`` is not known."""
    pieces = [b"%b %b HTTP/1.1\r\nhost: %b\r\n" % (method, target, host)]
    pieces += [b"%b: %b\r\n" % header for header in headers]
    pieces.append(b"transfer-encoding: chunked\r\n\r\n" if length is None else b"content-length: %d\r\n\r\n" % length)
    return b"".join(pieces)
