"""The listening sockets: opened once, kept by the supervisor, handed to every worker and to the supervisor's successor.

While nobody accepts, clients wait in the kernel's queue; so a worker, or the whole gateway, can be replaced without a
connection being refused.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from divan_gateway.settings import Listener, Settings

HANDED_OVER = "DIVAN_GATEWAY_HANDED_OVER"
"""The variable in which a supervisor tells its successor what it inherits; nobody else sets it."""
_BACKLOG = 1024


@dataclass(frozen=True, slots=True)
class Door:
    """A socket that listens, with TLS or in clear."""

    socket: socket.socket
    secure: bool


Doors = list[list[Door]]
"""By worker: each has its own sockets at the same addresses, between which the kernel spreads the connections."""


def open_doors(settings: Settings) -> Doors:
    """Open the sockets of all workers.

    :raises OSError: an address is taken.
    """
    return [
        [
            Door(opened, secure)
            for listener, secure in _listeners(settings)
            for opened in _open(listener, settings.workers)
        ]
        for _ in range(settings.workers)
    ]


def _listeners(settings: Settings) -> list[tuple[Listener, bool]]:
    tls = settings.tls.listener if settings.tls else None
    return [(listener, secure) for listener, secure in ((tls, True), (settings.plain, False)) if listener is not None]


def _open(listener: Listener, workers: int) -> list[socket.socket]:
    opened = []
    for family, kind, protocol, _, address in socket.getaddrinfo(listener.host, listener.port, type=socket.SOCK_STREAM):
        door = socket.socket(family, kind, protocol)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if workers > 1:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            door.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        door.setblocking(False)
        door.bind(address)
        door.listen(_BACKLOG)
        opened.append(door)
    return opened


@dataclass(frozen=True, slots=True)
class Inheritance:
    """What a supervisor leaves to its successor in the same process: its lock, its sockets, its workers."""

    lock: int
    doors: Doors
    workers: list[int]

    def hand_over(self) -> dict[str, str]:
        """Return the environment for the successor, which keeps the descriptors."""
        for descriptor in (self.lock, *(door.socket.fileno() for row in self.doors for door in row)):
            os.set_inheritable(descriptor, True)
        told = {
            "lock": self.lock,
            "doors": [[[door.socket.fileno(), door.secure] for door in row] for row in self.doors],
            "workers": self.workers,
        }
        return {**os.environ, HANDED_OVER: json.dumps(told)}

    @classmethod
    def take(cls, environment: Mapping[str, str] = os.environ) -> Inheritance | None:
        """Return what this process was left, if it succeeds another supervisor."""
        told = environment.get(HANDED_OVER)
        if not told:
            return None
        document = json.loads(told)
        doors = [[Door(socket.socket(fileno=number), secure) for number, secure in row] for row in document["doors"]]
        for descriptor in (document["lock"], *(door.socket.fileno() for row in doors for door in row)):
            os.set_inheritable(descriptor, False)
        return cls(document["lock"], doors, document["workers"])
