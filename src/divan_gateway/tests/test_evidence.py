"""What a message leaves behind, and what a crash leaves behind."""

import signal
from contextlib import closing
from http.client import RemoteDisconnected

import pytest
from tests.waiting import PATIENCE, wait_for

from divan_gateway.tests.rig import (
    CLIENT,
    PLAIN_CLIENT,
    PRODUCER,
    SUBJECT_KEY,
    Ground,
    ask,
    permit,
    service,
)
from divan_gateway.worker import EXIT_FAILED
from divan_libs.envelope.evidence.proofs import evidence_in, verify_message
from divan_libs.envelope.evidence.segments import SUFFIX, read_segment
from divan_libs.envelope.subjects import SubjectIn, SubjectPlace, keyed_hash, subject_hash

ECHO = f"/r1/{PRODUCER}/echo"
PERSON = "0012345679"
DROPPED = (ConnectionError, RemoteDisconnected)


def written(gateway, reply):
    """The intent and the closing record of an answered call."""
    request_id = reply.value("x-road-request-id")
    intents = [record for record in gateway.ground.intents() if record.request_id == request_id]
    closings = [record for record in gateway.ground.closings() if record.request_id == request_id]
    assert (len(intents), len(closings)) == (1, 1)
    return intents[0], closings[0]


def wait_for_closing(gateway, message_id):
    def ends():
        ids = [record.request_id for record in gateway.ground.intents() if record.message_id == message_id]
        return [record for record in gateway.ground.closings() if record.request_id in ids]

    return wait_for(ends, otherwise=f"{message_id} has no end")[0]


def test_an_answered_call_leaves_who_asked_what_why_and_both_hashes(gateway):
    headers = {"X-Road-Id": "m-1", "X-Road-UserId": "IR0012345679", "X-Road-Issue": "case 7"}
    reply = gateway.call("POST", f"{ECHO}/a/mirror?secret=1", body=b"abc", headers=headers)

    intent, closed = written(gateway, reply)

    assert (intent.message_id, intent.client, intent.service) == ("m-1", CLIENT, f"{PRODUCER}/echo")
    assert (intent.method, intent.path, intent.request_size) == ("POST", "/a/mirror", 3)
    assert (intent.purpose, intent.legal_basis) == ("tests of the gateway", "none, rehearsal")
    assert intent.permit == f"{CLIENT} echo * **"
    assert (intent.user_id, intent.issue, intent.subject) == ("IR0012345679", "case 7", None)
    assert intent.request_hash == reply.value("x-road-request-hash")
    assert intent.target == keyed_hash(SUBJECT_KEY, "target", f"{ECHO}/a/mirror?secret=1")
    assert (closed.outcome, closed.status, closed.response_size, closed.error) == ("answered", 200, 3, None)
    assert intent.received_at <= closed.sent_at <= closed.ended_at


def test_a_person_in_the_path_is_kept_as_a_keyed_hash_only(gateway):
    reply = gateway.call("GET", f"/r1/{PRODUCER}/persons/p/%DB%B0012345679/x")

    intent, _ = written(gateway, reply)

    assert intent.subject == subject_hash(SUBJECT_KEY, PERSON)
    assert intent.path == "/p/{subject}/x"
    assert all(PERSON.encode() not in payload for _, payload in gateway.ground.records()[-2:])


def test_a_person_in_the_body_is_found(gateway):
    reply = gateway.call("POST", f"/r1/{PRODUCER}/lookup/mirror", body=b'{"person":{"code":"0012345679"}}')

    assert written(gateway, reply)[0].subject == subject_hash(SUBJECT_KEY, PERSON)


@pytest.mark.parametrize(
    ("path", "body"),
    [("persons/p", None), ("lookup/x", b"{}"), ("lookup/x", b'{"person":{"code":"1","code":"2"}}')],
)
def test_nobody_looks_without_saying_at_whom(gateway, provider, path, body):
    before = len(provider.seen)
    reply = gateway.call("POST", f"/r1/{PRODUCER}/{path}", body=body)

    assert (reply.status, reply.error) == (500, "server.serverproxy.invalid_request")
    assert len(provider.seen) == before


@pytest.mark.parametrize(
    ("target", "outcome", "error"),
    [
        (f"/r1/{PRODUCER}/dead/x", "unsent", "server.serverproxy.network_error"),
        (f"/r1/{PRODUCER}/quick/slow", "unanswered", "server.serverproxy.io_error"),
        (f"{ECHO}/cut", "unanswered", "server.serverproxy.network_error"),
    ],
)
def test_a_call_without_an_answer_says_whether_it_went_out(gateway, target, outcome, error):
    gateway.call("POST", target, body=b"x", headers={"X-Road-Id": f"lost {target}"})

    closed = wait_for_closing(gateway, f"lost {target}")

    assert (closed.outcome, closed.error, closed.status) == (outcome, error, None)
    assert (closed.sent_at is None) == (outcome == "unsent")


def test_a_refused_call_leaves_no_intent(gateway):
    before = len(gateway.ground.intents())
    gateway.call("GET", f"/r1/{PRODUCER}/guarded/secret")

    assert len(gateway.ground.intents()) == before


def test_a_client_that_leaves_does_not_stop_its_message(gateway, provider):
    seen = len(provider.seen)
    headers = {"X-Road-Client": CLIENT, "X-Road-Id": "m-left"}
    with closing(gateway.connect()) as connection:
        connection.request("POST", f"/r1/{PRODUCER}/quick/slow", body=b"x", headers=headers)
        provider.wait_for(seen + 1)

    assert wait_for_closing(gateway, "m-left").outcome == "unanswered"


