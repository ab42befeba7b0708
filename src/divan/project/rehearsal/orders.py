"""Outside processes that take orders: the post, the treasury, the national permit portal."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from divan.project.rehearsal import pages
from divan.project.rehearsal.behaviour import Behaviours, Mode
from divan.project.rehearsal.declared import DeclaredProcess, outside_world

LONGEST_ORDER = 64 * 1024
_NUMBER = re.compile(r"[0-9A-Za-z-]{1,60}")


@dataclass(slots=True)
class Order:
    """One order: what was sent, when it was taken (Unix seconds), and the state that a person gave it, if any."""

    code: str
    number: str
    reference: str
    sent: dict[str, object]
    taken_at: float
    state: str = ""


class Orders:
    """``PUT`` and ``GET /orders/{member}/{name}/orders/{number}`` → ``{state, reference, number}``.

    The same order again is the same order; another one under its number is refused with 409. Orders go from state to
    state by themselves until a person sets one on the page ``/orders``. They are kept over a restart. When a process
    lies its states are words nobody knows; when it repeats itself it answers about the order before.
    """

    def __init__(self, behaviours: Behaviours, file: Path) -> None:
        self._behaviours = behaviours
        self._file = file
        self._known: dict[tuple[str, str], Order] = {}
        self._before: dict[str, dict[str, object]] = {}
        for told in _read(file):
            self._known[told.code, told.number] = told
        self.routes = [
            Route("/orders/{member}/{name}/orders/{number}", self.put, methods=["PUT"]),
            Route("/orders/{member}/{name}/orders/{number}", self.get, methods=["GET"]),
            Route("/orders", self.page, methods=["GET"]),
            Route("/orders", self.decide, methods=["POST"]),
        ]

    async def put(self, request: Request) -> JSONResponse:
        """Take an order: 201, or 200 when it was taken before; 409 for another one, 422 for what is no JSON object."""
        process, code, number = self._asked(request)
        if process is None:
            return JSONResponse({"code": "only-through-the-exchange"}, 403)
        mode = await self._behaviours.meet(code.partition("/")[0])
        try:
            body = await request.body()
            sent = json.loads(body) if len(body) <= LONGEST_ORDER else None
        except (ValueError, RecursionError):
            sent = None
        if not isinstance(sent, dict) or not _NUMBER.fullmatch(number):
            return JSONResponse({"code": "order"}, 422)
        known = self._known.get((code, number))
        if known is not None and known.sent != sent:
            return JSONResponse({"code": "another-order"}, 409)
        status = 200 if known else 201
        if known is None:
            reference = f"{code.partition('/')[0][:4].upper()}-{len(self._known) + 1:06d}"
            known = self._known[code, number] = Order(code, number, reference, sent, time.time())
            self._write()
        return JSONResponse(self._told(process, known, mode), status)

    async def get(self, request: Request) -> JSONResponse:
        """Tell where an order stands; 404 with the code ``no-record`` when there is none under this number."""
        process, code, number = self._asked(request)
        if process is None:
            return JSONResponse({"code": "only-through-the-exchange"}, 403)
        mode = await self._behaviours.meet(code.partition("/")[0])
        known = self._known.get((code, number))
        if known is None:
            return JSONResponse({"code": "no-record"}, 404)
        return JSONResponse(self._told(process, known, mode))

    def _asked(self, request: Request) -> tuple[DeclaredProcess | None, str, str]:
        told = request.path_params
        code = f"{told['member']}/{told['name']}"
        process = outside_world().orders.get(code) if "x-road-client" in request.headers else None
        return process, code, told["number"]

    def _told(self, process: DeclaredProcess, order: Order, mode: Mode) -> dict[str, object]:
        state = order.state or process.state_after(time.time() - order.taken_at)
        answer: dict[str, object] = {"number": order.number, "reference": order.reference, "state": state}
        if mode is Mode.LIE:
            answer["state"] = "perhaps"
        if mode is Mode.REPEAT and order.code in self._before:
            return self._before[order.code]
        self._before[order.code] = answer
        return answer

    async def page(self, _request: Request) -> Response:
        """Show every order, newest first, with the states that a person may give it."""
        world, now = outside_world().orders, time.time()
        rows = [
            pages.OrderRow(
                code=one.code,
                name=world[one.code].fa,
                number=one.number,
                reference=one.reference,
                sent=json.dumps(one.sent, ensure_ascii=False),
                state=one.state or world[one.code].state_after(now - one.taken_at),
                states=(*world[one.code].states, *world[one.code].others),
            )
            for one in reversed(self._known.values())
            if one.code in world
        ]
        return pages.orders(rows)

    async def decide(self, request: Request) -> Response:
        """Set the state of an order for good; it then no longer goes on by itself."""
        body = (await request.body()).decode("utf-8", "replace")
        told: Mapping[str, str] = dict(parse_qsl(body))
        known = self._known.get((told.get("code", ""), told.get("number", "")))
        process = outside_world().orders.get(known.code) if known else None
        if known is None or process is None or told.get("state") not in (*process.states, *process.others):
            return JSONResponse({"code": "form"}, 422)
        known.state = told["state"]
        self._write()
        return RedirectResponse("/orders", 303)

    def _write(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        draft = self._file.with_suffix(".draft")
        draft.write_text(json.dumps([asdict(one) for one in self._known.values()], ensure_ascii=False))
        draft.replace(self._file)


def _read(file: Path) -> list[Order]:
    try:
        return [Order(**one) for one in json.loads(file.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []
