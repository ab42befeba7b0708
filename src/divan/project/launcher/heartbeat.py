"""How the worker, which listens on no port, shows that it is alive."""

from __future__ import annotations

import threading
from pathlib import Path


def heartbeat(data: Path) -> Path:
    """Return the file whose time of change is when the worker was last alive."""
    return data / "run" / "worker.heartbeat"


def beat(file: Path, stopping: threading.Event) -> None:
    """Touch the file each second until told to stop, and remove it then."""
    file.parent.mkdir(parents=True, exist_ok=True)
    while not stopping.is_set():
        file.touch()
        stopping.wait(1.0)
    file.unlink(missing_ok=True)
