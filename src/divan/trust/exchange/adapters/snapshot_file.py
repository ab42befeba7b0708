"""The file from which the gateway takes its routing snapshot."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable

from divan.trust.exchange.adapters.keys import SNAPSHOT, write_file
from divan.trust.exchange.apps import ExchangeOptions


def hand_out(told: ExchangeOptions, newest: Callable[[], bytes | None]) -> None:
    """Write what ``newest`` returns as the gateway's snapshot, unless it stands there; one process at a time.

    ``newest`` is asked under the lock, so that of two publishers the slower does not put the older one back.

    :raises OSError: if it cannot be written; the former file stays.
    """
    told.gateway.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(told.gateway / ".publishing", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        signed = newest()
        if signed is not None:
            write_file(told.gateway / SNAPSHOT, signed)
    finally:
        os.close(descriptor)
