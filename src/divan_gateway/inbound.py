"""Connections of clients: HTTP/1.1 with keep-alive and pipelining, answered in order, with limits against misuse."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol, cast

import httptools

from divan_gateway.admission import PLAIN_CALLER, Caller, caller_of
from divan_gateway.bodies import HELD_IN_MEMORY, BodyBroken, BodyStream
from divan_gateway.request_heads import LARGE_BODY, LARGE_HEAD, MAX_HEAD, NO_BODY, BadHead, Head, read_framing
from divan_gateway.settings import Limits
from divan_gateway.wire import Request
from divan_libs.envelope import errors
from divan_libs.envelope.errors import ExchangeRefusal

logger = logging.getLogger(__name__)

_LINGER_SECONDS = 2.0
_MAX_QUEUE = 8


class ReplyBroken(Exception):
    """A reply that began cannot come to its end: the connection must break, or the client takes it for whole."""

    code = "gateway.reply-broken"


class Desk(Protocol):
    """What a connection needs of the gateway."""

    limits: Limits

    async def answer(
        self, request: Request, caller: Caller, send: Callable[[bytes], Awaitable[None]], *, local: bool
    ) -> bytes:
        """Return the last octets of the reply to a request; those before them, if any, went out through ``send``.

        :raises ReplyBroken: it began and cannot be ended.
        """

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
        self._staying: Request | None = None
        self._stream: BodyStream | None = None
        self._holds: set[str] = set()
        self._deaf = False
        self._leaving = False
        self._start_message()
        self.peer = ""
        self.quiet_since = loop.time()
        self._looked_at = self.quiet_since
        self._octets_then = 0
        self._written = 0
        self._taken_then = 0
        self._was_unread = False
        self._was_held = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Learn who is at the other end."""
        self._transport = cast("asyncio.Transport", transport)
        tls: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        self._caller = PLAIN_CALLER if tls is None else caller_of(tls)
        peer = transport.get_extra_info("peername")
        self.peer = peer[0] if peer else ""
        self._local = self.peer in ("127.0.0.1", "::1")
        if not self._desk.arrived(self):
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Forget what has not begun; what the provider has in full goes on."""
        # A message that is whole is carried to its end: the provider may have acted on it, and the evidence must say
        # so. One whose body is not whole never reaches its provider as whole.
        self._deaf = True
        self._queue.clear()
        if self._stream is not None:
            self._stream.fail(BodyBroken(errors.client_left()))
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
                self._count_head(len(data))

    def _give_up(self, refusal: ExchangeRefusal) -> None:
        self._deaf = True
        if self._stream is None:
            self._enqueue(refusal)
        else:
            # The message to which the body belongs is in the queue or being carried; its reply says what was wrong.
            self._stream.fail(BodyBroken(refusal))

    def _start_message(self, *, begun: bool = False) -> None:
        self._begun = begun
        self._begun_at = self._loop.time() if begun else 0.0
        self._in_head = True
        self._head_awaited = False
        self._head_octets = 0
        self._url = b""
        self._head = Head()
        self._framing = NO_BODY
        self._body: list[bytes] = []
        self._body_octets = 0

    def _count_head(self, received: int) -> None:
        # What came with the end of the message before it is not this head's: of a head that began within these octets
        # only what the parser has told counts.
        told = self._head.octets + len(self._url)
        self._head_octets = self._head_octets + received if self._head_awaited else told
        self._head_awaited = True
        if self._head_octets > MAX_HEAD:
            self._give_up(errors.too_large(LARGE_HEAD))

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._start_message(begun=True)

    def on_url(self, url: bytes) -> None:
        """Take a piece of the target; a long one comes in several."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        if self._in_head:
            self._head.add(name, value)
            return
        # Trailers come after the head; they belong to the hop.
        self._head_octets += len(name) + len(value)
        if self._head_octets > MAX_HEAD:
            self._refuse_in_parser(errors.too_large(LARGE_HEAD))

    def on_headers_complete(self) -> None:
        """Refuse early what cannot be carried; begin a large body's stream; let a waiting client send its body."""
        self._in_head = False
        self._head_octets = 0
        parser = self._parser
        try:
            self._framing = read_framing(
                parser.get_method(),
                self._url,
                parser.get_http_version(),
                self._head,
                max_body=self._desk.limits.max_request,
                upgrade=parser.should_upgrade(),
            )
        except BadHead as bad:
            self._refuse_in_parser(bad.refusal)
        framing = self._framing
        if framing.length is not None and framing.length > HELD_IN_MEMORY:
            self._open_stream()
        elif framing.expects and framing.has_body and not self._queue and self._serving is None:
            self._allow_body()

    def _allow_body(self) -> None:
        self._write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._body_octets += len(body)
        if self._body_octets > self._desk.limits.max_request:
            self._refuse_in_parser(errors.too_large(LARGE_BODY))
        if self._stream is not None:
            self._stream.feed(body)
            return
        self._body.append(body)
        if self._body_octets > HELD_IN_MEMORY:
            self._open_stream()

    def _refuse_in_parser(self, refusal: ExchangeRefusal) -> None:
        self._refusal = refusal
        raise ValueError(refusal.message)

    def _request(self) -> Request:
        parser = self._parser
        return Request(
            method=parser.get_method(),
            target=self._url,
            headers=self._head.headers,
            told=self._head.told,
            body=self._body[0] if len(self._body) == 1 else b"".join(self._body),
            keep_alive=parser.should_keep_alive() and not parser.should_upgrade(),
            is_http_1_0=parser.get_http_version() == "1.0",
        )

    def _open_stream(self) -> None:
        # The parser does not know yet whether the connection may go on; what the head says is what counts.
        request = self._request()
        request.keep_alive = self._wants_keep_alive()
        begin = self._allow_body if self._framing.expects and not self._body else None
        request.stream = self._stream = BodyStream(lambda: self._hold("body"), lambda: self._release("body"), begin)
        request.length = self._framing.length
        self._body = []
        self._enqueue(request)

    def _wants_keep_alive(self) -> bool:
        head = self._head
        told = b",".join(head.repeated.get(b"connection") or [head.told.get(b"connection", b"")]).lower()
        return b"close" not in told and (self._parser.get_http_version() == "1.1" or b"keep-alive" in told)

    def on_message_complete(self) -> None:
        """Queue the whole request, or end the stream of the one that is queued already."""
        stream, self._stream = self._stream, None
        if stream is not None:
            self._start_message()
            stream.end()
            return
        request = self._request()
        # The rest of the state is made anew when the next one begins.
        self._begun, self._body = False, []
        self._enqueue(request)

    def _enqueue(self, item: Request | ExchangeRefusal) -> None:
        self._queue.append(item)
        if self._serving is None:
            self._serving = self._loop.create_task(self._serve())
        elif len(self._queue) >= _MAX_QUEUE:
            self._hold("queue")

    def _hold(self, reason: str) -> None:
        self._was_held = True
        if not self._holds:
            self._transport.pause_reading()
        self._holds.add(reason)

    def _release(self, reason: str) -> None:
        if reason in self._holds:
            self._holds.discard(reason)
            if not self._holds and not self._transport.is_closing():
                self._transport.resume_reading()

    async def _serve(self) -> None:
        try:
            while self._queue:
                item = self._queue.popleft()
                if self._holds and len(self._queue) < _MAX_QUEUE // 2:
                    self._release("queue")
                if isinstance(item, ExchangeRefusal):
                    self._write(self._desk.refuse_malformed(item))
                    self._hang_up_slowly()
                    return
                if not await self._serve_request(item):
                    return
            if self._deaf:
                self._transport.close()
        finally:
            self._serving = None

    async def _serve_request(self, request: Request) -> bool:
        if self._leaving and not self._queue:
            request.keep_alive = False
        if request.is_http_1_0:
            self._staying = request
        try:
            reply = await self._desk.answer(request, self._caller, self._send, local=self._local)
        except ReplyBroken:
            self._transport.abort()
            return False
        except Exception:
            logger.exception("defect while answering a request")
            self._transport.abort()
            return False
        if self._transport.is_closing():
            return False
        self._write(reply)
        self.quiet_since = self._loop.time()
        if request.stream is not None and not request.stream.is_complete:
            self._hang_up_slowly()
            return False
        self._release("body")
        if not request.keep_alive:
            self._deaf = True
            self._transport.close()
            return False
        if self._drained is not None:
            await self._drained
        return True

    def _write(self, octets: bytes) -> None:
        if (staying := self._staying) is not None:
            # A client of HTTP/1.0 takes a connection for closed if it is not told otherwise.
            self._staying = None
            if staying.keep_alive:
                octets = octets.replace(b"\r\n", b"\r\nconnection: keep-alive\r\n", 1)
        self._written += len(octets)
        self._transport.write(octets)

    async def _send(self, octets: bytes) -> None:
        if self._transport.is_closing():
            raise ReplyBroken
        self._write(octets)
        if self._drained is not None:
            await self._drained

    def _hang_up_slowly(self) -> None:
        # Closing at once while the client still sends would reset the connection and destroy the reply on its way.
        self._deaf = True
        for reason in list(self._holds):
            self._release(reason)
        self._loop.call_later(_LINGER_SECONDS, self._transport.close)

    def pause_writing(self) -> None:
        """Hold further replies back until the client has read."""
        self._drained = self._loop.create_future()

    def resume_writing(self) -> None:
        """Let replies go again."""
        drained, self._drained = self._drained, None
        if drained is not None and not drained.done():
            drained.set_result(None)

    def look_after(self, now: float) -> None:
        """End what takes too long: a head, a body that hardly moves, a reply that nobody reads, an idle connection."""
        limits = self._desk.limits
        if self._holds:
            # Whose reading we hold back cannot send on.
            self._begun_at = now
        if not self._deaf and self._begun and self._in_head and now - self._begun_at > limits.head_seconds:
            self._give_up(errors.too_slow())
        elif now - self._looked_at > limits.stall_seconds:
            self._look_for_progress(now)
        elif self.is_idle and now - self.quiet_since > limits.idle_seconds:
            self._transport.close()

    def _look_for_progress(self, now: float) -> None:
        expected = self._desk.limits.min_rate * (now - self._looked_at)
        unread = self._transport.get_write_buffer_size()
        taken = self._written - unread
        if unread and self._was_unread and taken - self._taken_then < expected:
            self._transport.abort()
            return
        is_body = self._begun and not self._in_head and self._begun_at <= self._looked_at
        is_slow = self._body_octets - self._octets_then < expected
        # While the provider takes no more, the client is not to blame.
        if is_body and is_slow and not self._was_held and not self._deaf:
            self._give_up(errors.too_slow())
        self._looked_at, self._was_unread, self._taken_then = now, unread > 0, taken
        self._was_held = bool(self._holds)
        self._octets_then = self._body_octets if self._begun else 0

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way on it."""
        return self._serving is None and not self._begun

    @property
    def is_answering(self) -> bool:
        """Whether a request is being answered."""
        return self._serving is not None

    def leave(self) -> None:
        """Let the next reply be the last one."""
        self._leaving = True

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()
