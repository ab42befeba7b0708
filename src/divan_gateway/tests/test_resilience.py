"""Providers that fail, addresses that stand in for each other, and a gateway that is replaced while it works."""

import signal
import socket
import threading
import time
from contextlib import closing
from http.client import HTTPConnection

import pytest
from tests.waiting import wait_for

from divan_gateway.breakers import Breaker
from divan_gateway.tests.provider import Provider
from divan_gateway.tests.rig import PLAIN_CLIENT, PRODUCER, Ground, ask, free_port, permit, service
from divan_gateway.tests.sockets import tls_socket

RESTING = "The service provider's system failed repeatedly and is not asked for a moment"


def test_a_breaker_opens_after_failures_in_a_row_tries_once_and_rests_longer_each_time():
    breaker = Breaker(3)
    for _ in range(2):
        breaker.failed(0)
    breaker.succeeded()
    for _ in range(3):
        assert breaker.admits(0)
        breaker.failed(0)
    rests = []
    now = 0.0
    for _ in range(7):
        assert not breaker.admits(breaker.open_until - 0.001)
        rests.append(breaker.open_until - now)
        now = breaker.open_until
        assert breaker.admits(now)
        breaker.begin()
        assert not breaker.admits(now)
        breaker.failed(now)
    assert rests == [1, 2, 4, 8, 16, 30, 30]

    breaker.begin()
    breaker.succeeded()
    assert breaker.admits(now)
    assert not breaker.is_open


@pytest.fixture
def spare():
    server = Provider()
    yield server
    server.close()


@pytest.fixture
def gateway_to(tmp_path, launch):
    """Start a gateway with one service at these addresses."""

    def start(*addresses, settings=(), **options):
        ground = Ground.prepare(tmp_path)
        ground.publish(ground.snapshot([service("echo", *addresses, **options)], [permit("echo", client=PLAIN_CLIENT)]))
        return launch(ground, **dict(settings)).wait_until()

    return start


def call(gateway, page="x", method="GET", **options):
    return gateway.plain(method, f"/r1/{PRODUCER}/echo/{page}", client=PLAIN_CLIENT, **options)


def test_an_address_that_fails_again_and_again_is_left_alone_and_found_again_when_it_is_well(gateway_to):
    port = free_port()
    gateway = gateway_to(f"http://127.0.0.1:{port}", settings={"BREAKER_FAILURES": "2", "HEALTH_MS": "100"})
    refused = [call(gateway, headers={"Prefer": "http-status"}) for _ in range(3)]

    assert [reply.status for reply in refused] == [502, 502, 503]
    assert (refused[2].message, refused[2].error) == (RESTING, "server.serverproxy.network_error")
    assert int(refused[2].value("Retry-After")) >= 1
    assert {record.outcome for record in gateway.ground.closings()} == {"unsent"}

    with closing(Provider(port=port)):
        wait_for(lambda: call(gateway).status == 200)


