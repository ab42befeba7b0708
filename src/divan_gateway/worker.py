"""One worker process: listeners, the message plane and what happens once a second."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import ssl
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import uvloop

from divan_gateway.admission import Caller
from divan_gateway.authorities import Authorities, Certificate, address_of
from divan_gateway.carrier import Carrier
from divan_gateway.handing_out import HandingOut
from divan_gateway.health import look_at_health
from divan_gateway.inbound import ClientConnection
from divan_gateway.inspection import Inspection
from divan_gateway.journal import Journal
from divan_gateway.listening import Door
from divan_gateway.metaservices import list_clients
from divan_gateway.metrics import Count, Level, Metrics
from divan_gateway.providers import Providers
from divan_gateway.quotas import Quotas
from divan_gateway.report import Report
from divan_gateway.routing import ProviderTls, Routes, Routing, read_subject_keys
from divan_gateway.settings import Settings, Tls
from divan_gateway.shared_params import verification_conf
from divan_gateway.streaming import Send
from divan_gateway.tracing import OpenTelemetryTracer, Tracer
from divan_gateway.watch import Watch
from divan_gateway.wire import Request, write_answer
from divan_libs.envelope import errors
from divan_libs.envelope.errors import ExchangeRefusal
from divan_libs.envelope.evidence.log import EvidenceLog
from divan_libs.envelope.headers import Header
from divan_libs.envelope.keys import load_public_key
from divan_libs.envelope.tokens import open_signer

EXIT_FAILED = 70
"""Exit status of a worker that can no longer write evidence."""
_OF_THE_INSTANCE = frozenset({b"/asic", b"/listClients", b"/verificationconf"})
_NOT_KEPT = (b"cache-control", b"no-store")
_GRACE_SECONDS = 20.0
_SEAL_SECONDS = 0.5
_HANDSHAKE_SECONDS = 10.0
_SHUTDOWN_SECONDS = 3.0
_HALF_REQUEST_SECONDS = 2.0
_REPORT_SECONDS = 1.0
_STALLED_SECONDS = 5.0
"""A write of evidence that takes longer than this is told as one that does not come to its end."""
_LAST_ASKING_SECONDS = 0.3
"""How long an idle connection is kept when the process stops, for a request that is already on its way."""

logger = logging.getLogger(__name__)


def microseconds() -> int:
    """Return the present in microseconds since 1970."""
    return time.time_ns() // 1000


def server_tls(tls: Tls) -> ssl.SSLContext:
    """Return the context of the TLS listener.

    A certificate is asked for but not demanded, so that a client without one gets a refusal it can read; one that no
    authority vouches for ends the handshake.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(tls.certificate, tls.key)
    context.load_verify_locations(tls.client_authorities)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.set_alpn_protocols(["http/1.1"])
    return context


