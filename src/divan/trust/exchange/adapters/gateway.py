"""The gateway as our own subsystem reaches it: X-Road's REST protocol over mutual TLS."""

from __future__ import annotations

import logging
import ssl
import threading
import time
from collections.abc import Mapping
from urllib.parse import quote

import httpx

from divan.trust.exchange.adapters.keys import AUTHORITIES, CLIENT
from divan.trust.exchange.apps import ExchangeOptions
from divan.trust.exchange.values import ExchangeAnswer, ExchangeSilent

LONGEST_ANSWER = 8 * 1024 * 1024
_KEPT = threading.local()

logger = logging.getLogger(__name__)


def send(
    told: ExchangeOptions,
    *,
    service: str,
    path: str,
    query: Mapping[str, str] | None,
    message_id: str,
    stated: str,
    timeout: float,
    method: str = "GET",
    content: bytes = b"",
    user_id: str = "",
) -> ExchangeAnswer:
    """Send a message to a data service and return what came back, the exchange's own refusals included.

    ``stated`` travels percent-encoded as ``X-Road-Issue``. Each thread keeps its own connection.

    :raises ExchangeSilent: when no whole answer came within ``timeout`` seconds.
    """
    headers = {"X-Road-Client": told.subsystem, "X-Road-Id": message_id, "Accept": "application/json"}
    if stated:
        headers["X-Road-Issue"] = quote(stated, safe=" ")
    if user_id:
        headers["X-Road-UserId"] = user_id
    if content:
        headers["Content-Type"] = "application/json"
    until = time.monotonic() + timeout
    try:
        asking = _client(told).stream(
            method,
            f"/r1/{service}{path}",
            params=query,
            headers=headers,
            content=content or None,
            timeout=timeout,
        )
        with asking as answer:
            body = _body(answer, until)
    except (httpx.HTTPError, ssl.SSLError) as error:
        logger.warning("no answer of %s through the exchange: %s", service, type(error).__name__)
        raise ExchangeSilent(reason=type(error).__name__) from error
    return ExchangeAnswer(
        status=answer.status_code,
        body=body,
        content_type=answer.headers.get("content-type", ""),
        message_id=answer.headers.get("x-road-id", message_id),
        request_id=answer.headers.get("x-road-request-id", ""),
        request_hash=answer.headers.get("x-road-request-hash", ""),
        error=answer.headers.get("x-road-error", ""),
    )


def _body(answer: httpx.Response, until: float) -> bytes:
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > LONGEST_ANSWER or time.monotonic() > until:
            raise httpx.ReadTimeout("too long an answer of the exchange")
    return bytes(body)


def _client(told: ExchangeOptions) -> httpx.Client:
    clients: dict[ExchangeOptions, httpx.Client] | None = getattr(_KEPT, "clients", None)
    if clients is None:
        clients = _KEPT.clients = {}
    if told not in clients:
        clients[told] = _connect(told)
    return clients[told]


def hang_up() -> None:
    """Close the connections of this thread."""
    for client in getattr(_KEPT, "clients", {}).values():
        client.close()
    _KEPT.clients = {}


def _connect(told: ExchangeOptions) -> httpx.Client:
    try:
        context = ssl.create_default_context(cafile=str(told.control / AUTHORITIES))
        context.load_cert_chain(told.control / CLIENT)
    except OSError as error:
        logger.error("our own certificate for the exchange cannot be used: %s", error)  # noqa: TRY400 (the reason says it all)
        raise ExchangeSilent(reason="not-prepared") from error
    # The environment's proxies are for the world outside; the gateway stands beside us.
    return httpx.Client(base_url=told.address, verify=context, trust_env=False)