class Breaking:
    """A provider that takes a question and hangs up without an answer, so many times; then it answers."""

    def __init__(self, times):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._times = times
        self.asked = []
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def _serve(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self.asked.append(connection.recv(65536))
                if len(self.asked) > self._times:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")

    def close(self):
        self._listener.close()


@pytest.mark.parametrize(
    ("method", "headers", "times", "status", "asked"),
    [
        ("GET", {}, 2, 200, 3),
        ("POST", {"Idempotency-Key": "k"}, 1, 200, 2),
        ("POST", {}, 1, 500, 1),
        ("GET", {}, 9, 500, 3),
    ],
)
def test_only_what_may_be_asked_twice_is(gateway_to, method, headers, times, status, asked):
    with closing(Breaking(times)) as provider:
        gateway = gateway_to(provider.url)
        reply = call(gateway, method=method, headers=headers, body=b"x" if method == "POST" else None)

        assert (reply.status, len(provider.asked)) == (status, asked)
        assert len(gateway.ground.intents()) == 1
        assert [record.outcome for record in gateway.ground.closings()] == [
            "answered" if status == 200 else "unanswered"
        ]


def test_another_address_takes_over_and_the_first_comes_back_when_it_is_well(gateway_to, provider, spare):
    port = free_port()
    gateway = gateway_to(
        f"http://127.0.0.1:{port}", spare.url(), settings={"BREAKER_FAILURES": "2", "HEALTH_MS": "100"}
    )
    assert [call(gateway, method="POST", body=b"x").status for _ in range(5)] == [200] * 5
    assert len(spare.seen) == 5

    with closing(Provider(port=port)) as first:
        wait_for(lambda: call(gateway).status == 200 and first.seen)


def test_an_address_whose_health_is_bad_is_passed_over_before_any_question_fails(gateway_to, spare):
    with closing(Breaking(10**9)) as ill:
        gateway = gateway_to(
            ill.url, spare.url(), settings={"HEALTH_MS": "100", "BREAKER_FAILURES": "3"}, health_path="/health"
        )
        wait_for(lambda: any(seen.target == "/health" for seen in spare.seen))
        time.sleep(0.3)
        asked = [question for question in ill.asked if b"/health" not in question]
        assert [call(gateway, method="POST", body=b"x").status for _ in range(3)] == [200] * 3
        assert [question for question in ill.asked if b"/health" not in question] == asked


def test_no_call_fails_while_the_gateway_is_replaced_by_a_new_run_of_its_program(provider, tmp_path, launch):
    ground = Ground.prepare(tmp_path)
    ground.publish(ground.snapshot([service("echo", provider.url())], [permit("echo", client=PLAIN_CLIENT)]))
    gateway = launch(ground, WORKERS="2").wait_until()
    failures, calls, stop = [], [0], threading.Event()

    def ask_on(*, kept):
        while not stop.is_set():
            try:
                with closing(HTTPConnection("127.0.0.1", gateway.plain_port, timeout=20)) as connection:
                    while not stop.is_set():
                        reply = ask(connection, "GET", f"/r1/{PRODUCER}/echo/x", client=PLAIN_CLIENT)
                        calls[0] += 1
                        if reply.status != 200:
                            failures.append(reply.message)
                        if not kept or reply.value("connection") == "close":
                            break
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a failed call
                failures.append(repr(error))

    threads = [threading.Thread(target=ask_on, kwargs={"kept": number % 2 == 0}) for number in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    for _ in range(2):
        before = gateway.log.read_text().count("listening on")
        gateway.process.send_signal(signal.SIGHUP)
        wait_for(lambda seen=before: gateway.log.read_text().count("listening on") >= seen + 4)
        time.sleep(0.5)
    stop.set()
    for thread in threads:
        thread.join(20)

    assert failures == []
    assert calls[0] > 20
    assert gateway.stop() == 0
    assert ground.findings() == []
    assert {record.outcome for record in ground.closings()} == {"answered"}


def test_clients_that_keep_idle_or_half_spoken_connections_do_not_keep_a_gateway_from_stopping(
    provider, tmp_path, launch
):
    ground = Ground.prepare(tmp_path)
    gateway = launch(ground).wait_until("no-snapshot")
    with tls_socket(gateway) as idle, tls_socket(gateway) as half:
        half.sendall(b"GET / HTTP/1.1\r\n")
        idle.sendall(b"GET /-/health HTTP/1.1\r\nHost: g\r\n\r\n")
        assert idle.recv(4096).startswith(b"HTTP/1.1 503 ")
        assert gateway.stop() == 0


def test_a_renewed_certificate_is_shown_from_the_next_connection_on(provider, tmp_path, launch):
    ground = Ground.prepare(tmp_path)
    gateway = launch(ground).wait_until("no-snapshot")

    def shown():
        raw = socket.create_connection(("127.0.0.1", gateway.port), timeout=20)
        with gateway.context(ground.client).wrap_socket(raw, server_hostname="127.0.0.1") as connection:
            return connection.getpeercert()["serialNumber"], connection.version()

    former, version = shown()
    assert version == "TLSv1.3"
    renewed = ground.authority.issue("renewed")
    ground.server.key.write_bytes(renewed.key.read_bytes())
    ground.server.certificate.write_bytes(renewed.certificate.read_bytes())

    assert wait_for(lambda: shown()[0] if shown()[0] != former else None)
    assert gateway.stop() == 0
