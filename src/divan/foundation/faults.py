"""Where a test may cut the power: named points at which the process kills itself when it is told to."""

from __future__ import annotations

import os
import signal

_ARMED = os.environ.get("DIVAN_FAULT", "")


def power_may_fail(point: str) -> None:
    """Kill this process without warning if ``DIVAN_FAULT`` names this point; otherwise do nothing."""
    if point == _ARMED:
        os.kill(os.getpid(), signal.SIGKILL)
