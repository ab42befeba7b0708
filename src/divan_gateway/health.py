"""Looks at the addresses of providers without a client's question: are the ill well again, are the well still well."""

from __future__ import annotations

import asyncio

from divan_gateway.breakers import Breaker
from divan_gateway.outbound import ProviderFailure
from divan_gateway.providers import Providers, Question
from divan_gateway.routing import Endpoint, Route, Routes

_AT_ONCE = 16


async def look_at_health(providers: Providers, routes: Routes) -> None:
    """Look once at every address that names a health path, and at every one that is left alone and due.

    A health path must answer with a status below 400; without one it is enough that the address takes connections.
    """
    due = []
    now = asyncio.get_running_loop().time()
    for route in routes.services.values():
        for endpoint in route.endpoints:
            breaker = providers.breaker_of(route, endpoint)
            if route.service.health_path is not None or (breaker.is_open and breaker.admits(now)):
                due.append(_look(providers, route, endpoint, breaker))
    for start in range(0, len(due), _AT_ONCE):
        await asyncio.gather(*due[start : start + _AT_ONCE])


async def _look(providers: Providers, route: Route, endpoint: Endpoint, breaker: Breaker) -> None:
    path = route.service.health_path
    try:
        if path is None:
            is_well = await providers.can_connect(route, endpoint)
        else:
            question = Question(
                route=route, method=b"GET", service_path=path, query=None, headers=[], repeatable=True, at_root=True
            )
            is_well = (await providers.ask_one(endpoint, question)).status < 400
    except ProviderFailure:
        is_well = False
    if is_well:
        breaker.succeeded()
    else:
        breaker.trip(asyncio.get_running_loop().time())
