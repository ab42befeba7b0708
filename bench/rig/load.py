"""A load generator for HTTP/1.1: kept-alive connections, each asking again as soon as it is answered."""

from __future__ import annotations

import asyncio
import re
import statistics
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import cast
from urllib.parse import urlencode

import uvloop

HOST = "127.0.0.1"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")


class UnusableAnswer(Exception):
    """An answer that this generator cannot read: it says no length."""


@dataclass(slots=True)
class Result:
    """What one run measured; times in seconds."""

    rate: float
    median: float
    p95: float
    p99: float
    answers: int
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def failed(self) -> int:
        """Answers that are neither success nor redirection."""
        return sum(count for status, count in self.statuses.items() if status >= 400)


def get(path: str, cookies: dict[str, str] | None = None) -> bytes:
    """Return a GET request as bytes."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n{_cookie(cookies)}\r\n".encode()


def post(path: str, form: dict[str, list[str]], cookies: dict[str, str]) -> bytes:
    """Return a POST of a form as bytes, with the token against forged requests in its header."""
    body = urlencode(form, doseq=True)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\nX-CSRFToken: {cookies['csrftoken']}\r\n{_cookie(cookies)}\r\n"
    )
    return (head + body).encode()


def _cookie(cookies: dict[str, str] | None) -> str:
    pairs = "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())
    return f"Cookie: {pairs}\r\n" if pairs else ""


class _Asker(asyncio.Protocol):
    """Sends the requests it is given one after the other; keeps the time and the status of each answer."""

    def __init__(self, requests: Iterator[bytes]) -> None:
        self._requests = requests
        self.times: list[float] = []
        self.statuses: dict[int, int] = {}
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def _ask(self) -> None:
        self._buffer = bytearray()
        self._whole = 0
        request = next(self._requests, None)
        if request is None:
            self._transport.close()
            return
        self._began = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._whole:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            found = _LENGTH.search(self._buffer, 0, end + 2)
            if found is None:
                self._transport.abort()
                self.done.set_exception(UnusableAnswer(bytes(self._buffer[:end]).decode(errors="replace")))
                return
            self._whole = end + 4 + int(found[1])
        if len(self._buffer) < self._whole:
            return
        self.times.append(time.perf_counter() - self._began)
        status = _STATUS.match(self._buffer)
        code = int(status[1]) if status else 599
        self.statuses[code] = self.statuses.get(code, 0) + 1
        self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        if error is not None:
            self.statuses[599] = self.statuses.get(599, 0) + 1
        if not self.done.done():
            self.done.set_result(None)


def run(port: int, works: Iterable[Iterator[bytes]]) -> Result:
    """Open a connection for each piece of work and send its requests one after the other, until all are done."""

    async def ask() -> list[_Asker]:
        loop = asyncio.get_running_loop()
        made = [await loop.create_connection(partial(_Asker, work), HOST, port) for work in works]
        askers = [asker for _, asker in made]
        await asyncio.gather(*(asker.done for asker in askers))
        return askers

    began = time.perf_counter()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        askers = runner.run(ask())
    elapsed = time.perf_counter() - began
    times = sorted(value for asker in askers for value in asker.times)
    if not times:
        raise SystemExit("nothing was answered")
    statuses: dict[int, int] = {}
    for asker in askers:
        for status, count in asker.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    return Result(
        rate=len(times) / elapsed,
        median=statistics.median(times),
        p95=times[int(len(times) * 0.95)],
        p99=times[int(len(times) * 0.99)],
        answers=len(times),
        statuses=statuses,
    )


def ask_again(port: int, request: bytes, *, connections: int, seconds: float) -> Result:
    """Ask the same over so many connections for so long, after a short run that is not counted."""

    def until(end: float) -> Iterator[bytes]:
        while time.perf_counter() < end:
            yield request

    for span in (min(1.0, seconds / 3), seconds):
        end = time.perf_counter() + span
        result = run(port, [until(end) for _ in range(connections)])
    return result
