"""Bare connections to a gateway, for octets that no HTTP library would send, and waiting."""

from __future__ import annotations

import socket
import ssl

from divan_gateway.tests.rig import Gateway


def tls_socket(gateway: Gateway) -> ssl.SSLSocket:
    """Connect as the client, for octets that no HTTP library would send."""
    raw = socket.create_connection(("127.0.0.1", gateway.port), timeout=20)
    return gateway.context(gateway.ground.client).wrap_socket(raw, server_hostname="127.0.0.1")


def plain_socket(gateway: Gateway) -> socket.socket:
    """Connect in clear."""
    return socket.create_connection(("127.0.0.1", gateway.plain_port), timeout=20)


def received(client: socket.socket) -> bytes:
    """Return everything until the other side closes."""
    pieces = []
    try:
        while piece := client.recv(65536):
            pieces.append(piece)
    except ConnectionResetError:
        pass
    return b"".join(pieces)
