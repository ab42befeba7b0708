"""Bodies on their way: what one side sends faster than the other takes waits here, and no more than a little of it."""

from __future__ import annotations

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import Callable

from divan_libs.envelope.errors import ExchangeRefusal

HELD_IN_MEMORY = 64 * 1024
"""Bodies up to this many octets are taken whole; larger ones are streamed."""
_HIGH_WATER = 256 * 1024


class BodyBroken(Exception):
    """The sender left, or broke the rules, before the body was whole; ``refusal`` is what it is told, if it listens."""

    code = "gateway.body-broken"

    def __init__(self, refusal: ExchangeRefusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


class BodyTooLarge(Exception):
    """A body that must be looked at whole is larger than what is held in memory for that."""

    code = "gateway.body-too-large"


class BodyStream:
    """The rest of a body: fed by the connection it comes in on, taken by the task that carries the message.

    ``pause`` and ``resume`` stop and restart the reading of that connection. ``begin`` is called before the first wait
    for octets: there a client that asked for leave to send gets it.
    """

    def __init__(
        self, pause: Callable[[], None], resume: Callable[[], None], begin: Callable[[], None] | None = None
    ) -> None:
        self._pause = pause
        self._resume = resume
        self._begin = begin
        self._pieces: list[bytes] = []
        self._octets = 0
        self._ended = False
        self._failure: Exception | None = None
        self._taker: asyncio.Future[None] | None = None
        self.is_paused = False

    @property
    def is_complete(self) -> bool:
        """Whether all of it has come."""
        return self._ended

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self._ended or self._failure is not None

    def feed(self, piece: bytes) -> None:
        """Add octets."""
        self._pieces.append(piece)
        self._octets += len(piece)
        if self._octets > _HIGH_WATER and not self.is_paused:
            self.is_paused = True
            self._pause()
        self._wake()

    def end(self) -> None:
        """Say that the body is whole."""
        self._ended = True
        self._wake()

    def fail(self, failure: Exception) -> None:
        """Say that the body will never be whole; what was not taken yet is given up."""
        if not self.is_over:
            self._failure = failure
            self._pieces.clear()
            self._wake()

    def _wake(self) -> None:
        taker, self._taker = self._taker, None
        if taker is not None and not taker.done():
            taker.set_result(None)

    async def take(self) -> bytes | None:
        """Return what has come, at least an octet; None at the end.

        :raises BodyBroken: or whatever :meth:`fail` was told.
        """
        if self._begin is not None:
            begin, self._begin = self._begin, None
            begin()
        while not self._pieces:
            if self._failure is not None:
                raise self._failure
            if self._ended:
                return None
            self._taker = asyncio.get_running_loop().create_future()
            await self._taker
        taken = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        self._octets = 0
        if self.is_paused:
            self.is_paused = False
            self._resume()
        return taken


async def collect(begun: bytes, stream: BodyStream, limit: int) -> bytes:
    """Return a body as a whole, for those who must look at all of it.

    :raises BodyTooLarge: it has more than ``limit`` octets.
    :raises BodyBroken: or whatever else ended the stream.
    """
    pieces, octets = [begun], len(begun)
    while (piece := await stream.take()) is not None:
        octets += len(piece)
        if octets > limit:
            raise BodyTooLarge
        pieces.append(piece)
    return b"".join(pieces)


class RunningHash:
    """The hash of a message whose body is not held: see :func:`divan_libs.envelope.request_hash.message_hash`."""

    def __init__(self) -> None:
        self._body = hashlib.sha512()
        self.octets = 0

    def add(self, piece: bytes) -> None:
        """Take the next octets of the body."""
        self._body.update(piece)
        self.octets += len(piece)

    def finish(self, message: bytes) -> str:
        """Return the hash of the message with the body taken so far."""
        digest = hashlib.sha512(message).digest()
        if self.octets:
            digest = hashlib.sha512(digest + self._body.digest()).digest()
        return b64encode(digest).decode("ascii")
