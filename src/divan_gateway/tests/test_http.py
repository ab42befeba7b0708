"""What HTTP/1.1 asks of a proxy: headers of the hop, forms of messages, limits, broken peers."""

from contextlib import closing

import pytest

from divan_gateway.tests.rig import CLIENT, PLAIN_CLIENT, PRODUCER, ask
from divan_gateway.tests.sockets import plain_socket, received, tls_socket

ECHO = f"/r1/{PRODUCER}/echo"


def test_hop_headers_stay_on_their_hop_and_all_others_pass(gateway, provider):
    headers = {"User-Agent": "x", "TE": "gzip", "Keep-Alive": "5", "Authorization": "Bearer t", "Cookie": "c=1"}
    gateway.call("GET", ECHO, headers=headers | {"X-Road-Request-Hash": "forged"})

    seen = provider.last()
    for name in ("User-Agent", "TE", "Keep-Alive", "X-Road-Request-Hash"):
        assert seen.values(name) == []
    assert seen.values("Authorization") == ["Bearer t"]
    assert seen.values("Cookie") == ["c=1"]
    assert seen.values("Accept-Encoding") == []
    assert seen.values("Host") == [f"127.0.0.1:{provider.port}"]


def test_a_provider_cannot_speak_for_the_exchange(gateway):
    reply = gateway.call("GET", f"{ECHO}/forged")

    assert reply.error is None
    assert reply.values("Set-Cookie") == ["a=1", "b=2"]
    assert "forged" not in [value for _, value in reply.headers]


def test_head_has_the_length_and_no_body(gateway):
    reply = gateway.call("HEAD", f"{ECHO}/mirror")
    with closing(gateway.connect()) as connection:
        first = ask(connection, "HEAD", f"{ECHO}/x")
        second = ask(connection, "GET", f"{ECHO}/x")

    assert (reply.status, reply.body, reply.value("Content-Length")) == (200, b"", "0")
    assert (first.body, second.status) == (b"", 200)
    assert int(first.value("Content-Length")) > 0


@pytest.mark.parametrize(
    ("page", "status", "body"),
    [
        ("chunked", 200, b"hello world"),
        ("until-close", 200, b"to the end"),
        ("empty", 204, b""),
        ("undated", 200, b"ok"),
    ],
)
def test_every_form_of_an_answer_is_understood(gateway, page, status, body):
    with closing(gateway.connect()) as connection:
        for _ in range(2):
            reply = ask(connection, "GET", f"{ECHO}/{page}")
            assert (reply.status, reply.body) == (status, body)
            assert reply.values("X-Trailer") == []


def test_a_reason_is_passed_on(gateway):
    assert gateway.call("GET", f"{ECHO}/undated").reason == "Fine"


def test_a_chunked_request_reaches_the_provider_with_its_length(gateway, provider):
    reply = gateway.call("POST", f"{ECHO}/mirror", body=[b"one ", b"two ", b"three"], chunked=True)

    assert reply.body == b"one two three"
    assert provider.last().values("Content-Length") == ["13"]
    assert provider.last().values("Transfer-Encoding") == []


@pytest.mark.parametrize(
    ("page", "error"),
    [
        ("garbage", "server.serverproxy.io_error"),
        ("cut", "server.serverproxy.network_error"),
        ("twice", "server.serverproxy.io_error"),
    ],
)
def test_half_an_answer_is_no_answer(gateway, page, error):
    reply = gateway.call("POST", f"{ECHO}/{page}", body=b"x")

    assert (reply.status, reply.error) == (500, error)


def test_a_provider_that_is_too_slow_is_not_waited_for(gateway):
    reply = gateway.call("GET", f"/r1/{PRODUCER}/quick/slow")

    assert reply.error == "server.serverproxy.io_error"
    assert reply.message == "The service provider's system did not answer in time"


def test_a_provider_that_hangs_up_between_questions_is_asked_again(gateway):
    with closing(gateway.connect()) as connection:
        for _ in range(3):
            assert ask(connection, "GET", f"{ECHO}/leaves").status == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_connection_to_a_provider_is_used_again(gateway, provider, method):
    with closing(gateway.connect()) as connection:
        peers = []
        for _ in range(5):
            assert ask(connection, method, f"{ECHO}/x").status == 200
            peers.append(provider.last().peer)

    assert len(set(peers)) == 1


def test_a_client_waiting_for_leave_to_send_gets_it(gateway):
    with tls_socket(gateway) as client:
        head = f"POST {ECHO}/mirror HTTP/1.1\r\nHost: g\r\nX-Road-Client: {CLIENT}\r\nContent-Length: 5\r\n"
        client.sendall(f"{head}Expect: 100-continue\r\nConnection: close\r\n\r\n".encode())
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"hello")
        assert received(client).endswith(b"\r\n\r\nhello")


def test_pipelined_requests_are_answered_in_order(gateway):
    asked = "".join(
        f"POST {ECHO}/mirror HTTP/1.1\r\nHost: g\r\nX-Road-Client: {CLIENT}\r\nContent-Length: 2\r\n"
        f"Connection: {'close' if number == 29 else 'keep-alive'}\r\n\r\n{number:02d}"
        for number in range(30)
    )
    with tls_socket(gateway) as client:
        client.sendall(asked.encode())
        answered = received(client)

    bodies = [piece[:2] for piece in answered.split(b"\r\n\r\n")[1:]]
    assert bodies == [b"%02d" % number for number in range(30)]


def test_an_offered_upgrade_is_not_taken_but_the_request_is_answered(gateway):
    head = f"GET {ECHO}/mirror HTTP/1.1\r\nHost: g\r\nX-Road-Client: {CLIENT}\r\n"
    with tls_socket(gateway) as client:
        client.sendall(f"{head}Connection: upgrade\r\nUpgrade: h2c\r\n\r\n".encode())
        answer = received(client)

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"connection: close" in answer


def test_a_client_of_http_1_0_that_wants_to_stay_is_told_that_it_may(gateway):
    asked = f"GET {ECHO}/x HTTP/1.0\r\nX-Road-Client: {PLAIN_CLIENT}\r\n".encode()
    with plain_socket(gateway) as client:
        client.sendall(asked + b"Connection: keep-alive\r\n\r\n")
        first = client.recv(65536)
        client.sendall(asked + b"\r\n")
        last = received(client)

    assert first.startswith(b"HTTP/1.1 200 OK\r\nconnection: keep-alive\r\n")
    assert last.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nconnection: close\r\n" in last.removeprefix(first)
