"""Connections to the systems of providers: kept alive, pooled by address, one question at a time on each."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Sequence
from typing import cast

import httptools

from divan_gateway.routing import Endpoint, Route
from divan_gateway.wire import Answer, write_request
from divan_libs.envelope import errors
from divan_libs.envelope.addresses import join_target
from divan_libs.envelope.errors import ExchangeRefusal
from divan_libs.envelope.headers import Header

_MAX_HEAD = 256 * 1024
# Below the keep-alive time of common servers (2 s and more), so that a question seldom meets a closing connection.
_IDLE_SECONDS = 1.5
_SAFE_METHODS = frozenset({b"GET", b"HEAD", b"OPTIONS", b"TRACE"})


class ProviderFailure(Exception):
    """There is no whole answer. ``refusal`` is what the client is told; ``sent_at`` is None if nothing went out."""

    code = "gateway.provider-failure"

    def __init__(self, refusal: ExchangeRefusal, *, sent_at: int | None) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal
        self.sent_at = sent_at


class _StaleConnection(Exception):
    """A kept connection was closed before it gave a single octet of the answer."""


class _Connection(asyncio.Protocol):
    """One connection to a provider."""

    def __init__(self, loop: asyncio.AbstractEventLoop, max_body: int) -> None:
        self._loop = loop
        self._max_body = max_body
        self._waiter: asyncio.Future[Answer] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self._transport: asyncio.Transport | None = None
        self.reused = False
        self.idle_since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    @property
    def usable(self) -> bool:
        """Whether another question may be asked on it."""
        return self._transport is not None and not self._transport.is_closing()

    def ask(self, octets: bytes, *, to_head: bool, timeout: float) -> asyncio.Future[Answer]:
        """Send a request and return the future of its answer, which fails with :class:`ProviderFailure`."""
        assert self._transport is not None  # noqa: S101 - asked only when connected
        self._waiter = self._loop.create_future()
        self._parser = httptools.HttpResponseParser(self)
        self._to_head = to_head
        self._sent_at = time.time_ns() // 1000
        self._head_octets = 0
        self._complete = False
        self._keep_alive = False
        self._start_message()
        self._timer = self._loop.call_later(timeout, self._expire)
        self._transport.write(octets)
        return self._waiter

    def close(self) -> None:
        """Let the connection go."""
        if self._transport is not None:
            self._transport.abort()

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
        if self._waiter is None or self._parser is None:
            # Nobody asked: whatever this is, it must never be taken for the answer to the next question.
            self.close()
            return
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
        if self._body_octets <= self._max_body:
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
        if self._waiter is None:
            return
        ends_with_connection = not (self._in_head or self._chunked or self._content_length is not None)
        if exc is None and ends_with_connection:
            self._finish()
        elif self.reused and self._head_octets == 0:
            self._settle(_StaleConnection())
        else:
            self._fail(errors.provider_unreachable("The service provider's system broke the connection"))

    def _finish(self) -> None:
        parser, transport = self._parser, self._transport
        assert parser is not None  # noqa: S101 - an answer was parsed
        assert transport is not None  # noqa: S101 - and came over this
        answer = Answer(
            status=parser.get_status_code(),
            reason=self._status,
            headers=self._headers,
            body=self._body[0] if len(self._body) == 1 else b"".join(self._body),
            content_length=self._content_length,
            sent_at=self._sent_at,
            ended_at=time.time_ns() // 1000,
        )
        if not self._keep_alive:
            transport.close()
        self._settle(answer)

    def _expire(self) -> None:
        self._fail(errors.provider_failed("The service provider's system did not answer in time", timed_out=True))

    def _fail(self, refusal: ExchangeRefusal) -> None:
        self.close()
        self._settle(ProviderFailure(refusal, sent_at=self._sent_at))

    def _settle(self, outcome: Answer | Exception) -> None:
        waiter, self._waiter = self._waiter, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if waiter is None or waiter.done():
            return
        if isinstance(outcome, Exception):
            waiter.set_exception(outcome)
        else:
            waiter.set_result(outcome)


class Providers:
    """Asks providers; keeps connections for the next question."""

    def __init__(self, max_body: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._max_body = max_body
        self._idle: dict[tuple[str, int, ssl.SSLContext | None], list[_Connection]] = {}

    async def ask(
        self,
        route: Route,
        method: bytes,
        *,
        service_path: str,
        query: str | None,
        headers: Sequence[Header],
        body: bytes,
    ) -> Answer:
        """Return the answer of the first address of the service that can be reached.

        A safe question is asked once more when a kept connection turns out to be closed.

        :raises ProviderFailure: none could be reached, or no whole answer came in the service's time.
        """
        deadline = self._loop.time() + route.service.timeout_ms / 1000
        failure: ProviderFailure | None = None
        for endpoint in route.endpoints:
            target = join_target(endpoint.base_path, service_path, query).encode("ascii")
            octets = write_request(method, target, endpoint.host_header, headers, body)
            try:
                return await self._ask_endpoint(endpoint, route, method, octets, deadline)
            except ProviderFailure as error:
                if error.sent_at is not None:
                    raise
                failure = error
        assert failure is not None  # noqa: S101 - a service has at least one address
        raise failure

    async def _ask_endpoint(
        self, endpoint: Endpoint, route: Route, method: bytes, octets: bytes, deadline: float
    ) -> Answer:
        connection = self._kept(endpoint)
        while True:
            if connection is None:
                connection = await self._connect(endpoint, route, deadline)
            remaining = max(deadline - self._loop.time(), 0.001)
            try:
                answer = await connection.ask(octets, to_head=method == b"HEAD", timeout=remaining)
            except _StaleConnection as stale:
                if method not in _SAFE_METHODS:
                    refusal = errors.provider_unreachable("The service provider's system broke the connection")
                    raise ProviderFailure(refusal, sent_at=time.time_ns() // 1000) from stale
                connection = None
                continue
            self._keep(endpoint, connection)
            return answer

    def _kept(self, endpoint: Endpoint) -> _Connection | None:
        idle = self._idle.get(endpoint.key)
        youngest = self._loop.time() - _IDLE_SECONDS
        while idle:
            connection = idle.pop()
            if connection.usable and connection.idle_since >= youngest:
                connection.reused = True
                return connection
            connection.close()
        return None

    def _keep(self, endpoint: Endpoint, connection: _Connection) -> None:
        if connection.usable:
            connection.idle_since = self._loop.time()
            self._idle.setdefault(endpoint.key, []).append(connection)

    def drop_idle(self) -> None:
        """Close the connections that nobody used for a while."""
        oldest = self._loop.time() - _IDLE_SECONDS
        for key, idle in list(self._idle.items()):
            kept = [connection for connection in idle if connection.usable and connection.idle_since >= oldest]
            for connection in idle:
                if connection not in kept:
                    connection.close()
            if kept:
                self._idle[key] = kept
            else:
                del self._idle[key]

    def close(self) -> None:
        """Close all connections that are not in use."""
        for idle in self._idle.values():
            for connection in idle:
                connection.close()
        self._idle.clear()

    async def _connect(self, endpoint: Endpoint, route: Route, deadline: float) -> _Connection:
        timeout = min(route.service.connect_timeout_ms / 1000, max(deadline - self._loop.time(), 0.001))
        try:
            async with asyncio.timeout(timeout):
                _, connection = await self._loop.create_connection(
                    lambda: _Connection(self._loop, self._max_body),
                    endpoint.host,
                    endpoint.port,
                    ssl=endpoint.tls,
                    server_hostname=endpoint.host if endpoint.tls else None,
                )
        except (OSError, UnicodeError) as error:
            raise ProviderFailure(_why_unreachable(error), sent_at=None) from error
        return connection


def _why_unreachable(error: Exception) -> ExchangeRefusal:
    """Say why a connection could not be made; where the provider's system stands is not told to clients."""
    match error:
        case TimeoutError():
            return errors.provider_failed("Connecting to the service provider's system timed out", timed_out=True)
        case ssl.SSLError() | ssl.CertificateError():
            return errors.provider_unauthenticated("The service provider's system did not prove its identity")
        case socket.gaierror() | UnicodeError():
            return errors.provider_unknown_host("The host of the service provider's system is unknown")
        case _:
            return errors.provider_unreachable("The service provider's system refused the connection")
