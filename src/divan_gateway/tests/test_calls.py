"""Service calls as X-Road's own list of behaviours states them, and what HTTP asks of a proxy."""

import base64
import hashlib
import json
import socket
import time
from contextlib import closing

import pytest

from divan_gateway.tests.provider import BINARY_SIZE
from divan_gateway.tests.rig import (
    BARE,
    CLIENT,
    PLAIN_CLIENT,
    PRODUCER,
    SERVER,
    SLASHED_CLIENT,
    SLASHED_SERVICE,
    STRANGER,
    ask,
)

NOBODY = "EE/BUSINESS/nobody/sub"
ECHO = f"/r1/{PRODUCER}/echo"


def test_a_call_without_client_is_refused(gateway):
    reply = gateway.call("GET", ECHO, client=None)

    assert (reply.status, reply.error) == (500, "server.clientproxy.invalid_client_identifier")
    assert reply.message == "The client identifier is missing"


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("/r1/invalid", "Invalid request URI"),
        ("/r1x/EE/BUSINESS/producer/sub/echo", "Invalid protocol version 1x"),
        ("/r2/EE/BUSINESS/producer/sub/echo", "Unsupported protocol version 2"),
        ("/r1/EE/BUSINESS/producer/sub/echo%G1", "Incomplete percent encoding"),
        ("/r1/EE/BUSINESS/producer/sub/echo/%G1", "Incomplete percent encoding"),
    ],
)
def test_a_malformed_address_is_refused(gateway, target, message):
    reply = gateway.call("GET", target)

    assert (reply.status, reply.error) == (500, "server.clientproxy.internal_error")
    assert reply.message == message


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"X-Road-Client": "EE/BUSINESS"}, "Invalid Client Id"),
        ({"X-Road-Client": CLIENT, "X-Road-Security-Server": "EE/BUSINESS/x"}, "Invalid SecurityServer Id"),
        ({"X-Road-Client": CLIENT, "X-Road-Represented-Party": "a/b/c"}, "Invalid RepresentedParty Id"),
    ],
)
def test_malformed_identifiers_in_headers_are_refused(gateway, headers, message):
    reply = gateway.call("GET", ECHO, client=None, headers=headers)

    assert (reply.status, reply.error) == (500, "server.clientproxy.internal_error")
    assert reply.message == message


def test_a_json_body_comes_back(gateway, provider):
    reply = gateway.call("POST", f"{ECHO}/mirror", body=b'{"value" : 42}', headers={"Content-Type": "application/json"})

    assert (reply.status, reply.body) == (200, b'{"value" : 42}')
    assert reply.values("Content-Type") == ["application/json"]
    assert provider.last().values("Content-Length") == ["14"]


def test_a_given_message_id_goes_through_and_comes_back(gateway, provider):
    reply = gateway.call("GET", ECHO, headers={"X-Road-Id": "my-id-7"})

    assert provider.last().values("X-Road-Id") == ["my-id-7"]
    assert reply.values("x-road-id") == ["my-id-7"]


def test_a_missing_message_id_is_made(gateway, provider):
    reply = gateway.call("GET", ECHO)

    assert reply.value("x-road-id").startswith("EE-")
    assert provider.last().values("x-road-id") == reply.values("x-road-id")
    assert provider.last().values("x-road-request-id") == reply.values("x-road-request-id")


def test_ids_follow_the_answer_in_order(gateway):
    reply = gateway.call("GET", ECHO)

    names = [name for name, _ in reply.headers if name.startswith("x-road-")]
    assert names == ["x-road-id", "x-road-client", "x-road-service", "x-road-request-id", "x-road-request-hash"]
    assert reply.value("x-road-client") == CLIENT
    assert reply.value("x-road-service") == f"{PRODUCER}/echo"


def test_equal_requests_have_different_hashes(gateway):
    replies = [gateway.call("GET", ECHO, headers={"X-Road-Id": "same"}) for _ in range(2)]

    hashes = [reply.value("x-road-request-hash") for reply in replies]
    assert None not in hashes
    assert len(set(hashes)) == 2


def test_a_client_can_recompute_the_hash_of_its_request(gateway):
    body = b"some octets"
    reply = gateway.call("PUT", f"{ECHO}/x?q=%20", body=body, headers={"A": "1", "User-Agent": "dropped"})

    message = (
        f"PUT\r\n{ECHO}/x?q=%20\r\nX-Road-Client:{CLIENT}\r\nA:1\r\n"
        f"x-road-request-id:{reply.value('x-road-request-id')}\r\nx-road-id:{reply.value('x-road-id')}\r\n"
    ).encode()
    digests = hashlib.sha512(message).digest() + hashlib.sha512(body).digest()
    assert reply.value("x-road-request-hash") == base64.b64encode(hashlib.sha512(digests).digest()).decode()


@pytest.mark.parametrize("page", ["echo", "undated"])
def test_an_answer_has_exactly_one_date_and_no_server(gateway, page):
    reply = gateway.call("GET", f"{ECHO}/{page}")

    assert len(reply.values("Date")) == 1
    assert reply.values("Server") == []


