"""Where a test may cut the power: named points at which the process kills itself when it is told to.

House, gateway and witness share it. Nothing happens unless the environment variable ``DIVAN_FAULT`` names the point; a
house test demands that every point is one at which some test kills.
"""

import os
import signal

_ARMED = os.environ.get("DIVAN_FAULT", "")


def power_may_fail(point: str) -> None:
    """Kill this process without warning if ``DIVAN_FAULT`` names this point; otherwise do nothing."""
    if point == _ARMED:
        os.kill(os.getpid(), signal.SIGKILL)
