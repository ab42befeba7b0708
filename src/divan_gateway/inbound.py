"""Connections of clients: HTTP/1.1 with keep-alive and pipelining, answered in order, with limits against misuse."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from typing import Protocol, cast

import httptools

from divan_gateway.admission import PLAIN_CALLER, Caller, caller_of
from divan_gateway.wire import Request
from divan_libs.envelope import errors
from divan_libs.envelope.errors import ExchangeRefusal
from divan_libs.envelope.headers import Header

MAX_HEAD = 32 * 1024
HALF_REQUEST_SECONDS = 30.0
IDLE_SECONDS = 75.0
_LINGER_SECONDS = 1.0
_MAX_QUEUE = 8
_LARGE_HEAD = "The head of the request is too large"
_LARGE_BODY = "The body of the request is too large"


class Desk(Protocol):
    """What a connection needs of the gateway."""

    max_request: int

    async def answer(self, request: Request, caller: Caller, *, local: bool) -> bytes:
        """Return the octets of the reply to a request."""

    def refuse_malformed(self, refusal: ExchangeRefusal) -> bytes:
        """Return the octets of the last reply on a connection that did not speak HTTP."""

    def arrived(self, connection: ClientConnection) -> bool:
        """Note a new connection; tell whether there is room for it."""

    def left(self, connection: ClientConnection) -> None:
        """Note the end of a connection."""


class ClientConnection(asyncio.Protocol):
    """One connection of a client."""

    def __init__(self, desk: Desk, loop: asyncio.AbstractEventLoop) -> None:
        self._desk = desk
        self._loop = loop
        self._parser = httptools.HttpRequestParser(self)
        self._queue: deque[Request | ExchangeRefusal] = deque()
        self._serving: asyncio.Task[None] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._refusal: ExchangeRefusal | None = None
        self._deaf = False
        self._paused = False
        self._start_message()
        self.quiet_since = loop.time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Learn who is at the other end."""
        self._transport = cast("asyncio.Transport", transport)
        tls: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        self._caller = PLAIN_CALLER if tls is None else caller_of(tls)
        peer = transport.get_extra_info("peername")
        self._local = bool(peer) and peer[0] in ("127.0.0.1", "::1")
        if not self._desk.arrived(self):
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Forget what has not begun; what has begun goes on."""
        # A message under way is carried to its end: the provider may have acted on it, and the evidence must say so.
        self._deaf = True
        self._queue.clear()
        self.resume_writing()
        self._desk.left(self)

    def data_received(self, data: bytes) -> None:
        """Read requests out of the stream."""
        if self._deaf:
            return
        self.quiet_since = self._loop.time()
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # The upgrade is not taken; the request itself is answered as usual and the connection then closed.
            self._deaf = True
        except httptools.HttpParserError:
            self._give_up(self._refusal or errors.bad_request("The request is not well-formed HTTP/1.1"))
        else:
            if self._begun and self._in_head:
                self._head_octets += len(data)
                if self._head_octets > MAX_HEAD:
                    self._give_up(errors.bad_request(_LARGE_HEAD))

    def _give_up(self, refusal: ExchangeRefusal) -> None:
        self._deaf = True
        self._enqueue(refusal)

    def _start_message(self, *, begun: bool = False) -> None:
        self._begun = begun
        self._in_head = True
        self._head_octets = 0
        self._url = b""
        self._headers: list[Header] = []
        self._body: list[bytes] = []
        self._body_octets = 0

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._start_message(begun=True)

    def on_url(self, url: bytes) -> None:
        """Take a piece of the target; a long one comes in several."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        # Trailers come after the head; they belong to the hop.
        if self._in_head:
            self._headers.append((name, value.strip(b" \t")))

    def on_headers_complete(self) -> None:
        """Refuse early what cannot be carried; let a waiting client send its body."""
        self._in_head = False
        length, has_body, expects = 0, False, False
        head = len(self._url)
        for name, value in self._headers:
            head += len(name) + len(value)
            lower = name.lower()
            if lower == b"content-length":
                length, has_body = int(value), int(value) > 0
            elif lower == b"transfer-encoding":
                has_body = True
            elif lower == b"expect":
                expects = value.lower() == b"100-continue"
        if head > MAX_HEAD:
            self._refuse_in_parser(_LARGE_HEAD)
        if length > self._desk.max_request:
            self._refuse_in_parser(_LARGE_BODY)
        if has_body and self._parser.should_upgrade():
            self._refuse_in_parser("Upgrade of a request with a body is not supported")
        if self._parser.get_http_version() not in ("1.1", "1.0"):
            self._refuse_in_parser("Only HTTP/1.1 is spoken here")
        if expects and has_body and not self._queue and self._serving is None:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._body_octets += len(body)
        if self._body_octets > self._desk.max_request:
            self._refuse_in_parser(_LARGE_BODY)
        self._body.append(body)

    def _refuse_in_parser(self, message: str) -> None:
        self._refusal = errors.bad_request(message)
        raise ValueError(message)

    def on_message_complete(self) -> None:
        """Queue the whole request."""
        parser = self._parser
        request = Request(
            method=parser.get_method(),
            target=self._url,
            headers=self._headers,
            body=self._body[0] if len(self._body) == 1 else b"".join(self._body),
            keep_alive=parser.should_keep_alive() and not parser.should_upgrade(),
        )
        self._start_message()
        self._enqueue(request)

    def _enqueue(self, item: Request | ExchangeRefusal) -> None:
        self._queue.append(item)
        if self._serving is None:
            self._serving = self._loop.create_task(self._serve())
        elif len(self._queue) >= _MAX_QUEUE and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    async def _serve(self) -> None:
        try:
            while self._queue:
                item = self._queue.popleft()
                if self._paused and len(self._queue) < _MAX_QUEUE // 2:
                    self._paused = False
                    self._transport.resume_reading()
                if isinstance(item, ExchangeRefusal):
                    self._transport.write(self._desk.refuse_malformed(item))
                    self._hang_up_slowly()
                    return
                reply = await self._desk.answer(item, self._caller, local=self._local)
                if self._transport.is_closing():
                    return
                self._transport.write(reply)
                self.quiet_since = self._loop.time()
                if not item.keep_alive:
                    self._deaf = True
                    self._transport.close()
                    return
                if self._drained is not None:
                    await self._drained
            if self._deaf:
                self._transport.close()
        finally:
            self._serving = None

    def _hang_up_slowly(self) -> None:
        # Closing at once while the client still sends would reset the connection and destroy the reply on its way.
        self._loop.call_later(_LINGER_SECONDS, self._transport.close)

    def pause_writing(self) -> None:
        """Hold further replies back until the client has read."""
        self._drained = self._loop.create_future()

    def resume_writing(self) -> None:
        """Let replies go again."""
        drained, self._drained = self._drained, None
        if drained is not None and not drained.done():
            drained.set_result(None)

    def drop_if_quiet(self, now: float) -> None:
        """Close the connection if nothing happened on it for too long."""
        if self._serving is not None:
            return
        if now - self.quiet_since > (HALF_REQUEST_SECONDS if self._begun else IDLE_SECONDS):
            self._transport.abort()

    def finish(self) -> asyncio.Task[None] | None:
        """Take no more requests; return the task that still answers, if there is one, else close."""
        self._deaf = True
        if self._serving is None:
            self._transport.close()
        return self._serving