def ground_with(provider, directory):
    ground = Ground.prepare(directory)
    person = SubjectPlace(where=SubjectIn.PATH_SEGMENT, at="0", required=False)
    services = [service("echo", provider.url(), subject=person)]
    ground.publish(ground.snapshot(services, [permit("echo"), permit("echo", client=PLAIN_CLIENT)]))
    return ground


@pytest.mark.parametrize(
    ("point", "reached_provider", "outcome"),
    [
        ("gateway.after-intent", False, "in-doubt"),
        ("gateway.after-forward", True, "in-doubt"),
        ("gateway.after-evidence", True, "answered"),
    ],
)
def test_a_killed_gateway_forgets_nothing(provider, tmp_path, point, reached_provider, outcome, launch):
    ground = ground_with(provider, tmp_path)
    before = len(provider.seen)
    doomed = launch(ground, fault=point).wait_until()
    with pytest.raises(DROPPED):
        doomed.plain("GET", f"{ECHO}/x", client=PLAIN_CLIENT, headers={"X-Road-Id": "m-doomed"})
    assert doomed.process.wait(PATIENCE) == -signal.SIGKILL
    assert (len(provider.seen) > before) is reached_provider

    restarted = launch(ground).wait_until()
    reply = restarted.plain("GET", f"{ECHO}/x", client=PLAIN_CLIENT)
    assert restarted.stop() == 0

    assert reply.status == 200
    assert [(record.outcome, record.status) for record in ground.closings()] == [
        (outcome, 200 if outcome == "answered" else None),
        ("answered", 200),
    ]
    assert ("in doubt: message m-doomed" in restarted.log.read_text()) is (outcome == "in-doubt")
    assert ground.findings() == []
    for path in ground.evidence.glob(f"*{SUFFIX}"):
        found = read_segment(path)
        assert found.finished
        assert found.torn == 0
        for evidence in evidence_in(found.records):
            verify_message(evidence, ground.evidence_key.public_key())


def test_messages_under_way_at_a_crash_are_each_in_doubt_once(provider, tmp_path, launch):
    ground = ground_with(provider, tmp_path)
    doomed = launch(ground).wait_until()
    seen = len(provider.seen)
    connections = [doomed.connect() for _ in range(5)]
    for number, connection in enumerate(connections):
        headers = {"X-Road-Client": CLIENT, "X-Road-Id": f"m-{number}"}
        connection.request("GET", f"{ECHO}/slow", headers=headers)
    provider.wait_for(seen + 5)
    doomed.kill()
    for connection in connections:
        connection.close()

    restarted = launch(ground).wait_until()
    assert restarted.stop() == 0
    again = launch(ground).wait_until()
    assert again.stop() == 0

    log = restarted.log.read_text()
    assert [log.count(f"in doubt: message m-{number} ") for number in range(5)] == [1] * 5
    assert "in doubt" not in again.log.read_text()
    assert [record.outcome for record in ground.closings()] == ["in-doubt"] * 5
    assert ground.findings() == []


def test_a_stopping_gateway_answers_what_is_under_way(provider, tmp_path, launch):
    provider.released.clear()
    ground = ground_with(provider, tmp_path)
    stopping = launch(ground).wait_until()
    seen = len(provider.seen)
    with closing(stopping.connect()) as connection:
        connection.request("GET", f"{ECHO}/slow", headers={"X-Road-Client": CLIENT})
        provider.wait_for(seen + 1)
        stopping.process.terminate()
        stopping.process.poll()
        provider.released.set()
        response = connection.getresponse()
        assert (response.status, response.read()) == (200, b"late")
    provider.released.clear()

    assert stopping.process.wait(PATIENCE) == 0
    assert [record.outcome for record in ground.closings()] == ["answered"]
    assert all(read_segment(path).finished for path in ground.evidence.glob(f"*{SUFFIX}"))


def test_on_a_full_disk_nothing_leaves_without_evidence(provider, tmp_path, launch):
    ground = ground_with(provider, tmp_path)
    # What a gateway lays out when it first starts is there.
    assert launch(ground).wait_until().stop() == 0
    full = launch(ground, largest_file=6000, SEGMENT_BYTES="40000").wait_until()
    seen = len(provider.seen)
    replies = []
    with closing(full.connect()) as connection:
        while not replies or replies[-1].status == 200:
            replies.append(ask(connection, "GET", f"{ECHO}/{len(replies)}"))
    assert replies[-1].error == "server.clientproxy.logging_failed"
    assert full.process.wait(PATIENCE) == EXIT_FAILED

    answered = [reply.value("x-road-request-id") for reply in replies[:-1]]
    assert launch(ground).wait_until().stop() == 0
    ends = {record.request_id: record.outcome for record in ground.closings()}
    assert len(answered) > 1
    assert [ends[request_id] for request_id in answered] == ["answered"] * len(answered)
    assert set(ends.values()) <= {"answered", "in-doubt"}
    assert len(provider.seen) - seen <= len(ends)
    assert ground.findings() == []


def test_full_segments_make_room_for_the_next_without_a_gap(provider, tmp_path, launch):
    ground = ground_with(provider, tmp_path)
    gateway = launch(ground, SEGMENT_BYTES="2000").wait_until()
    with closing(gateway.connect()) as connection:
        for number in range(8):
            assert ask(connection, "GET", f"{ECHO}/{number}").status == 200
    assert gateway.stop() == 0

    assert len(list(ground.evidence.glob(f"*{SUFFIX}"))) > 2
    assert len(ground.closings()) == 8
    assert ground.findings() == []
