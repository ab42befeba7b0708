"""The web process: Django under Granian's WSGI server."""

from __future__ import annotations

import os

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from divan.project.configuration import Configuration

THREADS = 16
"""Blocking threads of a worker: with one, two slow views would stop the site."""

CONNECTIONS = 512
"""Most open connections of a worker. Granian's backpressure counts connections, idle ones too, so this lies far above
the number of threads: a browser that keeps its connection open takes no thread."""

_BACKLOG = 1024
_SECONDS_TO_FINISH = 10


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


def serve(configuration: Configuration, *, address: str) -> None:
    """Serve until told to stop: a worker a core (or as configured), each with sixteen threads.

    A worker that dies is started again; on SIGTERM or SIGINT each finishes the requests in hand, at most ten seconds.
    """
    server = Granian(
        target="divan.project.wsgi:application",
        address=address,
        port=configuration.port,
        interface=Interfaces.WSGI,
        websockets=False,
        workers=configuration.web_workers or cores(),
        blocking_threads=THREADS,
        backlog=_BACKLOG,
        backpressure=CONNECTIONS,
        respawn_failed_workers=True,
        workers_kill_timeout=_SECONDS_TO_FINISH,
        log_level=LogLevels.warning,
    )
    server.serve()
