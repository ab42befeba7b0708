"""Runs a witness until it is told to stop."""

from __future__ import annotations

import logging
import signal
from types import FrameType

from waitress.server import create_server

from divan_witness.keys import read_key
from divan_witness.memory import Memory
from divan_witness.metrics import Metrics
from divan_witness.settings import Settings, read_logs
from divan_witness.web import Application
from divan_witness.witness import Witness

logger = logging.getLogger(__name__)

HEADER_BYTES = 8_192
IDLE_SECONDS = 30


def serve(settings: Settings) -> None:
    """Answer submissions until SIGTERM or SIGINT.

    :raises KeyUnusable: if there is no key, or others may touch it.
    :raises SettingsError: if the logs cannot be read.
    :raises MemoryUnusable: if the state is in use or was altered.
    :raises OSError: if the address cannot be listened on.
    """
    signer = read_key(settings.key)
    policy = read_logs(settings.logs)
    memory = Memory(settings.state, signer.verifier)
    try:
        metrics = Metrics()
        witness = Witness(
            signer,
            policy.logs,
            memory,
            metrics,
            growths_per_minute=settings.growths_per_minute,
            refresh_seconds=settings.refresh_seconds,
        )
        host, port = settings.address
        server = create_server(
            Application(witness, memory, metrics, max_body=settings.max_body),
            host=host,
            port=port,
            threads=settings.threads,
            connection_limit=settings.connections,
            channel_timeout=IDLE_SECONDS,
            cleanup_interval=IDLE_SECONDS // 3,
            max_request_body_size=settings.max_body,
            max_request_header_size=HEADER_BYTES,
            ident="",
        )
        signal.signal(signal.SIGTERM, _stop)
        logger.info("witness %s on %s:%d for %d logs", signer.name, host, port, len(policy.logs))
        # waitress takes SystemExit and KeyboardInterrupt for the end, finishes what is under way, and returns.
        server.run()
    finally:
        memory.close()


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
