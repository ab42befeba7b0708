"""What a gateway tells of itself: numbers by service and consumer, its report for the console, its health, traces."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from tests.waiting import wait_for

from divan_gateway.journal import Journal
from divan_gateway.metrics import Metrics
from divan_gateway.report import KEPT_MINUTES, MOST_LINES, Report
from divan_gateway.series import BOUNDS, CODES, PAIRS, Series
from divan_gateway.settings import Settings, SettingsError
from divan_gateway.tests import kills
from divan_gateway.tests.rig import PLAIN_CLIENT, PRODUCER, free_port, permit, service
from divan_gateway.tracing import parent_of
from divan_libs.envelope.evidence.records import Kind

MINUTE = 60_000_000
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def numbers_of(series: Series) -> dict[str, float]:
    return {
        name: float(value)
        for name, value in (line.rsplit(" ", 1) for line in series.render() if not line.startswith("#"))
    }


def test_series_of_all_workers_add_up_and_a_successor_goes_on():
    made = Series(workers=2)
    first, second = made.of_worker(0), made.of_worker(1)

    for worker, took in ((first, 400), (first, 900_000), (second, 400), (first.of_worker(0), 10**9)):
        worker.observe("S", "C", "answered", took)
    second.observe("S", "D", "unsent", -5)
    second.refused("server.x")

    told = numbers_of(made)
    assert told['divan_gateway_call_seconds_bucket{service="S",client="C",le="0.0005"}'] == 2
    assert told['divan_gateway_call_seconds_bucket{service="S",client="C",le="0.5"}'] == 2
    assert told['divan_gateway_call_seconds_bucket{service="S",client="C",le="1"}'] == 3
    assert told['divan_gateway_call_seconds_bucket{service="S",client="C",le="+Inf"}'] == 4
    assert told['divan_gateway_call_seconds_count{service="S",client="C"}'] == 4
    assert told['divan_gateway_call_seconds_sum{service="S",client="C"}'] == pytest.approx(1000.9008)
    assert told['divan_gateway_calls_total{service="S",client="D",result="unsent"}'] == 1
    assert told['divan_gateway_refusals_total{code="server.x"}'] == 1


def test_however_many_pairs_there_are_the_scrape_stays_bounded():
    series = Series()

    for number in range(PAIRS * 3):
        series.observe(f"service-{number}", 'a"\\\n' * (number % 2) + "x" * (number % 700), "answered", 1)
        series.refused(f"code-{number}")

    lines = list(series.render())
    told = numbers_of(series)
    assert len(lines) <= 6 + PAIRS * (len(BOUNDS) + 4) + CODES
    assert sum(value for name, value in told.items() if "_count" in name) == PAIRS * 3
    assert sum(value for name, value in told.items() if "refusals" in name) == PAIRS * 3
    assert told['divan_gateway_call_seconds_count{service="other",client="other"}'] > PAIRS


def test_a_report_forgets_and_stays_small(tmp_path):
    report = Report(tmp_path, 0)
    report.refused("old", "", "", 0)
    for number in range(MOST_LINES + 50):
        report.refused("new", f"client-{number}", "", KEPT_MINUTES * 2 * MINUTE)

    report.write({"state": "ok"}, [], KEPT_MINUTES * 2 * MINUTE)

    [file] = tmp_path.iterdir()
    lines = json.loads(file.read_text())["refusals"]
    assert sum(line["count"] for line in lines) == MOST_LINES + 50
    assert len(lines) <= MOST_LINES + 1
    assert {line["code"] for line in lines} == {"new", ""}
    report.remove()
    report.remove()
    assert list(tmp_path.iterdir()) == []


def told_by(ground, wanted):
    """The report of the only worker, once it says what is wanted."""

    def found():
        file = ground.evidence / "state-0.json"
        document = json.loads(file.read_text()) if file.exists() else None
        return document if document is not None and wanted(document) else None

    return wait_for(found)


def test_calls_refusals_and_ill_providers_are_told(provider, tmp_path, launch):
    ground = kills.prepare(tmp_path, provider)
    services = [service("echo", provider.url()), service("dead", f"http://127.0.0.1:{free_port()}")]
    ground.publish(ground.snapshot(services, [permit(one.name, client=PLAIN_CLIENT) for one in services], version=2))
    gateway = launch(ground, BREAKER_FAILURES="2").wait_until(version=2)

    def ask(code, client=PLAIN_CLIENT):
        return gateway.plain("GET", f"/r1/{PRODUCER}/{code}", client=client, headers={"traceparent": TRACE})

    assert ask("echo").status == 200
    assert provider.seen[-1].values("traceparent") == [TRACE]
    assert [ask("dead").status for _ in range(2)] == [500, 500]
    assert ask("9991000012").error == "server.serverproxy.unknown_service"
    assert ask("echo", client="EE/GOV/nobody/9991000012").error == "server.clientproxy.unknown_member"

    report = told_by(ground, lambda told: len(told["refusals"]) == 2 and told["providers"])
    assert (report["state"], report["snapshot"]) == ("ok", 2)
    [ill] = report["providers"]
    assert (ill["service"], ill["is_open"]) == (f"{PRODUCER}/dead", True)
    assert {(one["code"], one["client"], one["service"]) for one in report["refusals"]} == {
        ("server.serverproxy.unknown_service", PLAIN_CLIENT, ""),
        ("server.clientproxy.unknown_member", "", f"{PRODUCER}/echo"),
    }
    assert "9991000012" not in json.dumps(report)
    scrape = gateway.plain("GET", "/-/metrics").body.decode()
    pair = f'service="{PRODUCER}/echo",client="{PLAIN_CLIENT}"'
    assert f'divan_gateway_calls_total{{{pair},result="answered"}} 1' in scrape
    assert f"divan_gateway_call_seconds_count{{{pair}}} 1" in scrape
    assert 'divan_gateway_refusals_total{code="server.serverproxy.unknown_service"} 1' in scrape
    assert "9991000012" not in scrape
    assert gateway.stop() == 0
    assert not (ground.evidence / "state-0.json").exists()


class _SlowLog:
    """A log whose disk takes its time."""

    is_full = needs_maintenance = False

    def __init__(self) -> None:
        self.may_go_on = threading.Event()

    def commit(self, records, *, sign) -> None:
        assert (len(records), sign) == (1, set())
        self.may_go_on.wait(10)

    def close(self) -> None:
        pass


def test_a_write_that_does_not_come_back_is_seen():
    async def write() -> tuple[float, float]:
        log = _SlowLog()
        journal = Journal(log, Metrics(), lambda: None)
        durable = journal.append(Kind.INTENT, b"{}", "request")
        await asyncio.sleep(0.05)
        waited = journal.waiting_seconds
        log.may_go_on.set()
        await durable
        await journal.close()
        return waited, journal.waiting_seconds

    waited, after = asyncio.run(write())

    assert waited >= 0.04
    assert after == 0


@pytest.fixture
def collector():
    """A collector of OpenTelemetry that keeps what it is sent."""
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="the extra traces is not installed")
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (  # noqa: PLC0415 (may be absent)
        ExportTraceServiceRequest,
    )

    spans = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                import gzip  # noqa: PLC0415 (of this answer alone)

                body = gzip.decompress(body)
            sent = ExportTraceServiceRequest.FromString(body)
            spans.extend(span for one in sent.resource_spans for scope in one.scope_spans for span in scope.spans)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}/v1/traces", spans=spans)
    server.shutdown()
    server.server_close()
    thread.join()


def test_traces_lie_under_the_clients_span_and_say_nothing_of_the_person(provider, tmp_path, launch, collector):
    ground = kills.prepare(tmp_path, provider)
    gateway = launch(ground, TRACES=collector.url).wait_until()

    path = f"{kills.ECHO}/9991000012"
    assert gateway.plain("POST", path, client=PLAIN_CLIENT, body=b"x", headers={"traceparent": TRACE}).status == 200
    assert gateway.plain("POST", path, client=PLAIN_CLIENT, body=b"x").status == 200
    assert gateway.stop() == 0

    named = [span for span in collector.spans if span.trace_id.hex() == TRACE.split("-")[1]]
    assert [span.name for span in named] == ["evidence", "provider", f"POST {PRODUCER}/echo"]
    assert named[-1].parent_span_id.hex() == TRACE.split("-")[2]
    assert {span.parent_span_id for span in named[:-1]} == {named[-1].span_id}
    assert all(span.start_time_unix_nano <= span.end_time_unix_nano for span in collector.spans)
    assert len(collector.spans) == 6
    assert "9991000012" not in str(collector.spans)
    assert provider.seen[-2].values("traceparent") == [TRACE]
    assert provider.seen[-1].values("traceparent") == []


@pytest.mark.parametrize(
    "header",
    [b"", b"x", b"ff-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01", b"00-" + b"0" * 32 + b"-" + b"b" * 16 + b"-01", None],
)
def test_a_trace_context_that_is_none_begins_a_trace_of_its_own(header):
    assert parent_of(header) is None


def test_traces_are_asked_for_by_an_address(monkeypatch):
    wanted = {name: value for name, value in os.environ.items() if name.startswith("DIVAN_GATEWAY_")}
    with pytest.raises(SettingsError):
        Settings.from_environment(wanted | {"DIVAN_GATEWAY_TRACES": "localhost:4318"})
