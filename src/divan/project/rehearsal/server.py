"""The server of the rehearsal: everything that the outside world is, on one port, and the scanner on another."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from divan.project.rehearsal import pages
from divan.project.rehearsal.bank import Bank
from divan.project.rehearsal.behaviour import BehaviourRefused, Behaviours, Down
from divan.project.rehearsal.orders import Orders
from divan.project.rehearsal.records import Records
from divan.project.rehearsal.registers import CivilRegistry, MobileRegister
from divan.project.rehearsal.scanner import Scanner
from divan.project.rehearsal.settings import Settings, read_settings
from divan.project.rehearsal.sign_on import SignOn
from divan.project.rehearsal.sms import SmsGateway

HOST = "127.0.0.1"
FONT = Path(__file__).parents[2] / "foundation/ui/static/ui/dist/fonts/vazirmatn-arabic.woff2"


class Switches:
    """The page and the address on which the behaviour of each service is told."""

    def __init__(self, behaviours: Behaviours, home: str) -> None:
        self._behaviours = behaviours
        self._home = home
        self.routes = [
            Route("/", self.page),
            Route("/behaviour", self.show, methods=["GET"]),
            Route("/behaviour", self.tell, methods=["POST"]),
        ]

    async def page(self, _request: Request) -> Response:
        """Show every service with its behaviour, to people."""
        return pages.world(self._behaviours.all(), self._home)

    async def show(self, _request: Request) -> Response:
        """Tell how every service behaves."""
        return JSONResponse(self._behaviours.all())

    async def tell(self, request: Request) -> Response:
        """Make a service behave: JSON ``{"service", "mode", "seconds"}``, or the form of the page."""
        is_json = request.headers.get("content-type", "").partition(";")[0] == "application/json"
        body = (await request.body()).decode("utf-8", "replace")
        try:
            told = json.loads(body) if is_json else dict(parse_qsl(body))
            seconds = told.get("seconds")
            pause = None if seconds is None else float(seconds)
            self._behaviours.tell(str(told.get("service")), str(told.get("mode")), pause)
        except BehaviourRefused as refusal:
            return JSONResponse({"code": refusal.code}, 422)
        except (ValueError, TypeError, AttributeError):
            return JSONResponse({"code": "form"}, 422)
        return JSONResponse(self._behaviours.all()) if is_json else RedirectResponse("/", 303)


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _font(_request: Request) -> Response:
    """Give the font that the house is built with; without it pages are shown in another."""
    if not FONT.exists():
        return Response(status_code=404)
    return FileResponse(FONT, media_type="font/woff2", headers={"Cache-Control": "max-age=3600"})


async def _down(_request: Request, _error: Exception) -> Response:
    return Response(status_code=503, headers={"Retry-After": "30"})


def make_application(told: Settings) -> Starlette:
    """Return the whole outside world; the scanner listens while it lives."""
    behaviours = Behaviours(told.data / "behaviour.json")
    parts = (
        Switches(behaviours, told.home),
        CivilRegistry(behaviours),
        MobileRegister(behaviours),
        Records(behaviours),
        Orders(behaviours, told.data / "orders.json"),
        SignOn(behaviours, told),
        SmsGateway(behaviours, told.sms_token, told.data / "messages.jsonl"),
        Bank(behaviours, told),
    )

    @contextlib.asynccontextmanager
    async def live(_app: Starlette) -> AsyncIterator[None]:
        server = await Scanner(behaviours).listen(HOST, told.scanner_port)
        yield
        server.close()

    routes = [
        Route("/-/health", _health),
        Route("/font.woff2", _font),
        *(route for part in parts for route in part.routes),
    ]
    return Starlette(routes=routes, exception_handlers={Down: _down}, lifespan=live)


def application() -> Starlette:
    """Return the application with the settings of the environment; Granian calls this in its worker."""
    return make_application(read_settings())


def serve(told: Settings) -> None:
    """Serve until told to stop. One worker: the world has one state."""
    from granian import Granian  # noqa: PLC0415 (the worker, which imports this module too, has no use for it)
    from granian.constants import Interfaces  # noqa: PLC0415 (as above)
    from granian.log import LogLevels  # noqa: PLC0415 (as above)

    Granian(
        target="divan.project.rehearsal.server:application",
        factory=True,
        address=HOST,
        port=told.port,
        interface=Interfaces.ASGI,
        websockets=False,
        workers=1,
        workers_kill_timeout=5,
        log_level=LogLevels.warning,
    ).serve()
