"""One connection to a provider's system: one question at a time, its answer whole or as a stream."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import cast

import httptools

from divan_gateway.bodies import HELD_IN_MEMORY, BodyStream
from divan_gateway.wire import Answer
from divan_libs.envelope import errors
from divan_libs.envelope.errors import ExchangeRefusal
from divan_libs.envelope.headers import Header

_MAX_HEAD = 256 * 1024


class ProviderFailure(Exception):
    """There is no whole answer. ``refusal`` is what the client is told; ``sent_at`` is None if nothing went out.

    ``may_repeat`` is true when the connection broke before the first octet of an answer, so that asking again makes
    sense for a question that may be asked twice.
    """

    code = "gateway.provider-failure"

    def __init__(self, refusal: ExchangeRefusal, *, sent_at: int | None, may_repeat: bool = False) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal
        self.sent_at = sent_at
        self.may_repeat = may_repeat


class StaleConnection(Exception):
    """A kept connection was closed before it gave a single octet of the answer."""

    code = "gateway.stale-connection"


class ProviderConnection(asyncio.Protocol):
    """One connection to a provider. ``free`` is called when it may be asked again."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, max_body: int, free: Callable[[ProviderConnection], None]
    ) -> None:
        self._loop = loop
        self._max_body = max_body
        self._free = free
        self._waiter: asyncio.Future[Answer] | None = None
        self._answer: Answer | None = None
        self._stream: BodyStream | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self._transport: asyncio.Transport | None = None
        self._drained: asyncio.Future[None] | None = None
        self._sending = False
        self._in_parts = False
        self.reused = False
        self.idle_since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    @property
    def usable(self) -> bool:
        """Whether another question may be asked on it."""
        return self._transport is not None and not self._transport.is_closing()

    def ask(self, octets: bytes, *, to_head: bool, timeout: float, more: bool = False) -> asyncio.Future[Answer]:
        """Send a request and return the future of its answer, which fails with :class:`ProviderFailure`.

        With ``more`` these octets are its beginning and :meth:`send` and :meth:`end` follow. The answer must begin
        within ``timeout`` seconds, and a streamed one must go on within it each time.
        """
        assert self._transport is not None  # noqa: S101 - asked only when connected
        self._waiter = self._loop.create_future()
        self._parser = httptools.HttpResponseParser(self)
        self._to_head = to_head
        self._timeout = timeout
        self._sent_at = time.time_ns() // 1000
        self._head_octets = 0
        self._complete = False
        self._keep_alive = False
        self._sending = self._in_parts = more
        self._start_message()
        self._moved_at = self._loop.time()
        self._late_at = self._moved_at + timeout
        # A timer that rings too early is set anew then: cheaper than one for each question.
        if self._timer is None or self._rings_at > self._late_at:
            self._set_timer(timeout)
        self._transport.write(octets)
        return self._waiter

    def _set_timer(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._rings_at = self._loop.time() + seconds
        self._timer = self._loop.call_later(seconds, self._expire)

    async def send(self, octets: bytes) -> None:
        """Send the next octets of a request; returns when the provider's side takes more."""
        assert self._transport is not None  # noqa: S101 - something was asked
        self._moved_at = self._loop.time()
        self._transport.write(octets)
        if self._drained is not None:
            await self._drained
            self._moved_at = self._loop.time()

    def end(self, octets: bytes) -> None:
        """Send the last octets of a request."""
        assert self._transport is not None  # noqa: S101 - something was asked
        self._sending = False
        self._moved_at = self._loop.time()
        self._transport.write(octets)

    def close(self) -> None:
        """Let the connection go."""
        if self._transport is not None:
            self._transport.abort()

    def pause_writing(self) -> None:
        """Hold the rest of the request back until the provider has read."""
        self._drained = self._loop.create_future()

    def resume_writing(self) -> None:
        """Let the request go on."""
        drained, self._drained = self._drained, None
        if drained is not None and not drained.done():
            drained.set_result(None)

    def _start_message(self) -> None:
        self._in_head = True
        self._status = b""
        self._headers: list[Header] = []
        self._body: list[bytes] = []
        self._body_octets = 0
        self._content_length: bytes | None = None
        self._chunked = False

    def data_received(self, data: bytes) -> None:
        """Read the answer out of the stream."""
        if self._parser is None or (self._waiter is None and self._stream is None):
            # Nobody asked: whatever this is, it must never be taken for the answer to the next question.
            self.close()
            return
        self._moved_at = self._loop.time()
        if self._in_head:
            self._head_octets += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail(errors.provider_failed("The service provider's system did not answer in HTTP"))
            return
        if self._body_octets > self._max_body:
            self._fail(errors.provider_failed("The answer of the service provider's system is too large"))
        elif self._in_head and self._head_octets > _MAX_HEAD:
            self._fail(errors.provider_failed("The head of the service provider's answer is too large"))
        elif self._complete:
            self._finish()
        elif self._stream is None and not self._in_head and self._is_large():
            self._open_stream()

    def _is_large(self) -> bool:
        told = self._content_length
        return self._body_octets > HELD_IN_MEMORY or (told is not None and int(told) > HELD_IN_MEMORY)

    def on_message_begin(self) -> None:
        """Begin an answer; an interim one (1xx) may come before the real one."""
        if self._complete:
            # A second answer to one question.
            raise ValueError("unasked answer")
        self._start_message()

    def on_status(self, status: bytes) -> None:
        """Take a piece of the reason."""
        self._status += status

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        if not self._in_head:
            # Trailers belong to the hop.
            return
        lower = name.lower()
        if lower == b"content-length":
            self._content_length = value
        elif lower == b"transfer-encoding":
            self._chunked = True
        self._headers.append((name, value.strip(b" \t")))

    def on_headers_complete(self) -> None:
        """End the head; an answer to HEAD ends with it."""
        self._in_head = False
        if self._to_head:
            self._end_of_message()

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        if self._to_head:
            raise ValueError("an answer to HEAD has no body")
        self._body_octets += len(body)
        if self._body_octets > self._max_body:
            return
        if self._stream is not None:
            self._stream.feed(body)
        else:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """End the answer, unless it was an interim one."""
        self._end_of_message()

    def _end_of_message(self) -> None:
        parser = self._parser
        if parser is not None and parser.get_status_code() >= 200:
            self._complete = True
            # The parser knows this only now: a moment later it has forgotten how long the message was.
            self._keep_alive = parser.should_keep_alive()

    def connection_lost(self, exc: Exception | None) -> None:
        """End an answer that ends with its connection; any other is broken."""
        self.resume_writing()
        self._lose_timer()
        if self._waiter is None and self._stream is None:
            return
        ends_with_connection = not (self._in_head or self._chunked or self._content_length is not None)
        if exc is None and ends_with_connection:
            self._finish()
        elif self.reused and self._head_octets == 0 and not self._sending:
            self._settle(StaleConnection())
        else:
            unanswered = self._head_octets == 0
            refusal = errors.provider_unreachable("The service provider's system broke the connection")
            self._fail(refusal, may_repeat=unanswered)

    def _answered(self) -> Answer:
        assert self._parser is not None  # noqa: S101 - an answer was parsed
        return Answer(
            status=self._parser.get_status_code(),
            reason=self._status,
            headers=self._headers,
            body=self._body[0] if len(self._body) == 1 else b"".join(self._body),
            content_length=self._content_length,
            sent_at=self._sent_at,
            ended_at=time.time_ns() // 1000,
        )

    def _open_stream(self) -> None:
        transport = self._transport
        assert transport is not None  # noqa: S101 - the answer comes over this
        self._stream = BodyStream(transport.pause_reading, transport.resume_reading)
        answer = self._answer = self._answered()
        answer.stream, answer.give_up = self._stream, self.close
        waiter, self._waiter = self._waiter, None
        if waiter is None or waiter.done():
            self.close()
        else:
            waiter.set_result(answer)

    def _finish(self) -> None:
        transport = self._transport
        assert transport is not None  # noqa: S101 - the answer came over this
        reusable = self._keep_alive and not self._sending
        if not reusable:
            transport.close()
        stream = self._stream
        if stream is None:
            self._settle(self._answered())
        else:
            assert self._answer is not None  # noqa: S101 - the stream was opened with it
            self._answer.ended_at = time.time_ns() // 1000
            self._settle(None)
            stream.end()
        if reusable:
            self._free(self)

    def _lose_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _expire(self) -> None:
        self._timer = None
        if self._waiter is None and self._stream is None:
            return
        now, late_at = self._loop.time(), self._late_at
        if self._stream is not None and self._stream.is_paused:
            # The provider waits for our client, not we for the provider.
            late_at = now + self._timeout
        elif self._stream is not None or self._in_parts:
            # A large question on its way, or a large answer, has no end in sight; it must only go on.
            late_at = self._moved_at + self._timeout
        if late_at > now:
            self._set_timer(late_at - now)
            return
        self._fail(errors.provider_failed("The service provider's system did not answer in time", timed_out=True))

    def _fail(self, refusal: ExchangeRefusal, *, may_repeat: bool = False) -> None:
        self.close()
        self._settle(ProviderFailure(refusal, sent_at=self._sent_at, may_repeat=may_repeat))

    def _settle(self, outcome: Answer | Exception | None) -> None:
        waiter, self._waiter = self._waiter, None
        stream, self._stream = self._stream, None
        if stream is not None and isinstance(outcome, Exception):
            stream.fail(outcome)
        if waiter is None or waiter.done():
            return
        if isinstance(outcome, Exception):
            waiter.set_exception(outcome)
        elif outcome is not None:
            waiter.set_result(outcome)
