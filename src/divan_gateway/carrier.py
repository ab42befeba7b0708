"""Carries one message: admitted, intent durable, sent, answered, evidence durable, replied."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from divan_gateway.admission import Admission, Caller, admit, read_road_headers
from divan_gateway.bodies import BodyBroken, BodyTooLarge, collect
from divan_gateway.hiding import plain_answer_wanted
from divan_gateway.inbound import ReplyBroken
from divan_gateway.inspection import Inspection
from divan_gateway.journal import Journal, JournalFailed
from divan_gateway.metaservices import answer_metaservice
from divan_gateway.metrics import Count, Level, Metrics
from divan_gateway.outbound import ProviderFailure
from divan_gateway.providers import SAFE_METHODS, Providers, Question
from divan_gateway.quotas import Quotas
from divan_gateway.request_heads import LARGE_BODY
from divan_gateway.routing import Routes, Routing
from divan_gateway.streaming import Download, Send, upload
from divan_gateway.testimony import Message, new_id
from divan_gateway.watch import Watch
from divan_gateway.wire import TRUE_STATUS, Answer, Request, write_answer, write_refusal
from divan_libs.envelope import errors
from divan_libs.envelope.addresses import AddressError, parse_client
from divan_libs.envelope.errors import Dialect, ExchangeRefusal, render_refusal
from divan_libs.envelope.evidence.records import Kind
from divan_libs.envelope.headers import request_headers
from divan_libs.envelope.request_hash import message_hash
from divan_libs.envelope.snapshot import Durability, Signing
from divan_libs.power import power_may_fail

logger = logging.getLogger(__name__)


def _text(octets: bytes | None) -> str | None:
    return None if octets is None else octets.decode("utf-8", "replace")


class Carrier:
    """Answers service calls of clients. ``clock`` gives microseconds since 1970 in UTC; ``buffer`` is the size of the
    largest body that is looked at as a whole.
    """

    def __init__(
        self,
        *,
        routing: Routing,
        journal: Journal,
        providers: Providers,
        metrics: Metrics,
        dialect: Dialect,
        quotas: Quotas,
        inspection: Inspection,
        watch: Watch,
        buffer: int,
        clock: Callable[[], int] = lambda: time.time_ns() // 1000,
    ) -> None:
        self._routing = routing
        self._journal = journal
        self._providers = providers
        self._metrics = metrics
        self._dialect = dialect
        self._quotas = quotas
        self._inspection = inspection
        self._watch = watch
        self._buffer = buffer
        self._clock = clock

    async def carry(self, request: Request, caller: Caller, send: Send) -> bytes:
        """Return the last octets of the reply to a service call, whatever happens; those before went to ``send``.

        :raises ReplyBroken: the reply had begun and cannot be ended.
        """
        received_at = self._clock()
        self._metrics.add(Count.MESSAGES)
        self._metrics.add(Level.UNDER_WAY)
        try:
            reply = await self._carry(request, caller, received_at, send)
        except ReplyBroken:
            self._metrics.add(Count.BROKEN)
            raise
        except Exception as error:  # noqa: BLE001 - the face: a defect is logged and the client gets a refusal
            refusal = self._refusal_of(error)
            if not isinstance(error, ProviderFailure):
                self._watch.refused(refusal, request, self._routing.routes, received_at)
            return self.refuse(refusal, request)
        finally:
            self._metrics.add(Level.UNDER_WAY, -1)
        self._metrics.add(Count.ANSWERED)
        self._metrics.add(Count.MESSAGE_MICROSECONDS, self._clock() - received_at)
        return reply

    def _refusal_of(self, error: Exception) -> ExchangeRefusal:
        self._metrics.add(Count.PROVIDER_FAILED if isinstance(error, ProviderFailure) else Count.REFUSED)
        match error:
            case ExchangeRefusal():
                return error
            case ProviderFailure() | BodyBroken():
                return error.refusal
            case BodyTooLarge():
                return errors.too_large(LARGE_BODY)
            case JournalFailed():
                return errors.logging_failed("Evidence of the message cannot be kept")
        logger.error("defect while carrying a message", exc_info=error)
        return errors.internal_error()

    def refuse(self, refusal: ExchangeRefusal, request: Request | None, *, close: bool = False) -> bytes:
        """Return the octets of a refusal in the form the client accepts, and log it under the same id."""
        self._watch.counted(refusal)
        detail = new_id()
        told = request.told if request else {}
        client = _text(read_road_headers(told).client)
        rendered = render_refusal(
            refusal,
            accept=_text(told.get(b"accept")),
            detail=detail,
            dialect=self._dialect,
            true_status=self._wants_true_status(told),
        )
        # The target is not logged: it may name a person.
        logger.info("refused %s %s client=%r: %s", detail, refusal.code, client, refusal.message)
        if request is not None:
            # Of a body that is still coming nothing more is read, so that no other request can follow it.
            unread = request.stream is not None and not request.stream.is_complete
            close = close or unread or not request.keep_alive
        return write_refusal(
            rendered,
            second=self._clock() // 1_000_000,
            to_head=request is not None and request.method == b"HEAD",
            close=close,
        )

    def _wants_true_status(self, told: Mapping[bytes, bytes]) -> bool:
        preferred = told.get(b"prefer", b"").lower().split(b",")
        if TRUE_STATUS in (one.strip() for one in preferred):
            return True
        routes = self._routing.routes
        stated = read_road_headers(told).client
        if routes is None or stated is None:
            return False
        try:
            subsystem = routes.clients.get(parse_client(stated.decode("ascii")))
        except (AddressError, UnicodeDecodeError):
            return False
        return subsystem is not None and subsystem.true_status

    async def _carry(self, request: Request, caller: Caller, received_at: int, send: Send) -> bytes:
        routes = self._routing.routes
        now = datetime.fromtimestamp(received_at / 1e6, UTC)
        admission = admit(routes, caller, request, now=now)
        assert routes is not None  # noqa: S101 - nothing is admitted without routes
        if admission.permit.is_limited:
            self._quotas.take(admission.permit, admission.client, now=now, zone=routes.zone)
        if request.stream is not None and admission.looks_into_body:
            if request.length is not None and request.length > self._buffer:
                raise BodyTooLarge
            request.body = await collect(request.body, request.stream, self._buffer)
            request.stream = None
        await self._inspection.check_request(admission, request)
        message = self._message(admission, routes, request, received_at)
        await self._record(Kind.INTENT, message.state_intent(), message)
        recorded_at = self._clock()
        power_may_fail("gateway.after-intent")
        try:
            answer = await self._obtain(message, request)
            power_may_fail("gateway.after-forward")
            return await self._deliver(message, answer, request, send)
        finally:
            self._watch.ended(message, recorded_at, self._clock())

    def _record(self, kind: Kind, payload: bytes, message: Message) -> asyncio.Future[None]:
        """Write a record as the service wants its evidence."""
        service = message.admission.route.service
        return self._journal.append(
            kind,
            payload,
            message.request_id,
            relaxed=service.durability is Durability.RELAXED,
            signed=kind is Kind.CLOSING and service.signing is Signing.MESSAGE,
        )

    def _message(self, admission: Admission, routes: Routes, request: Request, received_at: int) -> Message:
        request_id = new_id()
        given_id = admission.road.message_id
        message_id = given_id or f"{admission.client.instance}-{new_id()}".encode()
        message = Message(
            admission=admission,
            routes=routes,
            method=request.method,
            request_id=request_id,
            message_id=message_id,
            headers=request_headers(
                request.headers, request_id=request_id.encode(), generated_id=None if given_id else message_id
            ),
            received_at=received_at,
            subject=admission.person(request.body),
            is_streamed=request.stream is not None,
        )
        if request.stream is None:
            message.request_hash = message_hash(message.octets(), request.body)
            message.request_size = len(request.body)
        return message

    async def _obtain(self, message: Message, request: Request) -> Answer:
        """Return the answer as the client may see it; without one the evidence says so.

        :raises ProviderFailure: there is none, or the client may not see it.
        :raises ExchangeRefusal: the gateway itself was asked for what it has not.
        """
        admission, now = message.admission, message.received_at / 1_000_000
        try:
            if admission.is_for_gateway:
                return answer_metaservice(message.routes, admission.client, admission.target, now=now)
            answer = self._inspection.find_kept(message, now)
            if answer is None:
                answer = await self._ask(message, request)
                self._inspection.keep(message, answer, self._clock() / 1_000_000)
            await self._inspection.look_into(message, answer)
        except (ProviderFailure, ExchangeRefusal) as error:
            refusal, sent_at = (error.refusal, error.sent_at) if isinstance(error, ProviderFailure) else (error, None)
            await self._record(Kind.CLOSING, message.unanswered(refusal.code, sent_at, self._clock()), message)
            raise
        return answer

    async def _ask(self, message: Message, request: Request) -> Answer:
        target = message.admission.target
        looked_into = message.admission.looks_into_answer
        question = Question(
            route=message.admission.route,
            method=request.method,
            service_path=target.service_path,
            query=target.query,
            headers=plain_answer_wanted(message.headers) if looked_into else message.headers,
            repeatable=request.method in SAFE_METHODS or b"idempotency-key" in request.told,
        )
        if request.stream is None:
            return await self._providers.ask(question, request.body)
        return await upload(self._providers, question, request, message)

    async def _deliver(self, message: Message, answer: Answer, request: Request, send: Send) -> bytes:
        headers = message.delivered_headers(answer)
        if answer.stream is not None:
            return await self._deliver_stream(message, Download(answer, headers, request), send)
        await self._record(Kind.CLOSING, message.answered(answer, headers), message)
        power_may_fail("gateway.after-evidence")
        return write_answer(
            answer.status,
            answer.reason,
            headers,
            answer.body,
            second=self._clock() // 1_000_000,
            to_head=request.method == b"HEAD",
            content_length=answer.content_length,
            close=not request.keep_alive,
        )

    async def _deliver_stream(self, message: Message, download: Download, send: Send) -> bytes:
        broken: Exception | None = None
        last = b""
        try:
            last = await download.run(send, self._clock() // 1_000_000)
            closing = download.closing(message)
        except (ProviderFailure, ReplyBroken) as error:
            broken = error
            closing = download.broken(message, error, self._clock())
        try:
            await self._record(Kind.CLOSING, closing, message)
        except JournalFailed as failed:
            broken = broken or failed
        if broken is not None:
            raise ReplyBroken from broken
        power_may_fail("gateway.after-evidence")
        return last
