# pyHanko annotates only in part.
# mypy: disable-error-code="no-untyped-call"
"""Where timestamps come from: an authority in this process, or one behind HTTP. Both serve pyHanko and our own code.

A timestamper is made once and kept: pyHanko learns the size of its tokens from a first one and remembers it.
"""

import http.client
import ssl
from abc import abstractmethod
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from pyhanko.sign.timestamps.api import TimeStamper

from divan_libs.pki.asn1 import cms
from divan_libs.pki.errors import TimestampUnavailable
from divan_libs.pki.timestamps import TimestampAuthority, digest_of, make_nonce, timestamp_request, token_of

REQUEST_TYPE = "application/timestamp-query"
RESPONSE_TYPE = "application/timestamp-reply"
RESPONSE_LIMIT = 1 << 20


class Timestamper(TimeStamper):
    """Obtains timestamps; subclasses say how a request reaches the authority. Safe to share between threads."""

    @abstractmethod
    def answer(self, request: bytes) -> bytes:
        """Bring a ``TimeStampReq`` to the authority and its ``TimeStampResp`` back.

        :raises TimestampUnavailable: if the authority cannot be reached.
        """

    def stamp(self, data: bytes, hash_name: str = "sha256") -> bytes:
        """Obtain a token over data.

        :raises TimestampUnavailable, TimestampRefused, TimestampMismatch: see `token_of`.
        """
        return self._stamp_digest(digest_of(data, hash_name), hash_name)

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """Obtain a token over a digest, for pyHanko."""
        return cms.ContentInfo.load(self._stamp_digest(message_digest, md_algorithm))

    def _stamp_digest(self, digest: bytes, hash_name: str) -> bytes:
        request = timestamp_request(digest, hash_name=hash_name, nonce=self._nonce())
        return token_of(self.answer(request), request)

    def _nonce(self) -> int | None:
        return make_nonce()


class LocalTimestamper(Timestamper):
    """An authority in this process, on the given clock; there is no wire, so it needs no nonce."""

    def __init__(self, authority: TimestampAuthority, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._authority = authority
        self._clock = clock

    def answer(self, request: bytes) -> bytes:
        """Let the authority answer now."""
        return self._authority.answer(request, self._clock())

    def _nonce(self) -> int | None:
        return None


class HttpTimestamper(Timestamper):
    """An authority behind HTTP or HTTPS (RFC 3161, 3.4). ``timeout`` is in seconds, for each step on the wire.

    :raises ValueError: if the address is not an http or https URL.
    """

    def __init__(self, url: str, *, timeout: float = 10.0, tls: ssl.SSLContext | None = None) -> None:
        super().__init__()
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"not an http address: {url}")
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._timeout = timeout
        self._tls = tls

    def answer(self, request: bytes) -> bytes:
        """Post the request on a connection of its own.

        :raises TimestampUnavailable: if there is no connection, no answer in time, or one that is no timestamp reply.
        """
        connection = self._connect()
        try:
            connection.request("POST", self._path, body=request, headers={"Content-Type": REQUEST_TYPE})
            response = connection.getresponse()
            body = response.read(RESPONSE_LIMIT)
        except (OSError, http.client.HTTPException) as error:
            raise TimestampUnavailable(f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()
        if response.status != http.client.OK:
            raise TimestampUnavailable(f"HTTP status {response.status}")
        kind = response.headers.get_content_type()
        if kind != RESPONSE_TYPE:
            raise TimestampUnavailable(f"content type {kind}")
        return body

    def _connect(self) -> http.client.HTTPConnection:
        if self._secure:
            tls = self._tls or ssl.create_default_context()
            return http.client.HTTPSConnection(self._host, self._port, timeout=self._timeout, context=tls)
        return http.client.HTTPConnection(self._host, self._port, timeout=self._timeout)