class Worker:
    """Everything one process does. Made inside the running loop."""

    def __init__(self, settings: Settings, metrics: Metrics, row: int) -> None:
        self._settings = settings
        self._metrics = metrics.of_worker(row)
        self._report = Report(settings.evidence, row)
        self._tracer = _tracer(settings)
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._authorities: list[Authorities] = []
        self._certificates: list[Certificate] = []
        self._connections: set[ClientConnection] = set()
        self._per_address: Counter[str] = Counter()
        self.limits = settings.limits
        self._parent = os.getppid()
        self._routing = Routing(
            file=settings.snapshot,
            keep_in=settings.evidence,
            public_key=load_public_key(settings.snapshot_key.read_bytes()),
            server=settings.server,
            subject_keys=read_subject_keys(settings.subject_keys),
            tls=ProviderTls(settings.shown),
        )
        self._routing.start(now=datetime.now(UTC))
        self._settled: Routes | None = None
        self._note_routes()
        log = EvidenceLog(
            settings.evidence,
            run=f"{microseconds():016d}-{os.getpid()}",
            server=settings.server.encoded(),
            signer=open_signer(settings.signing_key.read_bytes()),
            clock=microseconds,
            segment_bytes=settings.segment_bytes,
        )
        self._journal = Journal(log, self._metrics, self._stop.set)
        self._providers = Providers(settings.max_response, settings.breaker_failures)
        self._carrier = self._make_carrier()
        self._handing_out = HandingOut(settings.evidence, settings.stamps)

    def _make_carrier(self) -> Carrier:
        settings = self._settings
        return Carrier(
            routing=self._routing,
            journal=self._journal,
            providers=self._providers,
            metrics=self._metrics,
            dialect=settings.dialect,
            quotas=Quotas(settings.evidence),
            inspection=Inspection(self._metrics, buffer=settings.buffer, cache_octets=settings.cache_bytes),
            watch=Watch(self._metrics, self._report, self._tracer),
            buffer=settings.buffer,
            clock=microseconds,
        )

    async def run(self, doors: Sequence[Door], ready: int | None) -> int:
        """Serve until told to stop; return the exit status of the process.

        ``ready`` is a pipe on which to say that this process listens; with it, a supervisor is the parent.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self._stop.set)
        if ready is None:
            self._loop.add_signal_handler(
                signal.SIGHUP, logger.info, "one process alone is not replaced while it works"
            )
        servers = [await self._listen(door) for door in doors]
        if ready is not None:
            # Of a worker that takes a fallen one's place nobody asks.
            with contextlib.suppress(BrokenPipeError):
                os.write(ready, b"1")
            os.close(ready)
        ticking = self._loop.create_task(self._tick(supervised=ready is not None))
        looking = self._loop.create_task(self._look_at_health())
        await self._stop.wait()
        for server in servers:
            server.close()
        await self._finish(1.0 if self._journal.failed else _GRACE_SECONDS)
        for task in (ticking, looking):
            task.cancel()
        self._providers.close()
        await self._journal.close()
        self._report.remove()
        if self._tracer is not None:
            self._tracer.close()
        return EXIT_FAILED if self._journal.failed else 0

    async def _finish(self, grace: float) -> None:
        """Answer what is under way, each reply the last of its connection, and close the connections."""
        began = self._loop.time()
        while (elapsed := self._loop.time() - began) < grace:
            for connection in list(self._connections):
                connection.leave()
                if connection.is_idle and elapsed >= _LAST_ASKING_SECONDS:
                    connection.close()
            is_early = elapsed < _HALF_REQUEST_SECONDS
            # One whose TLS partner does not say goodbye stays among the connections, but nothing is under way on it.
            pending = any(
                connection.is_answering or (is_early and not connection.is_idle) for connection in self._connections
            )
            if elapsed >= _LAST_ASKING_SECONDS and not pending:
                return
            await asyncio.sleep(0.02)

    async def _listen(self, door: Door) -> asyncio.Server:
        tls = self._tls() if door.secure else None
        server = await self._loop.create_server(
            lambda: ClientConnection(self, self._loop),
            sock=door.socket,
            ssl=tls,
            ssl_handshake_timeout=_HANDSHAKE_SECONDS if tls else None,
            ssl_shutdown_timeout=_SHUTDOWN_SECONDS if tls else None,
            backlog=1024,
        )
        logger.info("listening on %s:%d (%s)", *door.socket.getsockname()[:2], "TLS" if tls else "plain")
        return server

    def _tls(self) -> ssl.SSLContext:
        settings = self._settings.tls
        assert settings is not None  # noqa: S101 - a door with TLS is opened by these settings
        context = server_tls(settings)
        self._authorities.append(Authorities(context, settings.client_authorities))
        self._certificates.append(Certificate(context, settings.certificate, settings.key))
        return context

    async def _look_at_health(self) -> None:
        while True:
            await asyncio.sleep(self._settings.health_ms / 1000)
            routes = self._routing.routes
            if routes is not None:
                await look_at_health(self._providers, routes)

    async def _tick(self, *, supervised: bool) -> None:
        sealed_at = told_at = 0.0
        while True:
            await asyncio.sleep(self._settings.watch_ms / 1000)
            if supervised and os.getppid() != self._parent:
                self._stop.set()
            try:
                # A large snapshot takes a moment to read; messages go on meanwhile.
                await self._loop.run_in_executor(None, lambda: self._routing.refresh(now=datetime.now(UTC)))
            except Exception:
                logger.exception("the snapshot could not be looked at; the one in force goes on")
            self._note_routes()
            for authorities in self._authorities:
                authorities.refresh()
            for certificate in self._certificates:
                certificate.refresh()
            if self._loop.time() - sealed_at >= _SEAL_SECONDS:
                sealed_at = self._loop.time()
                self._journal.seal()
            self._providers.drop_idle()
            now = self._loop.time()
            if now - told_at >= _REPORT_SECONDS:
                told_at = now
                await self._loop.run_in_executor(None, partial(self._report.write, *self._told(now), microseconds()))
            for connection in list(self._connections):
                connection.look_after(now)

    def _note_routes(self) -> None:
        routes = self._routing.routes
        if routes is not self._settled:
            # What a snapshot is made of stays as long as it is in force; looking through it for garbage would hold all
            # messages up, the longer the more permits there are.
            self._settled = routes
            gc.freeze()
        self._metrics.set(Level.SNAPSHOT_VERSION, routes.version if routes else 0)
        self._metrics.set(Level.SNAPSHOT_EXPIRES, int(routes.expires_at) if routes else 0)
        self._metrics.add(Count.SNAPSHOTS_REFUSED, self._routing.refused)
        self._routing.refused = 0

    def _told(self, now: float) -> tuple[dict[str, object], list[dict[str, object]]]:
        """Return what the report says besides refusals: this worker's state, and the addresses that are ill."""
        routes = self._routing.routes
        state: dict[str, object] = {
            "state": self._state(),
            "snapshot": routes.version if routes else 0,
            "expires_at": int(routes.expires_at) if routes else 0,
        }
        ill = [
            {
                "service": service,
                "address": f"{host}:{port}",
                "failures": breaker.failures,
                "is_open": breaker.is_open,
                "asked_again_in": max(0, round(breaker.open_until - now)) if breaker.is_open else 0,
            }
            for (service, host, port), breaker in self._providers.breakers.items()
            if breaker.failures
        ]
        return state, ill

    def arrived(self, connection: ClientConnection) -> bool:
        """Note a new connection; tell whether there is room for it, if need be in place of one that is idle."""
        self._connections.add(connection)
        self._per_address[connection.peer] += 1
        self._metrics.add(Count.CONNECTIONS)
        self._metrics.add(Level.OPEN_CONNECTIONS)
        if self._per_address[connection.peer] > self.limits.max_per_address:
            return False
        if len(self._connections) > self.limits.max_connections:
            idle = [other for other in self._connections if other.is_idle and other is not connection]
            if not idle:
                return False
            min(idle, key=lambda other: other.quiet_since).close()
        return True

    def left(self, connection: ClientConnection) -> None:
        """Note the end of a connection."""
        self._connections.discard(connection)
        self._per_address[connection.peer] -= 1
        if not self._per_address[connection.peer]:
            del self._per_address[connection.peer]
        self._metrics.add(Level.OPEN_CONNECTIONS, -1)

    def refuse_malformed(self, refusal: ExchangeRefusal) -> bytes:
        """Return the octets of the last reply on a connection that did not speak HTTP."""
        self._metrics.add(Count.MALFORMED)
        return self._carrier.refuse(refusal, None, close=True)

    async def answer(self, request: Request, caller: Caller, send: Send, *, local: bool) -> bytes:
        """Return the last octets of the reply to a request: a service call, or one of the gateway's own pages."""
        path = request.target.partition(b"?")[0]
        if path == b"/-/health":
            return self._health(request)
        if path == b"/-/metrics" and local:
            told = [(b"content-type", b"text/plain; version=0.0.4; charset=utf-8"), _NOT_KEPT]
            return self._page(request, 200, told, self._metrics.render().encode())
        if path in _OF_THE_INSTANCE and request.method == b"GET":
            return await self._tell_of_instance(request, caller, path)
        if not path.startswith(b"/r"):
            return self._carrier.refuse(errors.not_found(), request)
        return await self._carrier.carry(request, caller, send)

    async def _tell_of_instance(self, request: Request, caller: Caller, path: bytes) -> bytes:
        routes = self._routing.routes
        if routes is None or time.time() >= routes.expires_at:
            return self._carrier.refuse(errors.outdated_snapshot(), request)
        query = request.target.partition(b"?")[2].decode("ascii", "replace")
        if path == b"/asic":
            answer = await self._handing_out.answer(routes, caller, query)
        elif path == b"/verificationconf":
            answer = verification_conf(routes, self._address())
        else:
            answer = list_clients(routes, request.told.get(b"accept", b"").decode("latin-1"), query)
        return self._page(request, answer.status, answer.headers, answer.body)

    def _address(self) -> str:
        """Return under what name clients reach this gateway: what its certificate says, else where it listens."""
        tls, plain = self._settings.tls, self._settings.plain
        if tls is not None:
            return address_of(tls.certificate) or tls.listener.host
        return plain.host if plain is not None else ""

    def _health(self, request: Request) -> bytes:
        routes, state = self._routing.routes, self._state()
        told = b'{"status":"%b","snapshot":%d}' % (state.encode(), routes.version if routes else 0)
        status = 200 if state == "ok" else 503
        return self._page(request, status, [(b"content-type", b"application/json"), _NOT_KEPT], told)

    def _state(self) -> str:
        """Return ``ok``, or the worst of what keeps this worker from carrying messages."""
        routes = self._routing.routes
        if self._journal.failed:
            return "failed"
        if self._journal.waiting_seconds > _STALLED_SECONDS:
            return "stalled"
        if self._journal.is_full:
            return "disk-full"
        if routes is None or time.time() >= routes.expires_at:
            return "no-snapshot"
        return "ok"

    def _page(self, request: Request, status: int, headers: Sequence[Header], body: bytes) -> bytes:
        return write_answer(
            status,
            b"",
            headers,
            body,
            second=microseconds() // 1_000_000,
            to_head=request.method == b"HEAD",
            content_length=b"%d" % len(body),
            close=not request.keep_alive,
        )


def _tracer(settings: Settings) -> Tracer | None:
    if settings.traces is None:
        return None
    return OpenTelemetryTracer.to_collector(settings.traces, gateway=settings.server.encoded())


def run_worker(settings: Settings, metrics: Metrics, row: int, doors: Sequence[Door], ready: int | None = None) -> int:
    """Run one worker in this process; return its exit status. See :meth:`Worker.run`."""

    async def serve() -> int:
        return await Worker(settings, metrics, row).run(doors, ready)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(serve())
