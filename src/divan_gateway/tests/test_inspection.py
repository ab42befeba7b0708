"""Messages held to the description of their service, and answers kept as their provider allows."""

import json
import time

import pytest

from divan_gateway.tests.rig import PLAIN_CLIENT, PRODUCER, Gateway, Ground, permit, service
from divan_libs.envelope.snapshot import ServiceKind, Validation

PET = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "integer"}, "name": {"type": "string", "nullable": True}},
}
JSON = {"Content-Type": "application/json"}
PETS = {
    "openapi": "3.0.3",
    "info": {"title": "Pets", "version": "1"},
    "servers": [{"url": "https://elsewhere.invalid/v1"}],
    "paths": {
        "/owners/{owner}/pet": {
            "parameters": [{"name": "owner", "in": "path", "required": True, "schema": {"pattern": "^[0-9]+$"}}],
            "post": {
                "parameters": [{"name": "age", "in": "query", "schema": {"type": "integer"}}],
                "requestBody": {"required": True, "content": {"application/json": {"schema": PET}}},
                "responses": {"200": {"description": "", "content": {"application/json": {"schema": PET}}}},
            },
        }
    },
}


@pytest.fixture(scope="module")
def inspected(provider, tmp_path_factory):
    ground = Ground.prepare(tmp_path_factory.mktemp("inspection"))
    described = {"kind": ServiceKind.OPENAPI, "description": json.dumps(PETS)}
    services = [
        service("enforced", provider.url(), validation=Validation.ENFORCE, **described),
        service("reported", provider.url(), validation=Validation.REPORT, **described),
        service("unusable", provider.url(), validation=Validation.ENFORCE, description='{"openapi": "3.0.3"'),
        service("cached", provider.url(), may_cache=True),
        service("uncached", provider.url()),
    ]
    ground.publish(ground.snapshot(services, [permit(item.name, client=PLAIN_CLIENT) for item in services]))
    process = Gateway(ground, BUFFER="300000").wait_until()
    yield process
    assert process.stop() == 0
    assert ground.findings() == []


def of(inspected, name, method="POST", body=b'{"id": 1}', headers=JSON):
    return inspected.plain(method, f"/r1/{PRODUCER}/{name}", client=PLAIN_CLIENT, body=body, headers=headers)


def test_what_follows_its_description_passes_as_it_is(inspected, provider):
    reply = of(inspected, "enforced/owners/12/pet?age=3", body=b'{"id": 1, "name": null}')

    assert (reply.status, json.loads(reply.body)) == (200, {"id": 7, "name": "secret"})
    assert provider.last().body == b'{"id": 1, "name": null}'


@pytest.mark.parametrize(
    ("target", "method", "body", "headers", "told"),
    [
        ("owners/12/pet", "POST", b'{"id": "private"}', JSON, "$.id (type)"),
        ("owners/12/pet", "POST", b'{"name": "private"}', JSON, "$ (required)"),
        ("owners/12/pet", "POST", b'{"private', JSON, "RequestBodyValidationError"),
        ("owners/12/pet", "POST", b"", JSON, "MissingRequiredRequestBody"),
        ("owners/12/pet", "POST", b"private", {"Content-Type": "text/plain"}, "RequestBodyValidationError"),
        ("owners/private/pet", "POST", b'{"id": 1}', JSON, "owner: $ (pattern)"),
        ("owners/12/pet?age=private", "POST", b'{"id": 1}', JSON, "age"),
        ("owners/12/pet", "PUT", b'{"id": 1}', JSON, "OperationNotFound"),
        ("private", "POST", b'{"id": 1}', JSON, "PathNotFound"),
    ],
)
def test_what_does_not_never_leaves_and_no_value_of_it_is_told(
    inspected, provider, target, method, body, headers, told
):
    seen, intents = len(provider.seen), len(inspected.ground.intents())
    reply = of(inspected, f"enforced/{target}", method, body, headers)

    assert (reply.status, reply.error) == (500, "server.serverproxy.invalid_request")
    assert told in reply.message
    assert "private" not in reply.message
    assert "private" not in inspected.log.read_text()
    assert (len(provider.seen), len(inspected.ground.intents())) == (seen, intents)


def test_an_answer_that_does_not_follow_is_withheld_and_on_record(inspected):
    reply = of(inspected, "enforced/owners/12/pet", body=b'{"id": 1, "name": "broken"}')

    assert (reply.status, reply.error) == (500, "server.serverproxy.invalid_response")
    assert "$.id (type)" in reply.message
    assert b"secret" not in reply.body
    closed = inspected.ground.closings()[-1]
    assert (closed.outcome, closed.error) == ("unanswered", "server.serverproxy.invalid_response")


def test_a_report_lets_everything_pass_and_counts(inspected):
    def count(name):
        numbers = inspected.plain("GET", "/-/metrics").body.decode()
        return int(next(line for line in numbers.splitlines() if line.startswith(f"divan_gateway_{name} ")).split()[1])

    asked, answered = count("invalid_requests_total"), count("invalid_answers_total")
    assert of(inspected, "reported/owners/12/pet", body=b'{"id": "broken"}').status == 200
    assert of(inspected, "reported/owners/12/digest", body=b"z" * 500_000).status == 200
    assert (count("invalid_requests_total"), count("invalid_answers_total")) == (asked + 1, answered + 2)


def test_a_description_that_cannot_be_used_stops_its_own_service_only(inspected):
    assert of(inspected, "unusable/x").error == "server.serverproxy.invalid_request"
    assert of(inspected, "uncached/x").status == 200


def test_a_body_too_large_to_be_held_to_a_description_is_refused(inspected, provider):
    seen = len(provider.seen)
    reply = of(inspected, "enforced/owners/12/pet", body=b'{"id": 1, "name": "%b"}' % (b"y" * 400_000))

    assert reply.error == "client.bad_request"
    assert len(provider.seen) == seen


def kept(inspected, told, name="cached", **headers):
    return of(inspected, f"{name}/kept?={told}", "GET", None, headers)


def test_a_kept_answer_is_given_again_with_evidence_of_its_own(inspected, provider):
    first, second = kept(inspected, "max-age=61"), kept(inspected, "max-age=61")

    assert (first.body, second.body) == (b"1", b"1")
    assert (first.value("Age"), second.value("Age")) == (None, "0")
    assert first.value("x-road-request-id") != second.value("x-road-request-id")
    ends = inspected.ground.closings()[-2:]
    assert [end.outcome for end in ends] == ["answered", "answered"]
    assert [end.sent_at is None for end in ends] == [False, True]
    assert kept(inspected, "max-age=61", **{"Accept-Language": "fa"}).body == b"2"
    assert kept(inspected, "max-age=61", **{"Accept-Language": "fa", "Cache-Control": "no-cache"}).body == b"3"
    assert kept(inspected, "max-age=61", Authorization="Bearer t").body == b"4"


@pytest.mark.parametrize("told", ["no-store,max-age=9", "private,max-age=9", "no-cache", "max-age=0", "public"])
def test_what_its_provider_does_not_allow_to_keep_is_asked_again(inspected, told):
    assert [kept(inspected, told).body for _ in range(2)] == [b"1", b"2"]


def test_a_service_that_does_not_opt_in_and_an_answer_that_is_stale_are_asked_again(inspected):
    assert [kept(inspected, "max-age=62", "uncached").body for _ in range(2)] == [b"1", b"2"]
    assert kept(inspected, "max-age=1").body == b"1"
    time.sleep(1.1)
    assert kept(inspected, "max-age=1").body == b"2"
