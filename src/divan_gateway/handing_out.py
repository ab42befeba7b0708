"""``/asic``: the signed container of a message for those who took part in it, as X-Road hands it out.

One container has both records of a message, its question and its answer, so ``requestOnly`` and ``responseOnly`` name
the same one.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
import zipfile
from base64 import b64decode
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from divan_gateway.admission import Caller, authenticate
from divan_gateway.archive import Wanted
from divan_gateway.metaservices import own_answer
from divan_gateway.routing import Routes
from divan_gateway.wire import Answer
from divan_libs.asic.archive import MEDIA_TYPE
from divan_libs.envelope.addresses import ClientId
from divan_libs.envelope.errors import ExchangeRefusal
from divan_libs.envelope.evidence.containers import plain_name

_REQUIRED = ("queryId", "xRoadInstance", "memberClass", "memberCode")
_MOST_WAITING = 8
_FIND_SECONDS = 60.0
_STAMP_SECONDS = 50.0
_LOOK_SECONDS = 1.0

logger = logging.getLogger(__name__)


class NotHandedOut(Exception):
    """There is no container for this question; ``status`` and text are what the client is told."""

    code = "gateway.not-handed-out"

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """What a client asks for; ``waits`` until there is a timestamp, ``is_one``: a single container, no archive."""

    message_id: str
    client: ClientId
    waits: bool
    is_one: bool
    unstamped: bool

    @classmethod
    def read(cls, query: str) -> _Ask:
        told = dict(parse_qsl(query, keep_blank_values=True))
        for name in _REQUIRED:
            if not told.get(name):
                raise NotHandedOut(400, f'Parameter "{name}"  must be specified.')
        halves = {"requestOnly", "responseOnly"} & told.keys()
        if len(halves) > 1:
            raise NotHandedOut(400, 'Parameters "requestOnly" and "responseOnly" cannot be used at the same time.')
        if "unique" in told and not halves:
            raise NotHandedOut(400, 'Parameter "unique" not applicable without "requestOnly" or "responseOnly".')
        instance, member_class, code = (told[name] for name in _REQUIRED[1:])
        return cls(
            message_id=told["queryId"],
            client=ClientId(instance, member_class, code, told.get("subsystemCode") or None),
            waits="force" in told,
            is_one="unique" in told,
            unstamped="unstamped" in told,
        )


class HandingOut:
    """Answers ``/asic``. One look through the segments at a time; a few wait for their turn."""

    def __init__(self, evidence: Path, stamps: Path) -> None:
        self._evidence = evidence
        self._stamps = stamps
        self._turn = asyncio.Semaphore(1)
        self._waiting = 0

    async def answer(self, routes: Routes, caller: Caller, query: str) -> Answer:
        """Return the container or the archive of containers, or the text of why there is none."""
        try:
            return await self._answer(routes, caller, query)
        except NotHandedOut as no:
            answer = own_answer(no.text.encode(), b"text/plain;charset=utf-8")
            answer.status = no.status
            return answer

    async def _answer(self, routes: Routes, caller: Caller, query: str) -> Answer:
        ask = _Ask.read(query)
        subsystem = routes.clients.get(ask.client)
        if subsystem is None:
            raise NotHandedOut(401, f"Client '{ask.client}' not found")
        try:
            authenticate(ask.client, subsystem, caller, time.time())
        except ExchangeRefusal as refusal:
            raise NotHandedOut(refusal.status, refusal.message) from refusal
        found = await self._find_stamped(ask) if ask.waits else await self._find(ask)
        if not found:
            raise NotHandedOut(404, "No signed documents found")
        _require_whole(ask, found)
        logger.info("evidence of a message handed to %s: %d containers", ask.client, len(found))
        if ask.is_one:
            [only] = found
            return _file(b64decode(only["container"]), MEDIA_TYPE, only["name"])
        return _file(_archive(found), "application/zip", f"{plain_name(ask.message_id)}.zip")

    async def _find_stamped(self, ask: _Ask) -> list[dict[str, Any]]:
        """Wait for the next timestamp, which the house asks for every half minute."""
        until = time.monotonic() + _STAMP_SECONDS
        found = await self._find(ask)
        while found and not all(one["is_stamped"] for one in found) and time.monotonic() < until:
            seen = _newest(self._stamps)
            while _newest(self._stamps) == seen and time.monotonic() < until:  # noqa: ASYNC110 (a folder wakes nobody)
                await asyncio.sleep(_LOOK_SECONDS)
            found = await self._find(ask)
        return found

    async def _find(self, ask: _Ask) -> list[dict[str, Any]]:
        if self._waiting >= _MOST_WAITING:
            raise NotHandedOut(503, "Too many signed documents are being looked for; ask again")
        wanted = Wanted(
            evidence=self._evidence, stamps=self._stamps, message_id=ask.message_id, client=ask.client.encoded()
        )
        self._waiting += 1
        try:
            async with self._turn:
                return await _look_through(wanted)
        finally:
            self._waiting -= 1


async def _look_through(wanted: Wanted) -> list[dict[str, Any]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "divan_gateway.archive",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(_FIND_SECONDS):
            told, _ = await process.communicate(wanted.question())
    except TimeoutError as error:
        raise NotHandedOut(503, "Looking for the signed documents took too long") from error
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
    if process.returncode:
        logger.error("looking for evidence ended with %s", process.returncode)
        raise NotHandedOut(500, "The signed documents could not be looked for")
    return list(json.loads(told))


def _require_whole(ask: _Ask, found: list[dict[str, Any]]) -> None:
    if ask.is_one and len(found) > 1:
        raise NotHandedOut(400, f"There are {len(found)} signed documents under this identifier")
    if not all(one["container"] for one in found):
        raise NotHandedOut(500, "The evidence was signed with a key that has no certificate")
    if not ask.unstamped and not all(one["is_stamped"] for one in found):
        one = "Message signature has not been timestamped yet!"
        raise NotHandedOut(500, one if ask.is_one else "Some message signatures have not been timestamped yet!")


def _newest(folder: Path) -> tuple[str, int]:
    """Return what changes when a file of stamps comes."""
    days = sorted(folder.iterdir()) if folder.is_dir() else []
    return (days[-1].name, days[-1].stat().st_mtime_ns) if days else ("", 0)


def _archive(found: list[dict[str, Any]]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for one in found:
            archive.writestr(zipfile.ZipInfo(one["name"]), b64decode(one["container"]))
    return packed.getvalue()


def _file(octets: bytes, media_type: str, name: str) -> Answer:
    answer = own_answer(octets, media_type.encode())
    answer.headers.append((b"content-disposition", f'attachment; filename="{name}"'.encode()))
    return answer
