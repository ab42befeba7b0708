"""Carries one message: admitted, intent durable, sent, answered, evidence durable, replied."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from divan_gateway import faults
from divan_gateway.admission import Admission, Caller, admit, read_road_headers
from divan_gateway.journal import Journal, JournalFailed
from divan_gateway.metrics import Count, Level, Metrics
from divan_gateway.providers import ProviderFailure, Providers
from divan_gateway.routing import Routes, Routing
from divan_gateway.wire import Answer, Request, write_answer, write_refusal
from divan_libs.envelope import errors
from divan_libs.envelope.errors import Dialect, ExchangeRefusal, render_refusal
from divan_libs.envelope.evidence.records import Closing, Intent, Kind, Outcome, digest
from divan_libs.envelope.headers import Header, last_value, request_headers, response_headers
from divan_libs.envelope.request_hash import message_hash, request_message, response_message
from divan_libs.envelope.subjects import keyed_hash, subject_hash

logger = logging.getLogger(__name__)


def _text(octets: bytes | None) -> str | None:
    return None if octets is None else octets.decode("utf-8", "replace")


class Carrier:
    """Answers service calls of clients. ``clock`` gives microseconds since 1970 in UTC."""

    def __init__(
        self,
        *,
        routing: Routing,
        journal: Journal,
        providers: Providers,
        metrics: Metrics,
        dialect: Dialect,
        clock: Callable[[], int] = lambda: time.time_ns() // 1000,
    ) -> None:
        self._routing = routing
        self._journal = journal
        self._providers = providers
        self._metrics = metrics
        self._dialect = dialect
        self._clock = clock

    async def carry(self, request: Request, caller: Caller) -> bytes:
        """Return the octets of the reply to a service call, whatever happens."""
        received_at = self._clock()
        self._metrics.add(Count.MESSAGES)
        self._metrics.add(Level.UNDER_WAY)
        try:
            reply = await self._carry(request, caller, received_at)
        except ExchangeRefusal as refusal:
            self._metrics.add(Count.REFUSED)
            return self.refuse(refusal, request)
        except ProviderFailure as failure:
            self._metrics.add(Count.PROVIDER_FAILED)
            return self.refuse(failure.refusal, request)
        except JournalFailed:
            self._metrics.add(Count.REFUSED)
            return self.refuse(errors.logging_failed("Evidence of the message cannot be kept"), request)
        except Exception:
            logger.exception("defect while carrying a message")
            self._metrics.add(Count.REFUSED)
            return self.refuse(errors.internal_error(), request)
        finally:
            self._metrics.add(Level.UNDER_WAY, -1)
        self._metrics.add(Count.ANSWERED)
        self._metrics.add(Count.MESSAGE_MICROSECONDS, self._clock() - received_at)
        return reply

    def refuse(self, refusal: ExchangeRefusal, request: Request | None, *, close: bool = False) -> bytes:
        """Return the octets of a refusal in the form the client accepts, and log it under the same id."""
        detail = str(uuid4())
        headers = request.headers if request else []
        rendered = render_refusal(
            refusal, accept=_text(last_value(headers, b"accept")), detail=detail, dialect=self._dialect
        )
        client = _text(read_road_headers(headers).client)
        # The target is not logged: it may name a person.
        logger.info("refused %s %s client=%r: %s", detail, refusal.code, client, refusal.message)
        return write_refusal(
            rendered,
            second=self._clock() // 1_000_000,
            to_head=request is not None and request.method == b"HEAD",
            close=close or (request is not None and not request.keep_alive),
        )

    async def _carry(self, request: Request, caller: Caller, received_at: int) -> bytes:
        routes = self._routing.routes
        admission = admit(routes, caller, request, now=datetime.fromtimestamp(received_at / 1e6, UTC))
        assert routes is not None  # noqa: S101 - nothing is admitted without routes
        request_id = str(uuid4())
        given_id = admission.road.message_id
        message_id = given_id or f"{admission.client.instance}-{uuid4()}".encode()
        headers = request_headers(
            request.headers, request_id=request_id.encode(), generated_id=None if given_id else message_id
        )
        target = admission.target.raw().encode("ascii")
        request_hash = message_hash(request_message(request.method, target, headers), request.body)
        intent = _intent(admission, routes, request, request_id, message_id, request_hash, received_at)
        await self._journal.append(Kind.INTENT, intent, request_id)
        faults.strike("gateway.after-intent")
        answer = await self._forward(admission, request, headers, request_id, intent)
        faults.strike("gateway.after-forward")
        delivered = response_headers(
            answer.headers,
            message_id=message_id,
            client=admission.client.encoded().encode(),
            service=admission.route.encoded_id.encode(),
            request_id=request_id.encode(),
            request_hash=request_hash.encode(),
        )
        await self._journal.append(Kind.CLOSING, _answered(request_id, intent, answer, delivered), request_id)
        faults.strike("gateway.after-evidence")
        return write_answer(
            answer.status,
            answer.reason,
            delivered,
            answer.body,
            second=self._clock() // 1_000_000,
            to_head=request.method == b"HEAD",
            content_length=answer.content_length,
            close=not request.keep_alive,
        )

    async def _forward(
        self, admission: Admission, request: Request, headers: list[Header], request_id: str, intent: bytes
    ) -> Answer:
        target = admission.target
        try:
            return await self._providers.ask(
                admission.route,
                request.method,
                service_path=target.service_path,
                query=target.query,
                headers=headers,
                body=request.body,
            )
        except ProviderFailure as failure:
            closing = _unanswered(request_id, intent, failure, self._clock())
            await self._journal.append(Kind.CLOSING, closing, request_id)
            raise


def _intent(
    admission: Admission,
    routes: Routes,
    request: Request,
    request_id: str,
    message_id: bytes,
    request_hash: str,
    received_at: int,
) -> bytes:
    key, place, road = routes.subject_key, admission.route.service.subject, admission.road
    return Intent(
        request_id=request_id,
        message_id=message_id.decode("utf-8", "replace"),
        client=admission.client.encoded(),
        service=admission.route.encoded_id,
        method=request.method.decode("ascii"),
        path=admission.path if place is None else place.mask(admission.path),
        target=keyed_hash(key, "target", admission.target.raw()),
        permit=admission.permit.id,
        purpose=admission.permit.purpose,
        legal_basis=admission.permit.legal_basis,
        request_hash=request_hash,
        request_size=len(request.body),
        received_at=received_at,
        subject=None if admission.subject is None else subject_hash(key, admission.subject),
        subject_key=routes.subject_key_id,
        snapshot=routes.version,
        user_id=_text(road.user_id),
        issue=_text(road.issue),
        represented_party=_text(road.represented_party),
    ).encode()


def _answered(request_id: str, intent: bytes, answer: Answer, delivered: list[Header]) -> bytes:
    message = response_message(answer.status, answer.reason, delivered)
    return Closing(
        request_id=request_id,
        intent=digest(intent),
        outcome=Outcome.ANSWERED.value,
        status=answer.status,
        response_hash=message_hash(message, answer.body),
        response_size=len(answer.body),
        error=None,
        sent_at=answer.sent_at,
        ended_at=answer.ended_at,
    ).encode()


def _unanswered(request_id: str, intent: bytes, failure: ProviderFailure, ended_at: int) -> bytes:
    outcome = Outcome.UNSENT if failure.sent_at is None else Outcome.UNANSWERED
    return Closing(
        request_id=request_id,
        intent=digest(intent),
        outcome=outcome.value,
        status=None,
        response_hash=None,
        response_size=None,
        error=failure.refusal.code,
        sent_at=failure.sent_at,
        ended_at=ended_at,
    ).encode()
