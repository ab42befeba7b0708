"""The gateway of short messages, and the telephones on which they arrive."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from divan.project.rehearsal.behaviour import Behaviours, Mode
from divan_libs.persian.identifiers import InvalidIdentifier, parse_mobile

LONGEST_TEXT = 2000


class SmsGateway:
    """Takes messages at ``POST /sms/messages`` and shows them at ``GET /sms/inbox?to=``; they outlive a restart.

    A key is delivered once, however often it comes. When the gateway repeats itself each message arrives twice; when
    it lies it gives a reference and delivers nothing.
    """

    def __init__(self, behaviours: Behaviours, token: str, file: Path) -> None:
        self._behaviours = behaviours
        self._token = token
        self._file = file
        self._taken = {str(one["key"]): one for one in self._read()}
        self.routes = [Route("/sms/messages", self.take, methods=["POST"]), Route("/sms/inbox", self.inbox)]

    def _read(self) -> Iterator[dict[str, object]]:
        if self._file.exists():
            for line in self._file.read_text(encoding="utf-8").splitlines():
                try:
                    yield json.loads(line)
                except ValueError:
                    # The last line of a process that was killed while writing it; its sender was told nothing.
                    continue

    async def take(self, request: Request) -> JSONResponse:
        """Take a message: 202 with a reference; 401, 409 (another message under this key) or 422 for ever."""
        mode = await self._behaviours.meet("sms")
        sent = request.headers.get("authorization", "").removeprefix("Bearer ").encode()
        if not hmac.compare_digest(sent, self._token.encode()):
            return JSONResponse({"code": "token"}, 401)
        try:
            message = _message(await request.json())
        except (ValueError, TypeError, KeyError, InvalidIdentifier):
            return JSONResponse({"code": "message"}, 422)
        known = self._taken.get(message["key"])
        if known is None:
            known = self._keep(message, copies={Mode.REPEAT: 2, Mode.LIE: 0}.get(mode, 1))
        elif (known["recipient"], known["text"]) != (message["recipient"], message["text"]):
            return JSONResponse({"code": "key-used"}, 409)
        return JSONResponse({"reference": known["reference"]}, 202)

    def _keep(self, message: Mapping[str, str], *, copies: int) -> dict[str, object]:
        now = datetime.now(UTC).isoformat()
        known: dict[str, object] = {**message, "reference": uuid4().hex[:12], "at": now, "copies": copies}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(known, ensure_ascii=False) + "\n")
        self._taken[message["key"]] = known
        return known

    async def inbox(self, request: Request) -> JSONResponse:
        """Show the messages that arrived, newest first; ``to`` chooses one telephone."""
        to = request.query_params.get("to", "")
        shown = [
            {name: one[name] for name in ("recipient", "text", "at", "reference")}
            for one in reversed(self._taken.values())
            if to in {"", one["recipient"]}
            for _ in range(int(str(one["copies"])))
        ]
        return JSONResponse({"messages": shown})


def _message(told: Mapping[str, object]) -> dict[str, str]:
    key, recipient, text = (told[name] for name in ("key", "recipient", "text"))
    if not isinstance(key, str) or not isinstance(recipient, str) or not isinstance(text, str):
        raise TypeError
    if not key or not text or len(text) > LONGEST_TEXT or len(key) > 100:
        raise ValueError
    return {"key": key, "recipient": parse_mobile(recipient), "text": text}
