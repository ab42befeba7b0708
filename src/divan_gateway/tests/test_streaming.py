"""Bodies of any size: in little memory, with back-pressure, evident, and never taken for whole when they are not."""

import base64
import hashlib
import json
import os
import signal
import time
from contextlib import closing

import pytest
from tests.waiting import PATIENCE, wait_for

from divan_gateway.tests.provider import PIECE
from divan_gateway.tests.rig import CLIENT, PLAIN_CLIENT, PRODUCER, Ground, ask, permit, service
from divan_gateway.tests.sockets import plain_socket, received, tls_socket
from divan_libs.envelope.subjects import SubjectIn, SubjectPlace

ECHO = f"/r1/{PRODUCER}/echo"
MEBIBYTE = 1024 * 1024
LARGE = 40 * MEBIBYTE


def resident(gateway):
    with open(f"/proc/{gateway.process.pid}/status") as file:  # noqa: PTH123 - a number of the kernel
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))


def closing_of(gateway, message_id):
    def find():
        ids = {record.request_id for record in gateway.ground.intents() if record.message_id == message_id}
        return next((record for record in gateway.ground.closings() if record.request_id in ids), None)

    return wait_for(find)


def intent_of(gateway, message_id):
    return next(record for record in gateway.ground.intents() if record.message_id == message_id)