def test_encoded_identifiers_are_understood_and_the_path_stays_raw(gateway, provider):
    reply = gateway.call("GET", f"/r1/{SLASHED_SERVICE}/path%3B/", client=SLASHED_CLIENT)

    assert reply.status == 200
    assert provider.last().target == "/path%3B/"
    assert reply.value("x-road-client") == SLASHED_CLIENT
    assert reply.value("x-road-service") == SLASHED_SERVICE


@pytest.mark.parametrize(
    ("target", "seen"),
    [
        (f"{ECHO}/", "/"),
        (ECHO, "/"),
        (f"{ECHO}?a=b&c=%D8%A7", "/?a=b&c=%D8%A7"),
        (f"/r1/{PRODUCER}/based/x", "/api/x"),
        (f"/r1/{PRODUCER}/based", "/api/"),
        (f"{ECHO}/a/../b%2Fc", "/a/../b%2Fc"),
        (f"http://gateway{ECHO}/absolute", "/absolute"),
    ],
)
def test_the_provider_sees_the_service_path_and_the_raw_query(gateway, provider, target, seen):
    assert gateway.call("GET", target).status == 200
    assert provider.last().target == seen


def test_a_large_binary_answer_comes_whole(gateway):
    reply = gateway.call("GET", f"{ECHO}/binary")

    assert len(reply.body) == BINARY_SIZE
    assert reply.body.strip(b"\xa5") == b""


def test_a_redirect_is_passed_on_and_not_followed(gateway, provider):
    before = len(provider.seen)
    reply = gateway.call("GET", f"{ECHO}/redirect")

    assert (reply.status, reply.values("Location")) == (302, ["http://elsewhere.invalid/next"])
    assert len(provider.seen) == before + 1


def test_a_right_to_one_method_is_no_right_to_another(gateway):
    assert gateway.call("GET", f"/r1/{PRODUCER}/guarded/open/x").status == 200

    refused = gateway.call("PATCH", f"/r1/{PRODUCER}/guarded/open/x", body=b"{}")

    assert (refused.status, refused.error) == (500, "server.serverproxy.access_denied")
    assert refused.message == f"Request is not allowed: SERVICE:{PRODUCER}/guarded"


@pytest.mark.parametrize("path", ["/secret", "/open/../secret", "/open/%2e%2e/secret", "/open/..;/secret", ""])
def test_no_path_leads_around_a_permit(gateway, provider, path):
    before = len(provider.seen)

    assert gateway.call("GET", f"/r1/{PRODUCER}/guarded{path}").error == "server.serverproxy.access_denied"
    assert len(provider.seen) == before


def test_addresses_that_cannot_be_reached_are_skipped(gateway):
    assert gateway.call("GET", f"/r1/{PRODUCER}/many/x").status == 200


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/json;charset=utf-8", "application/json"),
        ("foobarbaz", "application/json"),
        (None, "application/json"),
        ("application/xml", "application/xml;charset=utf-8"),
        ("text/xml, application/xml", "text/xml;charset=utf-8"),
        ("text/*", "text/xml;charset=utf-8"),
    ],
)
def test_the_form_of_a_refusal_follows_accept(gateway, accept, content_type):
    reply = gateway.call("GET", "/r1/invalid", headers={"Accept": accept} if accept else {})

    assert (reply.status, reply.values("Content-Type")) == (500, [content_type])
    assert reply.error == "server.clientproxy.internal_error"


@pytest.mark.parametrize(
    ("client", "service", "error", "message"),
    [
        (NOBODY, "echo", "clientproxy.unknown_member", f"Client 'SUBSYSTEM:{NOBODY}' not found"),
        (
            STRANGER,
            "echo",
            "clientproxy.ssl_authentication_failed",
            f"Client (SUBSYSTEM:{STRANGER}) TLS certificate does not match any IS certificates",
        ),
        (
            BARE,
            "echo",
            "clientproxy.ssl_authentication_failed",
            f"Client (SUBSYSTEM:{BARE}) has no IS certificates",
        ),
        (CLIENT, "nothing", "serverproxy.unknown_service", f"Unknown service: SERVICE:{PRODUCER}/nothing"),
        (
            CLIENT,
            "off",
            "serverproxy.service_disabled",
            f"Service SERVICE:{PRODUCER}/off is disabled: until Saturday",
        ),
        (CLIENT, "dead", "serverproxy.network_error", "The service provider's system refused the connection"),
        (CLIENT, "nowhere", "serverproxy.unknown_host", "The host of the service provider's system is unknown"),
        (
            CLIENT,
            "mistrusted",
            "serverproxy.ssl_authentication_failed",
            "The service provider's system did not prove its identity",
        ),
    ],
)
def test_each_refusal_has_its_code_and_wording(gateway, client, service, error, message):
    reply = gateway.call("GET", f"/r1/{PRODUCER}/{service}/x", client=client)

    assert (reply.status, reply.error) == (500, f"server.{error}")
    assert reply.message == message


