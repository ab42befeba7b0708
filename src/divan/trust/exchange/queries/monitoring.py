"""Operational monitoring: what X-Road's collectors know of messages, read from the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from divan.trust.exchange import models
from divan.trust.exchange.apps import options
from divan_libs.envelope.evidence.monitoring import monitoring_record
from divan_libs.envelope.evidence.records import Closing, Intent


def iterate_monitoring(*, since: datetime, until: datetime) -> Iterator[dict[str, object]]:
    """Give the operational-monitoring record of each message that came in a half-open time, oldest first."""
    rows = models.EvidenceRow.objects.select_related("batch").filter(received_at__gte=since, received_at__lt=until)
    for row in rows.order_by("received_at", "request_id").iterator(chunk_size=1000):
        intent, closing = Intent.decode(bytes(row.intent)), Closing.decode(bytes(row.closing))
        kept_at = int(row.batch.signed_at.timestamp()) * 1_000_000
        yield monitoring_record(intent, closing, server=options().server, kept_at=kept_at)
