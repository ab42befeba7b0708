"""A provider's information system for tests: answers by path, remembers what it was asked."""

from __future__ import annotations

import json
import ssl
import threading
from dataclasses import dataclass
from hashlib import sha512
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.waiting import wait_for

PIECE = bytes(range(256)) * 256
BINARY_SIZE = 13 * 1024 * 1024 + 104729


@dataclass
class Seen:
    """A request as the provider received it."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    peer: tuple[str, int]

    def values(self, name: str) -> list[str]:
        return [value for header, value in self.headers if header.lower() == name.lower()]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Provider

    def __getattr__(self, name: str):
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, ssl.SSLError, ValueError):
            self.close_connection = True

    def _answer(self) -> None:
        body = self._read_body()
        self.server.seen.append(Seen(self.command, self.path, list(self.headers.items()), body, self.client_address))
        name = self.path.split("?")[0].split("/")[-1] or "root"
        getattr(self, f"_{name.replace('-', '_').partition('%')[0]}", self._echo)(body)

    def _read_body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            if len(body) < length:
                raise ConnectionError("half a request")
            return body
        pieces = []
        while size := int(self.rfile.readline() or b"x", 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def _send(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for header in headers:
            self.send_header(*header)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _raw(self, octets: bytes, *, close: bool = False) -> None:
        self.wfile.write(octets)
        self.close_connection = close

    def _echo(self, body: bytes) -> None:
        answer = {"method": self.command, "path": self.path, "body": body.decode("latin-1")}
        self._send(200, json.dumps(answer).encode(), ("Content-Type", "application/json"))

    def _mirror(self, body: bytes) -> None:
        self._send(200, body, ("Content-Type", self.headers.get("Content-Type", "text/plain")))

    def _binary(self, _: bytes) -> None:
        self._send(200, b"\xa5" * BINARY_SIZE, ("Content-Type", "application/octet-stream"))

    def _person(self, _: bytes) -> None:
        kind = self.path.partition("=")[2] or "application/json"
        status = 206 if self.headers.get("Range") else 200
        body = b'{"name":"N","born":{"on":"1370","at":"Kh"},"phones":[{"number":"1","kind":"home"},{"number":"2"}]}'
        self._send(status, body, ("Content-Type", kind), ("ETag", '"1"'))

    def _kept(self, _: bytes) -> None:
        told = self.path.partition("=")[2].replace("+", " ") or "max-age=60"
        count = sum(seen.target == self.path for seen in self.server.seen)
        self._send(200, b"%d" % count, ("Cache-Control", told), ("Vary", "Accept-Language"))

    def _pet(self, body: bytes) -> None:
        answer = {"id": 7, "name": "secret"} if b"broken" not in body else {"id": "secret"}
        self._send(200, json.dumps(answer).encode(), ("Content-Type", "application/json"))

    def _digest(self, body: bytes) -> None:
        self._send(200, f"{len(body)} {sha512(body).hexdigest()}".encode())

    def _flood(self, _: bytes) -> None:
        size = int(self.path.rpartition("=")[2])
        self._raw(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        for _ in range(size // len(PIECE)):
            self.wfile.write(PIECE)
        self.wfile.write(PIECE[: size % len(PIECE)])

    def _flood_in_chunks(self, _: bytes) -> None:
        self._raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(int(self.path.rpartition("=")[2]) // len(PIECE)):
            self.wfile.write(b"%x\r\n%b\r\n" % (len(PIECE), PIECE))
        self.wfile.write(b"0\r\nX-Trailer: t\r\n\r\n")

    def _flood_until_close(self, _: bytes) -> None:
        self._raw(b"HTTP/1.1 200 OK\r\n\r\n" + PIECE * 4, close=True)

    def _flood_cut(self, _: bytes) -> None:
        self._raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n" + PIECE * 4, close=True)

    def _redirect(self, _: bytes) -> None:
        self._send(302, b"", ("Location", "http://elsewhere.invalid/next"))

    def _forged(self, _: bytes) -> None:
        forged = [("X-Road-Id", "forged"), ("X-Road-Error", "forged"), ("X-Road-Request-Hash", "forged")]
        self._send(200, b"ok", *forged, ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))

    def _undated(self, _: bytes) -> None:
        self._raw(b"HTTP/1.1 200 Fine\r\nContent-Length: 2\r\n\r\nok")

    def _chunked(self, _: bytes) -> None:
        self._raw(
            b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"5\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: t\r\n\r\n"
        )

    def _until_close(self, _: bytes) -> None:
        self._raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nto the end", close=True)

    def _empty(self, _: bytes) -> None:
        self._raw(b"HTTP/1.1 204 No Content\r\n\r\n")

    def _garbage(self, _: bytes) -> None:
        self._raw(b"SSH-2.0-OpenSSH_9.2\r\n", close=True)

    def _cut(self, _: bytes) -> None:
        self._raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", close=True)

    def _twice(self, _: bytes) -> None:
        self._raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb")

    def _slow(self, _: bytes) -> None:
        self.server.released.wait(10)
        self._send(200, b"late")

    def _leaves(self, _: bytes) -> None:
        self._send(200, b"bye")
        # The server says nothing of closing, and closes.
        self.close_connection = True

    def log_message(self, *args: object) -> None:
        """Say nothing."""


class Provider(ThreadingHTTPServer):
    """The server, listening on loopback, on a port of its own if none is told; ``tls`` makes it speak HTTPS."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.seen: list[Seen] = []
        self.released = threading.Event()
        self._tls = tls
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def get_request(self):
        connection, address = super().get_request()
        if self._tls is not None:
            connection.settimeout(5)
            connection = self._tls.wrap_socket(connection, server_side=True)
        return connection, address

    def handle_error(self, request: object, client_address: object) -> None:
        """Connections that the gateway drops are part of the tests."""

    @property
    def port(self) -> int:
        return self.server_address[1]

    def url(self, path: str = "") -> str:
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}{path}"

    def last(self) -> Seen:
        return self.seen[-1]

    def wait_for(self, count: int) -> None:
        wait_for(
            lambda: len(self.seen) >= count,
            otherwise=lambda: f"{len(self.seen)} of {count} requests came",
            every=0.01,
        )

    def close(self) -> None:
        self.released.set()
        self.shutdown()
        self.server_close()
        self._thread.join()
