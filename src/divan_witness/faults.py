"""Kills the process at a named line, so that a test can see what a crash there leaves behind.

Nothing happens unless the environment variable ``DIVAN_FAULT`` names the point.
"""

from __future__ import annotations

import os
import signal

_ARMED = os.environ.get("DIVAN_FAULT")


def strike(point: str) -> None:
    """Kill this process with SIGKILL if the point is armed."""
    if point == _ARMED:
        os.kill(os.getpid(), signal.SIGKILL)
