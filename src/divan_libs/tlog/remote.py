"""The one place of this library that speaks over a network: bounded requests over HTTP, and a log read by them."""

import http.client
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Timer
from urllib.parse import SplitResult, quote, urlsplit

from divan_libs.tlog.checkpoints import CHECKPOINT_PATH
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.notes import MAXIMUM_NOTE_SIZE
from divan_libs.tlog.storage import require_path
from divan_libs.tlog.tiles import MAXIMUM_ENTRY_SIZE, TILE_WIDTH

MAXIMUM_FILE = TILE_WIDTH * (2 + MAXIMUM_ENTRY_SIZE)
"""The largest file a log can have: a full bundle of the longest entries."""

_HEADERS = {"User-Agent": "divan-tlog/1", "Accept-Encoding": "identity"}


class RemoteError(TlogError):
    """Nothing usable came over the network; what is asked of may be well all the same."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    content_type: str
    body: bytes


def request(
    url: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 10.0,
    limit: int = MAXIMUM_NOTE_SIZE,
) -> Answer:
    """Send one request and return the answer, whatever its status. Redirections are not followed.

    :param timeout: seconds for the whole exchange, also with a server that sends a byte at a time.
    :param limit: the largest body that is taken.
    :raises RemoteError: ``tlog.remote.address``, ``tlog.remote.unreachable``, ``tlog.remote.too-large``.
    """
    address = _address(url)
    deadline = time.monotonic() + timeout
    connection = _connection(address, timeout)
    target = quote(address.path or "/", safe="/%:@!$&'()*+,;=-._~")
    try:
        connection.connect()
        with _hung_up_at(deadline, connection.sock):
            connection.request(method, target, body, _HEADERS | dict(headers or {}))
            with connection.getresponse() as response:
                content = response.read(limit + 1)
                if response.length and len(content) <= limit:
                    raise http.client.IncompleteRead(content, response.length)
            if time.monotonic() > deadline:
                raise TimeoutError("the answer did not end in time")
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = str(error) or type(error).__name__
        raise RemoteError("tlog.remote.unreachable", url=url, reason=reason) from error
    finally:
        connection.close()
    if len(content) > limit:
        raise RemoteError("tlog.remote.too-large", url=url, limit=limit)
    return Answer(response.status, response.headers.get("Content-Type", ""), content)


class RemoteStore:
    """The files of a log below an address, read over HTTP. A :class:`~divan_libs.tlog.storage.ReadableStore`."""

    def __init__(self, url: str, *, timeout: float = 10.0) -> None:
        _address(url)
        self._url = url.rstrip("/")
        self._timeout = timeout

    def read(self, path: str) -> bytes | None:
        """Return a file, None when the server says that there is none (404 or 410).

        :raises StorageError: ``tlog.storage.path``.
        :raises RemoteError: any code of :func:`request`; ``tlog.remote.status`` for another status than 200.
        """
        require_path(path)
        limit = MAXIMUM_NOTE_SIZE if path == CHECKPOINT_PATH else MAXIMUM_FILE
        answer = request(f"{self._url}/{path}", timeout=self._timeout, limit=limit)
        if answer.status in {404, 410}:
            return None
        if answer.status != 200:
            raise RemoteError("tlog.remote.status", url=f"{self._url}/{path}", status=answer.status)
        return answer.body


def _address(url: str) -> SplitResult:
    try:
        address = urlsplit(url)
        known = address.scheme in {"http", "https"} and bool(address.hostname) and address.port != 0
    except ValueError as error:
        raise RemoteError("tlog.remote.address", url=url) from error
    if not known or address.query or address.fragment or address.username is not None:
        raise RemoteError("tlog.remote.address", url=url)
    return address


@contextmanager
def _hung_up_at(deadline: float, connected: socket.socket) -> Iterator[None]:
    """Shut a connection at a moment, whatever is being read: a time limit on each read alone never ends with a server
    that sends a byte now and then.
    """

    def hang_up() -> None:
        with suppress(OSError):
            connected.shutdown(socket.SHUT_RDWR)

    timer = Timer(max(deadline - time.monotonic(), 0), hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _connection(address: SplitResult, timeout: float) -> http.client.HTTPConnection:
    if address.scheme == "http":
        return http.client.HTTPConnection(str(address.hostname), address.port, timeout=timeout)
    context = ssl.create_default_context()
    return http.client.HTTPSConnection(str(address.hostname), address.port, timeout=timeout, context=context)
