"""Bodies of any size in little memory: a request on its way to the provider, an answer on its way to the client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from divan_gateway.bodies import BodyBroken, BodyStream, RunningHash
from divan_gateway.inbound import ReplyBroken
from divan_gateway.outbound import ProviderFailure
from divan_gateway.providers import Providers, Question, Upload
from divan_gateway.testimony import Message
from divan_gateway.wire import Answer, Request, write_head
from divan_libs.envelope import errors
from divan_libs.envelope.headers import Header
from divan_libs.envelope.request_hash import response_message

Send = Callable[[bytes], Awaitable[None]]


async def upload(providers: Providers, question: Question, request: Request, message: Message) -> Answer:
    """Send a request whose body is still coming, note its hash in the message and return the answer.

    The provider gets the last octets only when all have come from the client, so that what a client broke off is never
    taken for whole. An answer that begins before that is waited with until the client has sent everything.

    :raises ProviderFailure: there is no whole answer; with ``sent_at`` also when the client broke the request off.
    """
    stream = request.stream
    assert stream is not None  # noqa: S101 - the caller looked
    way = await providers.begin(question, request.length)
    try:
        await _pass_on(request.body, stream, way, message)
    except BodyBroken as broken:
        way.give_up()
        raise ProviderFailure(broken.refusal, sent_at=message.received_at) from broken
    except BaseException:
        way.give_up()
        raise
    return await way.answer()


async def _pass_on(begun: bytes, stream: BodyStream, way: Upload, message: Message) -> None:
    running = RunningHash()
    running.add(begun)
    held = begun
    while (piece := await stream.take()) is not None:
        running.add(piece)
        if way.answered.done():
            if way.answered.exception() is not None:
                return
        elif held:
            await way.send(held)
        held = piece
    message.request_hash = running.finish(message.octets())
    message.request_size = running.octets
    if not way.answered.done():
        way.end(held)


class Download:
    """An answer on its way to the client. Its last octets are withheld until the evidence of its end is durable."""

    def __init__(self, answer: Answer, headers: list[Header], request: Request) -> None:
        assert answer.stream is not None  # noqa: S101 - the caller looked
        self._answer = answer
        self._stream = answer.stream
        self._headers = headers
        self._request = request
        self._running = RunningHash()
        self._is_chunked = answer.content_length is None and not request.is_http_1_0

    async def run(self, send: Send, second: int) -> bytes:
        """Send the head and all of the body but its last octets, and return these.

        :raises ProviderFailure: the answer broke off.
        :raises ReplyBroken: the client did not wait for it.
        """
        answer = self._answer
        framing = b"transfer-encoding: chunked\r\n" if self._is_chunked else b""
        if answer.content_length is not None:
            framing = b"content-length: %b\r\n" % answer.content_length
        elif self._request.is_http_1_0:
            self._request.keep_alive = False
        close = not self._request.keep_alive
        await self._send(
            send, write_head(answer.status, answer.reason, self._headers, framing, second=second, close=close)
        )
        held = answer.body
        self._running.add(held)
        while (piece := await self._stream.take()) is not None:
            self._running.add(piece)
            if held:
                await self._send(send, self._framed(held))
            held = piece
        return self._framed(held) + (b"0\r\n\r\n" if self._is_chunked else b"")

    async def _send(self, send: Send, octets: bytes) -> None:
        try:
            await send(octets)
        except ReplyBroken:
            if self._answer.give_up is not None:
                self._answer.give_up()
            raise

    def _framed(self, octets: bytes) -> bytes:
        return b"%x\r\n%b\r\n" % (len(octets), octets) if self._is_chunked else octets

    def closing(self, message: Message) -> bytes:
        """Return the closing record of the whole answer."""
        octets = response_message(self._answer.status, self._answer.reason, self._headers)
        return message.streamed(self._answer, self._running.finish(octets), self._running.octets)

    def broken(self, message: Message, cause: ProviderFailure | ReplyBroken, ended_at: int) -> bytes:
        """Return the closing record of an answer that did not get through: it broke off, or the client left."""
        refusal = cause.refusal if isinstance(cause, ProviderFailure) else errors.client_left()
        return message.unanswered(refusal.code, self._answer.sent_at, ended_at)
