"""Speaking with strangers: whatever a server does, an answer or a refusal comes in time and of bounded size."""

import socket
import threading
import time
from contextlib import contextmanager, suppress

import pytest

from divan_libs.tlog.remote import RemoteError, RemoteStore, request
from divan_libs.tlog.storage import StorageError


@contextmanager
def server(speak):
    """Listen on loopback and let ``speak`` do with each connection what it likes."""

    def serve():
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                with connection, suppress(OSError):
                    connection.recv(65_536)
                    speak(connection)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


def drip(connection, head=b""):
    connection.sendall(head)
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


@pytest.mark.parametrize(
    "speak",
    [
        lambda _connection: time.sleep(3600),
        drip,
        lambda connection: drip(connection, b"HTTP/1.1 200 OK\r\nX-Slow: "),
        lambda connection: drip(connection, b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"),
        lambda connection: drip(connection, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n"),
    ],
)
def test_a_slow_server_costs_no_more_than_the_time_it_is_given(speak):
    with server(speak) as url, pytest.raises(RemoteError) as refusal:
        request(url, timeout=0.5)

    assert refusal.value.code == "tlog.remote.unreachable"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"", "unreachable"),
        (b"\x00\xff\n\n", "unreachable"),
        (b"HTTP/1.1 99999 No\r\n\r\n", "unreachable"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "unreachable"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "unreachable"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n", "unreachable"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", "unreachable"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + b"x" * 1001, "too-large"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5000, "too-large"),
    ],
)
def test_what_is_no_answer_or_too_much_is_refused(answer, code):
    with server(lambda connection: connection.sendall(answer)) as url, pytest.raises(RemoteError) as refusal:
        request(url, timeout=5, limit=1000)

    assert refusal.value.code == f"tlog.remote.{code}"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "log.example",
        "ftp://log.example",
        "file:///etc/passwd",
        "http://",
        "http://[",
        "http://a:b/",
        "http://a:99999/",
        "http://user:secret@log.example/",
        "http://log.example/?q",
        "http://log.example/#f",
        "http://log.example:0/",
    ],
)
def test_other_addresses_are_none(url):
    with pytest.raises(RemoteError) as refusal:
        RemoteStore(url)

    assert refusal.value.code == "tlog.remote.address"


@pytest.mark.parametrize(("status", "expected"), [(404, None), (410, None), (500, "status"), (301, "status")])
def test_a_store_tells_a_missing_file_from_a_server_in_trouble(status, expected):
    head = f"HTTP/1.1 {status} X\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n".encode()
    with server(lambda connection: connection.sendall(head)) as url:
        store = RemoteStore(url + "/log/")
        if expected is None:
            assert store.read("tile/0/000") is None
        else:
            with pytest.raises(RemoteError) as refusal:
                store.read("checkpoint")
            assert (refusal.value.code, refusal.value.facts["status"]) == ("tlog.remote.status", status)
        with pytest.raises(StorageError):
            store.read("../secret")


def test_nobody_there_is_told_at_once():
    with pytest.raises(RemoteError) as refusal:
        request("http://127.0.0.1:9/", timeout=5)

    assert refusal.value.code == "tlog.remote.unreachable"
