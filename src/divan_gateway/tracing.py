"""Traces of messages for OpenTelemetry, for whoever wants them; without the setting nothing of it is loaded.

The trace context of a client (``traceparent``) goes through untouched, as every header does, for the message's hash is
over it. The gateway's spans lie beside the provider's, under the span that the client named; where it named none, each
message is a trace of its own. Spans hold no path, no query and no identifier of a person.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider

logger = logging.getLogger(__name__)

_TRACEPARENT = re.compile(rb"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?", re.ASCII)
_SAMPLED = 0x01


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """How a message went; moments are microseconds since 1970, None for what did not happen."""

    service: str
    client: str
    method: str
    message_id: str
    request_id: str
    permit: str
    traceparent: bytes | None
    received_at: int
    recorded_at: int
    sent_at: int | None
    ended_at: int
    replied_at: int
    status: int | None
    error: str | None


class Tracer(Protocol):
    """Who is told of messages that went through."""

    def passed(self, passage: Passage) -> None:
        """Note a message. Never waits and never raises."""

    def close(self) -> None:
        """Send what is still here."""


class OpenTelemetryTracer:
    """Hands spans to a collector by OTLP over HTTP, in batches, from a thread of its own."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("divan_gateway")

    @classmethod
    def to_collector(cls, endpoint: str, *, gateway: str) -> OpenTelemetryTracer:
        """Return a tracer that sends to a collector.

        :raises ImportError: if the extra ``traces`` is not installed.
        """
        # Loaded here alone: a gateway without traces neither needs the packages nor pays for them.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 (see above)
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 (see above)
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 (see above)
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 (see above)

        provider = TracerProvider(resource=Resource.create({"service.name": "divan-gateway", "divan.gateway": gateway}))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
        return cls(provider)

    def passed(self, passage: Passage) -> None:
        """Note a message: one span for the whole, below it one for the evidence and one for the provider."""
        try:
            self._note(passage)
        except Exception:
            # The message has passed and its evidence stands: an exporter's defect must not reach who waits for it.
            logger.exception("a message could not be traced")

    def _note(self, passage: Passage) -> None:
        from opentelemetry.trace import SpanKind, StatusCode, set_span_in_context  # noqa: PLC0415 (as above)

        parent = parent_of(passage.traceparent)
        span = self._tracer.start_span(
            f"{passage.method} {passage.service}",
            context=parent,
            kind=SpanKind.SERVER,
            start_time=passage.received_at * 1000,
            attributes=_attributes(passage),
        )
        inside = set_span_in_context(span)
        evidence = self._tracer.start_span("evidence", context=inside, start_time=passage.received_at * 1000)
        evidence.end(passage.recorded_at * 1000)
        if passage.sent_at is not None:
            asked = self._tracer.start_span(
                "provider", context=inside, kind=SpanKind.CLIENT, start_time=passage.sent_at * 1000
            )
            asked.end(max(passage.sent_at, passage.ended_at) * 1000)
        if passage.error is not None or (passage.status or 0) >= 500:
            span.set_status(StatusCode.ERROR, passage.error or "")
        span.end(passage.replied_at * 1000)

    def close(self) -> None:
        """Send what is still here."""
        self._provider.shutdown()


def _attributes(passage: Passage) -> dict[str, Any]:
    told = {
        "http.request.method": passage.method,
        "http.response.status_code": passage.status,
        "error.type": passage.error,
        "divan.service": passage.service,
        "divan.client": passage.client,
        "divan.permit": passage.permit,
        "divan.message_id": passage.message_id,
        "divan.request_id": passage.request_id,
    }
    return {name: value for name, value in told.items() if value is not None}


def parent_of(traceparent: bytes | None) -> Context | None:
    """Return the context that a client's header names (W3C Trace Context), None for none or one that is malformed."""
    found = _TRACEPARENT.fullmatch(traceparent or b"")
    if found is None or found[1] == b"ff" or not int(found[2], 16) or not int(found[3], 16):
        return None
    from opentelemetry.trace import (  # noqa: PLC0415 (as above)
        NonRecordingSpan,
        SpanContext,
        TraceFlags,
        set_span_in_context,
    )

    context = SpanContext(
        trace_id=int(found[2], 16),
        span_id=int(found[3], 16),
        is_remote=True,
        trace_flags=TraceFlags(int(found[4], 16) & _SAMPLED),
    )
    return set_span_in_context(NonRecordingSpan(context))
