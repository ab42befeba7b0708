"""Which headers pass the exchange, which are made anew and in what order (X-Road for REST, sections 4.3 and 4.6).

Headers are (name, value) pairs of octets in the order of the wire; names keep the sender's case, and header names are
compared without it.
"""

from __future__ import annotations

from collections.abc import Iterable

Header = tuple[bytes, bytes]

DROPPED = frozenset(
    {
        b"connection",
        b"content-length",
        b"expect",
        b"host",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"server",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"user-agent",
    }
)
"""Hop-by-hop headers and those that would name the origin host; dropped in both directions."""

_NOT_FROM_CLIENT = DROPPED | {b"x-road-request-id", b"x-road-request-hash"}

# X-Road lets a provider's own x-road-service and x-road-error through. Clients tell by x-road-error whether the
# exchange or the service refused them, so a provider must not be able to write it.
_NOT_FROM_PROVIDER = DROPPED | {
    b"x-road-id",
    b"x-road-client",
    b"x-road-service",
    b"x-road-request-id",
    b"x-road-request-hash",
    b"x-road-error",
}


def request_headers(received: Iterable[Header], *, request_id: bytes, generated_id: bytes | None) -> list[Header]:
    """Return the headers of the message as the provider will see them, which are also those that are hashed.

    The client's headers in its own order without the dropped ones, then ``x-road-request-id``, then ``x-road-id`` if
    the exchange had to make one (``generated_id``). Host and Content-Length belong to the hop, not to the message.
    """
    kept = [header for header in received if header[0].lower() not in _NOT_FROM_CLIENT]
    kept.append((b"x-road-request-id", request_id))
    if generated_id is not None:
        kept.append((b"x-road-id", generated_id))
    return kept


def response_headers(
    received: Iterable[Header],
    *,
    message_id: bytes,
    client: bytes,
    service: bytes,
    request_id: bytes,
    request_hash: bytes,
) -> list[Header]:
    """Return the headers of the answer as the client will see them, in X-Road's order.

    Provider headers without the dropped ones and without any that only the exchange may set, one ``Date`` at most,
    then ``x-road-id``, ``x-road-client``, ``x-road-service``, ``x-road-request-id``, ``x-road-request-hash``.
    """
    kept: list[Header] = []
    dated = False
    for header in received:
        name = header[0].lower()
        if name in _NOT_FROM_PROVIDER or (name == b"date" and dated):
            continue
        dated = dated or name == b"date"
        kept.append(header)
    kept += [
        (b"x-road-id", message_id),
        (b"x-road-client", client),
        (b"x-road-service", service),
        (b"x-road-request-id", request_id),
        (b"x-road-request-hash", request_hash),
    ]
    return kept


def last_value(headers: Iterable[Header], name: bytes) -> bytes | None:
    """Return the value of the last header of that (lower-case) name: of a repeated ``X-Road-Client`` the last wins."""
    found = None
    for header in headers:
        if header[0].lower() == name:
            found = header[1]
    return found
