"""However the network cuts requests into pieces, the same requests are read, in order, each with its own body."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from divan_gateway.inbound import ClientConnection
from divan_gateway.settings import Limits


class Wire(asyncio.Transport):
    """The other end: keeps what is written, counts when reading is held."""

    def __init__(self):
        super().__init__()
        self.written = bytearray()
        self.closed = False

    def get_extra_info(self, name, default=None):
        return ("127.0.0.1", 1) if name == "peername" else default

    def write(self, data):
        self.written += data

    def get_write_buffer_size(self):
        return 0

    def pause_reading(self):
        """Go on all the same: what is already in the parser's hands must not be lost."""

    def resume_reading(self):
        """See above."""

    def is_closing(self):
        return self.closed

    def close(self):
        self.closed = True

    abort = close


class Desk:
    """Reads every request to its end and answers with its number."""

    limits = Limits()

    def __init__(self):
        self.read = []

    async def answer(self, request, *_, **__):
        body = request.body
        if request.stream is not None:
            while (piece := await request.stream.take()) is not None:
                body += piece
        self.read.append((request.method, request.target, body))
        await asyncio.sleep(0)
        return b"<%d>" % len(self.read)

    def refuse_malformed(self, _):
        return b"<refused>"

    def arrived(self, _):
        return True

    def left(self, _):
        """Nothing is kept."""


def written(number, body, *, chunked):
    head = b"POST /%d HTTP/1.1\r\nHost: g\r\n" % number
    if not chunked:
        return b"%bContent-Length: %d\r\n\r\n%b" % (head, len(body), body)
    half = len(body) // 2
    chunks = [piece for piece in (body[:half], body[half:]) if piece]
    framed = b"".join(b"%x;e=1\r\n%b\r\n" % (len(piece), piece) for piece in chunks)
    return b"%bTransfer-Encoding: chunked\r\n\r\n%b0\r\nT: x\r\n\r\n" % (head, framed)


BODIES = st.builds(
    lambda octet, size: bytes((octet,)) * size, st.integers(0, 255), st.sampled_from([0, 1, 700, 90_000])
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(BODIES, st.booleans()), min_size=1, max_size=6), st.data())
def test_pieces_make_no_difference(told, data):
    octets = b"".join(written(number, body, chunked=chunked) for number, (body, chunked) in enumerate(told))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(octets)), max_size=12)))
    desk, wire = Desk(), Wire()

    async def play():
        connection = ClientConnection(desk, asyncio.get_running_loop())
        connection.connection_made(wire)
        for start, end in zip([0, *cuts], [*cuts, len(octets)], strict=True):
            if end > start:
                connection.data_received(octets[start:end])
            await asyncio.sleep(0)
        for _ in range(500):
            if connection.is_idle:
                break
            await asyncio.sleep(0)

    asyncio.run(play())

    assert desk.read == [(b"POST", b"/%d" % number, body) for number, (body, _) in enumerate(told)]
    assert bytes(wire.written) == b"".join(b"<%d>" % (number + 1) for number in range(len(told)))


def test_a_head_behind_a_large_body_in_one_piece_is_not_blamed_for_it():
    octets = written(0, b"x" * 90_000, chunked=False) + written(1, b"", chunked=False)
    desk, wire = Desk(), Wire()

    async def play():
        connection = ClientConnection(desk, asyncio.get_running_loop())
        connection.connection_made(wire)
        connection.data_received(octets[:-10])
        connection.data_received(octets[-10:])
        for _ in range(50):
            await asyncio.sleep(0)

    asyncio.run(play())

    assert [target for _, target, _ in desk.read] == [b"/0", b"/1"]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 200))
def test_whatever_comes_nothing_breaks_and_at_most_one_refusal_is_told(noise, place):
    """Noise in the middle of a good request is read as something, or refused once, and nothing is read behind it."""
    good = written(0, b"x" * 50, chunked=True)
    octets = good[:place] + noise + good[place:]
    desk, wire = Desk(), Wire()

    async def play():
        loop = asyncio.get_running_loop()
        defects = []
        loop.set_exception_handler(lambda _, context: defects.append(context))
        connection = ClientConnection(desk, loop)
        connection.connection_made(wire)
        connection.data_received(octets)
        connection.data_received(good)
        for _ in range(50):
            await asyncio.sleep(0)
        connection.connection_lost(None)
        for _ in range(5):
            await asyncio.sleep(0)
        return defects

    assert asyncio.run(play()) == []
    assert wire.written.count(b"<refused>") <= 1
    assert wire.written.endswith(b"<refused>") or b"<refused>" not in wire.written