def pieces(size):
    return (PIECE for _ in range(size // len(PIECE)))


@pytest.mark.parametrize("chunked", [False, True])
def test_a_large_request_goes_through_and_its_hash_is_the_one_of_all_its_octets(gateway, provider, chunked):
    body = os.urandom(3 * MEBIBYTE + 17)
    headers = {"X-Road-Id": f"m-up-{chunked}", "A": "1"}
    reply = gateway.call("POST", f"{ECHO}/digest", body=[body] if chunked else body, headers=headers, chunked=chunked)

    assert reply.body.decode() == f"{len(body)} {hashlib.sha512(body).hexdigest()}"
    assert provider.last().values("Transfer-Encoding") == (["chunked"] if chunked else [])
    message = (
        f"POST\r\n{ECHO}/digest\r\nX-Road-Client:{CLIENT}\r\nX-Road-Id:m-up-{chunked}\r\nA:1\r\n"
        f"x-road-request-id:{reply.value('x-road-request-id')}\r\n"
    ).encode()
    digests = hashlib.sha512(message).digest() + hashlib.sha512(body).digest()
    assert reply.value("x-road-request-hash") == base64.b64encode(hashlib.sha512(digests).digest()).decode()
    intent, closed = intent_of(gateway, f"m-up-{chunked}"), closing_of(gateway, f"m-up-{chunked}")
    assert (intent.request_hash, intent.request_size) == (None, None)
    assert (closed.request_hash, closed.request_size) == (reply.value("x-road-request-hash"), len(body))


@pytest.mark.parametrize(
    ("page", "size"), [(f"flood?={LARGE}", LARGE), (f"flood-in-chunks?={LARGE}", LARGE), ("flood-until-close", 262144)]
)
def test_a_large_answer_comes_whole_in_every_framing_and_the_connection_goes_on(gateway, page, size):
    with closing(gateway.connect()) as connection:
        reply = ask(connection, "GET", f"{ECHO}/{page}", headers={"X-Road-Id": f"m-{page}"})
        assert (reply.status, len(reply.body)) == (200, size)
        assert reply.body == PIECE * (size // len(PIECE))
        assert ask(connection, "GET", f"{ECHO}/x").status == 200

    assert closing_of(gateway, f"m-{page}").response_size == size


def test_a_client_of_http_1_0_gets_an_answer_of_unknown_length_until_the_end_of_the_connection(gateway):
    with tls_socket(gateway) as client:
        client.sendall(f"GET {ECHO}/flood-in-chunks?=1048576 HTTP/1.0\r\nX-Road-Client: {CLIENT}\r\n\r\n".encode())
        head, _, body = received(client).partition(b"\r\n\r\n")

    assert b"chunked" not in head.lower()
    assert body == PIECE * 16


def test_bodies_of_any_size_take_little_memory_and_wait_for_whoever_is_slower(provider, tmp_path, launch):
    ground = Ground.prepare(tmp_path)
    ground.publish(ground.snapshot([service("echo", provider.url())], [permit("echo", client=PLAIN_CLIENT)]))
    gateway = launch(ground).wait_until()
    size = 160 * MEBIBYTE
    head = f"HTTP/1.1\r\nHost: g\r\nX-Road-Client: {PLAIN_CLIENT}\r\n"
    with plain_socket(gateway) as slow:
        slow.sendall(f"GET {ECHO}/flood?={size} {head}\r\n".encode())
        time.sleep(0.5)
        reply = gateway.plain("POST", f"{ECHO}/digest", client=PLAIN_CLIENT, body=pieces(size), chunked=True)
        assert reply.body.decode().split()[0] == str(size)
        read = len(slow.recv(65536))
        while read < size:
            read += len(slow.recv(1 << 20))

    assert resident(gateway) < 100 * MEBIBYTE
    assert gateway.stop() == 0
    assert ground.findings() == []


@pytest.mark.parametrize("framing", ["Content-Length: 1000000", "Transfer-Encoding: chunked"])
def test_a_request_that_its_client_breaks_off_never_reaches_its_provider_as_whole(gateway, provider, framing):
    seen = len(provider.seen)
    message_id = f"m-off-{framing}"
    with tls_socket(gateway) as client:
        head = f"POST {ECHO}/mirror HTTP/1.1\r\nHost: g\r\nX-Road-Client: {CLIENT}\r\nX-Road-Id: {message_id}\r\n"
        client.sendall(f"{head}{framing}\r\n\r\n".encode())
        client.sendall(b"z" * 999_999 if "Length" in framing else b"f423f\r\n" + b"z" * 999_999 + b"\r\n")
        time.sleep(0.2)

    closed = closing_of(gateway, message_id)
    assert (closed.outcome, closed.error) == ("unanswered", "server.clientproxy.io_error")
    assert (closed.status, closed.request_hash) == (None, None)
    assert len(provider.seen) == seen


def test_a_broken_chunk_in_a_large_body_is_told_and_nothing_whole_reaches_the_provider(gateway, provider):
    seen = len(provider.seen)
    head = f"POST {ECHO}/mirror HTTP/1.1\r\nHost: g\r\nX-Road-Client: {CLIENT}\r\nTransfer-Encoding: chunked\r\n\r\n"
    with tls_socket(gateway) as client:
        client.sendall(head.encode() + b"30000\r\n" + b"z" * 0x30000 + b"\r\nnonsense\r\n")
        answer = received(client)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert len(provider.seen) == seen


def test_an_answer_that_its_provider_breaks_off_is_not_whole_for_the_client_either(gateway):
    with tls_socket(gateway) as client:
        head = f"GET {ECHO}/flood-cut HTTP/1.1\r\nHost: g\r\nX-Road-Client: {CLIENT}\r\nX-Road-Id: m-cut\r\n\r\n"
        client.sendall(head.encode())
        answer = received(client)

    assert b"content-length: 10000000\r\n" in answer
    assert len(answer) < 10_000_000
    closed = closing_of(gateway, "m-cut")
    assert (closed.outcome, closed.error) == ("unanswered", "server.serverproxy.network_error")


def test_a_client_that_leaves_a_large_answer_is_on_record_and_the_provider_is_let_go(gateway):
    with tls_socket(gateway) as client:
        head = f"GET {ECHO}/flood?={200 * MEBIBYTE} HTTP/1.1\r\nHost: g\r\nX-Road-Client: {CLIENT}\r\n"
        client.sendall(f"{head}X-Road-Id: m-gone\r\n\r\n".encode())
        client.recv(100_000)

    closed = closing_of(gateway, "m-gone")
    assert (closed.outcome, closed.error) == ("unanswered", "server.clientproxy.io_error")


def test_a_large_request_that_is_refused_is_not_asked_for_nor_read(gateway, provider):
    """With leave to send asked for, the client learns of the refusal before it sends a single octet."""
    seen = len(provider.seen)
    with tls_socket(gateway) as client:
        head = f"POST {ECHO}/mirror HTTP/1.1\r\nHost: g\r\nX-Road-Client: EE/GOV/nobody/sub\r\n"
        client.sendall(f"{head}Expect: 100-continue\r\nContent-Length: 100000000\r\n\r\n".encode())
        answer = received(client)

    assert answer.startswith(b"HTTP/1.1 500 ")
    assert b"100 Continue" not in answer
    assert b"connection: close" in answer
    assert len(provider.seen) == seen


def test_leave_to_send_a_large_body_is_given_once_the_message_is_admitted(gateway):
    with tls_socket(gateway) as client:
        head = f"POST {ECHO}/digest HTTP/1.1\r\nHost: g\r\nX-Road-Client: {CLIENT}\r\nConnection: close\r\n"
        client.sendall(f"{head}Expect: 100-continue\r\nContent-Length: 200000\r\n\r\n".encode())
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"z" * 200_000)
        assert b"\r\n\r\n200000 " in received(client)


def test_a_person_is_found_in_a_body_up_to_the_size_that_may_be_held(provider, tmp_path, launch):
    ground = Ground.prepare(tmp_path)
    place = SubjectPlace(where=SubjectIn.JSON_POINTER, at="/code")
    ground.publish(
        ground.snapshot([service("lookup", provider.url(), subject=place)], [permit("lookup", client=PLAIN_CLIENT)])
    )
    gateway = launch(ground, BUFFER="300000").wait_until()
    target = f"/r1/{PRODUCER}/lookup/digest"

    held = gateway.plain("POST", target, client=PLAIN_CLIENT, body=b'{"code":"7","x":"%b"}' % (b"y" * 200_000))
    refused = gateway.plain("POST", target, client=PLAIN_CLIENT, body=b'{"code":"7","x":"%b"}' % (b"y" * 400_000))

    assert held.status == 200
    assert ground.intents()[0].subject is not None
    assert (refused.status, refused.error) == (400, "client.bad_request")
    assert len(ground.intents()) == 1


def is_ended(client, drop):
    try:
        client.sendall(drop)
    except OSError:
        return True
    return False


def test_what_hardly_moves_is_ended(provider, tmp_path, launch):
    """Heads, bodies, unread answers and idle connections: each has its time."""
    ground = Ground.prepare(tmp_path)
    ground.publish(ground.snapshot([service("echo", provider.url())], [permit("echo", client=PLAIN_CLIENT)]))
    gateway = launch(ground, HEAD_MS="500", STALL_MS="500", IDLE_MS="500", MIN_RATE="10000").wait_until()
    head = f"HTTP/1.1\r\nHost: g\r\nX-Road-Client: {PLAIN_CLIENT}\r\n"
    with plain_socket(gateway) as drips, plain_socket(gateway) as trickles, plain_socket(gateway) as idles:
        with plain_socket(gateway) as deaf:
            deaf.sendall(f"GET {ECHO}/flood?={64 * MEBIBYTE} {head}X-Road-Id: m-deaf\r\n\r\n".encode())
            trickles.sendall(f"POST {ECHO}/digest {head}Content-Length: 500000\r\n\r\n".encode() + b"z" * 100_000)
            wait_for(lambda: is_ended(drips, b"X"))
            wait_for(lambda: is_ended(trickles, b"z"))
            assert closing_of(gateway, "m-deaf").error == "server.clientproxy.io_error"
        assert received(idles) == b""
    assert gateway.stop() == 0


def test_who_is_too_slow_is_told_once_and_who_is_only_slow_goes_on(provider, tmp_path, launch):
    ground = Ground.prepare(tmp_path)
    ground.publish(ground.snapshot([service("echo", provider.url())], [permit("echo", client=PLAIN_CLIENT)]))
    gateway = launch(ground, HEAD_MS="300", STALL_MS="400", MIN_RATE="1000", WATCH_MS="50").wait_until()
    head = f"HTTP/1.1\r\nHost: g\r\nX-Road-Client: {PLAIN_CLIENT}\r\n"
    with plain_socket(gateway) as drips, plain_socket(gateway) as patient:
        drips.sendall(f"GET {ECHO}/x {head}".encode())
        told, read = received(drips), 0
        patient.sendall(f"GET {ECHO}/flood?={40 * MEBIBYTE} {head}Connection: close\r\n\r\n".encode())
        while piece := patient.recv(1 << 20):
            read += len(piece)
            if read < 8 * MEBIBYTE:
                time.sleep(0.1)

    assert told.count(b"HTTP/1.1 400 ") == 1
    assert json.loads(told.partition(b"\r\n\r\n")[2])["message"] == "The request did not come in time"
    assert read > 40 * MEBIBYTE
    assert gateway.stop() == 0


def test_a_large_request_that_came_whole_and_is_refused_leaves_its_connection_usable(gateway):
    body = b"z" * 400_000
    with closing(gateway.connect()) as connection:
        refused = ask(connection, "POST", f"/r1/{PRODUCER}/nothing/x", body=body)
        if refused.value("connection") != "close":
            assert ask(connection, "GET", f"{ECHO}/x").status == 200
    assert refused.error == "server.serverproxy.unknown_service"


@pytest.mark.parametrize(
    ("fault", "outcome"), [("gateway.after-forward", "in-doubt"), ("gateway.after-evidence", "answered")]
)
def test_a_killed_gateway_has_not_given_the_end_of_an_answer_without_evidence(
    provider, tmp_path, launch, fault, outcome
):
    ground = Ground.prepare(tmp_path)
    ground.publish(ground.snapshot([service("echo", provider.url())], [permit("echo", client=PLAIN_CLIENT)]))
    doomed = launch(ground, fault=fault).wait_until()
    with plain_socket(doomed) as client:
        head = f"HTTP/1.1\r\nHost: g\r\nX-Road-Client: {PLAIN_CLIENT}\r\n"
        client.sendall(f"GET {ECHO}/flood?={MEBIBYTE} {head}\r\n".encode())
        answer = received(client)

    assert len(answer.partition(b"\r\n\r\n")[2]) < MEBIBYTE
    assert doomed.process.wait(PATIENCE) == -signal.SIGKILL
    assert launch(ground).wait_until().stop() == 0
    assert [record.outcome for record in ground.closings()] == [outcome]
    assert ground.findings() == []


def test_a_gateway_killed_amid_a_request_leaves_it_in_doubt_and_its_provider_without_the_whole(
    provider, tmp_path, launch
):
    ground = Ground.prepare(tmp_path)
    ground.publish(ground.snapshot([service("echo", provider.url())], [permit("echo", client=PLAIN_CLIENT)]))
    doomed, seen = launch(ground).wait_until(), len(provider.seen)
    with plain_socket(doomed) as client:
        head = f"HTTP/1.1\r\nHost: g\r\nX-Road-Client: {PLAIN_CLIENT}\r\nX-Road-Id: m-amid\r\n"
        client.sendall(f"POST {ECHO}/mirror {head}Content-Length: 300000\r\n\r\n".encode() + b"z" * 299_999)
        wait_for(ground.intents)
        doomed.kill()

    restarted = launch(ground).wait_until()
    assert restarted.stop() == 0
    assert "in doubt: message m-amid" in restarted.log.read_text()
    assert [(record.outcome, record.request_hash) for record in ground.closings()] == [("in-doubt", None)]
    assert len(provider.seen) == seen
    assert ground.findings() == []