def test_an_unknown_provider_is_refused(gateway):
    reply = gateway.call("GET", "/r1/EE/BUSINESS/ghost/sub/svc")

    assert reply.error == "server.clientproxy.unknown_member"
    assert reply.message == 'Could not find addresses for service provider "SERVICE:EE/BUSINESS/ghost/sub/svc"'


def test_the_target_server_must_be_this_one(gateway):
    assert gateway.call("GET", ECHO, headers={"X-Road-Security-Server": SERVER}).status == 200

    reply = gateway.call("GET", ECHO, headers={"X-Road-Security-Server": "EE/BUSINESS/producer/other"})

    assert reply.error == "server.clientproxy.invalid_security_server"


def test_without_a_certificate_nobody_speaks_for_a_client(gateway):
    reply = gateway.call("GET", ECHO, anonymous=True)

    assert reply.error == "server.clientproxy.ssl_authentication_failed"
    assert reply.message == f"Client (SUBSYSTEM:{CLIENT}) specifies HTTPS but did not supply TLS certificate"


def test_a_plain_client_may_come_in_clear_and_nobody_else(gateway):
    assert gateway.plain("GET", ECHO, client=PLAIN_CLIENT).status == 200
    assert gateway.plain("GET", ECHO, client=CLIENT).error == "server.clientproxy.ssl_authentication_failed"
    assert gateway.call("GET", ECHO, client=PLAIN_CLIENT, anonymous=True).error == (
        "server.clientproxy.ssl_authentication_failed"
    )


def test_a_provider_is_asked_over_https_with_the_gateways_certificate(gateway, secure_provider):
    reply = gateway.call("POST", f"/r1/{PRODUCER}/https/mirror", body=b"sealed")

    assert (reply.status, reply.body) == (200, b"sealed")
    assert secure_provider.last().body == b"sealed"


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
    began = time.monotonic()
    reply = gateway.call("GET", f"/r1/{PRODUCER}/quick/slow")

    assert reply.error == "server.serverproxy.io_error"
    assert reply.message == "The service provider's system did not answer in time"
    assert time.monotonic() - began < 3


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


@pytest.mark.parametrize(
    "octets",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET /" + b"x" * 40_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"y" * 400_000,
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\nx",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"MAKE / HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_not_http_gets_400_and_the_end_of_the_connection(gateway, octets):
    with tls_socket(gateway) as client:
        client.sendall(octets)
        head, _, body = client.recv(65536).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"connection: close" in head
    assert json.loads(body)["type"] == "client.bad_request"


def test_after_a_malformed_request_the_connection_ends(gateway):
    with tls_socket(gateway) as client:
        client.sendall(b"nonsense\r\n\r\n")
        assert received(client).startswith(b"HTTP/1.1 400 ")


def test_a_body_that_turns_out_too_large_is_refused(gateway, provider):
    before = len(provider.seen)
    head = f"POST {ECHO}/mirror HTTP/1.1\r\nHost: g\r\nX-Road-Client: {CLIENT}\r\nTransfer-Encoding: chunked\r\n\r\n"
    with tls_socket(gateway) as client:
        client.sendall(head.encode())
        chunk = b"100000\r\n" + b"z" * 0x100000 + b"\r\n"
        for _ in range(11):
            client.sendall(chunk)
        answer = received(client)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"too large" in answer
    assert len(provider.seen) == before


def test_an_offered_upgrade_is_not_taken_but_the_request_is_answered(gateway):
    head = f"GET {ECHO}/mirror HTTP/1.1\r\nHost: g\r\nX-Road-Client: {CLIENT}\r\n"
    with tls_socket(gateway) as client:
        client.sendall(f"{head}Connection: upgrade\r\nUpgrade: h2c\r\n\r\n".encode())
        answer = received(client)

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"connection: close" in answer


def test_addresses_outside_the_protocol_are_not_found(gateway):
    reply = gateway.call("GET", "/")

    assert (reply.status, reply.error) == (404, "client.not_found")


def test_health_and_numbers_are_told(gateway):
    health = gateway.call("GET", "/-/health", client=None, anonymous=True)
    numbers = gateway.plain("GET", "/-/metrics").body.decode()

    assert (health.status, json.loads(health.body)) == (200, {"status": "ok", "snapshot": 1})
    lines = dict(line.rsplit(" ", 1) for line in numbers.splitlines() if not line.startswith("#"))
    assert int(lines["divan_gateway_snapshots_refused_total"]) == 0
    assert int(lines['divan_gateway_snapshot_version{worker="0"}']) == 1
    assert int(lines["divan_gateway_connections_total"]) > 0


def tls_socket(gateway):
    raw = socket.create_connection(("127.0.0.1", gateway.port), timeout=20)
    return gateway.context(gateway.ground.client).wrap_socket(raw, server_hostname="127.0.0.1")


def received(client):
    """Everything until the other side closes."""
    pieces = []
    while piece := client.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)
