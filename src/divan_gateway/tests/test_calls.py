"""Service calls as X-Road's own list of behaviours states them, and what HTTP asks of a proxy."""

import base64
import hashlib
import json

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
