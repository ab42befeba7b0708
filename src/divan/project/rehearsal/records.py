"""All registers that give one record about a subject, as ``demo/registers.yaml`` declares them."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from divan.project.rehearsal.behaviour import Behaviours, Mode
from divan.project.rehearsal.declared import outside_world

_CODE = re.compile(r"[0-9A-Za-z-]{1,30}")


class Records:
    """``GET /registers/{member}/{name}/records/{subject}``: one record, or 404 with the code ``no-record``.

    A record names whom it is about. When a member's registers lie, each field is of another type; when they repeat
    themselves, they give the record before, whoever that was about.
    """

    def __init__(self, behaviours: Behaviours) -> None:
        self._behaviours = behaviours
        self._before: dict[str, tuple[dict[str, object], int]] = {}
        self.routes = [Route("/registers/{member}/{name}/records/{subject}", self.record)]

    async def record(self, request: Request) -> JSONResponse:
        """Answer what is recorded; 400 when a parameter is missing, 403 when the exchange was passed by."""
        if "x-road-client" not in request.headers:
            return JSONResponse({"code": "only-through-the-exchange"}, 403)
        member, subject = request.path_params["member"], request.path_params["subject"]
        code = f"{member}/{request.path_params['name']}"
        register = outside_world().registers.get(code)
        if register is None:
            return JSONResponse({"code": "no-such-register"}, 404)
        mode = await self._behaviours.meet(member)
        parameters = {name: request.query_params.get(name, "") for name in register.needs}
        if "" in parameters.values():
            return JSONResponse({"code": "incomplete"}, 400)
        told = register.record(code, subject, parameters) if _CODE.fullmatch(subject) else None
        answer: tuple[dict[str, object], int] = ({"code": "no-record"}, 404)
        if told is not None:
            fields = {name: [value] if mode is Mode.LIE else value for name, value in told.items()}
            answer = {"subject": subject, **fields}, 200
        if mode is Mode.REPEAT and code in self._before:
            answer = self._before[code]
        self._before[code] = answer
        return JSONResponse(*answer)
