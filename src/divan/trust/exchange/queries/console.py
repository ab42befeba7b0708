"""What the console tells: traffic of the last minutes, why calls failed, the gateway's own word, doubts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef

from divan.foundation import facts
from divan.trust.exchange import models
from divan.trust.exchange.adapters import keys
from divan.trust.exchange.adapters.gateway_reports import GatewayReport, read_reports
from divan.trust.exchange.apps import options
from divan.trust.exchange.queries.evidence import Names, as_kept, line_of, moment, newest_first
from divan.trust.exchange.values.console import (
    CauseLine,
    Doubt,
    DoubtUnknown,
    Finding,
    GatewayHealth,
    GatewayState,
    IllProvider,
    MessagePath,
    Settlement,
    Traffic,
    TrafficLine,
)
from divan.trust.exchange.values.evidence import EVIDENCE_IMPORTED, Evidence
from divan_libs.envelope.evidence.records import Header, Outcome

MOST_MESSAGES = 200_000
"""Newest messages that are counted; a console that counts hours of a busy exchange would keep it from working."""
SILENT_AFTER = timedelta(seconds=15)
_LINES = 100

_NEWEST = """
SELECT client, service, outcome, status, received_at, ended_at, {more}
FROM exchange_evidencerow WHERE received_at >= %(since)s AND received_at < %(until)s {only}
ORDER BY received_at DESC LIMIT %(most)s
"""
_TRAFFIC = f"""
WITH newest AS ({_NEWEST.format(more="extract(epoch FROM ended_at - received_at) * 1000 AS ms", only="")})
SELECT client, service, count(*), count(*) FILTER (WHERE outcome <> 'answered' OR status >= 500),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY ms), percentile_cont(0.95) WITHIN GROUP (ORDER BY ms), max(received_at)
FROM newest GROUP BY client, service ORDER BY count(*) DESC, client, service
"""  # noqa: S608 (put together of constants)
_CAUSES = f"""
WITH newest AS ({
    _NEWEST.format(
        more="convert_from(closing, 'UTF8')::json ->> 'error' AS error",
        only="AND (outcome <> 'answered' OR status >= 400)",
    )
})
SELECT coalesce(error, CASE WHEN outcome = 'in-doubt' THEN 'in-doubt' WHEN status >= 500 THEN 'http-5xx'
  ELSE 'http-4xx' END) AS code, client, service, count(*), max(received_at)
FROM newest GROUP BY 1, 2, 3 ORDER BY 4 DESC, 5 DESC
"""  # noqa: S608 (put together of constants)


def list_traffic(*, since: datetime, until: datetime, language: str = "fa") -> Traffic:
    """Return what passed in a half-open time by consumer and service, as far as its evidence was taken over."""
    rows = _asked(_TRAFFIC, since, until)
    names = Names.of_addresses((row[0] for row in rows), (row[1] for row in rows), language)
    lines = tuple(
        TrafficLine(
            client=client,
            client_name=names.client(client),
            service=service,
            service_name=names.service(service),
            calls=calls,
            failed=failed,
            median_ms=float(median),
            p95_ms=float(p95),
            last_at=last_at,
        )
        for client, service, calls, failed, median, p95, last_at in rows[:_LINES]
    )
    calls = sum(row[2] for row in rows)
    return Traffic(lines=lines, calls=calls, failed=sum(row[3] for row in rows), is_cut=calls >= MOST_MESSAGES)


def list_causes(*, since: datetime, until: datetime, language: str = "fa") -> list[CauseLine]:
    """Return why calls failed in a half-open time, the most frequent first: evidence and the gateway's refusals."""
    found: list[tuple[str, str, str, int, datetime, bool]] = [
        (code, client, service, calls, last_at, False)
        for code, client, service, calls, last_at in _asked(_CAUSES, since, until)
    ]
    found += _refusals(since, until)
    found = sorted(found, key=lambda one: (-one[3], one[0], one[1], one[2]))[:_LINES]
    names = Names.of_addresses((one[1] for one in found), (one[2] for one in found), language)
    return [
        CauseLine(
            code=code,
            client=client,
            client_name=names.client(client) if client else "",
            service=service,
            service_name=names.service(service) if service else "",
            calls=calls,
            last_at=last_at,
            was_stated=was_stated,
        )
        for code, client, service, calls, last_at, was_stated in found
    ]


def _asked(query: str, since: datetime, until: datetime) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"since": since, "until": until, "most": MOST_MESSAGES})
        return list(cursor.fetchall())


def _refusals(since: datetime, until: datetime) -> Iterator[tuple[str, str, str, int, datetime, bool]]:
    """Yield what the gateway refused before anything was recorded, minute by minute added up."""
    counted: dict[tuple[str, str, str], int] = defaultdict(int)
    last: dict[tuple[str, str, str], datetime] = {}
    for report in read_reports(options().gateway / keys.EVIDENCE):
        for one in report.refusals:
            at = datetime.fromtimestamp(int(one["minute"]), UTC)
            if at + timedelta(minutes=1) <= since or at >= until:
                continue
            key = (str(one["code"]), str(one["client"]), str(one["service"]))
            counted[key] += int(one["count"])
            last[key] = max(last.get(key, at), at)
    for key, calls in counted.items():
        yield (key[0] or "other", key[1], key[2], calls, last[key], True)


def gateway_state(*, now: datetime, language: str = "fa") -> GatewayState:
    """Return what the gateway said last of itself: the worst of its processes, and every address that is ill."""
    reports = list(read_reports(options().gateway / keys.EVIDENCE))
    said_at = max((moment(report.at) for report in reports), default=None)
    alive = [report for report in reports if now - moment(report.at) < SILENT_AFTER]
    names = Names.of_addresses((), (str(ill["service"]) for one in alive for ill in one.providers), language)
    order = list(GatewayHealth)
    told = [GatewayHealth(one.state) if one.state in set(GatewayHealth) else GatewayHealth.FAILED for one in alive]
    return GatewayState(
        health=max(told, key=order.index, default=GatewayHealth.SILENT),
        said_at=said_at,
        processes=len(alive),
        snapshot=min((one.snapshot for one in alive), default=0),
        providers=tuple(_ill(alive, names)),
    )


def _ill(reports: Iterable[GatewayReport], names: Names) -> Iterator[IllProvider]:
    """Yield each ill address once, as the process that is worst off with it sees it."""
    worst: dict[tuple[str, str], tuple[GatewayReport, Mapping[str, Any]]] = {}
    for report in reports:
        for one in report.providers:
            key = (str(one["service"]), str(one["address"]))
            if key not in worst or int(one["failures"]) > int(worst[key][1]["failures"]):
                worst[key] = (report, one)
    for service, address in sorted(worst):
        report, told = worst[service, address]
        yield IllProvider(
            service=service,
            service_name=names.service(service),
            address=address,
            failures=int(told["failures"]),
            is_left_alone=bool(told["is_open"]),
            asked_again_at=moment(report.at) + timedelta(seconds=int(told["asked_again_in"])),
        )


def path_of(evidence: Evidence) -> MessagePath:
    """Return what stands around the evidence of a message: snapshot, timestamp, and the fact that is in the log."""
    segment = models.Segment.objects.get(name=evidence.segment)
    batch = models.EvidenceBatch.objects.select_related("stamped__stamp").get(segment=segment, number=evidence.batch)
    stamped = getattr(batch, "stamped", None)
    issued = models.SnapshotVersion.objects.filter(number=evidence.snapshot).values_list("issued_at", flat=True).first()
    fact = facts.first_reaching(segment.uuid, EVIDENCE_IMPORTED, "batch", evidence.batch)
    return MessagePath(
        snapshot_issued_at=issued,
        stamped_at=stamped.stamp.stamped_at if stamped else None,
        imported_by=fact.uuid if fact else None,
        imported_at=fact.at if fact else None,
        has_certificate=bool(Header.decode(bytes(segment.header)).certificates) if segment.header else False,
    )


def list_doubts(*, settled: bool = False, limit: int = 200, language: str = "fa") -> list[Doubt]:
    """Return messages that are in doubt, or those of which it was settled, newest first."""
    settlements = models.SettledDoubt.objects.filter(request_id=OuterRef("request_id"))
    rows = newest_first().filter(outcome=Outcome.IN_DOUBT)
    rows = rows.filter(Exists(settlements)) if settled else rows.exclude(Exists(settlements))
    found = list(rows[:limit])
    known = _settlements([row.request_id for row in found]) if settled else {}
    names = Names(found, language)
    return [Doubt(line=line_of(row, names), settlement=known.get(row.request_id)) for row in found]


def get_doubt(request_id: str, *, language: str = "fa") -> Doubt:
    """Return a message in doubt by the identifier of its attempt, with what was found out of it.

    :raises DoubtUnknown: if none is in doubt under it.
    """
    row = newest_first().filter(request_id=as_kept(request_id, 64), outcome=Outcome.IN_DOUBT).first()
    if row is None:
        raise DoubtUnknown
    return Doubt(line=line_of(row, Names([row], language)), settlement=find_settlement(row.request_id))


def count_doubts() -> int:
    """Return how many messages are in doubt and not settled, a thousand at most."""
    settlements = models.SettledDoubt.objects.filter(request_id=OuterRef("request_id"))
    rows = models.EvidenceRow.objects.filter(outcome=Outcome.IN_DOUBT).exclude(Exists(settlements))
    return rows[:1000].count()


def find_settlement(request_id: str) -> Settlement | None:
    """Return what was found out of an attempt that was in doubt, or None."""
    return _settlements([request_id]).get(request_id)


def _settlements(request_ids: list[str]) -> dict[str, Settlement]:
    return {
        row.request_id: Settlement(finding=Finding(row.finding), reason=row.reason, settled_at=row.settled_at)
        for row in models.SettledDoubt.objects.filter(request_id__in=request_ids)
    }
