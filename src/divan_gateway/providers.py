"""Asking the systems of providers: kept connections, several addresses, breakers, when a question may be repeated."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass

from divan_gateway.breakers import Breaker
from divan_gateway.outbound import ProviderConnection, ProviderFailure, StaleConnection
from divan_gateway.routing import Endpoint, Route
from divan_gateway.wire import Answer, write_request, write_request_head
from divan_libs.envelope import errors
from divan_libs.envelope.addresses import join_target
from divan_libs.envelope.errors import ExchangeRefusal
from divan_libs.envelope.headers import Header

# Below the keep-alive time of common servers (2 s and more), so that a question seldom meets a closing connection.
_IDLE_SECONDS = 1.5
_MAX_REPETITIONS = 2
_HEALTH_SECONDS = 5.0
SAFE_METHODS = frozenset({b"GET", b"HEAD", b"OPTIONS", b"TRACE"})


@dataclass(slots=True, kw_only=True)
class Question:
    """What a provider is asked: the message without its body.

    ``repeatable``: asking twice does no harm; ``at_root``: the path is that of the host, not below the base path.
    """

    route: Route
    method: bytes
    service_path: str
    query: str | None
    headers: Sequence[Header]
    repeatable: bool
    at_root: bool = False

    def target_at(self, endpoint: Endpoint) -> bytes:
        """Return the request target at an address."""
        return join_target("" if self.at_root else endpoint.base_path, self.service_path, self.query).encode("ascii")


class Upload:
    """A question whose body goes out in pieces. ``answered`` is the future of its answer, as of the connection."""

    def __init__(
        self, connection: ProviderConnection, breaker: Breaker, answered: asyncio.Future[Answer], *, chunked: bool
    ) -> None:
        self._connection = connection
        self._breaker = breaker
        self._chunked = chunked
        self.answered = answered

    async def send(self, octets: bytes) -> None:
        """Send the next octets of the body."""
        await self._connection.send(b"%x\r\n%b\r\n" % (len(octets), octets) if self._chunked else octets)

    def end(self, octets: bytes) -> None:
        """Send the last octets of the body: only now the provider has the whole message."""
        self._connection.end(b"%x\r\n%b\r\n0\r\n\r\n" % (len(octets), octets) if self._chunked else octets)

    async def answer(self) -> Answer:
        """Return the answer.

        :raises ProviderFailure: there is none.
        """
        try:
            answer = await self.answered
        except StaleConnection as stale:
            raise _broken() from stale
        except ProviderFailure:
            self._breaker.failed(asyncio.get_running_loop().time())
            raise
        self._breaker.succeeded()
        return answer

    def give_up(self) -> None:
        """Break the connection: the provider must not take what it has for a whole message."""
        self._breaker.leave()
        self._connection.close()
        self.answered.add_done_callback(_forget)


def _forget(answered: asyncio.Future[Answer]) -> None:
    if not answered.cancelled():
        answered.exception()


class Providers:
    """Asks providers; keeps connections for the next question."""

    def __init__(self, max_body: int, tolerated_failures: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._max_body = max_body
        self._tolerated_failures = tolerated_failures
        self._idle: dict[tuple[str, int, ssl.SSLContext | None], list[ProviderConnection]] = {}
        self.breakers: dict[tuple[str, str, int], Breaker] = {}
        self._places: dict[str, tuple[Route, list[tuple[Endpoint, Breaker]]]] = {}

    async def ask(self, question: Question, body: bytes) -> Answer:
        """Return the answer of the first address of the service that gives one.

        An address that cannot be reached is passed over; a question that may be repeated is asked again when its
        connection broke before an answer began.

        :raises ProviderFailure: none could be reached, or no whole answer came in the service's time.
        """
        deadline = self._loop.time() + question.route.service.timeout_ms / 1000
        repetitions = _MAX_REPETITIONS if question.repeatable else 0
        endpoints = self._worth_asking(question.route)
        place = 0
        while True:
            endpoint, breaker = endpoints[place % len(endpoints)]
            try:
                return await self._ask_endpoint(endpoint, breaker, question, body, deadline)
            except ProviderFailure as failure:
                place += 1
                if failure.sent_at is None and place < len(endpoints):
                    continue
                if not failure.may_repeat or repetitions == 0 or self._loop.time() >= deadline:
                    raise
                repetitions -= 1

    async def begin(self, question: Question, length: int | None) -> Upload:
        """Send the head of a question and return what takes its body; ``length`` is None if nobody knows it.

        :raises ProviderFailure: no address could be reached.
        """
        route = question.route
        timeout = route.service.timeout_ms / 1000
        deadline = self._loop.time() + timeout
        failure: ProviderFailure | None = None
        for endpoint, breaker in self._worth_asking(route):
            breaker.begin()
            try:
                connection = await self._connect(endpoint, route, deadline)
            except ProviderFailure as error:
                breaker.failed(self._loop.time())
                failure = error
                continue
            head = write_request_head(
                question.method, question.target_at(endpoint), endpoint.host_header, question.headers, length
            )
            answered = connection.ask(head, to_head=question.method == b"HEAD", timeout=timeout, more=True)
            return Upload(connection, breaker, answered, chunked=length is None)
        assert failure is not None  # noqa: S101 - a service has at least one address
        raise failure

    async def ask_one(self, endpoint: Endpoint, question: Question) -> Answer:
        """Ask one address, whatever its breaker says; a large answer is not read to its end.

        :raises ProviderFailure: there is no answer.
        """
        deadline = self._loop.time() + min(question.route.service.timeout_ms / 1000, _HEALTH_SECONDS)
        answer = await self._ask_connected(endpoint, question, b"", deadline)
        if answer.give_up is not None:
            answer.give_up()
        return answer

    async def can_connect(self, route: Route, endpoint: Endpoint) -> bool:
        """Tell whether an address takes connections now."""
        try:
            connection = await self._connect(endpoint, route, self._loop.time() + _HEALTH_SECONDS)
        except ProviderFailure:
            return False
        connection.close()
        return True

    def breaker_of(self, route: Route, endpoint: Endpoint) -> Breaker:
        """Return the breaker of an address of a service."""
        key = (route.encoded_id, endpoint.host, endpoint.port)
        found = self.breakers.get(key)
        if found is None:
            found = self.breakers[key] = Breaker(self._tolerated_failures)
        return found

    def _worth_asking(self, route: Route) -> list[tuple[Endpoint, Breaker]]:
        known, pairs = self._places.get(route.encoded_id, (None, []))
        if known is not route:
            pairs = [(endpoint, self.breaker_of(route, endpoint)) for endpoint in route.endpoints]
            self._places[route.encoded_id] = route, pairs
        if not any(breaker.failures for _, breaker in pairs):
            return pairs
        now = self._loop.time()
        admitted = [pair for pair in pairs if pair[1].admits(now)]
        if not admitted:
            opens_at = min(breaker.open_until for _, breaker in pairs)
            raise ProviderFailure(errors.provider_resting(max(1, round(opens_at - now))), sent_at=None)
        # Those in good health first, in the order in which the service names them.
        return sorted(admitted, key=lambda pair: pair[1].is_open)

    async def _ask_endpoint(
        self, endpoint: Endpoint, breaker: Breaker, question: Question, body: bytes, deadline: float
    ) -> Answer:
        breaker.begin()
        try:
            answer = await self._ask_connected(endpoint, question, body, deadline)
        except ProviderFailure:
            breaker.failed(self._loop.time())
            raise
        except BaseException:
            breaker.leave()
            raise
        breaker.succeeded()
        return answer

    async def _ask_connected(self, endpoint: Endpoint, question: Question, body: bytes, deadline: float) -> Answer:
        octets = write_request(
            question.method, question.target_at(endpoint), endpoint.host_header, question.headers, body
        )
        connection = self._kept(endpoint)
        while True:
            if connection is None:
                connection = await self._connect(endpoint, question.route, deadline)
            remaining = max(deadline - self._loop.time(), 0.001)
            try:
                return await connection.ask(octets, to_head=question.method == b"HEAD", timeout=remaining)
            except StaleConnection as stale:
                if not question.repeatable:
                    raise _broken() from stale
                connection = None

    def _kept(self, endpoint: Endpoint) -> ProviderConnection | None:
        idle = self._idle.get(endpoint.key)
        youngest = self._loop.time() - _IDLE_SECONDS
        while idle:
            connection = idle.pop()
            if connection.usable and connection.idle_since >= youngest:
                connection.reused = True
                return connection
            connection.close()
        return None

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

    async def _connect(self, endpoint: Endpoint, route: Route, deadline: float) -> ProviderConnection:
        timeout = min(route.service.connect_timeout_ms / 1000, max(deadline - self._loop.time(), 0.001))

        def keep(connection: ProviderConnection) -> None:
            connection.idle_since = self._loop.time()
            self._idle.setdefault(endpoint.key, []).append(connection)

        try:
            async with asyncio.timeout(timeout):
                _, connection = await self._loop.create_connection(
                    lambda: ProviderConnection(self._loop, self._max_body, keep),
                    endpoint.host,
                    endpoint.port,
                    ssl=endpoint.tls,
                    server_hostname=endpoint.host if endpoint.tls else None,
                )
        except (OSError, UnicodeError) as error:
            raise ProviderFailure(_why_unreachable(error), sent_at=None) from error
        return connection


def _broken() -> ProviderFailure:
    refusal = errors.provider_unreachable("The service provider's system broke the connection")
    return ProviderFailure(refusal, sent_at=time.time_ns() // 1000)


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
