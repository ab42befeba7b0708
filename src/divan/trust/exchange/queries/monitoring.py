"""Operational monitoring: what X-Road's collectors know of messages, read from the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet

from divan.trust.exchange import models
from divan.trust.exchange.apps import options
from divan.trust.exchange.queries.evidence import as_kept, moment, token_of
from divan.trust.exchange.queries.looks import own_member
from divan.trust.exchange.values.evidence import MonitoringPage
from divan_libs.envelope.addresses import parse_client
from divan_libs.envelope.evidence.monitoring import monitoring_record
from divan_libs.envelope.evidence.records import Closing, Intent


def iterate_monitoring(*, since: datetime, until: datetime) -> Iterator[dict[str, object]]:
    """Give the operational-monitoring record of each message that came in a half-open time, oldest first."""
    for row in _between(since, until).iterator(chunk_size=1000):
        yield _record_of(row)


def page_of_monitoring(*, client: str, since: datetime, until: datetime, after: str = "", limit: int) -> MonitoringPage:
    """Return a page of monitoring records for whoever asks through the exchange, oldest first.

    A member gets the messages that its own systems asked or were asked; the member that keeps the exchange gets all.
    ``client`` is the address of the asking subsystem, as the gateway proved it; ``after`` continues a former page.

    :raises AddressError: if ``client`` names no subsystem.
    """
    member = parse_client(client).member.encoded()
    rows = _between(since, until)
    if member != own_member():
        rows = rows.filter(Q(client__startswith=f"{member}/") | Q(service__startswith=f"{member}/"))
    received_at, dash, request_id = after.partition("-")
    if dash and received_at.isascii() and received_at.isdigit() and len(received_at) <= 17:
        at, last = moment(int(received_at)), as_kept(request_id, 64)
        rows = rows.filter(Q(received_at__gt=at) | Q(received_at=at, request_id__gt=last))
    found = list(rows[: limit + 1])
    return MonitoringPage(
        records=tuple(_record_of(row) for row in found[:limit]),
        after=token_of(found[limit - 1]) if len(found) > limit else "",
    )


def _between(since: datetime, until: datetime) -> QuerySet[models.EvidenceRow]:
    rows = models.EvidenceRow.objects.select_related("batch").filter(received_at__gte=since, received_at__lt=until)
    return rows.order_by("received_at", "request_id")


def _record_of(row: models.EvidenceRow) -> dict[str, object]:
    intent, closing = Intent.decode(bytes(row.intent)), Closing.decode(bytes(row.closing))
    kept_at = int(row.batch.signed_at.timestamp()) * 1_000_000
    return monitoring_record(intent, closing, server=options().server, kept_at=kept_at)
