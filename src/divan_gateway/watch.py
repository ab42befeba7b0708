"""Who watches the messages: numbers by service and consumer, the report for the console, and traces where wanted."""

from __future__ import annotations

from divan_gateway.admission import read_road_headers
from divan_gateway.metrics import Metrics
from divan_gateway.report import Report
from divan_gateway.routing import Routes
from divan_gateway.testimony import Message
from divan_gateway.tracing import Passage, Tracer
from divan_gateway.wire import Request
from divan_libs.envelope.addresses import AddressError, parse_client, parse_target
from divan_libs.envelope.errors import ExchangeRefusal
from divan_libs.envelope.evidence.records import Closing, Outcome

_CLIENT_ERROR, _SERVER_ERROR = 400, 500


class Watch:
    """Takes note of messages and refusals. Nothing here waits, and nothing here may stop a message."""

    def __init__(self, metrics: Metrics, report: Report, tracer: Tracer | None = None) -> None:
        self._series = metrics.series
        self._report = report
        self._tracer = tracer

    def ended(self, message: Message, recorded_at: int, replied_at: int) -> None:
        """Note how a message ended whose intent was recorded; of one without an end the next start will tell."""
        closing, admission = message.closing, message.admission
        if closing is None:
            return
        client, service = admission.client.encoded(), admission.route.encoded_id
        self._series.observe(service, client, _result_of(closing), replied_at - message.received_at)
        if self._tracer is not None:
            self._tracer.passed(_passage(message, closing, recorded_at, replied_at))

    def refused(self, refusal: ExchangeRefusal, request: Request | None, routes: Routes | None, at: int) -> None:
        """Note a refusal of which no evidence tells."""
        client, service = _parties(request, routes) if request is not None else ("", "")
        self._report.refused(refusal.code, client, service, at)

    def counted(self, refusal: ExchangeRefusal) -> None:
        """Count a refusal, whatever the evidence says."""
        self._series.refused(refusal.code)


def _result_of(closing: Closing) -> str:
    if closing.outcome != Outcome.ANSWERED:
        return closing.outcome
    status = closing.status or 0
    if status < _CLIENT_ERROR:
        return "answered"
    return "client_error" if status < _SERVER_ERROR else "server_error"


def _parties(request: Request, routes: Routes | None) -> tuple[str, str]:
    """Return consumer and service of a refused call as far as the snapshot knows them; the rest is anybody's word."""
    if routes is None:
        return "", ""
    client = service = ""
    try:
        stated = read_road_headers(request.told).client
        if stated is not None and (named := parse_client(stated.decode("ascii"))) in routes.clients:
            client = named.encoded()
        target = parse_target(request.target.decode("ascii"))
        if target.service in routes.services:
            service = target.service.encoded()
    except (AddressError, UnicodeDecodeError):
        pass
    return client, service


def _passage(message: Message, closing: Closing, recorded_at: int, replied_at: int) -> Passage:
    admission = message.admission
    return Passage(
        service=admission.route.encoded_id,
        client=admission.client.encoded(),
        method=message.method.decode("ascii"),
        message_id=message.message_id.decode("utf-8", "replace"),
        request_id=message.request_id,
        permit=admission.permit.id,
        traceparent=next((value for name, value in message.headers if name.lower() == b"traceparent"), None),
        received_at=message.received_at,
        recorded_at=recorded_at,
        sent_at=closing.sent_at,
        ended_at=closing.ended_at,
        replied_at=replied_at,
        status=closing.status,
        error=closing.error,
    )
