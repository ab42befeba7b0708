"""Headers, the request hash and refusals."""

import base64
import hashlib
import json
from xml.etree import ElementTree as ET

import pytest

from divan_libs.envelope import errors
from divan_libs.envelope.addresses import ClientId, ServiceId
from divan_libs.envelope.errors import Dialect, error_media_type, render_refusal
from divan_libs.envelope.headers import DROPPED, last_value, request_headers, response_headers
from divan_libs.envelope.request_hash import message_hash, request_message, response_message

SERVICE = ServiceId.parse("EE/GOV/2/sub/svc")


def test_a_request_keeps_its_headers_in_order_and_gets_its_ids_at_the_end():
    received = [
        (b"Accept", b"a/b"),
        (b"X-Road-Request-Id", b"forged"),
        (b"x-road-request-hash", b"forged"),
        (b"Authorization", b"Bearer t"),
        (b"Accept", b"c/d"),
        (b"X-Road-Client", b"EE/GOV/1/c"),
        *((name.title(), b"x") for name in sorted(DROPPED)),
    ]

    kept = request_headers(received, request_id=b"r", generated_id=b"EE-1")

    assert kept == [
        (b"Accept", b"a/b"),
        (b"Authorization", b"Bearer t"),
        (b"Accept", b"c/d"),
        (b"X-Road-Client", b"EE/GOV/1/c"),
        (b"x-road-request-id", b"r"),
        (b"x-road-id", b"EE-1"),
    ]


def test_a_given_message_id_is_passed_on_where_it_stood():
    kept = request_headers([(b"X-Road-Id", b"mine"), (b"A", b"1")], request_id=b"r", generated_id=None)

    assert kept == [(b"X-Road-Id", b"mine"), (b"A", b"1"), (b"x-road-request-id", b"r")]


def test_an_answer_says_nothing_that_only_the_exchange_may_say():
    received = [
        (b"Content-Type", b"text/plain"),
        (b"Server", b"leak"),
        (b"Date", b"one"),
        (b"date", b"two"),
        (b"X-Road-Id", b"forged"),
        (b"X-Road-Error", b"forged"),
        (b"X-Road-Service", b"forged"),
        (b"Set-Cookie", b"a"),
        (b"Set-Cookie", b"b"),
    ]

    kept = response_headers(received, message_id=b"m", client=b"c", service=b"s", request_id=b"r", request_hash=b"h")

    assert kept == [
        (b"Content-Type", b"text/plain"),
        (b"Date", b"one"),
        (b"Set-Cookie", b"a"),
        (b"Set-Cookie", b"b"),
        (b"x-road-id", b"m"),
        (b"x-road-client", b"c"),
        (b"x-road-service", b"s"),
        (b"x-road-request-id", b"r"),
        (b"x-road-request-hash", b"h"),
    ]


def test_of_a_repeated_header_the_last_wins():
    assert last_value([(b"X-Road-Client", b"1"), (b"x-road-client", b"2")], b"x-road-client") == b"2"
    assert last_value([], b"x-road-client") is None


def test_the_hash_is_over_verb_target_and_headers_without_a_space():
    message = request_message(b"GET", b"/r1/a?b", [(b"Accept", b"x y"), (b"x-road-request-id", b"r")])

    assert message == b"GET\r\n/r1/a?b\r\nAccept:x y\r\nx-road-request-id:r\r\n"
    assert message_hash(message, b"") == base64.b64encode(hashlib.sha512(message).digest()).decode()


def test_with_a_body_the_hash_is_over_both_digests():
    digests = hashlib.sha512(b"M").digest() + hashlib.sha512(b"B").digest()

    assert message_hash(b"M", b"B") == base64.b64encode(hashlib.sha512(digests).digest()).decode()


