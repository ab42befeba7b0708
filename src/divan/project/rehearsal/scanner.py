"""A malware scanner that speaks clamd's protocol and knows one pest: the EICAR test file."""

from __future__ import annotations

import asyncio
import contextlib
import struct

from divan.project.rehearsal.behaviour import Behaviours, Down, Mode

# In two parts, so that no real scanner takes this file for the pest.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
STREAM_LIMIT = 25 * 1024 * 1024
_PATIENCE = 30.0


class Scanner:
    """Answers PING, VERSION and INSTREAM, each with the prefix ``z`` (zero-ended) or ``n`` (line-ended).

    When it lies its verdict is none; when it repeats itself, the one before.
    """

    def __init__(self, behaviours: Behaviours) -> None:
        self._behaviours = behaviours
        self._before = b""

    async def listen(self, host: str, port: int) -> asyncio.Server:
        """Begin to listen."""
        return await asyncio.start_server(self._serve, host, port)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_PATIENCE + self._behaviours.of("scanner").seconds):
                answer, end = await self._answer(reader)
                writer.write(answer + end)
                await writer.drain()
        except (Down, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            # Whoever hangs up, breaks off or talks nonsense gets no verdict.
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
        prefix = await reader.readexactly(1)
        end = b"\0" if prefix == b"z" else b"\n"
        command = (await reader.readuntil(end))[:-1]
        mode = await self._behaviours.meet("scanner")
        if command == b"PING":
            return b"PONG", end
        if command == b"VERSION":
            return b"ClamAV rehearsal", end
        if command != b"INSTREAM":
            return b"UNKNOWN COMMAND", end
        verdict = await _look_through(reader)
        if mode is Mode.LIE:
            verdict = b"stream: perhaps"
        elif mode is Mode.REPEAT:
            verdict = self._before or verdict
        self._before = verdict
        return verdict, end


async def _look_through(reader: asyncio.StreamReader) -> bytes:
    size, tail, found = 0, b"", False
    while length := struct.unpack("!I", await reader.readexactly(4))[0]:
        size += length
        if size > STREAM_LIMIT:
            return b"INSTREAM size limit exceeded. ERROR"
        # A pest may lie across two pieces.
        seen = tail + await reader.readexactly(length)
        found = found or EICAR in seen
        tail = seen[-len(EICAR) :]
    return b"stream: Eicar-Test-Signature FOUND" if found else b"stream: OK"