def test_an_answer_is_hashed_with_status_and_reason():
    assert response_message(200, b"OK", [(b"A", b"1")]) == b"200\r\nOK\r\nA:1\r\n"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/json;charset=utf-8", "application/json"),
        ("foobarbaz", "application/json"),
        (None, "application/json"),
        ("application/xml", "application/xml"),
        ("text/xml", "text/xml"),
        ("application/xml, text/xml", "application/xml"),
        ("text/xml, application/xml", "text/xml"),
        ("text/xml-patch+xml", "application/json"),
        ("application/xml; q=0.2", "application/xml"),
        ("text/xml, application/xml, application/json", "text/xml"),
        ("text/*", "text/xml"),
    ],
)
def test_the_form_of_a_refusal_follows_accept(accept, media_type):
    rendered = render_refusal(errors.access_denied(SERVICE), accept=accept, detail="d")

    assert error_media_type(accept) == media_type
    suffix = "" if media_type == "application/json" else ";charset=utf-8"
    assert rendered.content_type == media_type + suffix


def test_a_refusal_says_type_message_and_detail_in_both_forms():
    refusal = errors.unknown_client(ClientId.parse("EE/GOV/1/a%26%3Cb"))

    as_json = json.loads(render_refusal(refusal, accept=None, detail="d1").body)
    as_xml = ET.fromstring(render_refusal(refusal, accept="text/xml", detail="d1").body)  # noqa: S314 - our own output

    message = "Client 'SUBSYSTEM:EE/GOV/1/a&<b' not found"
    assert as_json == {"type": "server.clientproxy.unknown_member", "message": message, "detail": "d1"}
    assert [(child.tag, child.text) for child in as_xml] == [
        ("type", "server.clientproxy.unknown_member"),
        ("message", message),
        ("detail", "d1"),
    ]


def test_control_characters_do_not_break_the_xml_form():
    refusal = errors.invalid_call("bad \x00\x1b text")

    body = render_refusal(refusal, accept="text/xml", detail="d").body

    assert ET.fromstring(body).findtext("message") == "bad \ufffd\ufffd text"  # noqa: S314 - our own output


@pytest.mark.parametrize(
    ("refusal", "dialect", "code", "status"),
    [
        (errors.access_denied(SERVICE), Dialect.XROAD_7_8, "server.serverproxy.access_denied", 500),
        (errors.access_denied(SERVICE), Dialect.XROAD_7_7, "Server.ServerProxy.AccessDenied", 500),
        (errors.access_denied(SERVICE), Dialect.PR_REST, "Server.ServerProxy.AccessDenied", 500),
        (errors.access_denied(SERVICE), Dialect.HTTP_STATUS, "server.serverproxy.access_denied", 403),
        (errors.missing_client(), Dialect.XROAD_7_8, "server.clientproxy.invalid_client_identifier", 500),
        (errors.missing_client(), Dialect.PR_REST, "Client.BadRequest", 400),
        (errors.missing_client(), Dialect.HTTP_STATUS, "server.clientproxy.invalid_client_identifier", 400),
        (errors.provider_failed("x", timed_out=True), Dialect.XROAD_7_7, "Server.ServerProxy.IOError", 500),
        (errors.provider_failed("x", timed_out=True), Dialect.HTTP_STATUS, "server.serverproxy.io_error", 504),
        (errors.outdated_snapshot(), Dialect.XROAD_7_7, "Server.ClientProxy.OutdatedGlobalConf", 500),
        (errors.bad_request("x"), Dialect.XROAD_7_8, "client.bad_request", 400),
        (errors.not_found(), Dialect.XROAD_7_8, "client.not_found", 404),
    ],
)
def test_each_dialect_writes_codes_and_statuses_its_own_way(refusal, dialect, code, status):
    rendered = render_refusal(refusal, accept=None, detail="d", dialect=dialect)

    assert (rendered.code, rendered.status) == (code, status)
    assert json.loads(rendered.body)["type"] == code


def test_known_clients_find_the_wording_they_compare():
    assert errors.missing_client().message == "The client identifier is missing"
    assert errors.access_denied(SERVICE).message == "Request is not allowed: SERVICE:EE/GOV/2/sub/svc"
    assert errors.unknown_service(SERVICE).message == "Unknown service: SERVICE:EE/GOV/2/sub/svc"
    assert (
        errors.unknown_provider(SERVICE).message
        == 'Could not find addresses for service provider "SERVICE:EE/GOV/2/sub/svc"'
    )
    assert (
        errors.service_disabled(SERVICE, "tonight").message == "Service SERVICE:EE/GOV/2/sub/svc is disabled: tonight"
    )
